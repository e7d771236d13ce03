"""The wallet in plain words: pools as sentences, operations and reasons as people name them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format

from core import references
from core.calendar import local
from core.money import Money
from events.conditions import ConditionSet
from wallet.choices import (
    AccountKind,
    Classification,
    EndRule,
    JournalDirection,
    Operation,
    PeriodUnit,
    StartRule,
)
from wallet.models import Account, CommercePoolVersion, Entry, Journal
from wallet.rules.expiry import Window

OPERATION_ICONS: dict[str, str] = {
    Operation.TOP_UP: "credit-card",
    Operation.AWARD: "gift",
    Operation.REDEEM: "transfer",
    Operation.SPEND: "shopping-cart",
    Operation.HOLD: "lock",
    Operation.RELEASE: "lock",
    Operation.REFUND: "arrow-back-up",
    Operation.UNREDEEM: "arrow-back-up",
    Operation.CLAWBACK: "arrow-back-up",
    Operation.TRANSFER: "arrows-exchange",
    Operation.EXPIRE: "clock-off",
    Operation.JOURNAL: "pencil",
    Operation.REVERSAL: "refresh",
}
# How a mistake is put right, by what was done: entries are never changed (wallet.md 3.9).
CORRECTIONS: dict[str, str] = {
    Operation.JOURNAL: "Post a journal the other way round, with the reason.",
    Operation.AWARD: "Open the award and cancel it.",
    Operation.SPEND: "Cancel or return the purchase: spend, redemption and awards go back together.",
    Operation.REDEEM: "Cancel or return the purchase: the money goes back to its lots.",
    Operation.HOLD: "Release the hold, or wait until it times out.",
    Operation.TRANSFER: "Ask the receiver to send the money back, or post two journals.",
    Operation.EXPIRE: "Expired money is not reopened. Grant it anew by a journal into a pool.",
    Operation.CLAWBACK: "Grant the award anew by a journal into its pool.",
}
_NOUNS = {
    "wallet.journal": "Journal",
    "wallet.lot": "Lot",
    "wallet.hold": "Hold",
    "wallet.wallet": "Wallet",
    "wallet.use": "Purchase",
    "events.event": "Purchase",
    "events.purchase": "Purchase",
    "rewards.award": "Award",
}
_ONE = {
    PeriodUnit.DAY: "day",
    PeriodUnit.WEEK: "week",
    PeriodUnit.MONTH: "month",
    PeriodUnit.YEAR: "year",
}


def day(value: date) -> str:
    """Write a day as everywhere: 31 Dec 2026."""
    return date_format(value, "j M Y")


def span(count: int, unit: str) -> str:
    """Write a span: "1 year", "3 weeks"."""
    word = _ONE[PeriodUnit(unit)]
    return f"{count} {word}{'' if count == 1 else 's'}"


def starts(version: CommercePoolVersion) -> str:
    """Say from when the money can be used."""
    if version.start_rule == StartRule.FIXED and version.starts_on:
        return f"Can be used from {day(version.starts_on)} on."
    if version.start_rule == StartRule.RELATIVE and version.start_after:
        return f"Can be used {span(version.start_after, version.start_unit)} after the award."
    return "Can be used at once."


def ends(version: CommercePoolVersion) -> str:
    """Say until when, with the last day included, so that nobody meets the exclusive end."""
    if version.end_rule == EndRule.FIXED and version.ends_on:
        return f"Last usable on {day(version.ends_on - timedelta(days=1))} (that day included)."
    if version.end_rule == EndRule.RELATIVE and version.end_after:
        return f"Expires {span(version.end_after, version.end_unit)} after the award."
    return "Never expires."


def pool_lines(version: CommercePoolVersion, conditions: ConditionSet | None) -> list[str]:
    """Return all rules of the version in plain words, a sentence each."""
    described = list(conditions.describe()) if conditions is not None else []
    lines = described or ["Can be spent on anything, anywhere and at any time."]
    if version.start_rule != StartRule.NONE:
        lines.append(starts(version))
    lines.append(ends(version))
    if version.requires_activation:
        lines.append("Only after the contact activated the pool, within the hour that follows.")
    if version.classification == Classification.SALES_REDUCTION:
        lines.append("Lowers the price before tax.")
    return lines


def short(version: CommercePoolVersion, conditions: ConditionSet | None) -> str:
    """Return where, when and for what the money is good, in one line for a list."""
    described = conditions.describe() if conditions is not None else ()
    return " ".join(described) or "Anything, anywhere, at any time."


def last_day(window: Window, zone: str) -> str:
    """Name the last usable day of money, or say that there is none."""
    if window.expires_at is None:
        return "never expires"
    return f"last usable on {day(local(window.expires_at, zone).date() - timedelta(days=1))}"


def expiry(expires_at: datetime | None, zone: str) -> str:
    """Name the last usable day of a lot."""
    if expires_at is None:
        return "Never"
    end = local(expires_at, zone)
    if end.time().replace(tzinfo=None).isoformat() == "00:00:00":
        return day(end.date() - timedelta(days=1))
    return date_format(end, "j M Y, H:i")


def subject(text: str) -> str:
    """Name the reason that an entry points at: "Purchase 42", "Journal 3"."""
    kind, _, key = text.rpartition(":")
    if not kind:
        return text
    # A basket is named by its place as well, which says nothing to people.
    kind = kind.partition(":")[0]
    noun = _NOUNS.get(kind) or kind.rpartition(".")[2].replace("_", " ").capitalize()
    return f"{noun} {key}"


def own_page(text: str) -> str:
    """Return the page that explains a reference, or nothing for one that no app can resolve."""
    try:
        return references.url_for(text)
    except ValueError:
        return ""


def reason_url(text: str) -> str:
    """Return the address that leads from an amount to its reason in one click."""
    return f"{reverse('wallet_reason')}?{urlencode({'of': text})}" if text else ""


def owner_of(account: Account) -> str:
    """Say whose account it is."""
    if account.wallet is not None:
        return str(account.wallet.contact)
    if account.organisation is not None:
        return account.organisation.name
    here: Sequence[object] = getattr(account.holder, "wallets_here", ()) if account.holder else ()
    if here:
        return str(here[0].contact)  # type: ignore[attr-defined]
    return account.gateway


def account_name(account: Account) -> str:
    """Name an account in one line: "Business pocket of Ana", "Sales"."""
    kind, owner = AccountKind(account.kind).label, owner_of(account)
    return f"{kind}, {owner}" if owner else kind


def total_of(entry: Entry) -> Money:
    """Return how much the entry moved in all."""
    lines = entry.lines  # type: ignore[attr-defined]
    return Money(sum(line.amount for line in lines), lines[0].currency)


def signed(money: Money) -> str:
    """Write a change with its sign: "+€5.00", "−€5.00"."""
    return f"+{money.format()}" if money.minor > 0 else minus(money)


def minus(money: Money) -> str:
    """Write an amount with a real minus sign."""
    return f"−{(-money).format()}" if money.minor < 0 else money.format()


def journal_line(journal: Journal) -> str:
    """Say what a journal does: "Credit €5.00 to the business pocket"."""
    money = Money(journal.amount_minor, journal.currency).format()
    pocket = journal.get_pocket_display().lower()
    if journal.direction == JournalDirection.CREDIT:
        into = f", pool “{journal.pool.name}”" if journal.pool else ""
        return f"Credit {money} to the {pocket}{into}"
    return f"Debit {money} from the {pocket}"
