"""What time does to offers: expiry, silence, reminders; run twice, run late, killed, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import tokens
from core.models import Mail
from incentives.models import Message, Offer, OfferStatusChange
from incentives.services import claims, links, notices, statuses, sweeps
from incentives.services.statuses import OfferExpired
from tests.factories.incentives import Desk, claim_link, make_desk, newest_secret
from tests.incentives.stages import (
    AGREE,
    ASK,
    DAY,
    START,
    TEXT,
    WINDOW,
    YES,
    Stage,
    euro,
    sent,
)
from tests.kit.concurrency import meeting, together

END = START + 7 * DAY


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.fixture
def stage(desk: Desk) -> Stage:
    return sent(desk)


def mails(kind: str) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind).order_by("pk"))


def changes(stage: Stage, to: str) -> int:
    return OfferStatusChange.objects.filter(offer=stage.offer, to_status=to).count()


def asked(stage: Stage) -> Stage:
    """The provider asked at `START`; the recipient owes an answer."""
    stage.do(AGREE, at=START - timedelta(minutes=1))
    stage.provider("needs_info", TEXT, at=START)
    return stage


def test_an_offer_expires_at_its_end_once(stage: Stage) -> None:
    assert sweeps.expire_due(at=END - timedelta(seconds=1)) == 0
    assert stage.fresh().status == "offered"
    assert sweeps.expire_due(at=END) == 1
    assert sweeps.expire_due(at=END) == 0
    assert (stage.fresh().status, stage.fresh().status_set_by) == ("expired", "system")
    assert changes(stage, "expired") == 1
    assert [mail.to for mail in mails("E10")] == [stage.desk.user.email]


def test_one_mail_lists_the_expired_offers_of_a_business(desk: Desk) -> None:
    stages = [sent(desk) for _ in range(3)]
    other = sent(make_desk())
    sweeps.expire_due(at=END)
    assert len(mails("E10")) == 2
    (mine,) = [mail for mail in mails("E10") if mail.to == desk.user.email]
    assert {row["id"] for row in mine.context["offers"]} == {stage.offer.pk for stage in stages}
    assert other.offer.pk not in {row["id"] for row in mine.context["offers"]}


def test_an_answered_offer_does_not_expire(stage: Stage) -> None:
    stage.do(ASK)
    assert sweeps.expire_due(at=END + DAY) == 0


@pytest.mark.scenario("INC-33")
def test_a_late_answer_is_refused_and_expires_the_offer_on_the_spot(stage: Stage) -> None:
    with pytest.raises(tokens.TokenExpired) as refusal:
        claims.answer(secret=stage.secret(), to="approved", payload=YES, at=END)
    assert (refusal.value.status, refusal.value.heading) == (410, "Token has expired")
    offer = stage.fresh()
    assert (offer.status, offer.has_consent) == ("expired", False)
    assert len(mails("E10")) == 1
    assert sweeps.expire_due(at=END) == 0


@pytest.mark.parametrize("to", ["approved", "rejected", "needs_info"])
def test_a_link_that_outlives_the_offer_extends_no_right(stage: Stage, to: str) -> None:
    stage.do(ASK, ("provider", "offered", TEXT))
    late = stage.fresh().expires_at
    assert late is not None
    with pytest.raises(OfferExpired) as refusal:
        claims.answer(secret=stage.secret(), to=to, payload=TEXT, at=late)
    assert refusal.value.status == 410
    assert stage.fresh().status == "expired"


def test_a_late_confirmation_of_a_shared_link_expires_the_offer(desk: Desk) -> None:
    stage = sent(desk, "link")
    end = stage.fresh().expires_at
    assert end is not None
    intent = links.request(
        offer=stage.fresh(),
        target="pre_claimed",
        name="Sam Okafor",
        email="sam@home.example",
        payload=YES,
        at=end - timedelta(hours=1),
    )
    secret = newest_secret(f"incentives.intent:{intent.pk}", "verify")
    with pytest.raises(links.LinkClosed) as refusal:
        links.confirm(secret=secret, at=end)
    assert refusal.value.status == 410
    assert (stage.fresh().status, stage.fresh().is_bound) == ("expired", False)


@pytest.mark.scenario("INC-34")
def test_an_expired_offer_is_offered_again_with_a_new_link(stage: Stage) -> None:
    old = stage.secret()
    sweeps.expire_due(at=END)
    again = END + DAY
    payload = statuses.Payload(expires_at=again + 5 * DAY)
    offer = stage.provider("offered", payload, at=again)
    assert (offer.status, offer.expires_at, offer.closed_at) == ("offered", again + 5 * DAY, None)
    assert claims.open_claim(secret=stage.secret(), at=again + 4 * DAY).offer == offer
    with pytest.raises(tokens.TokenRevoked) as refusal:
        claims.open_claim(secret=old, at=again)
    assert refusal.value.status == 404
    assert len(mails("E01")) == 2


def test_an_expired_shared_link_gets_a_new_address(desk: Desk) -> None:
    stage = sent(desk, "link")
    old = stage.fresh().link_slug
    sweeps.expire_due(at=START + 31 * DAY)
    at = START + 32 * DAY
    offer = stage.provider("offered", statuses.Payload(expires_at=at + DAY), at=at)
    assert offer.link_slug not in (None, old)
    assert claim_link(offer, at=at).status == "pre_claimed"


@pytest.mark.scenario("INC-35")
def test_fourteen_days_of_silence_close_an_offer_once(stage: Stage) -> None:
    asked(stage)
    assert sweeps.close_silent(at=START + 13 * DAY) == 0
    assert stage.fresh().status == "needs_info"
    for _ in range(2):
        sweeps.close_silent(at=START + WINDOW)
    assert (stage.fresh().status, stage.fresh().status_set_by) == ("no_response", "system")
    assert changes(stage, "no_response") == 1
    (mail,) = mails("E11")
    assert mail.to == stage.desk.user.email
    assert "2 Mar 2026" in mail.context["last_message_at"]


@pytest.mark.parametrize("target", ["partial_granted", "requires_revision"])
def test_silence_after_a_grant_or_a_revision_closes_an_offer_too(stage: Stage, target: str) -> None:
    stage.do(AGREE, at=START - timedelta(minutes=1))
    payload = statuses.Payload(text="Please.", granted=euro(10))
    stage.provider(target, payload, at=START)
    assert sweeps.close_silent(at=START + WINDOW) == 1
    assert stage.fresh().status == "no_response"


def test_an_answer_in_time_stops_the_clock(stage: Stage) -> None:
    asked(stage).recipient("info_provided", TEXT, at=START + 13 * DAY)
    assert sweeps.close_silent(at=START + 60 * DAY) == 0
    assert stage.fresh().status == "info_provided"


def test_a_question_of_the_recipient_runs_no_clock(stage: Stage) -> None:
    stage.do(ASK)
    assert sweeps.close_silent(at=START + 90 * DAY) == 0


def test_a_clock_left_running_by_mistake_is_stopped_and_closes_nothing(stage: Stage) -> None:
    Offer.objects.filter(pk=stage.offer.pk).update(answer_due_at=START)
    assert sweeps.close_silent(at=START + DAY) == 1
    assert stage.fresh().answer_due_at is None
    assert stage.fresh().status == "offered"


def test_a_silent_offer_is_offered_again_and_consent_asked_anew(stage: Stage) -> None:
    asked(stage)
    sweeps.close_silent(at=START + WINDOW)
    at = START + WINDOW + DAY
    offer = stage.provider(
        "offered", statuses.Payload(text="Still here.", expires_at=at + DAY), at=at
    )
    assert (offer.status, offer.has_consent) == ("offered", False)


def test_a_sweep_that_is_killed_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        sent(desk)

    def killed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(notices, "expired", killed)
        with pytest.raises(KeyboardInterrupt):
            sweeps.expire_due(at=END)
    assert set(Offer.objects.values_list("status", flat=True)) == {"offered"}
    assert not OfferStatusChange.objects.filter(to_status="expired").exists()
    assert sweeps.expire_due(at=END) == 3
    assert OfferStatusChange.objects.filter(to_status="expired").count() == 3
    assert len(mails("E10")) == 1


def test_a_recipient_is_reminded_once_two_days_before_the_end(stage: Stage) -> None:
    assert sweeps.remind(at=END - 2 * DAY - timedelta(seconds=1)) == 0
    assert sweeps.remind(at=END - 2 * DAY) == 1
    assert sweeps.remind(at=END - DAY) == 0
    (mail,) = mails("E09")
    assert mail.to == stage.fresh().recipient_email
    assert mail.token is not None
    claim = claims.open_claim(secret=tokens.secret_of(mail.token), at=END - DAY)
    assert claim.offer == stage.offer


def test_a_reminder_leaves_the_first_link_working(stage: Stage) -> None:
    first = stage.secret()
    sweeps.remind(at=END - DAY)
    assert claims.open_claim(secret=first, at=END - DAY).offer == stage.offer


def test_only_unanswered_offers_of_more_than_four_days_are_reminded_of(desk: Desk) -> None:
    answered, short, link = sent(desk), sent(desk), sent(desk, "link")
    answered.do(ASK)
    for stage, days in ((short, 4), (link, 7)):
        Offer.objects.filter(pk=stage.offer.pk).update(expires_at=START + days * DAY)
    assert sweeps.remind(at=START + 3 * DAY) == 0
    assert sweeps.remind(at=START + 6 * DAY) == 0


def test_an_offer_made_again_in_conversation_is_reminded_of_again(stage: Stage) -> None:
    sweeps.remind(at=END - 2 * DAY)
    stage.recipient("needs_info", TEXT, at=END - DAY)
    offer = stage.provider("offered", TEXT, at=END)
    assert offer.expires_at == END + 7 * DAY
    assert sweeps.remind(at=END + 5 * DAY) == 1
    assert len(mails("E09")) == 2


def test_two_sweeps_at_once_do_each_offer_once(transactional_db: None) -> None:
    desk = make_desk()
    for _ in range(6):
        sent(desk)
    silent = asked(sent(desk))
    due = max(END, START + WINDOW)
    done = together(
        *[lambda: sweeps.expire_due(at=due)] * 2, *[lambda: sweeps.close_silent(at=due)] * 2
    )
    assert sum(done) == 7
    assert OfferStatusChange.objects.filter(to_status="expired").count() == 6
    assert changes(silent, "no_response") == 1
    assert Message.objects.filter(sender_kind="system", status_at_send="expired").count() == 6
    assert len(mails("E11")) == 1


def test_a_sweep_skips_what_somebody_is_answering(transactional_db: None) -> None:
    stage = sent(make_desk())
    secret = stage.secret()
    at = END - timedelta(seconds=1)
    answered, swept = meeting(
        lambda: claims.answer(secret=secret, to="approved", payload=YES, at=at).status,
        lambda: sweeps.expire_due(at=END),
    )
    assert (answered, swept) == ("approved", 0)
    assert stage.fresh().status == "approved"
