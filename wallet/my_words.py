"""The wallet in the words of its owner: what happened, where the money came from, when it lapses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils.formats import date_format

from core.calendar import local
from core.money import Money
from events.models import BusinessEvent
from wallet import words
from wallet.choices import AccountKind, LotSource, Operation
from wallet.models import Account, Entry, Lot, Posting, PurchaseUse, Wallet
from wallet.selectors.mine import PoolLine, Spot

POCKET_NAMES = {
    AccountKind.OPEN: "your own cash",
    AccountKind.BUSINESS: "money for anything here",
    AccountKind.BUSINESS_REDEEMED: "money for anything here",
    AccountKind.COMMERCE_LOT: "rewards",
    AccountKind.HOLD: "money set aside",
    AccountKind.CONTACT_DEBT: "what you owe",
    AccountKind.PAYOUT_TRANSIT: "money on its way to you",
}
HAPPENED: dict[str, str] = {
    Operation.TOP_UP: "You topped up",
    Operation.AWARD: "Reward",
    Operation.REDEEM: "Reward turned into money for anything here",
    Operation.SPEND: "You paid",
    Operation.HOLD: "Set aside for a purchase",
    Operation.RELEASE: "No longer set aside",
    Operation.REFUND: "Money back",
    Operation.UNREDEEM: "Back among your rewards",
    Operation.CLAWBACK: "Reward taken back",
    Operation.DEBT_RECOVERY: "Paid off what you owed",
    Operation.PAYOUT: "On its way to you",
    Operation.PAYOUT_FAILED: "Payout came back",
    Operation.PAYOUT_RETURNED: "Payout came back",
    Operation.WALLET_PAYOUT: "Moved to your own cash",
    Operation.EXPIRE: "Lapsed unused",
    Operation.DONATION: "You donated",
    Operation.FEE: "Fee",
    Operation.JOURNAL: "Corrected by hand",
    Operation.REVERSAL: "Taken back: an entry by mistake",
}
_SOURCES: dict[str, str] = {
    LotSource.AWARD: "a reward",
    LotSource.TOP_UP: "a top-up of yours",
    LotSource.TRANSFER: "sent to you by somebody else",
    LotSource.JOURNAL: "credited by hand",
    LotSource.PASS: "a gift card",
    LotSource.REFUND: "money back",
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as its owner reads it; `change` is what they have more or less by it."""

    entry: Entry
    what: str
    change: Money
    moved: Money

    @property
    def is_move(self) -> bool:
        """Whether money only went from one of their pockets to another."""
        return self.change.minor == 0

    @property
    def signed(self) -> str:
        return words.signed(self.change)


def history_line(entry: Entry, wallet: Wallet) -> HistoryLine:
    """Return the entry as the wallet's owner reads it."""
    lines: Iterable[Posting] = entry.lines  # type: ignore[attr-defined]
    change = total = 0
    for line in lines:
        came, went = is_mine(line.target, wallet), is_mine(line.source, wallet)
        change += line.amount * (came - went)
        total += line.amount
    return HistoryLine(
        entry,
        _what(entry, change, wallet),
        Money(change, wallet.currency),
        Money(total, wallet.currency),
    )


def is_mine(account: Account, wallet: Wallet) -> bool:
    """Tell whether the account is one of the wallet's, or the holder's open pocket."""
    return account.wallet_id == wallet.pk or account.holder_id == wallet.holder_id


def _what(entry: Entry, change: int, wallet: Wallet) -> str:
    if entry.operation == Operation.TRANSFER:
        name = partner_of(entry, wallet)
        return f"You sent money to {name}" if change < 0 else f"{name} sent you money"
    return HAPPENED.get(entry.operation, entry.get_operation_display())


def partner_of(entry: Entry, wallet: Wallet) -> str:
    """Name the other side of a transfer by first name and initial, as people know each other."""
    lines: Iterable[Posting] = entry.lines  # type: ignore[attr-defined]
    for line in lines:
        for account in (line.source, line.target):
            if is_mine(account, wallet):
                continue
            if account.wallet is not None:
                return short_name(account.wallet)
            here = getattr(account.holder, "wallets_here", None) if account.holder else None
            if here:
                return short_name(here[0])
    return "somebody"


def short_name(wallet: Wallet) -> str:
    """Name a wallet's owner to another contact: "Ben E."; never the whole name."""
    contact = wallet.contact
    initial = f" {contact.last_name[0]}." if contact.last_name else ""
    return f"{contact.first_name}{initial}".strip() or "the other contact"


