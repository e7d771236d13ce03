"""Try a purchase: the till's answer with every reason, and not a row written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import Contact, Organisation
from directory.segments import Tagged
from events.conditions import ConditionSet, SegmentCondition
from events.drafts import PurchaseData
from rewards.choices import ResolutionMode, SignUpOption, TraceReason
from rewards.models import Award, EvaluationTrace
from rewards.selectors.definitions import definition_of
from rewards.selectors.reach import reach_of
from rewards.selectors.settings import settings_of
from rewards.selectors.trying import Tried, TriedOffer, try_purchase
from rewards.services import settings as settings_service
from rewards.services.settings import SettingsData
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING
from tests.factories.floor import AFTERNOON, Cafe, buy, line, make_cafe, make_person, make_segment
from tests.factories.rewards import make_offer, make_scheme
from wallet.verification import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(acme: Organisation) -> Cafe:
    return make_cafe(acme)


@pytest.fixture
def ann(acme: Organisation) -> Contact:
    return make_person(acme, tags=["vip"])


def basket(minor: int = 2000, **changes: Any) -> PurchaseData:
    return PurchaseData(
        performed_at=AFTERNOON, currency="EUR", net_minor=minor, tax_minor=0, total_minor=minor,
        lines=(line("CAKE", minor),), **changes,
    )  # fmt: skip


def tried(cafe: Cafe, contact: Contact, minor: int = 2000, **changes: Any) -> Tried:
    return try_purchase(
        business=cafe.business, place=cafe.v1, data=basket(minor), contact=contact, at=AFTERNOON,
        **changes,
    )  # fmt: skip


def of(answer: Tried, name: str) -> TriedOffer:
    return next(one for one in answer.offers if one.offer.name == name)


def test_winners_losers_and_what_is_due_stand_as_at_the_till(cafe: Cafe, ann: Contact) -> None:
    first, second = make_scheme(cafe.business, "S1"), make_scheme(cafe.business, "S2")
    make_offer(first, "A", amount="1.00")
    make_offer(first, "B", amount="0.50")
    make_offer(second, "C", amount="3.00", redeem_method="INSTANT")
    data = SettingsData(mode=ResolutionMode.BEST_PER_SCHEME)
    version = settings_of(business=cafe.business).version
    settings_service.update(business=cafe.business, data=data, version=version, at=MORNING)
    answer = tried(cafe, ann)
    assert [one.offer.name for one in answer.winners] == ["A", "C"]
    assert [one.offer.name for one in answer.beaten] == ["B"]
    assert of(answer, "B").reason == TraceReason.BEATEN_IN_SCHEME
    assert (answer.instant.minor, answer.cashback.minor, answer.due.minor) == (300, 100, 1700)
    assert all(verdict.passed for verdict in of(answer, "B").verdicts)


def test_draft_takes_part_as_if_it_and_its_scheme_were_active(cafe: Cafe, ann: Contact) -> None:
    scheme = make_scheme(cafe.business, "Club", active=False)
    draft = make_offer(scheme, "Spring", active=False)
    without = tried(cafe, ann)
    assert without.offers == ()
    answer = tried(cafe, ann, draft=draft)
    mine = of(answer, "Spring")
    assert (mine.is_draft, mine.granted.minor if mine.granted else 0) == (True, 100)
    draft.refresh_from_db()
    assert not draft.is_active


def test_every_condition_is_told_with_what_was_needed_and_found(cafe: Cafe, ann: Contact) -> None:
    scheme = make_scheme(cafe.business, "Club")
    make_offer(scheme, "Large", minimum="50.00")
    make_offer(make_scheme(cafe.business, "By choice", option=SignUpOption.SELF_SIGN_UP), "Theirs")
    answer = tried(cafe, ann)
    amount = next(one for one in of(answer, "Large").verdicts if one.code == "AMOUNT")
    assert (amount.passed, amount.needed, amount.found) == (False, "€50.00 or more", "€20.00")
    theirs = next(one for one in of(answer, "Theirs").verdicts if one.code == "NOT_MEMBER")
    assert theirs.needed == "a member of By choice by then"
    assert of(answer, "Theirs").failed == 1


def test_nothing_is_stored_by_trying(cafe: Cafe, ann: Contact, cast: Cast) -> None:
    draft = make_offer(make_scheme(cafe.business, "Club"), "Spring", active=False)
    desk = client_of(cast.ana)
    asked = {
        "contact": ann.code, "place": f"venue:{cafe.v1.pk}", "currency": "EUR",
        "performed_at": "2026-05-04T15:10", "lines-count": "1", "lines-0-sku": "CAKE",
        "lines-0-quantity": "2",
    }  # fmt: skip
    path = f"/rewards/offers/{draft.pk}/try"
    desk.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = desk.post(path, asked)
    assert answer.status_code == 200
    assert answer.context["tried"].total.minor == 840
    assert "Spring" in answer.content.decode()
    verbs = {query["sql"].split(" ", 1)[0].upper() for query in queries}
    assert verbs.isdisjoint({"INSERT", "UPDATE", "DELETE"})
    assert not Award.objects.exists()
    assert not EvaluationTrace.objects.exists()
    assert verify() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact": "nobody@home.example"}, "No contact has this e-mail"),
        ({"lines-count": "0"}, "Put at least one product into the basket"),
        ({"currency": "USD"}, "The catalogue has no price in USD"),
        ({"lines-0-quantity": "0"}, "greater than or equal to 0.001"),
    ],
)
def test_purchase_that_makes_no_sense_is_refused_with_what_to_do(
    cafe: Cafe, ann: Contact, cast: Cast, changes: dict[str, str], words: str
) -> None:
    asked = {
        "contact": ann.code, "place": f"venue:{cafe.v1.pk}", "currency": "EUR",
        "performed_at": "2026-05-04T15:10", "lines-count": "1", "lines-0-sku": "CAKE",
        "lines-0-quantity": "1",
    }  # fmt: skip
    answer = client_of(cast.ana).post("/rewards/try", {**asked, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_number_of_queries_does_not_grow_with_the_offers(cafe: Cafe, ann: Contact) -> None:
    scheme = make_scheme(cafe.business, "Club")
    draft = make_offer(scheme, "Spring", active=False)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            tried(cafe, ann, draft=draft)
        return len(queries)

    make_offer(scheme)
    tried(cafe, ann, draft=draft)
    few = asked()
    for _ in range(4):
        make_offer(scheme)
    tried(cafe, ann, draft=draft)
    assert asked() == few


def test_reach_counts_members_in_the_segments_and_purchases_that_would_match(
    cafe: Cafe, ann: Contact
) -> None:
    make_person(cafe.business)
    scheme = make_scheme(cafe.business, "Club", active=False)
    vip = make_segment(cafe.business, Tagged(tags=("vip",)))
    rules = ConditionSet(segments=SegmentCondition(frozenset({vip.pk})))
    draft = make_offer(scheme, "Spring", active=False, rules=rules)
    buy(cafe.v1, ann, line("CAKE", 420))
    found = reach_of(
        business=cafe.business,
        offer=definition_of(draft),
        scheme=scheme,
        at=AFTERNOON + timedelta(hours=1),
    )
    assert (found.contacts, found.of) == (1, 2)
    assert found.purchases is not None
    assert (found.purchases.matched, found.purchases.total) == (1, 1)
