"""The vouchers' part of the recipients' portal."""

from __future__ import annotations

from datetime import datetime

from directory.models import Contact
from directory.portal import Section, Summary, sections
from vouchers.choices import IssuanceStatus
from vouchers.services import links


def _summary(contact: Contact, at: datetime) -> Summary | None:
    rows = list(
        links.vouchers_of(business=contact.business, contact=contact).values_list(
            "status", "redeem_until"
        )[:200]
    )
    if not rows:
        return None
    ends = [
        until
        for status, until in rows
        if status == IssuanceStatus.ISSUED and (until is None or until > at)
    ]
    if not ends:
        return Summary("All of them were used, or their time has passed.")
    soonest = min((until for until in ends if until is not None), default=None)
    count = len(ends)
    text = "Ready to be used." if count > 1 else "One is ready to be used."
    return Summary(text, str(count), _attention(soonest, at))


def _attention(soonest: datetime | None, at: datetime) -> str:
    """Say that one ends soon where that is within seven days."""
    if soonest is None or (soonest - at).days >= 7:
        return ""
    days = (soonest - at).days
    return "One ends today or tomorrow." if days < 1 else f"One ends within {days + 1} days."


sections.register(
    "vouchers",
    Section(label="My vouchers", icon="ticket", url_name="my_vouchers", summary=_summary, order=30),
)
