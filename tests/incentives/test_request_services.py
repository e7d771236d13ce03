"""What requests do in the services: asking, verifying, negotiating, confirming, completing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import clock, tokens
from core.errors import Invalid, NotFound, StaleVersion, TooMany
from core.models import Mail
from core.money import Money
from directory.models import Contact
from incentives.guards import Payload
from incentives.models import (
    Acknowledgement,
    Distribution,
    IncentiveRequest,
    Message,
    RequestStatusChange,
)
from incentives.selectors.requests import request_by_pk, request_of, request_statuses, requests_of
from incentives.services import acknowledgements, messages, programs, requests
from incentives.services.request_statuses import transition
from incentives.services.statuses import GuardFailed, NotAvailable
from incentives.services.visitors import NotForYou
from incentives.workflow.requests import REQUEST
from tests.factories.incentives import Desk, make_desk
from tests.factories.requests import (
    EIGHTY,
    EVERY_STATUS,
    HUNDRED,
    NINETY,
    TEXT,
    YES,
    access_secret,
    advance,
    desk_of,
    make_request,
    request_values,
    verify_secret,
)
from tests.incentives.recipient import secret_in

pytestmark = pytest.mark.django_db
SIDES = ("provider", "recipient")


@pytest.fixture
def desk() -> Desk:
    return make_desk("Acme Solar")


def asked(desk: Desk, *, send: bool = True, **fields: Any) -> IncentiveRequest:
    values = request_values(desk.program, **fields)
    return requests.ask(business=desk.business, values=values, send=send, at=clock.now())


def act(request: IncentiveRequest, side: str, to: str, payload: Payload = TEXT) -> IncentiveRequest:
    fresh = request_by_pk(pk=request.pk)
    actor = desk_of(fresh) if side == "provider" else requests.creator_of(fresh)
    return transition(request=fresh, to=to, actor=actor, payload=payload, at=clock.now())


def kinds() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("kind", flat=True))


def test_asking_changes_nothing_for_the_provider_until_the_address_is_confirmed(desk: Desk) -> None:
    request = asked(desk)
    assert (request.status, request.is_verified) == ("draft", False)
    assert not requests_of(business=desk.business).exists()
    assert kinds() == ["Q01"]
    with pytest.raises(NotFound):
        request_of(business=desk.business, pk=request.pk)


def test_confirming_sends_the_request_and_binds_a_contact(desk: Desk) -> None:
    request = asked(desk, recipient_email="Sam@Home.Example")
    sent, secret = requests.verify(secret=verify_secret(request), at=clock.now())
    assert (sent.status, sent.status_set_by, sent.recipient_email) == (
        "requested",
        "recipient",
        "sam@home.example",
    )
    assert sent.contact == Contact.objects.get(business=desk.business)
    assert sent.has_consent
    change = RequestStatusChange.objects.get(request=sent)
    assert (change.transition, change.from_status) == ("A02", "")
    message = Message.objects.get(request=sent)
    assert (message.body, message.status_at_send) == (request.message, "requested")
    assert kinds() == ["Q01", "Q04", "Q02"]
    assert requests.open_visit(secret=secret, at=clock.now()).address == "sam@home.example"


def test_a_confirmation_link_works_once_and_for_a_day(desk: Desk) -> None:
    request = asked(desk)
    secret = verify_secret(request)
    with pytest.raises(tokens.TokenExpired):
        requests.verify(secret=secret, at=clock.now() + timedelta(hours=24, seconds=1))
    requests.verify(secret=secret, at=clock.now())
    with pytest.raises(tokens.TokenUsed):
        requests.verify(secret=secret, at=clock.now())


def test_a_draft_stays_a_draft_when_its_address_is_confirmed(desk: Desk) -> None:
    request = asked(desk, send=False, message="", incentive_type="")
    kept, _ = requests.verify(secret=verify_secret(request), at=clock.now())
    assert (kept.status, kept.is_verified) == ("draft", True)
    with pytest.raises(GuardFailed) as refusal:
        requests.send_draft(request=kept, version=kept.version, at=clock.now())
    assert set(refusal.value.fields) == {"message", "incentive_type"}
    assert "Q04" not in kinds()


def test_a_draft_may_lack_all_but_somebody_and_something(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(desk, send=False, recipient_email="nobody", recipient_name="")
    assert set(refusal.value.fields) == {"recipient_email", "recipient_name"}
    with pytest.raises(Invalid) as refusal:
        requests.ask(
            business=desk.business,
            values=request_values(None, product_name=""),
            send=False,
            at=clock.now(),
        )
    assert set(refusal.value.fields) == {"product_name"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"message": "x" * 1025}, {"message"}),
        ({"message": ""}, {"message"}),
        ({"entity_type": "", "entity_stage": ""}, {"entity_type", "entity_stage"}),
        ({"terms": None}, {"value", "value_description"}),
        ({"request_type": "group"}, {"max_required_members"}),
        ({"request_type": "group", "max_required_members": 501}, {"max_required_members"}),
        ({"max_required_members": 5}, {"max_required_members"}),
    ],
)
def test_what_keeps_a_request_from_being_sent_is_named_at_its_fields(
    desk: Desk, fields: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(desk, **fields)
    assert set(refusal.value.fields) == wrong
    assert not IncentiveRequest.objects.exists()
    assert not Mail.objects.exists()


def test_only_active_programs_and_their_own_kinds_can_be_asked_for(desk: Desk) -> None:
    programs.update(
        program=desk.program,
        allowed_incentive_types=["cashback"],
        version=desk.program.version,
        at=clock.now(),
    )
    desk.program.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        asked(desk)
    assert "incentive_type" in refusal.value.fields
    request = asked(desk, incentive_type="cashback")
    programs.deactivate(program=desk.program, at=clock.now())
    with pytest.raises(GuardFailed) as late:
        requests.verify(secret=verify_secret(request), at=clock.now())
    assert "program" in late.value.fields


def test_a_product_without_a_program_can_be_asked_about(desk: Desk) -> None:
    request = make_request(business=desk.business)
    assert (request.program, request.product_name) == (None, "Garden lights")
    assert request.status == "requested"


def test_the_providers_own_people_cannot_ask_it(desk: Desk) -> None:
    with pytest.raises(NotForYou):
        asked(desk, recipient_email=desk.user.email.upper())


def test_an_address_gets_three_mails_an_hour_at_most(desk: Desk) -> None:
    for _ in range(3):
        asked(desk, recipient_email="sam@home.example")
    with pytest.raises(TooMany):
        asked(desk, recipient_email="sam@home.example")


@pytest.mark.parametrize("status", EVERY_STATUS)
def test_every_change_that_the_table_does_not_list_is_refused(desk: Desk, status: str) -> None:
    request = make_request(program=desk.program, status=status)
    allowed = {
        (row.actor, row.target)
        for side in SIDES
        for row in REQUEST.available(status=status, actor=side, set_by=request.status_set_by)
    }
    for side in SIDES:
        for to in EVERY_STATUS:
            if (side, to) not in allowed:
                with pytest.raises(NotAvailable):
                    act(request, side, to)
    fresh = request_by_pk(pk=request.pk)
    assert (fresh.status, fresh.version) == (request.status, request.version)


def test_the_choices_of_a_side_are_those_of_the_table(desk: Desk) -> None:
    request = make_request(program=desk.program, status="under_review")
    mine = request_statuses(request=request, actor_kind="provider", at=clock.now())
    assert [row.status for row in mine] == ["needs_info", "negotiating", "approved", "declined"]
    assert all(row.is_open for row in mine)
    theirs = request_statuses(request=request, actor_kind="recipient", at=clock.now())
    assert [row.status for row in theirs] == ["cancelled"]


def test_approving_the_wish_as_it_stands_and_confirming_records_what_was_asked(desk: Desk) -> None:
    request = make_request(program=desk.program, status="approved")
    confirmed = act(request, "provider", "approved_confirmed", YES)
    assert confirmed.confirmed_terms == confirmed.terms == confirmed.agreed_terms
    row = Distribution.objects.get()
    assert (row.subject, row.offer, row.status, row.value.amount, row.description) == (
        confirmed,
        None,
        "pending",
        HUNDRED.amount,
        HUNDRED.description,
    )
    assert (row.recipient_email, row.contact) == (request.recipient_email, request.contact)
    assert kinds().count("Q05") == 1


def test_terms_of_the_provider_need_the_recipients_yes(desk: Desk) -> None:
    request = make_request(program=desk.program, status="negotiating")
    assert request.terms is not None
    assert (request.terms.value.amount, request.has_consent) == (Money(8000, "EUR"), False)
    with pytest.raises(GuardFailed):
        act(request, "provider", "approved", YES)
    agreed = act(request, "recipient", "approved", YES)
    assert (agreed.status, agreed.status_set_by, agreed.has_consent) == (
        "approved",
        "recipient",
        True,
    )
    act(request, "provider", "approved_confirmed", YES)
    assert Distribution.objects.get().value.amount == Money(8000, "EUR")


def test_terms_of_the_recipient_need_the_providers_yes(desk: Desk) -> None:
    request = make_request(program=desk.program, status="negotiating")
    counter = act(request, "recipient", "negotiating", NINETY)
    assert counter.terms is not None
    assert (counter.terms.number, counter.terms.kind, counter.has_consent) == (3, "counter", True)
    with pytest.raises(NotAvailable):
        act(request, "recipient", "approved", YES)
    act(request, "provider", "approved", YES)
    act(request, "provider", "approved_confirmed", YES)
    assert Distribution.objects.get().value.amount == Money(9000, "EUR")


@pytest.mark.parametrize(
    ("status", "side", "to", "payload", "field"),
    [
        ("under_review", "provider", "needs_info", YES, "body"),
        ("under_review", "provider", "negotiating", TEXT, "value"),
        ("requested", "provider", "declined", YES, "body"),
        ("needs_info", "recipient", "info_provided", YES, "body"),
        ("negotiating", "recipient", "negotiating", TEXT, "counter_value"),
    ],
)
def test_what_a_change_needs_is_asked_for_at_its_field(
    desk: Desk, status: str, side: str, to: str, payload: Payload, field: str
) -> None:
    request = make_request(program=desk.program, status=status)
    with pytest.raises(GuardFailed) as refusal:
        act(request, side, to, payload)
    assert field in refusal.value.fields
    assert request_by_pk(pk=request.pk).status == status


def test_a_request_is_completed_once_its_distributions_are_settled(desk: Desk) -> None:
    request = make_request(program=desk.program, status="approved_confirmed")
    with pytest.raises(GuardFailed) as refusal:
        act(request, "provider", "completed", YES)
    assert "Still pending" in refusal.value.message
    advance(request, (("distribution", "", YES), ("provider", "completed", YES)), at=clock.now())
    fresh = request_by_pk(pk=request.pk)
    assert (fresh.status, fresh.completed_at is not None) == ("completed", True)
    assert kinds().count("E07") == 1


def test_whoever_was_given_what_they_asked_for_may_confirm_it_in_words(desk: Desk) -> None:
    request = make_request(program=desk.program, status="completed")
    invited = Acknowledgement.objects.get(distribution__request=request)
    assert (invited.email, invited.program) == (request.recipient_email, desk.program)
    assert kinds().count("E08") == 1
    mail = Mail.objects.get(kind="E08")
    acknowledgements.submit(
        secret=secret_in(mail),
        message="It arrived, thank you very much.",
        display_name="Sam",
        consent_public=True,
        at=clock.now(),
    )
    invited.refresh_from_db()
    assert invited.is_submitted
    assert kinds().count("E14") == 1
    assert request_by_pk(pk=request.pk).status == "completed"


def test_a_stale_page_changes_nothing(desk: Desk) -> None:
    request = make_request(program=desk.program)
    act(request, "provider", "acknowledged", YES)
    with pytest.raises(StaleVersion):
        transition(
            request=request,
            to="cancelled",
            actor=requests.creator_of(request),
            version=request.version,
            at=clock.now(),
        )


def test_by_shared_link_no_mail_announces_the_request(desk: Desk) -> None:
    request = make_request(program=desk.program, delivery_method="link")
    assert request.link_slug
    assert "Q04" not in kinds()
    act(request, "recipient", "cancelled", YES)
    assert "Q04" in kinds()


def test_drafts_may_be_edited_and_sent_requests_by_link_alone(desk: Desk) -> None:
    draft = make_request(program=desk.program, status="draft")
    changed = request_values(desk.program, message="Another word.", delivery_method="link")
    saved = requests.update(request=draft, values=changed, version=draft.version, at=clock.now())
    assert (saved.message, saved.delivery_method) == ("Another word.", "link")
    assert saved.recipient_email == draft.recipient_email
    mailed = make_request(program=desk.program)
    with pytest.raises(requests.NotEditable):
        requests.update(request=mailed, values=changed, version=mailed.version, at=clock.now())


def test_an_edit_of_a_sent_request_keeps_address_and_delivery_and_renews_the_wish(
    desk: Desk,
) -> None:
    sent = make_request(program=desk.program, delivery_method="link")
    values = request_values(
        desk.program, recipient_email="other@home.example", terms=EIGHTY.terms, message="Anew."
    )
    saved = requests.update(request=sent, values=values, version=sent.version, at=clock.now())
    assert (saved.recipient_email, saved.delivery_method, saved.message) == (
        sent.recipient_email,
        "link",
        "Anew.",
    )
    assert saved.terms is not None
    assert (saved.terms.number, saved.terms.value.amount, saved.has_consent) == (
        2,
        Money(8000, "EUR"),
        True,
    )
    act(sent, "provider", "acknowledged", YES)
    fresh = request_by_pk(pk=sent.pk)
    with pytest.raises(requests.NotEditable):
        requests.update(request=fresh, values=values, version=fresh.version, at=clock.now())


def test_messages_are_shared_with_offers_but_not_in_a_draft_nor_after_the_end(desk: Desk) -> None:
    request = make_request(program=desk.program, status="acknowledged")
    actor = requests.creator_of(request)
    message = messages.post(subject=request, actor=actor, body="One more word.", at=clock.now())
    assert (message.subject, message.status_at_send) == (request, "acknowledged")
    for status in ("draft", "declined", "cancelled", "completed"):
        other = make_request(program=desk.program, status=status)
        with pytest.raises(messages.Closed):
            messages.post(
                subject=other, actor=requests.creator_of(other), body="Hello?", at=clock.now()
            )


def test_an_access_link_opens_what_its_address_asked_for_and_nothing_else(desk: Desk) -> None:
    mine = make_request(program=desk.program, recipient_email="sam@home.example")
    other = make_request(program=desk.program)
    asked(desk, recipient_email="sam@home.example")
    secret = access_secret(mine)
    assert requests.visit_request(secret=secret, pk=mine.pk, at=clock.now()).request == mine
    with pytest.raises(NotFound):
        requests.visit_request(secret=secret, pk=other.pk, at=clock.now())


def test_an_unconfirmed_request_in_my_name_is_not_mine(desk: Desk) -> None:
    mine = make_request(program=desk.program, recipient_email="sam@home.example")
    forged = asked(desk, recipient_email="sam@home.example")
    with pytest.raises(NotFound):
        requests.visit_request(secret=access_secret(mine), pk=forged.pk, at=clock.now())


def test_the_way_back_is_mailed_to_known_addresses_alone(desk: Desk) -> None:
    request = make_request(program=desk.program)
    before = kinds().count("Q02")
    requests.send_access(address="stranger@home.example", at=clock.now())
    assert kinds().count("Q02") == before
    requests.send_access(address=request.recipient_email.upper(), at=clock.now())
    assert kinds().count("Q02") == before + 1


def test_the_database_refuses_a_row_about_both_or_neither(desk: Desk) -> None:
    request = make_request(program=desk.program, status="approved_confirmed")
    row = Distribution.objects.get(request=request)
    for change in ({"request": None}, {"group_member": None, "request": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Distribution.objects.filter(pk=row.pk).update(**change)


def test_confirming_twice_makes_no_second_distribution(desk: Desk) -> None:
    request = make_request(program=desk.program, status="approved_confirmed")
    with pytest.raises(NotAvailable):
        act(request, "provider", "approved_confirmed", YES)
    assert Distribution.objects.filter(request=request).count() == 1


def test_the_history_of_a_request_is_never_rewritten(desk: Desk) -> None:
    change = RequestStatusChange.objects.filter(request=make_request(program=desk.program))
    with pytest.raises(Exception, match="never rewritten"), transaction.atomic():
        change.update(actor_name="Somebody else")
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        change.delete()
