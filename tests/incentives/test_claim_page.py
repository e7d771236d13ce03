"""The recipient's page of an e-mailed offer: what it shows, what answering does (incentives.md 5.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.mail import render
from core.money import Money
from incentives import selectors
from incentives.answers import offers as answers
from incentives.guards import Payload
from incentives.models import Distribution, Message, Offer
from incentives.selectors import offer_by_pk
from incentives.services import messages, statuses
from incentives.services.actors import provider
from incentives.terms import Terms
from tests.factories.incentives import Desk, claim_secret, make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def noor() -> Person:
    return Person()


def offered(desk: Desk, **fields: object) -> tuple[Offer, str]:
    """Return a sent offer and the secret that its E01 carries."""
    offer = make_offer(program=desk.program, **fields)  # type: ignore[arg-type]
    return offer, secret_in(mails("E01", offer.recipient_email)[-1])


def at_status(desk: Desk, status: str, **fields: object) -> tuple[Offer, str]:
    offer = make_offer(program=desk.program, status=status, **fields)  # type: ignore[arg-type]
    return offer, claim_secret(offer, at=clock.now())


def fresh(offer: Offer) -> Offer:
    return offer_by_pk(pk=offer.pk)


def provider_moves(desk: Desk, offer: Offer, to: str, **parts: object) -> Offer:
    return statuses.transition(
        offer=offer,
        to=to,
        actor=provider(desk.user),
        payload=Payload(**{"text": "As agreed.", **parts}),  # type: ignore[arg-type]
        at=clock.now(),
    )


@pytest.mark.scenario("INC-21")
def test_opening_the_link_changes_nothing_but_the_first_moment(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    noor.open("offer_claim", secret)
    first = fresh(offer).first_opened_at
    noor.open("offer_claim", secret)
    noor.open("offer_claim", secret)
    after = fresh(offer)
    assert first is not None
    assert (after.status, after.first_opened_at, after.version) == ("offered", first, offer.version)
    assert after.open_count == 3


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}],
)
def test_a_prefetch_is_no_opening(acme: Desk, headers: dict[str, str]) -> None:
    offer, secret = offered(acme)
    response = Client(headers=headers).get(reverse("offer_claim"), {"token": secret})
    assert response.status_code == 200
    assert fresh(offer).first_opened_at is None


def test_a_head_request_is_no_opening(acme: Desk) -> None:
    offer, secret = offered(acme)
    assert Client().head(reverse("offer_claim"), {"token": secret}).status_code == 200
    assert (fresh(offer).first_opened_at, fresh(offer).open_count) == (None, 0)


def test_page_names_provider_amount_deadline_message_and_recipient(
    acme: Desk, noor: Person
) -> None:
    _, secret = offered(acme, recipient_email="noor@home.example", message="Welcome back!")
    page = noor.page("offer_claim", secret)
    assert page.headings[0] == "€50.00 cashback"
    assert "Acme Solar" in page.text
    assert "Paid to your bank account within 14 days" in page.text
    assert "Welcome back!" in page.text
    assert "noor@home.example" in page.text
    assert "(UTC)" in page.text
    assert acme.program.product_service.name in page.text


def test_token_page_is_kept_out_of_caches_search_engines_and_referrers(
    acme: Desk, noor: Person
) -> None:
    _, secret = offered(acme)
    response = noor.open("offer_claim", secret)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "status",
    ["offered", "needs_info", "info_provided", "counter", "approved", "partial_granted",
     "approved_confirmed", "claimed", "requires_revision", "completed", "rejected", "acknowledged"],
)  # fmt: skip
def test_buttons_are_exactly_the_recipients_rows_of_the_status(
    acme: Desk, noor: Person, status: str
) -> None:
    offer, secret = at_status(acme, status)
    rows = selectors.available_statuses(offer=offer, actor_kind="recipient", at=clock.now())
    expected = {answers.BY_STATUS[row.status].label for row in rows if row.is_open}
    labels = {answer.label for answer in answers.ANSWERS}
    assert noor.page("offer_claim", secret).answers() & labels == expected


@pytest.mark.scenario("INC-22")
def test_accepting_sets_approved_with_consent_and_tells_the_provider(
    acme: Desk, noor: Person
) -> None:
    offer, secret = offered(acme)
    response = noor.answer(secret, "accept")
    after = fresh(offer)
    assert response.status_code == 303
    assert (after.status, after.status_set_by) == ("approved", "recipient")
    assert after.recipient_agreed_at is not None
    assert after.has_consent
    assert [mail.to for mail in mails("E04")] == [acme.user.email]


def test_after_an_answer_the_same_link_shows_the_new_state(acme: Desk, noor: Person) -> None:
    _, secret = offered(acme)
    noor.answer(secret, "accept")
    page = noor.page("offer_claim", secret)
    assert page.headings[0] == "You accepted this offer"
    assert "What happens next" in page.headings
    assert "Conversation" in page.headings


def test_pressing_accept_twice_acts_once(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    form = noor.page("offer_claim", secret).form("/claim/accept?")
    first, second = noor.press(form), noor.press(form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert fresh(offer).status_changes.filter(to_status="approved").count() == 1
    assert len(mails("E04")) == 1


@pytest.mark.scenario("INC-24")
def test_claiming_a_confirmed_offer_sets_claimed_and_again_changes_nothing(
    acme: Desk, noor: Person
) -> None:
    offer, secret = at_status(acme, "approved_confirmed")
    form = noor.page("offer_claim", secret).form("/claim/collect?")
    assert form.buttons == ["Claim my incentive"]
    noor.press(form)
    claimed = fresh(offer)
    noor.press(form)
    noor.press(form, nonce="another-press")
    after = fresh(offer)
    assert claimed.status == "claimed"
    assert (after.status, after.version, after.claimed_at) == (
        "claimed", claimed.version, claimed.claimed_at,
    )  # fmt: skip


@pytest.mark.scenario("INC-25")
def test_confirmed_counter_offer_is_what_gets_distributed(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    response = noor.answer(secret, "counter", counter_value_amount="70", body="A little more?")
    assert response.status_code == 303
    assert fresh(offer).status == "counter"
    provider_moves(acme, offer, "approved_confirmed")
    assert Distribution.objects.get(offer=offer).value.number == Decimal(70)


@pytest.mark.scenario("INC-26")
def test_accepted_partial_grant_is_what_gets_distributed(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    noor.answer(secret, "counter", counter_value_amount="70", body="More?")
    provider_moves(acme, fresh(offer), "partial_granted", granted=Terms.money(Money(6000, "EUR")))
    assert noor.page("offer_claim", secret).headings[0] == "Acme Solar grants a part"
    noor.answer(secret, "accept")
    assert fresh(offer).status == "approved"
    provider_moves(acme, fresh(offer), "approved_confirmed")
    assert Distribution.objects.get(offer=offer).value.number == Decimal(60)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"counter_value_amount": "50", "body": "Same?"}, "Propose another value"),
        ({"counter_value_amount": "", "body": "More?"}, "Enter an amount"),
        ({"counter_value_amount": "70", "body": ""}, "Why these terms?: write a few words."),
        ({"counter_value_amount": "70", "body": "x" * 1025}, "Use at most 1024 characters"),
    ],
)
def test_incomplete_counter_offer_is_refused_with_its_text_kept(
    acme: Desk, noor: Person, typed: dict[str, str], sentence: str
) -> None:
    offer, secret = offered(acme)
    response = noor.answer(secret, "counter", **typed)
    assert response.status_code == 422
    assert sentence in Page(response).text
    assert typed["body"] in response.content.decode()
    assert fresh(offer).status == "offered"


@pytest.mark.scenario("INC-28")
def test_answering_a_question_needs_words(acme: Desk, noor: Person) -> None:
    offer, secret = at_status(acme, "needs_info")
    empty = noor.answer(secret, "inform", body="  ")
    assert (empty.status_code, fresh(offer).status) == (422, "needs_info")
    answered = noor.answer(secret, "inform", body="The account ending in 42.")
    assert (answered.status_code, fresh(offer).status) == (303, "info_provided")


@pytest.mark.scenario("INC-31")
def test_declining_with_a_reason_ends_everything_for_both(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    accept = noor.page("offer_claim", secret).form("/claim/accept?")
    noor.answer(secret, "decline", body="No thanks, we moved house.")
    declined = fresh(offer)
    assert (declined.status, declined.status_set_by) == ("rejected", "recipient")
    page = noor.page("offer_claim", secret)
    assert "No thanks, we moved house." in page.text
    assert "This conversation can be read, not continued." in page.text
    assert not any("/claim/" in form.action and form.buttons for form in page.forms)
    again = {"nonce": "later", "version": str(declined.version), "body": "But wait"}
    assert noor.press(accept, **again).status_code == 409
    for slug in ("counter", "ask", "revise", "decline", "inform"):
        url = f"{reverse('offer_answer', args=[slug])}?token={secret}"
        typed = {**again, "nonce": slug, "counter_value_amount": "70"}
        assert noor.client.post(url, typed).status_code == 409
    desk = Client()
    desk.force_login(acme.user)
    posted = {"status": "offered", "body": "Once more", "nonce": "n", "version": declined.version}
    url = reverse("offer_messages", args=[offer.pk])
    assert "composer-form" not in desk.get(url).content.decode()
    assert desk.post(url, posted).status_code == 409
    with pytest.raises(statuses.NotAvailable):
        provider_moves(acme, declined, "offered")
    assert fresh(offer).version == declined.version


def test_decline_reason_is_optional_and_at_most_500_characters(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    assert noor.answer(secret, "decline", body="x" * 501).status_code == 422
    assert fresh(offer).status == "offered"
    assert noor.answer(secret, "decline", body="").status_code == 303
    assert fresh(offer).status == "rejected"


def test_terms_changed_under_the_page_are_not_agreed_to(acme: Desk, noor: Person) -> None:
    offer, secret = at_status(acme, "info_provided")
    provider_moves(acme, offer, "offered")
    form = noor.page("offer_claim", secret).form("/claim/accept?")
    noor.answer(secret, "ask", body="One more thing?")
    provider_moves(acme, fresh(offer), "offered", terms=Terms.money(Money(1000, "EUR")))
    response = noor.press(form)
    assert response.status_code == 409
    assert "This offer changed while you were writing" in Page(response).text
    assert fresh(offer).status == "offered"


def test_refused_answer_keeps_what_was_typed(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    form = noor.page("offer_answer", secret, "ask").form("/claim/ask?")
    provider_moves(acme, offer, "cancelled")
    response = noor.press(form, body="Which day suits you?")
    assert response.status_code == 409
    assert "This offer was withdrawn" in Page(response).headings
    assert "Which day suits you?" in response.content.decode()


def test_providers_own_people_may_look_but_not_answer(acme: Desk) -> None:
    offer, secret = offered(acme)
    member = Person()
    form = Person().page("offer_claim", secret).form("/claim/accept?")
    member.client.force_login(acme.user)
    before = fresh(offer).open_count
    page = member.page("offer_claim", secret)
    assert "This is what the recipient sees" in page.text
    assert not page.answers() & {answer.label for answer in answers.ANSWERS}
    assert fresh(offer).open_count == before
    assert member.press(form).status_code == 403
    assert fresh(offer).status == "offered"


def test_message_keeps_the_status_and_tells_the_provider(acme: Desk, noor: Person) -> None:
    offer, secret = at_status(acme, "approved")
    told = len(mails("E04"))
    form = noor.page("offer_claim", secret).form("/claim/message?")
    file = SimpleUploadedFile("note.txt", b"Second floor, left door.")
    response = noor.press(form, status="keep", body="See the note.", attachments=file)
    message = Message.objects.filter(offer=offer).latest("pk")
    assert response.status_code == 303
    assert (fresh(offer).status, message.body) == ("approved", "See the note.")
    assert len(mails("E04")) == told + 1
    shown = noor.open("offer_claim", secret).content.decode()
    key = message.attachments.get().key
    assert f"{reverse('attachment', args=[key])}?token={secret}" in shown


def test_message_without_a_status_is_refused(acme: Desk, noor: Person) -> None:
    _, secret = at_status(acme, "approved")
    form = noor.page("offer_claim", secret).form("/claim/message?")
    response = noor.press(form, status="", body="Hello?")
    assert response.status_code == 422
    assert "Select a status" in Page(response).text
    assert "Hello?" in response.content.decode()


def test_file_that_is_not_what_it_says_is_refused_with_the_text_kept(
    acme: Desk, noor: Person
) -> None:
    offer, secret = at_status(acme, "approved")
    form = noor.page("offer_claim", secret).form("/claim/message?")
    program = SimpleUploadedFile("invoice.pdf", b"MZ\x90\x00 not a document")
    response = noor.press(form, status="keep", body="My invoice.", attachments=program)
    assert response.status_code == 422
    assert "is not really a pdf file" in Page(response).text
    assert "My invoice." in response.content.decode()
    assert not Message.objects.filter(offer=offer, body="My invoice.").exists()


def test_twenty_first_message_within_the_hour_is_too_many(acme: Desk, noor: Person) -> None:
    offer, secret = at_status(acme, "approved")
    form = noor.page("offer_claim", secret).form("/claim/message?")
    count = Message.objects.filter(offer=offer).count()
    for number in range(20):
        noor.press(form, status="keep", body=f"Message {number}", nonce=f"press-{number}")
    response = noor.press(form, status="keep", body="One too many", nonce="press-21")
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert Message.objects.filter(offer=offer).count() == count + 20


@pytest.mark.scenario("INC-53")
def test_markup_in_a_message_is_visible_text_on_page_and_in_mail(acme: Desk, noor: Person) -> None:
    evil, shown = "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"
    offer, secret = offered(acme, message=evil)
    first = noor.open("offer_claim", secret).content.decode()
    noor.answer(secret, "ask", body=evil)
    desk = Client()
    desk.force_login(acme.user)
    pages = [
        first,
        noor.open("offer_claim", secret).content.decode(),
        desk.get(reverse("offer_messages", args=[offer.pk])).content.decode(),
        *(str(render(mail).alternatives[0].content) for mail in [*mails("E01"), *mails("E04")]),
    ]
    assert len(pages) == 5
    for html in pages:
        assert shown in html
        assert evil not in html


def test_the_form_is_accepted_from_a_page_without_referrer(acme: Desk) -> None:
    """Under no-referrer a browser posts `Origin: null`; the form's secret still has to be right."""
    offer, secret = offered(acme)
    person = Person()
    person.client = Client(enforce_csrf_checks=True, headers={"Origin": "null"})
    form = person.page("offer_claim", secret).form("/claim/accept?")
    assert person.press(form, csrfmiddlewaretoken="x" * 64).status_code == 403
    assert fresh(offer).status == "offered"
    assert person.press(form).status_code == 303
    assert fresh(offer).status == "approved"


