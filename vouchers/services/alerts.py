"""Raising alerts when a threshold is crossed, ending them when it is crossed back (vouchers.md 7.3).

`look` is called after each code that is given out and judges what the counters show; `look_around`
is called every ten minutes and judges everything. Both may run at once and twice: while an alert
lasts, its key is unique in the database, and who comes second raises nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum

from core.errors import Invalid, StaleStatus
from directory.models import Organisation, User
from vouchers import happenings, thresholds
from vouchers.choices import AlertKind, AlertState, ListStatus
from vouchers.models import Alert, VoucherList
from vouchers.selectors import alert_news, burn
from vouchers.services import alert_mail
from vouchers.thresholds import Crossing, Limits, Stock

OPEN_LISTS = (ListStatus.ACTIVE, ListStatus.PAUSED)
CHUNK = 200
REMIND_AFTER = timedelta(days=1)
LONGEST_SNOOZE = 30
EVENTS = {
    AlertKind.USED_SHARE: happenings.LIST_LOW,
    AlertKind.REMAINING: happenings.LIST_LOW,
    AlertKind.DAYS_LEFT: happenings.LIST_LOW,
    AlertKind.EXHAUSTED: happenings.LIST_EXHAUSTED,
    AlertKind.DAYS_TO_EXPIRY: happenings.LIST_EXPIRING,
}


@dataclass(frozen=True, slots=True)
class _Slow:
    """What only the ten-minute look knows of a list."""

    rate: float = 0.0
    waiting: int = 0


def look(*, voucher_list_id: int, at: datetime) -> int:
    """Judge what the list's counters show and return how many alerts were raised.

    One short statement while nothing has changed, since it runs for every code that is given out. A
    list that is gone is passed over.
    """
    if not alert_news.has_news(voucher_list_id=voucher_list_id, at=at):
        return 0
    found = _with_counts(VoucherList.objects.filter(pk=voucher_list_id)).first()
    if found is None:
        return 0
    crossed = list(thresholds.by_counters(_stock(found, _Slow(), at), limits_of(found)))
    return _settle(found, crossed, thresholds.BY_COUNTERS, _lasting([found.pk]), at)


def look_around(*, at: datetime) -> int:
    """Judge every list that is not archived by everything, and return how many alerts were raised."""
    raised, last = 0, 0
    alive = VoucherList.objects.exclude(status=ListStatus.ARCHIVED).order_by("pk")
    while page := list(_with_counts(alive.filter(pk__gt=last))[:CHUNK]):
        raised += _look_at(page, at)
        last = page[-1].pk
    _end_of_archived(at)
    return raised


def raise_happening(
    *,
    kind: AlertKind,
    business: Organisation,
    key: str,
    subject: str,
    at: datetime,
    voucher_list: VoucherList | None = None,
    reference: str = "",
    note: str = "",
) -> None:
    """Raise an alert about something that happened (a leak, a failed upload), once for its key.

    These cannot be switched off. They end when somebody acknowledges them.
    """
    alert = _new(
        business_id=business.pk, kind=kind, key=key, subject=subject, reference=reference,
        note=note, voucher_list=voucher_list, at=at,
    )  # fmt: skip
    with transaction.atomic():
        if _stored(alert):
            alert_mail.raised(alert=alert, rate=0.0, at=at)


def resolve(*, business: Organisation, key: str, at: datetime) -> None:
    """End the alert with the key, because what it was about is over."""
    _end(Alert.objects.filter(business=business, key=key, resolved_at__isnull=True), at)


def acknowledge(*, alert: Alert, actor: User, at: datetime) -> Alert:
    """Note that somebody saw the alert, so that nobody is reminded of it any more.

    What tells of something that happened ends with it. Raises `StaleStatus` when the alert is
    acknowledged or resolved already.
    """
    ends = alert.face.is_happening
    changed = Alert.objects.filter(pk=alert.pk, state=AlertState.OPEN).update(
        state=AlertState.RESOLVED if ends else AlertState.ACKNOWLEDGED,
        acknowledged_at=at,
        acknowledged_by=actor,
        resolved_at=at if ends else None,
        snoozed_until=None,
        updated_at=at,
    )
    return _after(alert, changed)


def snooze(*, alert: Alert, days: int, at: datetime) -> Alert:
    """Keep quiet about the alert for 1 to 30 days; it stays open meanwhile.

    Raises `Invalid` for any other number and `StaleStatus` when the alert is over.
    """
    if not 1 <= days <= LONGEST_SNOOZE:
        raise Invalid(
            "Choose 1 to 30 days.", fields={"days": f"Choose 1 to {LONGEST_SNOOZE} days."}
        )
    changed = Alert.objects.filter(pk=alert.pk, resolved_at__isnull=True).update(
        snoozed_until=at + timedelta(days=days), updated_at=at
    )
    return _after(alert, changed)


def remind(*, at: datetime, limit: int = 500) -> int:
    """Mail once a day about what is open, not acknowledged and not snoozed; return how many."""
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at)
    due = Alert.objects.filter(
        awake, state=AlertState.OPEN, reminded_at__lte=at - REMIND_AFTER
    ).order_by("reminded_at", "pk")
    found = list(due.select_related("voucher_list__partner", "business")[:limit])
    for alert in found:
        with transaction.atomic():
            claimed = Alert.objects.filter(
                pk=alert.pk, state=AlertState.OPEN, reminded_at=alert.reminded_at
            ).update(reminded_at=at)
            if claimed:
                alert_mail.reminder(alert=alert, at=at)
    return len(found)


def limits_of(voucher_list: VoucherList) -> Limits:
    """Return the thresholds of the list."""
    return Limits(
        used_percent=voucher_list.warn_used_percent,
        remaining=voucher_list.warn_remaining,
        days_left=voucher_list.warn_days_left,
        days_to_expiry=tuple(sorted(set(voucher_list.warn_days_to_expiry), reverse=True)),
        waiting=voucher_list.warn_waiting,
    )


def _look_at(page: Sequence[VoucherList], at: datetime) -> int:
    keys = [found.pk for found in page]
    rates, waiting = burn.rates_of(list_ids=keys, at=at), burn.waiting_of(list_ids=keys)
    lasting = _lasting(keys)
    raised = 0
    for found in page:
        slow = _Slow(rates[found.pk], waiting[found.pk])
        stock, limits = _stock(found, slow, at), limits_of(found)
        crossed = [
            *thresholds.by_counters(stock, limits),
            *thresholds.by_the_clock(stock, limits, at=at),
        ]
        judged = thresholds.BY_COUNTERS | thresholds.BY_THE_CLOCK
        raised += _settle(found, crossed, judged, lasting, at, rate=slow.rate)
    return raised


def _with_counts(rows: QuerySet[VoucherList]) -> QuerySet[VoucherList]:
    return rows.select_related("partner").annotate(
        uploaded_sum=Sum("counts__uploaded", default=0),
        issued_sum=Sum("counts__issued", default=0),
        reserved_sum=Sum("counts__reserved", default=0),
    )


def _stock(found: VoucherList, slow: _Slow, at: datetime) -> Stock:
    counts = {name: getattr(found, f"{name}_sum") for name in ("uploaded", "issued", "reserved")}
    return Stock(
        uploaded=counts["uploaded"],
        issued=counts["issued"],
        available=counts["uploaded"] - counts["issued"] - counts["reserved"],
        is_open=found.status in OPEN_LISTS and found.expires_at > at,
        is_active=found.status == ListStatus.ACTIVE,
        rate=slow.rate,
        expires_at=found.expires_at,
        waiting=slow.waiting,
    )


def _lasting(list_ids: Collection[int]) -> dict[str, Alert]:
    """Return the alerts of the lists that are not over, by their keys."""
    rows = Alert.objects.filter(voucher_list__in=list_ids, resolved_at__isnull=True)
    return {alert.key: alert for alert in rows}


def _settle(
    found: VoucherList,
    crossed: Iterable[Crossing],
    judged: Collection[AlertKind],
    lasting: dict[str, Alert],
    at: datetime,
    *,
    rate: float | None = None,
) -> int:
    """Raise what is crossed and not raised yet, end what lasts and is no longer crossed."""
    now = {crossing.key(found.pk): crossing for crossing in crossed}
    over = [
        alert.pk
        for alert in lasting.values()
        if alert.voucher_list_id == found.pk and alert.face in judged and alert.key not in now
    ]
    if over:
        _end(Alert.objects.filter(pk__in=over, resolved_at__isnull=True), at)
    fresh = [crossing for key, crossing in now.items() if key not in lasting]
    return sum(_raised(found, crossing, rate, at) for crossing in fresh)


def _raised(found: VoucherList, crossing: Crossing, rate: float | None, at: datetime) -> bool:
    """Store the alert, tell of it and return True; False when somebody else was first."""
    alert = _new(
        business_id=found.business_id, kind=crossing.kind, key=crossing.key(found.pk),
        subject=found.name, voucher_list=found, threshold=crossing.threshold,
        value=crossing.value, at=at,
    )  # fmt: skip
    with transaction.atomic():
        if not _stored(alert):
            return False
        if crossing.kind in EVENTS:
            happenings.of_list(
                EVENTS[crossing.kind], found, at, key=f"alert:{alert.pk}",
                threshold=crossing.threshold, value=crossing.value,
            )  # fmt: skip
        if rate is None:
            rate = burn.rates_of(list_ids=[found.pk], at=at)[found.pk]
        alert_mail.raised(alert=alert, rate=rate, at=at)
    return True


def _new(
    *,
    business_id: int,
    kind: AlertKind,
    key: str,
    subject: str,
    at: datetime,
    voucher_list: VoucherList | None,
    reference: str = "",
    note: str = "",
    threshold: int | None = None,
    value: int | None = None,
) -> Alert:
    return Alert(
        business_id=business_id, kind=kind, key=key[:120], subject=subject[:200],
        voucher_list=voucher_list, reference=reference, note=note[:300], threshold=threshold,
        value=value, raised_at=at, reminded_at=at, created_at=at, updated_at=at,
    )  # fmt: skip


def _stored(alert: Alert) -> bool:
    """Insert the alert; False when one with its key lasts already."""
    try:
        with transaction.atomic():
            alert.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _end(rows: QuerySet[Alert], at: datetime) -> None:
    rows.update(state=AlertState.RESOLVED, resolved_at=at, updated_at=at)


def _end_of_archived(at: datetime) -> None:
    _end(
        Alert.objects.filter(
            voucher_list__status=ListStatus.ARCHIVED,
            kind__in=thresholds.BY_COUNTERS | thresholds.BY_THE_CLOCK,
            resolved_at__isnull=True,
        ),
        at,
    )


def _after(alert: Alert, changed: int) -> Alert:
    alert.refresh_from_db()
    if not changed:
        who = f" (by {alert.acknowledged_by.display_name})" if alert.acknowledged_by else ""
        raise StaleStatus(f"This alert is now {alert.stands.label}{who}.")
    return alert
