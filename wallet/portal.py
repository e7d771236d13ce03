"""The wallet's part of the recipients' portal."""

from __future__ import annotations

from datetime import datetime

from core.money import Money
from directory.models import Contact
from directory.portal import Section, Summary, sections
from wallet import my_words
from wallet.selectors import pockets
from wallet.selectors.desk import wallet_of_contact
from wallet.selectors.mine import PoolLine, pool_lines


def _summary(contact: Contact, at: datetime) -> Summary | None:
    wallet = wallet_of_contact(contact=contact)
    if wallet is None:
        return None
    has, lines = pockets(wallet=wallet), pool_lines(wallet=wallet, at=at)
    rewards = sum(line.minor for line in lines)
    total = Money(has.open_minor + has.business_minor + rewards, wallet.currency)
    if not total.minor:
        return Summary("Nothing in it yet. Show your code at the till to earn.", total.format())
    text = "Show your code at the till to use it."
    soonest = min(
        (line for line in lines if line.next_expiry is not None),
        key=lambda line: (line.next_expiry, line.version.pk),
        default=None,
    )
    return Summary(text, total.format(), _lapses(soonest, wallet.currency, at))


def _lapses(line: PoolLine | None, currency: str, at: datetime) -> str:
    """Say what lapses next where that is within 30 days."""
    if line is None or line.next_expiry is None or (line.next_expiry - at).days >= 30:
        return ""
    amount = Money(line.next_minor, currency).format()
    return f"{amount} lapses {my_words.days_left(line.next_expiry, at)}."


sections.register(
    "wallet",
    Section(label="My wallet", icon="wallet", url_name="my_wallet", summary=_summary, order=20),
)