def test_fetching_newer_messages_is_no_opening_and_shows_only_those(
    acme: Desk, noor: Person
) -> None:
    offer, secret = at_status(acme, "approved")
    last = Message.objects.filter(offer=offer).latest("pk").pk
    before = fresh(offer).open_count
    provider_moves(acme, offer, "needs_info", text="Which account?")
    response = noor.client.get(
        reverse("offer_claim"), {"token": secret, "after": last}, headers={"HX-Request": "true"}
    )
    assert "Which account?" in response.content.decode()
    assert b"<html" not in response.content
    assert fresh(offer).open_count == before


def test_recipient_mends_and_takes_back_a_plain_message_within_15_minutes(
    acme: Desk, noor: Person
) -> None:
    offer, secret = at_status(acme, "approved")
    form = noor.page("offer_claim", secret).form("/claim/message?")
    noor.press(form, status="keep", body="Second flor")
    message = Message.objects.filter(offer=offer).latest("pk")
    edit = f"{reverse('offer_own_message_edit', args=[message.pk])}?token={secret}"
    assert edit in noor.open("offer_claim", secret).content.decode()
    assert noor.client.post(edit, {"body": "Second floor"}).status_code == 303
    page = noor.page("offer_claim", secret)
    assert "Second floor" in page.text
    assert "(edited)" in page.text
    delete = f"{reverse('offer_own_message_delete', args=[message.pk])}?token={secret}"
    assert "Delete your message?" in Page(noor.client.get(delete)).headings
    assert "Second floor" in noor.page("offer_claim", secret).text
    assert noor.client.post(delete).status_code == 303
    assert "This message was deleted." in noor.page("offer_claim", secret).text


