"""Two people act on one offer at the same moment, on two connections: exactly one wins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.errors import DomainError, StaleVersion
from core.models import Mail
from incentives.models import ClaimIntent, Distribution, OfferStatusChange
from incentives.services import claims, links, offers, statuses, sweeps
from incentives.services.statuses import NotAvailable
from tests.factories.incentives import make_desk, newest_secret, offer_values
from tests.incentives.stages import (
    AGREE,
    CONFIRM,
    DAY,
    START,
    TEXT,
    YES,
    Stage,
    sent,
)
from tests.kit.concurrency import meeting, split, together


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    return sent(make_desk())


@pytest.fixture
def link(transactional_db: None) -> Stage:
    return sent(make_desk(), "link")


def answer(stage: Stage, to: str = "approved") -> Callable[[], str]:
    """The recipient's button, on a page that shows the offer as it is now."""
    secret, at, seen = stage.secret(), stage.at, stage.fresh().version
    return lambda: claims.answer(secret=secret, to=to, payload=TEXT, version=seen, at=at).status


def cancel(stage: Stage) -> Callable[[], str]:
    """The provider's button, on a page that shows the offer as it is now."""
    seen = stage.fresh().version
    return lambda: (
        statuses.transition(
            offer=stage.offer,
            to="cancelled",
            actor=stage.desk.actor,
            payload=TEXT,
            version=seen,
            at=stage.at,
        ).status
    )


def wish(stage: Stage, email: str) -> Callable[[], str]:
    """Ask for the link as a visitor; return the confirmation that is still to be pressed."""
    intent = links.request(
        offer=stage.fresh(),
        target="pre_claimed",
        name="Visitor",
        email=email,
        payload=YES,
        at=stage.at,
    )
    secret = newest_secret(f"incentives.intent:{intent.pk}", "verify")
    return lambda: links.confirm(secret=secret, at=stage.at)[0].recipient_email


def lines(stage: Stage) -> list[str]:
    rows = OfferStatusChange.objects.filter(offer=stage.offer).order_by("pk")
    return list(rows.values_list("to_status", flat=True))


def one_winner(outcomes: Any) -> tuple[str, DomainError]:
    won, refused = split(outcomes)
    assert len(won) == len(refused) == 1, outcomes
    assert isinstance(refused[0], DomainError), outcomes
    return won[0], refused[0]


@pytest.mark.parametrize("first", ["recipient", "provider"])
def test_of_an_answer_and_a_cancellation_exactly_one_wins(stage: Stage, first: str) -> None:
    calls = [answer(stage), cancel(stage)]
    if first == "provider":
        calls.reverse()
    won, refused = one_winner(meeting(*calls))
    assert won == {"recipient": "approved", "provider": "cancelled"}[first]
    assert lines(stage) == ["offered", won]
    assert refused.status in {409, 410}
    assert stage.fresh().status == won


@pytest.mark.parametrize("to", ["needs_info", "rejected", "requires_revision"])
def test_two_answers_to_one_offer_end_in_one_win(stage: Stage, to: str) -> None:
    calls = (answer(stage), answer(stage, to))
    won, refused = one_winner(meeting(*calls))
    assert (won, type(refused)) == ("approved", StaleVersion)
    assert lines(stage) == ["offered", "approved"]
    assert Mail.objects.filter(kind="E04").count() == 1


def test_the_same_answer_pressed_in_two_windows_counts_once(stage: Stage) -> None:
    won, refused = split(together(*[answer(stage)] * 4))
    assert won == ["approved"]
    assert {type(error) for error in refused} == {StaleVersion}
    assert lines(stage) == ["offered", "approved"]


def test_an_answer_that_comes_first_beats_the_expiry(stage: Stage) -> None:
    secret = stage.secret()
    end = START + 7 * DAY
    won, swept = meeting(
        lambda: (
            claims.answer(
                secret=secret, to="approved", payload=YES, at=end - timedelta(seconds=1)
            ).status
        ),
        lambda: statuses.expire_now(offer=stage.offer, at=end),
    )
    assert (won, swept) == ("approved", False)
    assert lines(stage) == ["offered", "approved"]


def test_an_expiry_that_comes_first_beats_the_answer(stage: Stage) -> None:
    secret = stage.secret()
    end = START + 7 * DAY
    swept, refused = meeting(
        lambda: sweeps.expire_due(at=end),
        lambda: claims.answer(
            secret=secret, to="approved", payload=YES, at=end - timedelta(seconds=1)
        ),
    )
    assert swept == 1
    assert isinstance(refused, NotAvailable)
    assert lines(stage) == ["offered", "expired"]


def test_of_two_confirmations_of_a_shared_link_the_first_wins(link: Stage) -> None:
    noor, sam = wish(link, "noor@home.example"), wish(link, "sam@home.example")
    won, refused = one_winner(meeting(noor, sam))
    assert won == "noor@home.example"
    assert isinstance(refused, links.AlreadyClaimed)
    assert "noor" not in refused.message
    offer = link.fresh()
    assert (offer.status, offer.recipient_email) == ("pre_claimed", "noor@home.example")
    lost = ClaimIntent.objects.get(email="sam@home.example")
    assert (lost.confirmed_at, lost.closed_at) == (None, link.at)
    assert Mail.objects.filter(kind="E03").count() == 1


def test_of_many_confirmations_of_a_shared_link_one_wins(link: Stage) -> None:
    calls = [wish(link, f"visitor{number}@home.example") for number in range(4)]
    won, refused = split(together(*calls))
    assert won == [link.fresh().recipient_email]
    assert {type(error) for error in refused} == {links.AlreadyClaimed}
    assert lines(link) == ["offered", "pre_claimed"]


def test_one_confirmation_pressed_twice_claims_once(link: Stage) -> None:
    press = wish(link, "noor@home.example")
    won, refused = one_winner(meeting(press, press))
    assert won == "noor@home.example"
    assert refused.status in {409, 410}
    assert lines(link) == ["offered", "pre_claimed"]


def test_an_edit_of_a_link_and_its_claim_do_not_both_happen(link: Stage) -> None:
    seen = link.fresh()
    values = offer_values(link.desk.program, at=link.at, delivery_method="link", message="Better.")

    def edit() -> str:
        return offers.update_link_offer(
            offer=seen, values=values, actor=link.desk.actor, version=seen.version, at=link.at
        ).message

    won, refused = one_winner(meeting(wish(link, "noor@home.example"), edit))
    assert won == "noor@home.example"
    assert refused.status == 409
    assert link.fresh().message == seen.message


def test_confirming_twice_at_once_makes_one_distribution(stage: Stage) -> None:
    stage.do(AGREE)

    def confirm() -> str:
        return statuses.transition(
            offer=stage.offer, to="approved_confirmed", actor=stage.desk.actor, at=stage.at
        ).status

    won, refused = one_winner(meeting(confirm, confirm))
    assert (won, type(refused)) == ("approved_confirmed", NotAvailable)
    assert Distribution.objects.filter(offer=stage.offer).count() == 1
    assert Mail.objects.filter(kind="E06").count() == 1


def test_a_claim_and_a_withdrawal_after_confirmation_do_not_both_happen(stage: Stage) -> None:
    stage.do(AGREE, CONFIRM)
    won, refused = one_winner(meeting(cancel(stage), answer(stage, "claimed")))
    assert won == "cancelled"
    assert refused.status in {409, 410}
    assert Distribution.objects.get(offer=stage.offer).status == "failed"
