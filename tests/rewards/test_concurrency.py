"""Many tills at once, and workers killed in the middle: nothing is lost and nothing is doubled."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from core.idempotency import run_once
from core.models import OutboxEvent
from events.models import BusinessEvent, Purchase
from events.services.intake import DuplicateReference
from rewards.choices import Frequency, Occasion, RedeemMethod
from rewards.configuration import FrequencyTerms, OccasionTerms
from rewards.models import Award, EvaluationTrace, Pass, RewardEvent
from rewards.services import gifts, purchases
from rewards.services.results import PurchaseResult
from rewards.services.transactions import whole
from tests.factories.rewards import give_pass, make_offer
from tests.kit.concurrency import split, together
from tests.rewards import till
from tests.rewards.till import NOW, Club, basket, buy, given
from wallet.models import Command, Entry, Lot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def club(transactional_db: None) -> Club:
    return till.make_club()


def buying(club: Club, total: str = "20.00", **changes: Any) -> Callable[[], PurchaseResult]:
    """Return a purchase that is ready to be posted, the same one at every call."""
    data = basket(total, **changes)
    return lambda: purchases.post(
        business=club.business,
        place=club.cafe.v1,
        data=data,
        contact=club.ann,
        at=data.performed_at + timedelta(seconds=2),
    )


@pytest.mark.scenario("RWD-67")
def test_two_birthday_purchases_at_once_get_one_award(club: Club) -> None:
    make_offer(
        club.s1,
        percentage="20",
        redeem_method=RedeemMethod.INSTANT,
        occasion=OccasionTerms(Occasion.BIRTHDAY),
    )
    noon = till.local("2026-06-15 12:00")
    done, refused = split(together(buying(club, at=noon), buying(club, at=noon)))
    assert refused == []
    assert sorted(given(one) for one in done) == [[], ["4.00"]]


def test_an_offer_given_once_is_given_once_to_five_purchases_at_once(club: Club) -> None:
    make_offer(club.s1, amount="1.00", frequency=FrequencyTerms(Frequency.ONCE))
    done, refused = split(together(*(buying(club) for _ in range(5))))
    assert refused == []
    assert sum(len(given(one)) for one in done) == 1


def test_the_last_use_of_a_pass_goes_to_one_of_several_contacts(club: Club) -> None:
    offer = make_offer(club.s1, amount="1.00", requires_pass=True)
    give_pass(offer, "SPRING")
    people = [till.person(club.business, f"P{number} Example") for number in range(4)]

    def call(person: Any) -> Callable[[], PurchaseResult]:
        data = basket("20.00", pass_code="SPRING")
        return lambda: purchases.post(
            business=club.business, place=club.cafe.v1, data=data, contact=person, at=NOW
        )

    done, refused = split(together(*(call(person) for person in people)))
    assert refused == []
    assert sum(len(given(one)) for one in done) == 1
    assert Pass.objects.get().used == 1


def test_twenty_posts_of_one_purchase_are_one_event(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    post = buying(club, reference_number="R-1001")
    done, refused = split(together(*([post] * 20)))
    assert len(done) == 1
    assert {type(one) for one in refused} <= {DuplicateReference}
    assert BusinessEvent.objects.count() == Award.objects.count() == Lot.objects.count() == 1


def test_twenty_posts_with_one_key_are_one_event_and_one_answer(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    post = buying(club, reference_number="R-1001")

    def call() -> str:
        def effect() -> str:
            return str(post().event)

        return whole(lambda: run_once(scope="till", key="k", at=NOW, effect=effect)).result

    done, refused = split(together(*([call] * 20)))
    assert (set(done), refused) == ({"R-1001"}, [])
    assert BusinessEvent.objects.count() == Award.objects.count() == 1


def test_many_tills_at_once_end_in_one_award_each(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    people = [club.ann, *(till.person(club.business, f"P{n} Example") for n in range(3))]

    def shift(person: Any) -> Callable[[], int]:
        def work() -> int:
            for hours in range(4):
                buy(club, by=person, at=NOW + timedelta(hours=hours))
            return hours

        return work

    done, refused = split(together(*(shift(person) for person in people)))
    assert (len(done), refused) == (4, [])
    assert Award.objects.count() == 32
    assert RewardEvent.objects.filter(type="AWARD").count() == 32


def killed_while(work: Callable[[], Any]) -> None:
    """Run the work in a process of its own that kills itself where the work says so."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def dying_at(statement: str, *, time: int = 1) -> Callable[..., Any]:
    """Return a wrapper of queries that kills the process before the statement, the n-th time."""
    left = [time]

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.replace('"', "").strip().startswith(statement):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    return wrapper


# The awards with their rows of the log.
AWARDS = "WITH part_0 AS (INSERT INTO rewards_award"
STEPS = (
    "WITH parent AS (INSERT INTO events_businessevent",
    "INSERT INTO rewards_evaluationtrace",
    "INSERT INTO core_outboxevent",
    "INSERT INTO wallet_purchaseuse",
    "UPDATE wallet_command",
    AWARDS,
)
WRITTEN = (BusinessEvent, Purchase, Award, EvaluationTrace, RewardEvent, Lot, Entry, Command)


@pytest.mark.parametrize("step", STEPS)
def test_a_till_that_dies_in_the_middle_leaves_nothing_and_may_send_again(
    club: Club, step: str
) -> None:
    make_offer(club.s1, percentage="5")
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    post = buying(club, "100.00", reference_number="R-1001")
    OutboxEvent.objects.all().delete()

    def work() -> None:
        with connection.execute_wrapper(dying_at(step)):
            post()

    killed_while(work)
    assert [model.__name__ for model in (*WRITTEN, OutboxEvent) if model.objects.exists()] == []
    assert given(post()) == ["20.00", "5.00"]
    assert till.commerce(club.ann) == "5.00"


@pytest.mark.scenario("RWD-86")
@pytest.mark.parametrize(("page", "last_step"), [(1, 3), (2, 2)])
def test_a_gift_run_killed_after_two_of_three_is_repeated_to_three_awards(
    club: Club, page: int, last_step: int
) -> None:
    for name in ("Bob Example", "Cy Example"):
        till.person(club.business, name)
    offer = make_offer(club.s1, type="GIFT", amount="2.00")
    run = gifts.grant_now(offer=offer, actor=None, at=NOW)

    def work() -> None:
        with connection.execute_wrapper(dying_at(AWARDS, time=last_step)):
            gifts.carry_out(run=run, at=NOW, page=page)

    killed_while(work)
    assert Award.objects.count() == 2
    gifts.carry_out(run=run, at=NOW, page=page)
    gifts.carry_out(run=run, at=NOW, page=page)
    assert sorted(Award.objects.values_list("contact__first_name", flat=True)) == [
        "Ann",
        "Bob",
        "Cy",
    ]
    assert Lot.objects.count() == 3


def test_two_workers_on_one_run_pay_everybody_once(club: Club) -> None:
    for number in range(5):
        till.person(club.business, f"P{number} Example")
    offer = make_offer(club.s1, type="GIFT", amount="2.00")
    run = gifts.grant_now(offer=offer, actor=None, at=NOW)

    def work() -> int:
        return gifts.carry_out(run=run, at=NOW, page=1)

    done, refused = split(together(work, work))
    assert (sum(done), refused) == (6, [])
    assert Award.objects.count() == 6
