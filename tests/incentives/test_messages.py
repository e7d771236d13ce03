"""The provider's conversation: reading, writing, and changing the status by a message."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Mail
from core.money import Money
from incentives.guards import Payload
from incentives.models import Distribution, Message, Offer, Program
from incentives.services import claims, statuses
from incentives.services.actors import provider
from incentives.terms import Terms
from tests.cast import Cast, client_of
from tests.factories.incentives import claim_secret, make_offer, make_program, record_success

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Winter panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def page_of(offer: Offer) -> str:
    return reverse("offer_messages", args=[offer.pk])


def send(client: Client, offer: Offer, status: str, text: str = "", **fields: Any) -> HttpResponse:
    """Fill the composer as a browser does and send it; `htmx=True` asks for the fragment."""
    headers = {"HX-Request": "true"} if fields.pop("htmx", False) else {}
    version = Offer.objects.values_list("version", flat=True).get(pk=offer.pk)
    data = {
        "status": status,
        "body": text,
        "version": version,
        "nonce": f"n{clock.now()}",
        **fields,
    }
    return client.post(page_of(offer), data, headers=headers)


def status_of(offer: Offer) -> str:
    return Offer.objects.values_list("status", flat=True).get(pk=offer.pk)


def choices_on(response: HttpResponse) -> list[str]:
    """Return the values of the status selector, in order."""
    select = re.search(r'<select name="status".*?</select>', response.content.decode(), re.DOTALL)
    assert select, "The page has no status selector."
    return re.findall(r'<option value="([^"]*)"', select.group())


def mails(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


@pytest.mark.scenario("INC-23")
def test_confirming_by_message_makes_exactly_one_pending_distribution(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="approved")
    assert send(ada, offer, "approved_confirmed", "Gladly.").status_code == 303
    distribution = Distribution.objects.get(offer=offer)
    assert distribution.status == "pending"
    assert distribution.value.amount == Money(5000, "EUR")
    assert mails("E06") == 1


@pytest.mark.scenario("INC-25")
def test_confirming_a_counter_offer_distributes_the_countered_value(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="counter")
    send(ada, offer, "approved_confirmed", "Agreed.")
    assert Distribution.objects.get(offer=offer).value.amount == Money(7000, "EUR")


@pytest.mark.scenario("INC-26")
def test_a_granted_part_that_the_recipient_accepts_is_what_is_distributed(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="counter")
    send(
        ada,
        offer,
        "partial_granted",
        "Sixty it can be.",
        granted_value_amount="60",
        granted_value_currency="EUR",
    )
    assert status_of(offer) == "partial_granted"
    at = clock.now()
    claims.answer(secret=claim_secret(offer, at=at), to="approved", payload=Payload(), at=at)
    assert status_of(offer) == "approved"
    send(ada, offer, "approved_confirmed", "Done.")
    assert Distribution.objects.get(offer=offer).value.amount == Money(6000, "EUR")


@pytest.mark.scenario("INC-27")
@pytest.mark.parametrize("value", ["70", "75.50", "0", ""])
def test_a_grant_must_lie_between_zero_and_the_value_on_the_table(
    ada: Client, program: Program, value: str
) -> None:
    offer = make_offer(program=program, status="counter")
    answer = send(
        ada,
        offer,
        "partial_granted",
        "A part.",
        htmx=True,
        granted_value_amount=value,
        granted_value_currency="EUR",
    )
    assert answer.status_code == 422
    assert 'href="#id_granted_value_amount"' in answer.content.decode()
    assert "A part." in answer.content.decode()
    assert status_of(offer) == "counter"


def test_a_question_needs_words(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    answer = send(ada, offer, "needs_info", "  ", htmx=True)
    assert answer.status_code == 422
    assert "Write a message" in answer.content.decode()
    assert status_of(offer) == "approved"


@pytest.mark.scenario("INC-29")
def test_a_question_of_the_recipient_can_only_be_answered_by_offering_or_cancelling(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="offered")
    at = clock.now()
    question = Payload(text="Is it paid in cash?")
    claims.answer(secret=claim_secret(offer, at=at), to="needs_info", payload=question, at=at)
    assert choices_on(ada.get(page_of(offer))) == ["", "keep", "offered", "cancelled"]
    assert send(ada, offer, "info_provided", "By hand.").status_code == 409
    assert status_of(offer) == "needs_info"


@pytest.mark.scenario("INC-30")
def test_confirming_without_consent_is_refused_with_the_reason(
    ada: Client, program: Program, cast: Cast
) -> None:
    offer = make_offer(program=program, status="offered")
    at = clock.now()
    for side, to in (("recipient", "requires_revision"), ("provider", "offered")):
        move(offer, cast, side, to)
    move(offer, cast, "recipient", "counter", counter=Terms.money(Money(7000, "EUR")))
    move(offer, cast, "provider", "requires_revision")
    claims.answer(
        secret=claim_secret(offer, at=at), to="info_provided", payload=Payload(text="Here."), at=at
    )
    Offer.objects.filter(pk=offer.pk).update(agreed_terms=None, recipient_agreed_at=None)
    answer = send(ada, offer, "approved_confirmed", "Fine.", htmx=True)
    assert answer.status_code == 422
    assert "has not agreed" in answer.content.decode()
    assert status_of(offer) == "info_provided"


def move(offer: Offer, cast: Cast, side: str, to: str, **payload: Any) -> None:
    """Let one side change the status, with some words."""
    at = clock.now()
    said = Payload(text="As discussed.", **payload)
    if side == "recipient":
        claims.answer(secret=claim_secret(offer, at=at), to=to, payload=said, at=at)
    else:
        statuses.transition(offer=offer, to=to, actor=provider(cast.ada), payload=said, at=at)


def test_a_declined_offer_is_read_only_for_the_provider(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="rejected")
    page = ada.get(page_of(offer)).content.decode()
    assert "conversation is closed" in page
    assert "composer-form" not in page
    answer = send(ada, offer, "offered", "Please reconsider.")
    assert answer.status_code == 409
    assert "Please reconsider." in answer.content.decode()
    assert status_of(offer) == "rejected"


@pytest.mark.scenario("INC-34")
def test_an_expired_offer_is_offered_again_with_a_new_link(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="expired")
    old = claim_secret(offer, at=clock.now())
    ends = (clock.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    answer = send(
        ada,
        offer,
        "offered",
        "Once more.",
        expires_at=ends,
        value_description="",
        value_amount="50",
        value_currency="EUR",
    )
    assert answer.status_code == 303
    assert status_of(offer) == "offered"
    new = claim_secret(offer, at=clock.now())
    assert Client().get(reverse("offer_claim"), {"token": new}).status_code == 200
    assert Client().get(reverse("offer_claim"), {"token": old}).status_code == 404


def test_an_offer_can_be_offered_again_on_other_terms(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="counter")
    send(
        ada,
        offer,
        "offered",
        "We can do this.",
        value_amount="65",
        value_currency="EUR",
        value_description="Paid in two parts",
        expires_at="",
    )
    fresh = Offer.objects.select_related("terms").get(pk=offer.pk)
    assert fresh.terms is not None
    assert fresh.terms.value == Terms.money(Money(6500, "EUR"), "Paid in two parts")
    page = ada.get(page_of(offer)).content.decode()
    assert "€65.00" in page
    assert "(−€5.00)" in page, "the thread shows how far the new value is from the countered one"


@pytest.mark.scenario("INC-51")
def test_a_message_without_a_chosen_status_is_refused(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    before = Message.objects.filter(offer=offer).count()
    answer = send(ada, offer, "", "Hello there", htmx=True)
    assert answer.status_code == 422
    assert "Select a status" in answer.content.decode()
    assert "Hello there" in answer.content.decode()
    assert Message.objects.filter(offer=offer).count() == before


@pytest.mark.scenario("INC-52")
@pytest.mark.parametrize(
    "files",
    [
        [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(4)],
        [SimpleUploadedFile("big.pdf", PDF + b" " * (10 * 1024 * 1024 + 1 - len(PDF)))],
        [SimpleUploadedFile("setup.pdf", b"MZ\x90\x00" + b"\x00" * 64)],
    ],
    ids=["four files", "one byte too many", "a program renamed"],
)
def test_bad_files_are_refused_and_the_text_is_kept(
    ada: Client, program: Program, files: list[SimpleUploadedFile]
) -> None:
    offer = make_offer(program=program, status="approved")
    before = Message.objects.filter(offer=offer).count()
    answer = send(ada, offer, "keep", "See the papers", htmx=True, attachments=files)
    assert answer.status_code == 422
    assert 'id="id_attachments_error"' in answer.content.decode()
    assert "See the papers" in answer.content.decode()
    assert Message.objects.filter(offer=offer).count() == before


@pytest.mark.parametrize(("length", "passes"), [(1024, True), (1025, False)])
def test_a_message_has_at_most_1024_characters(
    ada: Client, program: Program, length: int, passes: bool
) -> None:
    offer = make_offer(program=program, status="approved")
    # Browsers send two characters for each line break that the writer sees as one.
    text = "line\r\n" + "x" * (length - 5)
    assert (send(ada, offer, "keep", text).status_code == 303) is passes


def test_markup_in_a_message_is_shown_as_text(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    send(ada, offer, "keep", "<script>alert(1)</script>")
    page = ada.get(page_of(offer)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_a_plain_message_keeps_the_status_and_reaches_the_recipient(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="approved")
    before = mails("E05")
    answer = send(ada, offer, "keep", "We are on it.", htmx=True)
    assert answer.status_code == 200
    assert "Message sent" in answer.headers["HX-Trigger"]
    assert "We are on it." in answer.content.decode()
    assert status_of(offer) == "approved"
    assert mails("E05") == before + 1


def test_the_same_form_sent_twice_writes_one_message(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    data = {"status": "keep", "body": "Only once", "version": offer.version, "nonce": "abc123"}
    assert ada.post(page_of(offer), data).status_code == 303
    assert ada.post(page_of(offer), data).status_code == 303
    assert Message.objects.filter(offer=offer, body="Only once").count() == 1


def test_a_reused_form_with_another_text_is_not_swallowed(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    data = {"status": "keep", "body": "First", "version": offer.version, "nonce": "abc123"}
    ada.post(page_of(offer), data)
    answer = ada.post(page_of(offer), {**data, "body": "Second"})
    assert answer.status_code == 409
    assert "Second" in answer.content.decode()


def test_a_stale_composer_keeps_its_text_and_shows_the_choices_of_now(
    ada: Client, program: Program, cast: Cast
) -> None:
    offer = make_offer(program=program, status="approved")
    stale = offer.version
    move(offer, cast, "provider", "needs_info")
    answer = ada.post(
        page_of(offer),
        {"status": "approved_confirmed", "body": "My long text", "version": stale, "nonce": "x1"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert "My long text" in answer.content.decode()
    assert choices_on(answer) == ["", "keep", "cancelled"]
    assert status_of(offer) == "needs_info"
    assert "morph" in answer.headers["HX-Reswap"], "the files chosen in the page survive"


def test_updating_the_choices_sends_nothing_and_keeps_what_was_typed(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="approved")
    before = Message.objects.filter(offer=offer).count()
    answer = send(ada, offer, "keep", "Half a thought", htmx=True, update="1")
    assert answer.status_code == 200
    assert "Half a thought" in answer.content.decode()
    assert Message.objects.filter(offer=offer).count() == before


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("draft", "Send it first"),
        ("rejected", "conversation is closed"),
        ("cancelled", "conversation is closed"),
        ("acknowledged", "conversation is closed"),
        ("completed", "acknowledgement"),
    ],
)
def test_the_composer_is_closed_with_its_reason(
    ada: Client, program: Program, status: str, reason: str
) -> None:
    offer = make_offer(program=program, status=status)
    page = ada.get(page_of(offer)).content.decode()
    assert "composer-form" not in page
    assert reason in page


@pytest.mark.parametrize("status", ["expired", "no_response"])
def test_a_lapsed_offer_can_only_be_offered_again(
    ada: Client, program: Program, status: str
) -> None:
    offer = make_offer(program=program, status=status)
    assert choices_on(ada.get(page_of(offer))) == ["", "offered"]


def test_an_unclaimed_link_can_only_be_cancelled(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="offered", delivery="link")
    assert choices_on(ada.get(page_of(offer))) == ["", "cancelled"]
    assert send(ada, offer, "keep", "Is anybody there?").status_code == 409


@pytest.mark.scenario("INC-54")
def test_only_a_plain_message_of_the_last_fifteen_minutes_can_be_changed(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="approved")
    send(ada, offer, "needs_info", "Which account?")
    send(ada, offer, "keep", "Take your time.")
    fixed = Message.objects.get(offer=offer, body="Which account?")
    plain = Message.objects.get(offer=offer, body="Take your time.")
    for name in ("offer_message_edit", "offer_message_delete"):
        answer = ada.post(reverse(name, args=[offer.pk, fixed.pk]), {"body": "Changed"})
        assert answer.status_code == 409
    edit = reverse("offer_message_edit", args=[offer.pk, plain.pk])
    assert ada.post(edit, {"body": "Take all the time."}).status_code == 303
    assert "(edited)" in ada.get(page_of(offer)).content.decode()
    delete = reverse("offer_message_delete", args=[offer.pk, plain.pk])
    assert ada.get(delete).status_code == 200
    assert ada.post(delete).status_code == 303
    page = ada.get(page_of(offer)).content.decode()
    assert "This message was deleted." in page
    assert "Take all the time." not in page
    Message.objects.filter(pk=plain.pk).update(
        deleted_at=None, created_at=clock.now() - timedelta(minutes=15)
    )
    assert ada.post(edit, {"body": "Too late"}).status_code == 409


def test_a_colleagues_message_cannot_be_edited(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    send(client_of(cast.ada), offer, "keep", "From Ada")
    message = Message.objects.get(offer=offer, body="From Ada")
    oscar = client_of(cast.oscar)
    answer = oscar.post(
        reverse("offer_message_edit", args=[offer.pk, message.pk]), {"body": "From Oscar"}
    )
    assert answer.status_code == 409


@pytest.mark.scenario("INC-65")
def test_completing_waits_for_every_distribution(ada: Client, program: Program, cast: Cast) -> None:
    offer = make_offer(program=program, status="approved_confirmed")
    distribution = Distribution.objects.get(offer=offer)
    answer = send(ada, offer, "completed", "All done.", htmx=True)
    assert answer.status_code == 422
    assert f"D-{distribution.pk}" in answer.content.decode()
    record_success(offer, actor=provider(cast.ada), at=clock.now())
    assert send(ada, offer, "completed", "All done.").status_code == 303
    assert status_of(offer) == "completed"
    assert mails("E08") == 1


@pytest.mark.scenario("INC-66")
def test_cancelling_ends_where_something_was_delivered(
    ada: Client, program: Program, cast: Cast
) -> None:
    pending = make_offer(program=program, status="approved_confirmed")
    delivered = make_offer(program=program, status="approved_confirmed")
    record_success(delivered, actor=provider(cast.ada), at=clock.now())
    assert send(ada, delivered, "cancelled", "Sorry.", htmx=True).status_code == 422
    assert status_of(delivered) == "approved_confirmed"
    assert send(ada, pending, "cancelled", "Sorry.").status_code == 303
    assert status_of(pending) == "cancelled"
    row = Distribution.objects.get(offer=pending)
    assert row.status == "failed"
    assert row.changes.filter(field="status", new_value="failed", actor_user=None).exists()


def test_an_analyst_reads_but_does_not_write(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    ana = client_of(cast.ana)
    page = ana.get(page_of(offer))
    assert page.status_code == 200
    assert "composer-form" not in page.content.decode()
    assert send(ana, offer, "keep", "Hello").status_code == 403


def test_another_businesss_conversation_does_not_exist(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    boris = client_of(cast.boris)
    assert boris.get(page_of(offer)).status_code == 404
    assert send(boris, offer, "keep", "Hello").status_code == 404
    assert boris.post(reverse("offer_messages_read", args=[offer.pk])).status_code == 404
