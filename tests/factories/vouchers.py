"""Partners, lists, codes and campaigns of vouchers.

`puma = make_partner(acme)`, `sale = make_list(puma, "sale")`, `make_codes(sale, 100)`,
`make_campaign(sale)`. A list is active and expires in a year unless asked otherwise; counters are
true to the codes from the beginning.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from directory.models import Organisation
from vouchers.choices import (
    BatchKind,
    BatchStatus,
    BatchStep,
    CampaignStatus,
    CodeCase,
    CodeState,
    DuplicateScope,
    ListStatus,
    VoidReason,
)
from vouchers.models import (
    Campaign,
    CampaignList,
    Partner,
    UploadBatch,
    VoucherCode,
    VoucherList,
)
from vouchers.services import counting

MORNING = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
GIVEN = (CodeState.ISSUED, CodeState.REDEEMED, CodeState.EXPIRED)
_numbers = count(1)


def make_partner(business: Organisation, name: str = "", **changes: Any) -> Partner:
    """Make a brand partner, or `kind="internal"` for the business's own coupon engine."""
    values = {"business": business, "name": name or f"Partner {next(_numbers)}"}
    return Partner.objects.create(created_at=MORNING, updated_at=MORNING, **values, **changes)


def make_list(
    partner: Partner,
    tag: str = "",
    *,
    status: str = ListStatus.ACTIVE,
    at: datetime = MORNING,
    **changes: Any,
) -> VoucherList:
    """Make a list of the partner in that status; it expires a year later, an expired one yesterday."""
    number = next(_numbers)
    tag = tag or f"list{number}"
    is_expired = status == ListStatus.EXPIRED
    values: dict[str, Any] = {
        "business": partner.business,
        "partner": partner,
        "list_tag": tag,
        "generation": VoucherList.objects.filter(partner=partner, list_tag=tag).count() + 1,
        "list_id": f"VL-T{number:09d}",
        "name": f"List {tag}",
        "expires_at": at - timedelta(days=1) if is_expired else at + timedelta(days=365),
        "status": status,
        "status_before_expiry": ListStatus.ACTIVE if is_expired else "",
        "status_changed_at": at,
        "created_at": at,
        "updated_at": at,
    }
    made = VoucherList.objects.create(**{**values, **changes})
    counting.open_slots(made)
    return made


def make_batch(voucher_list: VoucherList, **changes: Any) -> UploadBatch:
    """Make a completed upload of the list."""
    values: dict[str, Any] = {
        "business": voucher_list.business,
        "voucher_list": voucher_list,
        "number": voucher_list.batches.count() + 1,
        "kind": BatchKind.FILE,
        "status": BatchStatus.COMPLETED,
        "step": BatchStep.DONE,
        "file_name": "codes.csv",
        "created_at": MORNING,
        "updated_at": MORNING,
        "started_at": MORNING,
        "ended_at": MORNING,
    }
    return UploadBatch.objects.create(**{**values, **changes})


def make_codes(
    voucher_list: VoucherList,
    number: int = 1,
    *,
    state: str = CodeState.AVAILABLE,
    prefix: str = "",
    codes: list[str] | None = None,
    batch: UploadBatch | None = None,
    at: datetime = MORNING,
    **changes: Any,
) -> list[VoucherCode]:
    """Put codes into the list as one completed upload, all in the same state, and count them.

    They are named after the list unless `codes` or a `prefix` is given: `SALE-00000001`.
    """
    prefix = prefix or f"{voucher_list.list_tag.upper()}-{next(_numbers)}-"
    names = codes if codes is not None else [f"{prefix}{i + 1:08d}" for i in range(number)]
    rows = len(names)
    batch = batch or make_batch(
        voucher_list, row_count=rows, accepted_count=rows, published_count=rows
    )
    is_partner_wide = voucher_list.partner.duplicate_scope == DuplicateScope.PARTNER
    scope = -voucher_list.partner_id if is_partner_wide else voucher_list.pk
    is_exact = voucher_list.code_case == CodeCase.EXACT
    made = VoucherCode.objects.bulk_create(
        [
            VoucherCode(
                voucher_list=voucher_list,
                batch=batch,
                line_no=line,
                code=name,
                code_key=name if is_exact else name.upper(),
                dedupe_scope=None if voucher_list.status == ListStatus.ARCHIVED else scope,
                pick_key=batch.number * 2**32 + line,
                state=state,
                given_at=at if state in GIVEN else None,
                redeem_until=voucher_list.expires_at if state in GIVEN else None,
                redeemed_at=at if state == CodeState.REDEEMED else None,
                void_reason=VoidReason.MANUAL if state == CodeState.VOID else "",
                **changes,
            )
            for line, name in enumerate(names, start=1)
        ],
        batch_size=2_000,
    )
    _count(voucher_list, state, rows)
    return made


def _count(voucher_list: VoucherList, state: str, rows: int) -> None:
    if state == CodeState.STAGED:
        return
    if state == CodeState.VOID:
        counting.count(voucher_list.pk, void=rows)
        return
    changes = {"uploaded": rows}
    if state != CodeState.AVAILABLE:
        changes[str(state)] = rows
    if state in GIVEN:
        changes["issued"] = rows
    counting.count(voucher_list.pk, **changes)


def make_campaign(
    voucher_list: VoucherList | None = None,
    name: str = "",
    *,
    business: Organisation | None = None,
    status: str = CampaignStatus.RUNNING,
    at: datetime = MORNING,
    quota: int | None = None,
    **changes: Any,
) -> Campaign:
    """Make a campaign in that status that takes codes from the list; without a list name a business."""
    business = business or (voucher_list.business if voucher_list else None)
    assert business is not None
    values: dict[str, Any] = {
        "business": business,
        "number": Campaign.objects.filter(business=business).count() + 1,
        "name": name or f"Campaign {next(_numbers)}",
        "status": status,
        "status_changed_at": at,
        "created_at": at,
        "updated_at": at,
    }
    made = Campaign.objects.create(**{**values, **changes})
    if voucher_list is not None:
        link_list(made, voucher_list, quota=quota, at=at)
    return made


def link_list(
    campaign: Campaign,
    voucher_list: VoucherList,
    *,
    priority: int | None = None,
    quota: int | None = None,
    at: datetime = MORNING,
) -> CampaignList:
    """Let the campaign take codes from the list, after those it has."""
    return CampaignList.objects.create(
        campaign=campaign,
        voucher_list=voucher_list,
        priority=priority or campaign.mappings.filter(removed_at=None).count() + 1,
        quota=quota,
        added_at=at,
    )
