"""May this person have a code of this campaign now? The rules, over plain values (vouchers.md 5.3).

Each "no" is a sentence for the log of decisions. Nothing is taken before all of them were asked, and
the clock is compared here each time: no late job lets a code out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.calendar import local
from vouchers.choices import CampaignStatus, ListStatus, RedeemRule


@dataclass(frozen=True, slots=True)
class Schedule:
    """A campaign's status and dates."""

    status: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many codes one recipient may have: in all, and in a day, week and month of the zone."""

    total: int
    day: int | None
    week: int | None
    month: int | None
    zone: str


@dataclass(frozen=True, slots=True)
class Held:
    """One code that the recipient has or had, as far as it counts against the allowance."""

    ordinal: int
    at: datetime


class Validity(Protocol):
    """What a list says of how long its codes are good."""

    @property
    def expires_at(self) -> datetime: ...
    @property
    def redeem_rule(self) -> str: ...
    @property
    def redeem_until(self) -> datetime | None: ...
    @property
    def redeem_days(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A list that the campaign takes codes from, in its place among them."""

    mapping_id: int
    quota: int | None
    taken: int
    list_id: int
    name: str
    status: str
    expires_at: datetime
    redeem_rule: str
    redeem_until: datetime | None
    redeem_days: int | None
    # The latest end of validity that an upload gave its codes, instead of the list's rule.
    longest_upload: datetime | None


def valid_until(terms: Validity, *, at: datetime) -> datetime:
    """Return until when a code that is given out now is good by the rule of its list."""
    if terms.redeem_rule == RedeemRule.FIXED_DATE:
        assert terms.redeem_until is not None
        return terms.redeem_until
    if terms.redeem_rule == RedeemRule.DAYS_AFTER_ISSUE:
        assert terms.redeem_days is not None
        return at + timedelta(days=terms.redeem_days)
    return terms.expires_at


def not_running(schedule: Schedule, *, at: datetime) -> str:
    """Say why the campaign gives nothing out, or return an empty text."""
    if schedule.status != CampaignStatus.RUNNING:
        return f"campaign {CampaignStatus(schedule.status).label.lower()}"
    if schedule.starts_at is not None and at < schedule.starts_at:
        return "campaign not begun"
    if schedule.ends_at is not None and schedule.ends_at <= at:
        return "campaign ended"
    return ""


def limit_reached(allowance: Allowance, held: Sequence[Held], *, at: datetime) -> str:
    """Say which limit of the recipient is reached, or return an empty text."""
    if free_ordinal(allowance, [one.ordinal for one in held]) is None:
        return f"has {len(held)} of {allowance.total}"
    today = local(at, allowance.zone).date()
    days = [local(one.at, allowance.zone).date() for one in held]
    periods = (
        ("today", allowance.day, lambda day: day == today),
        ("this week", allowance.week, lambda day: day.isocalendar()[:2] == today.isocalendar()[:2]),
        ("this month", allowance.month, lambda day: (day.year, day.month) == (today.year, today.month)),
    )  # fmt: skip
    for words, most, is_within in periods:
        count = sum(1 for day in days if is_within(day))
        if most is not None and count >= most:
            return f"has {count} of {most} {words}"
    return ""


def free_ordinal(allowance: Allowance, taken: Collection[int]) -> int | None:
    """Return the lowest number of the recipient's allowance that is free."""
    return next((n for n in range(1, allowance.total + 1) if n not in taken), None)


def unusable(source: Source, *, least: datetime, at: datetime) -> str:
    """Say why nothing is taken from the list, or return an empty text. `least`: validity needed."""
    if source.status != ListStatus.ACTIVE:
        return f"list {source.name} is {ListStatus(source.status).label.lower()}"
    if source.expires_at <= at:
        return f"list {source.name} is expired"
    if valid_until(source, at=at) < least and (
        source.longest_upload is None or source.longest_upload < least
    ):
        return f"codes of list {source.name} are good for too short a time"
    if source.quota is not None and source.taken >= source.quota:
        return f"quota of {source.quota} from list {source.name} is used up"
    return ""
