"""A campaign with codes, and people who ask for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from directory.models import Organisation
from tests.factories.vouchers import MORNING, make_campaign, make_codes, make_list, make_partner
from vouchers.choices import CodeState, Outcome, Source
from vouchers.models import Campaign, VoucherCode, VoucherList
from vouchers.recipients import Recipient, of_email
from vouchers.services import issuing
from vouchers.services.issuing import Result

NOW = MORNING
DAY = timedelta(days=1)
_keys = count(1)


def stocked(business: Organisation, codes: int = 5, **changes: Any) -> VoucherList:
    """Make an active list of a partner of its own with so many codes."""
    made = make_list(make_partner(business), **changes)
    if codes:
        make_codes(made, codes)
    return made


def running(voucher_list: VoucherList, **changes: Any) -> Campaign:
    """Make a running campaign over the list."""
    return make_campaign(voucher_list, **changes)


def person(name: object = "robin") -> Recipient:
    return of_email(f"{name}@home.example")


def ask(
    campaign: Campaign,
    to: Recipient | None = None,
    *,
    key: str = "",
    at: datetime = NOW,
    source: str = Source.CAMPAIGN,
    **changes: Any,
) -> Result:
    """Ask for a code with a key of its own, unless one is given."""
    return issuing.issue(
        campaign=campaign,
        recipient=to or person(),
        idempotency_key=key or f"ask-{next(_keys)}",
        source=source,
        at=at,
        **changes,
    )


def hold(
    campaign: Campaign, to: Recipient | None = None, *, key: str = "", at: datetime = NOW
) -> Result:
    """Ask for a code to be put aside."""
    return issuing.reserve(
        campaign=campaign,
        recipient=to or person(),
        idempotency_key=key or f"ask-{next(_keys)}",
        source=Source.CAMPAIGN,
        at=at,
    )


def available(voucher_list: VoucherList) -> int:
    return VoucherCode.objects.filter(voucher_list=voucher_list, state=CodeState.AVAILABLE).count()


def code_of(result: Result) -> str:
    """Return the code that was given."""
    assert result.issuance is not None, result
    assert result.issuance.code is not None
    return result.issuance.code.code


def outcomes(*results: Result) -> list[Outcome]:
    return [result.outcome for result in results]
