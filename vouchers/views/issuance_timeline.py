"""What happened to one voucher, as its page tells it (vouchers.md 8, page 13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from directory.models import User
from vouchers.choices import IssuanceStatus
from vouchers.models import Issuance
from vouchers.selectors import issuances as selectors


class _Line(NamedTuple):
    """One line of `components/_timeline.html`."""

    at: datetime
    what: str
    icon: str
    who: str = ""
    text: str = ""


def timeline(issuance: Issuance) -> list[dict[str, Any]]:
    """Return what happened to the voucher, the newest first; three queries.

    Whoever wishes for one by hand, and whoever takes it back, says why.
    """
    found = [*_beginning(issuance), *_mailed(issuance), *_seen(issuance), *_end(issuance)]
    # Of what happened at the same moment, the later step stands above.
    return [line._asdict() for line in sorted(found, key=lambda line: line.at)[::-1]]


def _beginning(issuance: Issuance) -> Iterator[_Line]:
    """Yield how the recipient came by it: from the wait list, where no code was left at first.

    A wish by hand for somebody who waited already came later than their place.
    """
    if wait := selectors.waited_for(issuance=issuance):
        what = "Put on the wait list"
        if wait.created_at > wait.qualified_at:
            yield _Line(wait.qualified_at, what, "hourglass")
            what = "Wished for by hand"
        who = _name(wait.created_by)
        yield _Line(wait.created_at, what, "hourglass", who, wait.reason)
    if issuance.status == IssuanceStatus.RESERVED:
        yield _Line(issuance.created_at, "Reserved", "lock")
        return
    at, what = issuance.issued_at or issuance.created_at, f"Given by “{issuance.campaign.name}”"
    yield _Line(at, what, "gift", _name(issuance.created_by), issuance.reason)


def _mailed(issuance: Issuance) -> Iterator[_Line]:
    for one in selectors.sendings_of(issuance=issuance):
        what = "Sent again" if one.is_resend else "Mailed"
        yield _Line(one.at, f"{what} to {one.address}", "mail", one.asked_by_name)


def _seen(issuance: Issuance) -> Iterator[_Line]:
    for one in selectors.reveals_of(issuance=issuance):
        yield _Line(one.at, "Code read at the desk", "eye", one.user_name, one.reason)
    if issuance.first_seen_at is not None:
        yield _Line(issuance.first_seen_at, "Seen by the recipient", "mail-opened")


def _end(issuance: Issuance) -> Iterator[_Line]:
    """Yield its end: a redemption is told by its code, anything else by the voucher."""
    redeemed_at = issuance.code.redeemed_at if issuance.code else None
    if redeemed_at is not None:
        yield _Line(redeemed_at, "Redeemed", "circle-check")
    elif issuance.closed_at is not None:
        who = _name(issuance.closed_by)
        what = str(issuance.state.label)
        yield _Line(issuance.closed_at, what, "flag", who, issuance.closed_reason)


def _name(who: User | None) -> str:
    return who.display_name if who is not None else ""
