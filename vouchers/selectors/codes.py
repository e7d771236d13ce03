"""One code: found by its text, and what happened to it (vouchers.md 8, page 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vouchers.choices import CodeCase, CodeState, IssuanceStatus, VoidReason
from vouchers.models import Issuance, Reveal, Sending, VoucherCode, VoucherList

MOST_LINES = 50


def look_up(*, voucher_list: VoucherList, text: str) -> VoucherCode | None:
    """Return the published code of the list that reads so, with case where the list minds it."""
    code = text.strip()
    key = code if voucher_list.code_case == CodeCase.EXACT else code.upper()
    rows = VoucherCode.objects.filter(voucher_list=voucher_list, code_key=key)
    return rows.exclude(state=CodeState.STAGED).first()


def issuances_of(*, code: VoucherCode) -> list[Issuance]:
    """Return to whom the code was given or promised, the newest first."""
    rows = Issuance.objects.filter(code=code).select_related("contact", "campaign", "closed_by")
    return list(rows.order_by("-created_at", "-pk")[:MOST_LINES])


def timeline_of(*, code: VoucherCode, issuances: list[Issuance]) -> Iterator[dict[str, Any]]:
    """Yield what happened to the code: imported, reserved, issued, mailed, seen, redeemed, looked at."""
    batch = code.batch
    yield _line(
        f"Imported by upload {batch.number}, line {code.line_no:,}",
        batch.ended_at or batch.created_at,
        "upload",
        batch.uploaded_by_name,
    )
    for row in issuances:
        yield from _of_issuance(row)
    sent = Sending.objects.filter(issuance__in=issuances).order_by("-at")
    for mail in sent[:MOST_LINES]:
        words = "Mailed once more" if mail.is_resend else "Mailed"
        yield _line(f"{words} to {mail.address}", mail.at, "mail", mail.asked_by_name)
    for look in Reveal.objects.filter(code=code).order_by("-at")[:MOST_LINES]:
        yield _line("Looked at", look.at, "eye", look.user_name, look.reason)
    if code.redeemed_at is not None:
        yield _line("Redeemed", code.redeemed_at, "circle-check", "")
    if code.state == CodeState.VOID:
        reason = VoidReason(code.void_reason).label
        last = max((row.closed_at for row in issuances if row.closed_at), default=None)
        at = code.voided_at or last or batch.updated_at
        yield _line(f"Void: {reason}", at, "trash", "", code.void_note)


def _of_issuance(row: Issuance) -> Iterator[dict[str, Any]]:
    name = str(row.contact) if row.contact else row.email or row.recipient_key.partition(":")[2]
    given = f"{name}, “{row.campaign.name}”"
    if row.issued_at is None or row.issued_at > row.created_at:
        yield _line(f"Reserved for {given}", row.created_at, "clock", "")
    if row.issued_at is not None:
        yield _line(
            f"Issued to {given}", row.issued_at, "gift", row.get_source_display(), row.reason
        )
    if row.first_seen_at is not None:
        yield _line(f"Seen by {name}", row.first_seen_at, "eye", name)
    if row.closed_at is not None:
        yield _line(
            IssuanceStatus(row.status).label,
            row.closed_at,
            "arrow-back-up",
            row.closed_by.display_name if row.closed_by else "",
            row.closed_reason,
        )


def _line(what: str, at: datetime, icon: str, who: str, text: str = "") -> dict[str, Any]:
    return {"what": what, "at": at, "icon": icon, "who": who, "text": text}
