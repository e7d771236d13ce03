"""The limits and fees that a business has set, always within one business."""

from __future__ import annotations

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.models import FeeRule, LimitRule

_ORDER_OF_ACTS = {on.value: place for place, on in enumerate(LimitOn)}
_ORDER_OF_PERIODS = {period.value: place for place, period in enumerate(LimitPeriod)}


def limits_of(*, business: Organisation) -> list[LimitRule]:
    """Return the limits that bind everybody, those of one act together, the shortest period first."""
    rows = LimitRule.objects.filter(business=business, wallet=None)
    return sorted(
        rows, key=lambda row: (_ORDER_OF_ACTS[row.applies_to], _ORDER_OF_PERIODS[row.period])
    )


def limit(*, business: Organisation, pk: int) -> LimitRule:
    """Return a limit of the business; a contact's own is none of its affairs."""
    found = LimitRule.objects.filter(business=business, wallet=None, pk=pk).first()
    return found_or_refused(found, "There is no such limit.")


def fees_of(*, business: Organisation, on: ChargedOn | None = None) -> list[FeeRule]:
    """Return the fees in the order in which they were set, those of one act if one is asked."""
    rows = FeeRule.objects.filter(business=business)
    if on is not None:
        rows = rows.filter(charged_on=on)
    return list(rows.order_by("charged_on", "pk"))


def fee(*, business: Organisation, pk: int) -> FeeRule:
    found = FeeRule.objects.filter(business=business, pk=pk).first()
    return found_or_refused(found, "There is no such fee.")
