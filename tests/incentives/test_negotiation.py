"""What is on the table, who agreed to it, and what is owed in the end."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core import tokens
from core.errors import Forbidden, StaleVersion
from core.models import Mail
from directory.models import Organisation
from incentives.guards import Payload
from incentives.models import Distribution, Message, Offer
from incentives.selectors import available_statuses
from incentives.services import claims, messages, offers, statuses
from incentives.services.actors import recipient
from incentives.services.statuses import GuardFailed, NotAvailable
from incentives.terms import Terms
from tests.factories.incentives import Desk, make_desk
from tests.incentives.stages import (
    AGREE,
    ASK,
    CONFIRM,
    COUNTER,
    COUNTERED,
    DAY,
    START,
    TEXT,
    YES,
    Stage,
    euro,
    sent,
)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.fixture
def stage(desk: Desk) -> Stage:
    """An offer of €50 by e-mail, sent yesterday."""
    return sent(desk, terms=euro(50))


def grant(amount: int | str) -> Payload:
    return Payload(granted=euro(amount), text="We can give this much.")


def mails(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


def chosen_now(stage: Stage, side: str = "provider") -> set[str]:
    offer = stage.fresh()
    return {row.status for row in available_statuses(offer=offer, actor_kind=side, at=stage.at)}


def test_a_yes_is_consent_to_the_terms_on_the_table(stage: Stage) -> None:
    offer = stage.recipient("approved")
    assert (offer.status, offer.status_set_by) == ("approved", "recipient")
    assert offer.has_consent
    assert offer.recipient_verified_at == stage.at
    assert mails("E04") == 1


@pytest.mark.scenario("INC-23")
def test_confirming_creates_one_pending_distribution_of_the_confirmed_value(stage: Stage) -> None:
    offer = stage.do(AGREE, CONFIRM)
    record = Distribution.objects.get(offer=offer)
    assert (record.status, record.value.number) == ("pending", Decimal(50))
    assert mails("E06") == 1


@pytest.mark.scenario("INC-24")
def test_claiming_again_changes_nothing(stage: Stage) -> None:
    offer = stage.do(AGREE, CONFIRM, ("recipient", "claimed", YES))
    assert offer.status == "claimed"
    with pytest.raises(NotAvailable):
        stage.recipient("claimed")
    assert stage.fresh().version == offer.version
    assert mails("E04") == 2


@pytest.mark.scenario("INC-25")
def test_a_confirmed_counter_of_70_is_owed_as_70(stage: Stage) -> None:
    offer = stage.do(COUNTERED, CONFIRM)
    assert offer.confirmed_terms is not None
    assert offer.confirmed_terms.value.number == Decimal(70)
    assert Distribution.objects.get(offer=offer).value.number == Decimal(70)


@pytest.mark.scenario("INC-26")
def test_a_grant_of_60_out_of_a_counter_of_70_is_owed_as_60(stage: Stage) -> None:
    granted = stage.do(COUNTERED, ("provider", "partial_granted", grant(60)))
    assert not granted.has_consent
    assert stage.recipient("approved").status == "approved"
    offer = stage.provider("approved_confirmed", YES)
    assert Distribution.objects.get(offer=offer).value.number == Decimal(60)


@pytest.mark.scenario("INC-27")
@pytest.mark.parametrize("amount", [70, 71, 0, -1])
def test_a_grant_of_all_or_nothing_is_refused_at_its_field(stage: Stage, amount: int) -> None:
    stage.do(COUNTERED)
    with pytest.raises(GuardFailed) as refusal:
        stage.provider("partial_granted", grant(amount))
    assert refusal.value.status == 422
    assert set(refusal.value.fields) == {"granted_value"}
    assert stage.fresh().status == "counter"
    assert not stage.fresh().proposals.filter(kind="partial_grant").exists()


def test_a_grant_is_compared_with_the_latest_proposal(stage: Stage) -> None:
    stage.do(COUNTERED, ("provider", "partial_granted", grant(60)))
    stage.recipient("counter", Payload(counter=euro(65), text="A little more?"))
    with pytest.raises(GuardFailed):
        stage.provider("partial_granted", grant(65))
    assert stage.provider("partial_granted", grant(64)).status == "partial_granted"


def test_a_counter_to_a_grant_asks_for_more(stage: Stage) -> None:
    stage.do(COUNTERED, ("provider", "partial_granted", grant(60)))
    with pytest.raises(GuardFailed) as refusal:
        stage.recipient("counter", Payload(counter=euro(60), text="The same?"))
    assert set(refusal.value.fields) == {"counter_value"}


@pytest.mark.scenario("INC-28")
def test_information_is_given_in_words(stage: Stage) -> None:
    stage.do(AGREE, ("provider", "needs_info", TEXT))
    with pytest.raises(GuardFailed) as refusal:
        stage.recipient("info_provided", Payload(text="  "))
    assert set(refusal.value.fields) == {"body"}
    assert stage.recipient("info_provided", TEXT).status == "info_provided"


@pytest.mark.scenario("INC-29")
def test_the_provider_answers_a_question_by_offering_again(stage: Stage) -> None:
    stage.do(ASK)
    assert chosen_now(stage) == {"offered", "cancelled"}
    assert messages.may_post(stage.fresh()) == ""
    with pytest.raises(NotAvailable) as refusal:
        stage.provider("info_provided")
    assert refusal.value.status == 409


@pytest.mark.scenario("INC-30")
def test_information_without_consent_cannot_be_confirmed(stage: Stage) -> None:
    offer = stage.do(AGREE, ("provider", "needs_info", TEXT), ("recipient", "info_provided", TEXT))
    # No way through the table loses the consent here; the guard holds should there ever be one.
    Offer.objects.filter(pk=offer.pk).update(agreed_terms=None, recipient_agreed_at=None)
    with pytest.raises(GuardFailed) as refusal:
        stage.provider("approved_confirmed", YES)
    assert refusal.value.status == 422
    assert "has not agreed" in refusal.value.message
    assert stage.fresh().status == "info_provided"
    assert not Distribution.objects.filter(offer=offer).exists()


def test_consent_survives_a_question_about_the_same_terms(stage: Stage) -> None:
    stage.do(AGREE, ("provider", "needs_info", TEXT), ("recipient", "info_provided", TEXT))
    assert stage.provider("approved_confirmed", YES).status == "approved_confirmed"


def test_offering_the_same_terms_again_asks_for_consent_again(stage: Stage) -> None:
    stage.do(AGREE, ("provider", "needs_info", TEXT), ("recipient", "info_provided", TEXT))
    offer = stage.provider("offered", TEXT)
    assert not offer.has_consent
    assert offer.terms == offer.proposals.get()


@pytest.mark.scenario("INC-31")
def test_a_decline_ends_the_offer_for_both(stage: Stage) -> None:
    offer = stage.recipient("rejected", Payload(text="Not for me."))
    assert offer.status == "rejected"
    assert Message.objects.latest("pk").body == "Not for me."
    for side in ("provider", "recipient"):
        assert chosen_now(stage, side) == set()
    for actor in (stage.desk.actor, recipient(offer)):
        with pytest.raises(messages.Closed):
            messages.post(subject=offer, actor=actor, body="And yet?", at=stage.at)
    for target in ("approved", "counter", "offered"):
        with pytest.raises(NotAvailable):
            stage.recipient(target, COUNTER)
    with pytest.raises(NotAvailable):
        stage.provider("offered")
    assert claims.open_claim(secret=stage.secret(), at=stage.at).offer == offer


def test_a_change_from_an_old_view_of_the_offer_is_refused(stage: Stage) -> None:
    seen = stage.fresh().version
    stage.do(ASK)
    with pytest.raises(StaleVersion) as refusal:
        statuses.transition(
            offer=stage.offer, to="cancelled", actor=stage.desk.actor, version=seen, at=stage.at
        )
    assert "changed while you were writing" in refusal.value.message
    assert stage.fresh().status == "needs_info"


def test_a_refused_change_leaves_no_trace(stage: Stage) -> None:
    stage.do(COUNTERED)
    before = (Message.objects.count(), Mail.objects.count(), stage.fresh().version)
    for attempt in (
        lambda: stage.provider("partial_granted", grant(0)),
        lambda: stage.provider("completed"),
    ):
        with pytest.raises((GuardFailed, NotAvailable)):
            attempt()
    assert (Message.objects.count(), Mail.objects.count(), stage.fresh().version) == before


def test_terms_in_words_are_granted_and_countered_in_words(desk: Desk) -> None:
    stage = sent(desk, terms=Terms.words("A guided tour for two"))
    stage.recipient("counter", Payload(counter=Terms.words("For three"), text="We are three."))
    stage.provider("partial_granted", Payload(granted=Terms.words("For two and a child")))
    stage.recipient("approved")
    offer = stage.provider("approved_confirmed", YES)
    assert Distribution.objects.get(offer=offer).description == "For two and a child"


def test_every_proposal_is_kept_and_numbered(stage: Stage) -> None:
    stage.do(COUNTERED, ("provider", "partial_granted", grant(60)))
    rows = stage.fresh().proposals.order_by("number")
    assert [(row.number, row.kind, row.proposed_by, row.value.number) for row in rows] == [
        (1, "offer", "provider", Decimal(50)),
        (2, "counter", "recipient", Decimal(70)),
        (3, "partial_grant", "provider", Decimal(60)),
    ]


def test_the_providers_message_restarts_the_clock_and_the_recipients_stops_it(stage: Stage) -> None:
    offer = stage.do(AGREE, ("provider", "needs_info", TEXT), at=START)
    first_due = offer.answer_due_at
    messages.post(subject=offer, actor=stage.desk.actor, body="Any news?", at=START + 5 * DAY)
    restarted = stage.fresh().answer_due_at
    assert restarted == START + 19 * DAY
    assert first_due is not None
    assert first_due < restarted
    messages.post(subject=offer, actor=recipient(offer), body="Soon.", at=START + 6 * DAY)
    assert stage.fresh().answer_due_at is None
    messages.post(subject=offer, actor=stage.desk.actor, body="Fine.", at=START + 7 * DAY)
    assert stage.fresh().answer_due_at == START + 21 * DAY


def test_the_vendors_own_response_window_counts(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.desk.business.pk).update(response_window_days=3)
    offer = stage.do(AGREE, ("provider", "needs_info", TEXT), at=START)
    assert offer.answer_due_at == offer.status_changed_at + 3 * DAY


def test_the_links_of_a_resent_mail_and_of_strangers_open_nothing(stage: Stage) -> None:
    old = stage.secret()
    offers.resend(offer=stage.fresh(), actor=stage.desk.actor, at=stage.at)
    assert mails("E01") == 2
    with pytest.raises(tokens.TokenRevoked):
        claims.open_claim(secret=old, at=stage.at)
    with pytest.raises(tokens.TokenMissing):
        claims.open_claim(secret="", at=stage.at)
    with pytest.raises(tokens.TokenUnknown):
        claims.open_claim(secret="x" * 43, at=stage.at)
    assert claims.open_claim(secret=stage.secret(), at=stage.at).offer == stage.offer


def test_an_answer_keeps_the_link_working_until_30_days_after_the_end(stage: Stage) -> None:
    first = stage.secret()
    stage.do(ASK)
    assert claims.open_claim(secret=first, at=START + 300 * DAY)
    offer = stage.recipient("rejected", at=START + 300 * DAY)
    assert offer.closed_at is not None
    assert claims.open_claim(secret=first, at=offer.closed_at + 29 * DAY)
    with pytest.raises(tokens.TokenExpired):
        claims.open_claim(secret=first, at=offer.closed_at + 30 * DAY)


def test_a_withdrawn_offer_says_so_however_old_its_link(stage: Stage) -> None:
    secret = stage.secret()
    stage.provider("cancelled")
    for at in (stage.at, START + 90 * DAY):
        with pytest.raises(claims.Withdrawn) as refusal:
            claims.open_claim(secret=secret, at=at)
        assert refusal.value.status == 410


def test_opening_the_link_sets_the_first_moment_once_and_no_status(stage: Stage) -> None:
    for hour in range(3):
        claim = claims.open_claim(secret=stage.secret(), at=stage.at)
        claims.note_opened(offer=claim.offer, at=stage.at + hour * DAY / 24)
    offer = stage.fresh()
    assert (offer.status, offer.first_opened_at, offer.open_count) == ("offered", stage.at, 3)


def test_the_vendors_own_users_may_look_but_not_answer(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        claims.answer(
            secret=stage.secret(), to="approved", payload=YES, user=stage.desk.user, at=stage.at
        )
    assert stage.fresh().status == "offered"
