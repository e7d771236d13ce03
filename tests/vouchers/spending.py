"""Shorthand for tests of redemptions: codes that were given out, and who reports them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from directory.models import Organisation
from tests.factories.vouchers import MORNING, make_campaign, make_codes
from vouchers.choices import Source
from vouchers.models import Campaign, Issuance, VoucherList
from vouchers.outside_choices import Channel
from vouchers.recipients import of_email
from vouchers.services import issuing, redeeming
from vouchers.services.redeeming import Report, Reporter, Verdict

_numbers = count(1)


def give(
    voucher_list: VoucherList,
    code: str = "",
    *,
    campaign: Campaign | None = None,
    at: datetime = MORNING,
    held: bool = False,
) -> Issuance:
    """Put one code into the list and give it, or put it aside for, somebody new."""
    number = next(_numbers)
    make_codes(voucher_list, codes=[code or f"GIVEN-{number:04d}"])
    campaign = campaign or make_campaign(voucher_list)
    ask = issuing.reserve if held else issuing.issue
    made = ask(
        campaign=campaign,
        recipient=of_email(f"person{number}@example.org"),
        idempotency_key=f"give:{number}",
        source=Source.API,
        at=at,
    )
    assert made.issuance is not None, made.reason
    return made.issuance


def reporter(business: Organisation, **changes: Any) -> Reporter:
    """Make a till of the business that reports by the API."""
    values: dict[str, Any] = {"channel": Channel.API, "name": "Till 7"}
    return Reporter(business=business, **{**values, **changes})


def redeem(business: Organisation, code: str, *, at: datetime = MORNING, **report: Any) -> Verdict:
    """Redeem the code at the till of the business."""
    return redeeming.redeem(report=Report(code=code, **report), reporter=reporter(business), at=at)
