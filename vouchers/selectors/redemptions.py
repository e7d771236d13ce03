"""Redemptions and files of redemptions of a business."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import IssuanceStatus
from vouchers.models import Issuance, Partner, Redemption, RedemptionUpload, VoucherCode
from vouchers.outside_choices import RedemptionResult

# Whose voucher the code is, or was until its end or its redemption.
_THEIRS = (IssuanceStatus.ISSUED, IssuanceStatus.EXPIRED, IssuanceStatus.REDEEMED)


def redemptions_of(*, business: Organisation) -> QuerySet[Redemption]:
    """Return every report about a code of the business, with what its row shows."""
    return Redemption.objects.filter(business=business).select_related(
        "code", "voucher_list__partner", "issuance__contact", "upload"
    )


def redemption(*, business: Organisation, public_id: uuid.UUID) -> Redemption:
    """Return one redemption of the business; raises `NotFound`."""
    row = redemptions_of(business=business).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such redemption.")
    return row


def spending_of(*, code: VoucherCode) -> Redemption | None:
    """Return the redemption that holds: where and when the code was spent."""
    held = Redemption.objects.filter(code=code, result=RedemptionResult.REDEEMED)
    return held.order_by("-pk").first()


def issuance_of(*, code: VoucherCode) -> Issuance | None:
    """Return whose the code is, with the recipient."""
    rows = Issuance.objects.filter(code=code, status__in=_THEIRS)
    return rows.select_related("contact").order_by("-pk").first()


def uploads_of(
    *, business: Organisation, partner: Partner | None = None
) -> QuerySet[RedemptionUpload]:
    """Return the files of the business, or those that one partner sent."""
    rows = RedemptionUpload.objects.filter(business=business).select_related("partner", "business")
    return rows if partner is None else rows.filter(partner=partner)


def upload(
    *, business: Organisation, number: int, partner: Partner | None = None
) -> RedemptionUpload:
    """Return one file of the business by its number, of that partner if one asks; raises `NotFound`."""
    rows = uploads_of(business=business, partner=partner)
    row = rows.filter(number=number).first() if 0 < number < 2**31 else None
    if row is None:
        raise NotFound("There is no redemption file with this number.")
    return row
