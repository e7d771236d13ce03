"""Looking at a whole code, and making codes void by hand (vouchers.md 2.3, 2.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core.errors import Conflict, Invalid, TooMany
from directory.models import User
from vouchers.choices import OPEN_ISSUANCES, CodeState, VoidReason
from vouchers.models import Issuance, Reveal, VoucherCode
from vouchers.services import codes, reservations

MOST_REVEALS = 50
HOUR = timedelta(hours=1)
BY_HAND = (VoidReason.MANUAL, VoidReason.PARTNER_RECALLED, VoidReason.LEAKED)


class ReasonMissing(Invalid):
    """Whoever looks at a code, or makes it void, says why."""

    code = "reason_missing"


class RevealedTooOften(TooMany):
    """The person looked at as many codes within the hour as one may."""

    code = "revealed_too_often"


class NotVoidable(Conflict):
    """The code was given to somebody, redeemed, or is void already."""

    code = "code_not_voidable"


def reveal(*, code: VoucherCode, actor: User, reason: str, at: datetime) -> str:
    """Return the whole code and write down who looked at it, when and why.

    At most 50 codes within an hour for each person. A code that somebody holds counts as possibly
    seen from then on (R-REV). Raises `ReasonMissing`, `RevealedTooOften`, and `Conflict` for a code
    that is put aside: nobody reads it before it is confirmed.
    """
    reason = _reason(reason)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        row = VoucherCode.objects.select_for_update(no_key=True).get(pk=code.pk)
        if row.state == CodeState.RESERVED:
            raise Conflict(
                "This code is put aside for somebody. It can be looked at once they have it."
            )
        seen = Reveal.objects.filter(user=actor, at__gt=at - HOUR)
        if seen.count() >= MOST_REVEALS:
            raise RevealedTooOften(
                f"You have looked at {MOST_REVEALS} codes within an hour. Go on later, or ask a"
                " colleague."
            )
        Reveal.objects.create(
            code=row, user=actor, user_name=actor.display_name, reason=reason, at=at
        )
        Issuance.objects.filter(
            code=row, status__in=OPEN_ISSUANCES, exposed_at__isnull=True
        ).update(exposed_at=at)
    return row.code


def void(*, code: VoucherCode, actor: User, reason: str, note: str, at: datetime) -> VoucherCode:
    """Make an available or reserved code void for ever; a reservation on it ends.

    Raises `ReasonMissing`, and `NotVoidable` for a code that somebody was given: that one is revoked
    where it was issued.
    """
    note = f"{actor.display_name}: {check_void(reason=reason, note=note)}"
    with transaction.atomic():
        was = code.state
        held = Issuance.objects.filter(code=code, status="reserved").first()
        if held is not None and was == CodeState.RESERVED:
            # Its allowance and quota go back; the code itself is caught before it is available.
            if not reservations.end(held, why="code made void", at=at):
                raise NotVoidable("Somebody was first: this code has changed. Reload the page.")
            was = CodeState.AVAILABLE
        if was not in (CodeState.AVAILABLE, CodeState.RESERVED):
            raise NotVoidable(
                "Only a code that nobody was given can be made void here. Take it back from its"
                " recipient on the page of the issued voucher."
            )
        if not codes.void(code.pk, was=was, reason=VoidReason(reason), note=note, at=at):
            raise NotVoidable("Somebody was first: this code has changed. Reload the page.")
    code.refresh_from_db()
    return code


def check_void(*, reason: str, note: str) -> str:
    """Return the note trimmed; raises `ReasonMissing` without one, and for a reason of no person."""
    note = _reason(note)
    if reason not in BY_HAND:
        sentence = "Choose why the code must not be used."
        raise ReasonMissing(sentence, fields={"reason": sentence})
    return note


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        sentence = "Say why, in a few words. It is kept with your name."
        raise ReasonMissing(sentence, fields={"reason": sentence, "note": sentence})
    return text[:200]
