"""Finding the codes that a till means by what it read, inside what the reporter may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from directory.models import Organisation
from vouchers.choices import CodeCase, CodeState, DuplicateScope
from vouchers.models import Partner, VoucherCode, VoucherList


def lists_of(
    *, business: Organisation, partner: Partner | None, list_id: str = ""
) -> QuerySet[VoucherList]:
    """Return the lists of the business, of one partner alone, or the one with the public id."""
    found = VoucherList.objects.filter(business=business)
    if partner is not None:
        found = found.filter(partner=partner)
    return found.filter(list_id=list_id) if list_id else found


def codes_that_read(
    code: str, *, business: Organisation, partner: Partner | None, list_id: str = ""
) -> QuerySet[VoucherCode]:
    """Return the codes of those lists that compare equal to what was read.

    What was given out is found by the index of given codes; what was not, by the unique index of its
    list or partner. Codes of archived lists that nobody was given are unknown.
    """
    lists = lists_of(business=business, partner=partner, list_id=list_id)
    keys = {code, code.upper()}
    scopes = [
        -partner_id if scope == DuplicateScope.PARTNER else pk
        for pk, partner_id, scope in lists.exclude(status="archived").values_list(
            "pk", "partner_id", "partner__duplicate_scope"
        )
    ]
    places = Q(given_at__isnull=False) | Q(dedupe_scope__in=scopes)
    exact = Q(voucher_list__code_case=CodeCase.EXACT, code=code)
    alike = Q(voucher_list__code_case=CodeCase.INSENSITIVE, code_key=code.upper())
    return (
        VoucherCode.objects.filter(places, exact | alike, code_key__in=keys)
        .filter(voucher_list__in=lists)
        .exclude(state=CodeState.STAGED)
        .select_related("voucher_list__partner")
        .order_by("pk")
    )
