"""Asking a partner by hand for more codes (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from core import mail, references
from core.errors import Conflict, Invalid
from core.models import Mail
from directory.models import User
from vouchers.choices import ListStatus, PartnerKind
from vouchers.models import VoucherList

KIND = "vouchers_top_up_request"
NOUN = "vouchers.list"
OPEN = (ListStatus.ACTIVE, ListStatus.PAUSED)
MOST_CODES = 1_000_000


class NothingToAsk(Conflict):
    """The list takes no codes, or nobody else makes them, so that nobody is asked for any."""

    code = "list_takes_no_codes"


def ask(
    *,
    voucher_list: VoucherList,
    to: str,
    wanted: int,
    note: str,
    key: str,
    actor: User,
    at: datetime,
) -> Mail:
    """Write to the partner for so many codes, once for a key; answers go to who asks.

    Raises `NothingToAsk` for a list of the own engine, or one that is expired or archived, `Invalid`
    for a number that no list holds.
    """
    if voucher_list.partner.kind == PartnerKind.INTERNAL:
        raise NothingToAsk("The codes of this list are your own. Upload or generate them.")
    if voucher_list.status not in OPEN:
        raise NothingToAsk("An expired or archived list takes no codes. Extend its expiry first.")
    if not 1 <= wanted <= MOST_CODES:
        sentence = "Ask for 1 to 1,000,000 codes."
        raise Invalid(sentence, fields={"wanted": sentence})
    business, partner = voucher_list.business, voucher_list.partner
    return mail.queue(
        kind=KIND,
        key=f"{KIND}:{voucher_list.pk}:{key}",
        to=to,
        template="vouchers/top_up_request",
        context={
            "provider_name": business.name,
            "partner": partner.name,
            "list_name": voucher_list.name,
            "list_id": voucher_list.list_id,
            "list_tag": voucher_list.list_tag,
            "wanted": wanted,
            "days": 0,
            "note": note,
            "asked_by": actor.display_name,
        },
        at=at,
        reference=references.reference(NOUN, voucher_list.pk),
        owner_id=business.pk,
        reply_to=actor.email,
        from_name=business.name,
    )


def last_of(*, voucher_list: VoucherList) -> Mail | None:
    """Return the newest request that somebody sent for the list by hand."""
    rows = Mail.objects.filter(reference=references.reference(NOUN, voucher_list.pk), kind=KIND)
    return rows.order_by("-created_at", "-pk").first()
