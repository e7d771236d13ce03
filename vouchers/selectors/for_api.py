"""What calls of the API name, always within the business (and the partner) of the key."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import IssuanceStatus
from vouchers.models import Campaign, Issuance, Partner, UploadBatch, UploadLine, VoucherList
from vouchers.recipients import Recipient
from vouchers.selectors import lists
from vouchers.selectors.recipients import keys_of

NUMBER = "CMP-"
SHOWN = (IssuanceStatus.ISSUED, IssuanceStatus.REDEEMED, IssuanceStatus.EXPIRED)
LARGEST_NUMBER = 2**31


def lists_for(*, business: Organisation, partner: Partner | None) -> QuerySet[VoucherList]:
    """Return the lists that the key reaches, the newest first."""
    rows = lists.lists_of(business=business).select_related("partner", "business").order_by("-pk")
    return rows if partner is None else rows.filter(partner=partner)


def list_for(*, business: Organisation, partner: Partner | None, list_id: str) -> VoucherList:
    """Return the list; one of another partner is not there for a partner's key."""
    found = lists.voucher_list(business=business, list_id=list_id)
    if partner is not None and found.partner_id != partner.pk:
        raise NotFound(lists.NO_SUCH_LIST)
    return found


def upload_of(*, voucher_list: VoucherList, number: int) -> UploadBatch:
    """Return the upload by its number in the list; raises `NotFound`."""
    # Numbers beyond the column's range are simply not there.
    in_range = 0 < number < LARGEST_NUMBER
    batch = voucher_list.batches.filter(number=number).first() if in_range else None
    if batch is None:
        raise NotFound("This list has no upload with this number. Take the one of its 202 answer.")
    return batch


def lines_of(*, batch: UploadBatch) -> QuerySet[UploadLine]:
    """Return the rows of the upload that were refused or taken with a warning."""
    return batch.lines.order_by("line_no", "pk")


def campaign(*, business: Organisation, name: str) -> Campaign:
    """Return the campaign by its number, as events tell it (`CMP-000123`), or by its id."""
    rows = Campaign.objects.filter(business=business)
    digits = name.removeprefix(NUMBER)
    if name.startswith(NUMBER) and digits.isascii() and digits.isdigit() and len(digits) < 10:
        found = rows.filter(number=int(digits)).first()
    else:
        public_id = _uuid(name)
        found = rows.filter(public_id=public_id).first() if public_id else None
    if found is None:
        raise NotFound(
            "There is no such campaign. Take its number, CMP-…, from its page.",
            code="CAMPAIGN_NOT_FOUND",
        )
    return found


def issuance(*, business: Organisation, public_id: UUID) -> Issuance:
    """Return the reservation or issuance; raises `NotFound` with RESERVATION_NOT_FOUND."""
    row = Issuance.objects.filter(business=business, public_id=public_id).first()
    if row is None:
        raise NotFound(
            "There is no such reservation. Send the id of its 201 answer.",
            code="RESERVATION_NOT_FOUND",
        )
    return row


def vouchers_of(*, business: Organisation, recipient: Recipient) -> QuerySet[Issuance]:
    """Return what the recipient was given and may see, the newest first.

    A contact has what was given to their addresses and numbers before they were a contact, too.
    """
    found = recipient.contact
    keys = {recipient.key} if found is None else keys_of(contact=found)
    rows = Issuance.objects.filter(business=business, recipient_key__in=keys, status__in=SHOWN)
    return rows.select_related("campaign", "code", "voucher_list__partner").order_by(
        "-created_at", "-pk"
    )


def with_code(*, issuance: Issuance) -> Issuance:
    """Return the issuance as it stands now, with its code and list."""
    return Issuance.objects.select_related("code", "voucher_list").get(pk=issuance.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
