"""What a list holds, from its counters (vouchers.md 7.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from vouchers.choices import ListStatus
from vouchers.models import ListCount, VoucherList


@dataclass(frozen=True, slots=True)
class Numbers:
    """The counts of one list, or of several together.

    `uploaded` leaves out void codes; `issued` includes redeemed and expired ones. `distributable` is
    what of `available` may be given out now: all of it where the list is active and unexpired.
    """

    uploaded: int = 0
    reserved: int = 0
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    void: int = 0
    distributable: int = 0

    @property
    def available(self) -> int:
        """Codes that nobody was given and nobody holds."""
        return self.uploaded - self.reserved - self.issued

    @property
    def published(self) -> int:
        """Every code that ever left staging, void ones included."""
        return self.uploaded + self.void

    @property
    def utilisation(self) -> Decimal | None:
        """Issued ÷ uploaded as a percentage with one digit; None while nothing is uploaded."""
        return percentage(self.issued, self.uploaded)

    @property
    def redemption_rate(self) -> Decimal | None:
        """Redeemed ÷ issued as a percentage with one digit; None while nothing is issued."""
        return percentage(self.redeemed, self.issued)

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


def percentage(part: int, whole: int) -> Decimal | None:
    """Return the part in per cent of the whole with one digit; None where there is no whole."""
    if whole <= 0:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"))


def is_open(voucher_list: VoucherList, *, at: datetime) -> bool:
    """Tell whether the list gives out codes now: active, and unexpired by the clock itself."""
    return voucher_list.status == ListStatus.ACTIVE and voucher_list.expires_at > at


def numbers_of(lists: Iterable[VoucherList], *, at: datetime) -> dict[int, Numbers]:
    """Return the numbers of every given list by its id, in one query."""
    by_id = {row.pk: row for row in lists}
    rows = (
        ListCount.objects.filter(voucher_list__in=by_id)
        .values("voucher_list_id")
        .annotate(
            u=Sum("uploaded"),
            r=Sum("reserved"),
            i=Sum("issued"),
            d=Sum("redeemed"),
            e=Sum("expired"),
            v=Sum("void"),
        )
        .order_by()
    )
    found = dict.fromkeys(by_id, Numbers())
    for row in rows:
        pk = row["voucher_list_id"]
        available = row["u"] - row["r"] - row["i"]
        found[pk] = Numbers(
            uploaded=row["u"],
            reserved=row["r"],
            issued=row["i"],
            redeemed=row["d"],
            expired=row["e"],
            void=row["v"],
            distributable=available if is_open(by_id[pk], at=at) else 0,
        )
    return found


def numbers(voucher_list: VoucherList, *, at: datetime) -> Numbers:
    """Return the numbers of one list."""
    return numbers_of([voucher_list], at=at)[voucher_list.pk]
