"""Achievements: counted, used up by awards, free again when those fall back (rewards.md 3.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import DomainError
from events.conditions import ClassificationCondition, ConditionSet
from events.models import Classification
from rewards.choices import Quorum
from rewards.configuration import AchievementTerms
from rewards.models import UsedAchievement
from rewards.services import achievements, cancelling
from rewards.services.results import EvaluationResult
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, given

pytestmark = pytest.mark.django_db


def label(club: Club, name: str) -> Classification:
    return Classification.objects.create(
        business=club.business,
        type="achievement",
        name=name,
        code=name.upper(),
        created_at=NOW,
        updated_at=NOW,
    )


def do(
    club: Club, what: Classification | None, *, hours: int = 0, quantity: int = 1
) -> EvaluationResult:
    at = NOW + timedelta(hours=hours)
    return achievements.post(
        business=club.business,
        contact=club.ann,
        classification=what,
        performed_at=at,
        quantity=quantity,
        at=at,
    )


def offer(club: Club, *wanted: Classification, count: int, quorum: Quorum = Quorum.ANY) -> None:
    rules = ConditionSet(
        classification=ClassificationCondition(
            classification_ids=frozenset(one.pk for one in wanted)
        )
    )
    make_offer(
        club.s1,
        type="ACHIEVEMENT",
        amount="1.00",
        rules=rules,
        terms=AchievementTerms(count=count, quorum=quorum),
    )


@pytest.mark.scenario("RWD-79")
def test_five_visits_of_two_make_two_awards_and_leave_one(club: Club) -> None:
    visit = label(club, "Visit")
    offer(club, visit, count=2)
    found = [given(do(club, visit, hours=number)) for number in range(5)]
    assert found == [[], ["1.00"], [], ["1.00"], []]
    assert UsedAchievement.objects.count() == 4
    assert till.commerce(club.ann) == "2.00"


@pytest.mark.scenario("RWD-80")
def test_all_of_two_kinds_awards_when_each_is_there(club: Club) -> None:
    like, visit = label(club, "Like"), label(club, "Visit")
    offer(club, like, visit, count=1, quorum=Quorum.ALL)
    found = [given(do(club, what, hours=n)) for n, what in enumerate((like, like, visit))]
    assert found == [[], [], ["1.00"]]
    assert given(do(club, visit, hours=4)) == ["1.00"]


@pytest.mark.scenario("RWD-81")
def test_an_achievement_needs_its_classification(club: Club) -> None:
    with pytest.raises(DomainError):
        do(club, None)


def test_a_quantity_of_five_is_five_achievements(club: Club) -> None:
    visit = label(club, "Visit")
    offer(club, visit, count=2)
    assert given(do(club, visit, quantity=5)) == ["1.00", "1.00"]
    assert given(do(club, visit, hours=1)) == ["1.00"]
    with pytest.raises(DomainError):
        do(club, visit, quantity=101)


def test_a_cancelled_achievement_takes_its_award_back_and_frees_the_others(club: Club) -> None:
    visit = label(club, "Visit")
    offer(club, visit, count=2)
    first = do(club, visit)
    assert given(do(club, visit, hours=1)) == ["1.00"]
    assert first.event is not None
    cancelling.cancel(event=first.event, at=NOW + timedelta(hours=2))
    assert till.awards_of(club.ann) == [("1.00", "CANCELLED")]
    assert given(do(club, visit, hours=3)) == ["1.00"]
    assert till.commerce(club.ann) == "1.00"
