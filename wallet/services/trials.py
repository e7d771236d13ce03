"""Trying a purchase on a pool: would it match, and if not, why. Nothing is written (wallet.md 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.calendar import day_bounds, local
from core.money import Money
from directory.models import Organisation
from events.conditions import ConditionSet
from events.drafts import PurchaseData
from events.facts import LineFacts, PurchaseFacts
from events.selectors.facts import draft_facts
from wallet.choices import Classification
from wallet.models import CommercePoolVersion
from wallet.rules.expiry import Window, window
from wallet.rules.redemption import Funds, LotFunds, basket, plan
from wallet.services.lots import validity_of
from wallet.services.matching import lines_for


@dataclass(frozen=True, slots=True)
class Step:
    """One question that is asked of the purchase: what was needed, what was found."""

    label: str
    passed: bool
    needed: str
    found: str


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A line of the basket: does the money match it, and how much of it would be paid."""

    name: str
    total: Money
    matches: bool
    paid: Money


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: every step with its reason, every line, and what the money would pay."""

    steps: tuple[Step, ...]
    lines: tuple[TriedLine, ...]
    lot: Money
    total: Money
    paid: Money

    @property
    def matches(self) -> bool:
        return bool(self.paid)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The purchase to try and the money to try it with; `activated` where a pool asks for it."""

    place: Organisation
    data: PurchaseData
    lot_minor: int
    awarded_on: date
    activated: bool = False


def try_purchase(
    *,
    business: Organisation,
    version: CommercePoolVersion,
    conditions: ConditionSet,
    attempt: Attempt,
    at: datetime,
) -> Trial:
    """Return whether money of the version would pay for the purchase, line by line.

    The decision is the one of a real purchase (`lines_for`, `plan`); the steps only say in words what
    it looked at. The version need not be saved.
    """
    facts = draft_facts(
        business=business, place=attempt.place, data=attempt.data, contact=None, at=at
    )
    start = day_bounds(attempt.awarded_on, business.time_zone).start
    usable = window(validity_of(version), awarded_at=start, zone=business.time_zone)
    steps = _steps(business, version, conditions, facts, usable, activated=attempt.activated)
    positions = lines_for(conditions, facts) if all(step.passed for step in steps) else frozenset()
    paid = _paid(version, facts, positions, attempt.lot_minor)
    currency = facts.currency
    return Trial(
        steps=(*steps, *_product_step(conditions, facts)),
        lines=tuple(
            TriedLine(
                line.product.name or line.product.sku,
                Money(line.total_minor, currency),
                number in positions,
                Money(paid.get(number, 0), currency),
            )
            for number, line in enumerate(facts.lines)
        ),
        lot=Money(attempt.lot_minor, currency),
        total=Money(facts.total_minor, currency),
        paid=Money(sum(paid.values()), currency),
    )


def _steps(
    business: Organisation,
    version: CommercePoolVersion,
    conditions: ConditionSet,
    facts: PurchaseFacts,
    usable: Window,
    *,
    activated: bool,
) -> list[Step]:
    """Return what concerns the purchase as a whole, in the order in which it is asked."""
    found = [_validity(usable, facts, business.time_zone)]
    for label, condition in (("Place", conditions.location), ("Time", conditions.time)):
        if not condition.is_empty:
            verdict = condition.verdict(facts, conditions.names)
            found.append(Step(label, verdict.passed, verdict.needed, verdict.found))
    if version.requires_activation:
        needed = "activated within the hour before"
        found.append(
            Step("Activation", activated, needed, "activated" if activated else "not activated")
        )
    if facts.terms_blocked:
        found.append(
            Step(
                "Terms", False, "terms that are not blocked", f"blocked terms at {facts.place.name}"
            )
        )
    return found


def _validity(usable: Window, facts: PurchaseFacts, zone: str) -> Step:
    first = _day(local(usable.starts_at, zone).date())
    needed = f"from {first} on"
    if usable.expires_at is not None:
        last = local(usable.expires_at, zone).date() - timedelta(days=1)
        needed = f"from {first} to {_day(last)} (last day included)"
    found = f"on {_day(local(facts.performed_at, zone).date())}"
    return Step("Validity", facts.performed_at in usable, needed, found)


def _product_step(conditions: ConditionSet, facts: PurchaseFacts) -> list[Step]:
    goods = conditions.products
    if goods.is_empty:
        return []
    fits = [line for line in facts.lines if conditions.matching_lines((line,))]
    found = ", ".join(_name(line) for line in fits) or "no such product"
    return [Step("Products", bool(fits), goods.needed(conditions.names), found)]


def _paid(
    version: CommercePoolVersion, facts: PurchaseFacts, lines: frozenset[int], minor: int
) -> dict[int, int]:
    """Return what the money would pay of each line."""
    if not facts.lines:
        return {}
    goods = basket(
        total=facts.total_minor, lines=[(line.total_minor, line.net_minor) for line in facts.lines]
    )
    before_tax = version.classification == Classification.SALES_REDUCTION
    lot = LotFunds(0, minor, goods.positions(lines, before_tax=before_tax))
    made = plan(basket=goods, funds=Funds(lots=[lot]), want=goods.payable, cap=goods.payable)
    return {line: part for _, line, part in made.commerce if line is not None}


def _name(line: LineFacts) -> str:
    return line.product.name or line.product.sku


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
