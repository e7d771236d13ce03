"""The fixture F0 of rewards.md 12 as pure values: a club with two schemes, two venues, and Ann."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from events.conditions import ConditionSet, ProductCondition
from events.facts import ContactFacts, LineFacts, PlaceFacts, PurchaseFacts
from rewards import offer_types
from rewards.choices import AwardForm, Occasion, RedeemMethod, ResolutionMode
from rewards.configuration import (
    NO_HISTORY,
    AwardTerms,
    History,
    OccasionTerms,
    Offer,
    PastAward,
    Scheme,
    Settings,
)
from rewards.rules.evaluation import Outcome, evaluate, evaluate_plainly
from rewards.rules.snapshot import Snapshot
from tests.events import baskets
from tests.events.baskets import line, local

S1, S2, S3 = 1, 2, 3
V1 = PlaceFacts(
    business_id=baskets.BUSINESS,
    merchant_id=baskets.MERCHANT,
    venue_id=baskets.VENUE_1,
    country="CY",
)
V2 = PlaceFacts(
    business_id=baskets.BUSINESS,
    merchant_id=baskets.MERCHANT,
    venue_id=baskets.VENUE_2,
    country="GR",
)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ANN = ContactFacts(
    id=7,
    registered_at=SINCE,
    birth=(6, 15),
    name_day=(5, 21),
    memberships={S1: SINCE},
)
IN_BOTH = ContactFacts(id=7, registered_at=SINCE, memberships={S1: SINCE, S2: SINCE, S3: SINCE})
BASKET = (
    line(baskets.ESPRESSO, 500, "2"),
    line(baskets.TEA, 220),
    line(baskets.CAKE, 420),
)
ON_HOT = ConditionSet(products=ProductCondition(category_ids=frozenset({baskets.HOT})))


def money(text: str) -> int:
    """Return "12.34" in minor units."""
    return int(Decimal(text) * 100)


def percent(text: str, **changes: Any) -> AwardTerms:
    return AwardTerms(form=AwardForm.PERCENTAGE, percentage=Decimal(text), **changes)


def euros(text: str, **changes: Any) -> AwardTerms:
    return AwardTerms(form=AwardForm.AMOUNT, amount_minor=money(text), **changes)


def offer(award: AwardTerms | None = None, *, kind: str = "DISCOUNT", **changes: Any) -> Offer:
    """Return 5 % cashback in S1, active since 2026-01-01, with what is changed."""
    values: dict[str, Any] = {
        "id": 1,
        "type": offer_types.get(kind),
        "currency": "EUR",
        "award": award or percent("5"),
        "scheme_id": S1,
        "activated_at": SINCE,
        "pool_version_id": 1,
    }
    return Offer(**{**values, **changes})


def instant(award: AwardTerms, **changes: Any) -> Offer:
    return offer(award, redeem_method=RedeemMethod.INSTANT, **changes)


def birthday(**changes: Any) -> Offer:
    """Return the 20 % instant birthday offer of section 7."""
    return instant(percent("20"), **{"occasion": OccasionTerms(Occasion.BIRTHDAY), **changes})


def buys(
    total: str = "20.00",
    *,
    at: str | datetime = "2026-05-04 15:10:00",
    lines: Iterable[LineFacts] | None = None,
    **changes: Any,
) -> PurchaseFacts:
    """Return a purchase of Ann's at V1 on Monday 4 May 2026 at 15:10, received at once."""
    local_at = local(at) if isinstance(at, str) else at.astimezone(baskets.NICOSIA)
    bought = tuple(lines) if lines is not None else (line(baskets.CAKE, money(total)),)
    performed_at = local_at.astimezone(UTC)
    values = {"contact": ANN, "place": V1, "received_at": performed_at, **changes}
    return baskets.purchase(*bought, at=local_at, **values)


def outcome(
    facts: PurchaseFacts,
    *offers: Offer,
    history: History = NO_HISTORY,
    schemes: Iterable[Scheme] = (),
    mode: ResolutionMode = ResolutionMode.ALL,
    only_best_instant: bool = False,
) -> Outcome:
    """Evaluate, with the index and without; both must say the same."""
    configuration = Snapshot.of(
        offers, schemes=schemes, settings=Settings(mode=mode, only_best_instant=only_best_instant)
    )
    found = evaluate(facts, configuration, history, facts.received_at)
    assert found == evaluate_plainly(facts, configuration, history, facts.received_at)
    return found


def awarded(facts: PurchaseFacts, *offers: Offer, **changes: Any) -> dict[int, str]:
    """Return what each offer granted, as text: {1: "5.00"}."""
    found = outcome(facts, *offers, **changes)
    return {grant.offer.id: str(grant.amount.amount) for grant in found.awards}


def why_not(facts: PurchaseFacts, only: Offer, **changes: Any) -> str:
    """Return the reason in the trace of the one offer."""
    trace = outcome(facts, only, **changes).trace_of(only.id)
    assert trace is not None
    return trace.reason.value


def given(
    facts: PurchaseFacts, *offers: Offer, history: History = NO_HISTORY, **changes: Any
) -> History:
    """Return the history after the event was evaluated and its awards were posted."""
    granted = outcome(facts, *offers, history=history, **changes).awards
    posted = [past for awards in history.awards.values() for past in awards]
    return History.of(
        [
            *posted,
            *(
                PastAward(
                    offer_id=grant.offer.id,
                    contact_id=grant.contact_id,
                    performed_at=facts.performed_at,
                    occurrence=grant.occurrence,
                )
                for grant in granted
            ),
        ]
    )
