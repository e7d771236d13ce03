"""Commercial terms between a business and a merchant: agreed anew, never edited (wallet.md 8.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.errors import Invalid
from directory.models import CommercialTerms, Organisation, User


class NotAMerchant(Invalid):
    """Terms are agreed with a merchant of the business or a partner of its network."""

    code = "not_a_merchant"


class TooEarly(Invalid):
    """New terms begin after those in force, and never in the past."""

    code = "terms_too_early"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsData:
    """What is agreed; the fee is on top of the contribution, in the business's currency."""

    method: str
    contribution_percent: Decimal = Decimal(100)
    blocked: bool = False
    refund_expired: bool = True
    fee_percent: Decimal = Decimal(0)
    fee_minor: int = 0


def agree(
    *,
    business: Organisation,
    organisation: Organisation,
    data: TermsData,
    valid_from: datetime | None = None,
    actor: User | None,
    at: datetime,
) -> CommercialTerms:
    """Put a new version of the terms in force from `valid_from` (default: now).

    The same terms again change nothing. Raises `NotAMerchant` and `TooEarly`.
    """
    begins = valid_from or at
    if organisation.is_venue or (organisation.is_merchant and organisation.business != business):
        raise NotAMerchant("Terms are agreed with merchants; a venue has those of its merchant.")
    with transaction.atomic():
        # The row of the organisation is the lock that gives versions their order.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        last = (
            CommercialTerms.objects.filter(business=business, organisation=organisation)
            .order_by("-version")
            .first()
        )
        if last is not None and data_of(last) == data:
            return last
        if begins < at or (last is not None and begins <= last.valid_from):
            sentence = "New terms begin now or later, and after the last ones that were agreed."
            raise TooEarly(sentence, fields={"valid_from": sentence})
        return CommercialTerms.objects.create(
            business=business,
            organisation=organisation,
            version=last.version + 1 if last else 1,
            currency=business.base_currency,
            valid_from=begins,
            created_at=at,
            created_by=actor,
            **asdict(data),
        )


def block(*, terms: CommercialTerms, actor: User | None, at: datetime) -> CommercialTerms:
    """Stop awarding and spending at the merchant from now on."""
    return _again(terms, blocked=True, actor=actor, at=at)


def unblock(*, terms: CommercialTerms, actor: User | None, at: datetime) -> CommercialTerms:
    """Let the merchant award and accept wallet money again."""
    return _again(terms, blocked=False, actor=actor, at=at)


def data_of(terms: CommercialTerms) -> TermsData:
    """Return what a version says, without its dates."""
    return TermsData(
        method=terms.method,
        contribution_percent=terms.contribution_percent,
        blocked=terms.blocked,
        refund_expired=terms.refund_expired,
        fee_percent=terms.fee_percent,
        fee_minor=terms.fee_minor,
    )


def _again(
    terms: CommercialTerms, *, blocked: bool, actor: User | None, at: datetime
) -> CommercialTerms:
    return agree(
        business=terms.business,
        organisation=terms.organisation,
        data=replace(data_of(terms), blocked=blocked),
        actor=actor,
        at=at,
    )