def reasons_for(
    entry: Entry,
    wallet: Wallet,
    *,
    lots: Iterable[Lot],
    use: PurchaseUse | None,
    event: BusinessEvent | None,
) -> list[tuple[str, str]]:
    """Return why the entry was made, as pairs of a word and its text."""
    facts = _other_side(entry, wallet)
    if event is not None:
        place = event.venue or event.merchant or event.business
        facts.append(("Where", place.name))
        happened = local(event.performed_at, wallet.business.time_zone)
        facts.append(("When you bought", date_format(happened, "j M Y, H:i")))
    if use is not None:
        facts.append(("The purchase", _money(use.total_minor, wallet)))
        paid = use.paid_minor if use.is_spent else 0
        facts.append(("Paid from your wallet", _money(paid, wallet)))
    facts += [("Of", _of_lot(lot, wallet)) for lot in lots]
    if entry.memo:
        facts.append(("Note", entry.memo))
    return facts


def _other_side(entry: Entry, wallet: Wallet) -> list[tuple[str, str]]:
    """Return who sent or got the money of a transfer, or how a top-up was paid."""
    if entry.operation == Operation.TOP_UP:
        return [("How", "You paid it in")]
    if entry.operation != Operation.TRANSFER:
        return []
    lines: Iterable[Posting] = entry.lines  # type: ignore[attr-defined]
    is_sent = any(is_mine(line.source, wallet) for line in lines)
    return [("To" if is_sent else "From", partner_of(entry, wallet))]


def source_of(lot: Lot, wallet: Wallet) -> str:
    """Say where a lot came from and until when it is good."""
    came = local(lot.awarded_at, wallet.business.time_zone)
    text = f"{_SOURCES[lot.source]} of {date_format(came, 'j M Y')}"
    return f"{text[0].upper()}{text[1:]}, {expiry(lot.expires_at, wallet)}"


def _of_lot(lot: Lot, wallet: Wallet) -> str:
    source = source_of(lot, wallet)
    pool = lot.pool_version.pool.name
    return f"{_money(lot.amount_minor, wallet)} “{pool}”: {source[0].lower()}{source[1:]}"


def posting_words(line: Posting, wallet: Wallet) -> str:
    """Say one movement: "€5.00 from rewards to money for anything here"."""
    return (
        f"{_money(line.amount, wallet)} from {_side(line.source, wallet)}"
        f" to {_side(line.target, wallet)}"
    )


def _side(account: Account, wallet: Wallet) -> str:
    if is_mine(account, wallet):
        return POCKET_NAMES[AccountKind(account.kind)]
    if account.wallet is not None:
        return short_name(account.wallet)
    if account.organisation is not None:
        return account.organisation.name
    if account.kind == AccountKind.OPEN:
        return "the other contact"
    if account.kind == AccountKind.GATEWAY:
        return "your payment"
    return wallet.business.name


def expiry(expires_at: datetime | None, wallet: Wallet) -> str:
    """Say until when money can be used, the last day included."""
    if expires_at is None:
        return "does not lapse"
    return f"usable until {words.expiry(expires_at, wallet.business.time_zone)}"


def days_left(expires_at: datetime, at: datetime) -> str:
    """Say how soon money lapses: "today", "in 1 day", "in 12 days"."""
    left = expires_at - at
    if left <= timedelta(days=1):
        return "within a day"
    return f"in {left.days} day{'' if left.days == 1 else 's'}"


def minutes_left(expires_at: datetime, at: datetime) -> str:
    """Say how long an activation still lasts: "43 minutes"."""
    minutes = max(ceil((expires_at - at).total_seconds() / 60), 1)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def rules_of(line: PoolLine) -> list[str]:
    """Return the conditions of a pool's money as sentences to its owner."""
    described = list(line.conditions.describe()) if line.conditions is not None else []
    return described or ["Good for anything, anywhere here, at any time."]


def usable_now(line: PoolLine, spots: Iterable[Spot], at: datetime) -> str:
    """Say in one sentence whether and where the money can be used this minute."""
    starts = [account.lot.starts_at for account in line.accounts if account.lot]
    if starts and min(starts) > at:
        return f"Not yet: it can be used from {date_format(min(starts), 'j M Y')} on."
    good = [spot.name for spot in spots if spot.is_now]
    if not good:
        return "Not right now. See below when and where it is good."
    where = f"at {good[0]}" if len(good) == 1 else f"at {len(good)} places"
    if line.needs_activation and line.activation is None:
        return f"Right now {where}, once you have switched it on for your next purchase."
    return f"Right now {where}."


def _money(minor: int, wallet: Wallet) -> str:
    return Money(minor, wallet.currency).format()