def test_nobody_elses_message_and_no_status_change_can_be_mended(acme: Desk, noor: Person) -> None:
    offer, secret = at_status(acme, "needs_info")
    own = Message.objects.filter(offer=offer, sender_kind="vendor").latest("pk")
    noor.answer(secret, "inform", body="The account ending in 42.")
    answer = Message.objects.filter(offer=offer, changed_status=True).latest("pk")
    other = Message.objects.filter(offer=offered(acme)[0]).latest("pk")
    for message, code in ((own, 409), (answer, 409), (other, 404)):
        for name in ("offer_own_message_edit", "offer_own_message_delete"):
            url = f"{reverse(name, args=[message.pk])}?token={secret}"
            assert noor.client.post(url, {"body": "Something else"}).status_code == code
            message.refresh_from_db()
            assert (message.edited_at, message.deleted_at) == (None, None)


@pytest.mark.parametrize("status", ["offered", "needs_info", "claimed"])
def test_page_costs_a_fixed_number_of_queries(acme: Desk, noor: Person, status: str) -> None:
    offer, secret = at_status(acme, status)
    noor.open("offer_claim", secret)
    with CaptureQueriesContext(connection) as few:
        noor.open("offer_claim", secret)
    for number in range(10):
        messages.post(
            subject=offer, actor=provider(acme.user), body=f"Note {number}", at=clock.now()
        )
    with CaptureQueriesContext(connection) as many:
        noor.open("offer_claim", secret)
    assert len(many) == len(few) <= 12
