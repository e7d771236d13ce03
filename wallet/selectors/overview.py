"""The wallet's front page: what the business owes, what moved, and whether the books add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from core.calendar import add_months, day_bounds, local
from directory.models import Organisation
from wallet.choices import OF_WALLET, AccountKind, Operation
from wallet.models import Account, LedgerCheck, LedgerFreeze, Posting, Wallet

MONTHS = 12
# What happens to granted money, and the operations that say so; taken back counts against it.
FLOWS: dict[str, tuple[tuple[Operation, ...], tuple[Operation, ...]]] = {
    "Granted": ((Operation.AWARD,), (Operation.CLAWBACK,)),
    "Redeemed": ((Operation.REDEEM,), (Operation.UNREDEEM,)),
    "Spent": ((Operation.SPEND,), (Operation.REFUND,)),
    "Expired": ((Operation.EXPIRE,), ()),
}


@dataclass(frozen=True, slots=True)
class Liability:
    """What the business owes its contacts in one currency, by where it lies; debts are owed to it."""

    currency: str
    business_minor: int = 0
    commerce_minor: int = 0
    held_minor: int = 0
    debt_minor: int = 0

    @property
    def minor(self) -> int:
        return self.business_minor + self.commerce_minor + self.held_minor


@dataclass(frozen=True, slots=True)
class Flows:
    """What was granted, redeemed, spent and what expired, month by month, net of what was taken back."""

    months: list[date]
    series: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Proof:
    """The state of the books: the last run of the verifier, what it found here, and a freeze."""

    checked_at: datetime | None
    findings: list[tuple[str, str]]
    freeze: LedgerFreeze | None

    @property
    def is_sound(self) -> bool:
        return self.checked_at is not None and not self.findings and self.freeze is None


def liabilities(*, business: Organisation) -> list[Liability]:
    """Return what is owed by currency, the base currency first, even where nothing is."""
    rows = (
        Account.objects.filter(wallet__business=business, kind__in=OF_WALLET)
        .exclude(balance=0)
        .order_by()
        .values("currency")
        .annotate(
            business_minor=_lying(AccountKind.BUSINESS, AccountKind.BUSINESS_REDEEMED),
            commerce_minor=_lying(AccountKind.COMMERCE_LOT),
            held_minor=_lying(AccountKind.HOLD),
            debt=_lying(AccountKind.CONTACT_DEBT),
        )
    )
    found = {
        row["currency"]: Liability(
            row["currency"],
            int(row["business_minor"]),
            int(row["commerce_minor"]),
            int(row["held_minor"]),
            -int(row["debt"]),
        )
        for row in rows
    }
    base = business.base_currency
    first = found.pop(base, Liability(base))
    return [first, *(found[code] for code in sorted(found))]


def wallet_counts(*, business: Organisation) -> dict[str, int]:
    """Return how many wallets there are and how many of them are blocked."""
    return Wallet.objects.filter(business=business).aggregate(
        wallets=Count("pk"), blocked=Count("pk", filter=Q(contact__spend_blocked=True))
    )


def flows(*, business: Organisation, currency: str, at: datetime) -> Flows:
    """Return the last twelve months, the running one included, by the business's calendar."""
    this_month = local(at, business.time_zone).date().replace(day=1)
    months = [add_months(this_month, back) for back in range(1 - MONTHS, 1)]
    wanted = [operation for signs in FLOWS.values() for some in signs for operation in some]
    rows = (
        Posting.objects.filter(
            entry__business=business,
            entry__operation__in=wanted,
            entry__effective_at__gte=day_bounds(months[0], business.time_zone).start,
            currency=currency,
        )
        .order_by()
        .annotate(
            month=TruncMonth("entry__effective_at", tzinfo=ZoneInfo(business.time_zone)),
            operation=F("entry__operation"),
        )
        .values_list("month", "operation")
        .annotate(minor=Sum("amount"))
    )
    sums = {(month.date(), operation): int(minor) for month, operation, minor in rows}
    return Flows(
        months,
        {
            name: [
                sum(sums.get((month, one), 0) for one in added)
                - sum(sums.get((month, one), 0) for one in taken)
                for month in months
            ]
            for name, (added, taken) in FLOWS.items()
        },
    )


def proof(*, business: Organisation) -> Proof:
    """Return the last run of the verifier as far as it concerns the business, and its freeze."""
    last = LedgerCheck.objects.order_by("-checked_at", "-pk").first()
    findings = [
        (code, detail)
        for business_id, code, detail in (last.findings if last else [])
        if business_id in (None, business.pk)
    ]
    return Proof(last.checked_at if last else None, findings, freeze_of(business=business))


def freeze_of(*, business: Organisation) -> LedgerFreeze | None:
    """Return the freeze of the business's books in force, or None."""
    return LedgerFreeze.objects.filter(business=business, released_at__isnull=True).first()


def _lying(*kinds: AccountKind) -> Sum:
    return Sum("balance", filter=Q(kind__in=kinds), default=0)
