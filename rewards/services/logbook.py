"""The one writer of the log of rewards (rewards.md 10): append-only, every row once by its key.

Awards, reversals and what a purchase redeems at once are logged in its own transaction. What the wallet
does later comes by its outbox and finds the same keys, so that nothing is logged twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Sum

from core.references import parse
from core.statements import insert_once
from directory.models import Organisation
from events.models import BusinessEvent
from events.selectors.facts import REFERENCE as EVENT
from rewards.award_workflow import AWARD
from rewards.choices import AwardStatus, LogCause, LogType
from rewards.models import Award, RewardEvent
from rewards.services.transactions import change
from wallet.selectors.lot_uses import LotUse, lapsed_of, lot_uses_of

WITH_ALL = ("event", "pool_version", "contact")


def of_awards(awards: Iterable[Award]) -> list[RewardEvent]:
    """Return the rows that log that the awards were granted, to be written with them."""
    return [
        _row(
            award,
            LogType.AWARD,
            f"award:{award.pk}",
            award.amount_minor,
            event=award.event,
            performed_at=award.performed_at,
            at=award.posted_at,
        )
        for award in awards
    ]


def has_fallen_back(award: Award, *, key: str) -> bool:
    """Tell whether it was logged that the award fell back for that reason."""
    return RewardEvent.objects.filter(key=f"reversal:{award.pk}:{key}").exists()


def fell_back(award: Award, minor: int, *, key: str, at: datetime) -> None:
    """Log that this much of an award fell back: a row of its own, negative, that points to the award."""
    row = _row(
        award,
        LogType.REVERSAL,
        f"reversal:{award.pk}:{key}",
        -minor,
        event=award.event,
        performed_at=at,
        at=at,
    )
    _append([row])


def used(*, business: Organisation, use_id: int, event: BusinessEvent | None = None) -> int:
    """Log what a payment redeemed and spent of awards, and return how many parts it had.

    `event` is the purchase that was paid, where the caller has it.
    """
    uses = lot_uses_of(use_id=use_id)
    awards = _awards(business, {use.award for use in uses})
    events = (
        {f"{EVENT}:{event.pk}": event}
        if event
        else _events(business, {use.purchase for use in uses})
    )
    _append(
        row
        for use in uses
        if use.award in awards
        for row in _rows_of_use(use, awards[use.award], events.get(use.purchase))
    )
    return len(uses)


def lapsed(*, business: Organisation, lot_ids: Iterable[int], at: datetime) -> int:
    """Log what of awards expired unused, and mark those awards as expired; return how many."""
    amounts = lapsed_of(business=business, lot_ids=list(lot_ids))
    awards = _awards(business, amounts)
    for reference, award in awards.items():
        # Money may come back and lapse once more: each time what is new of the whole.
        new = amounts[reference] - _lapsed_before(award)
        if new <= 0:
            continue
        row = _row(
            award,
            LogType.EXPIRY,
            f"expiry:{award.pk}:{amounts[reference]}",
            -new,
            event=award.event,
            performed_at=award.expires_at or at,
            at=at,
        )
        _append([row])
        if award.status == AwardStatus.POSTED:
            change(award, AWARD, AwardStatus.EXPIRED, at=at)
    return len(awards)


def _rows_of_use(use: LotUse, award: Award, event: BusinessEvent | None) -> Iterator[RewardEvent]:
    kinds = [LogType.REDEEM] * use.is_redeemed + [LogType.SPEND] * use.is_spent
    for kind in kinds:
        yield _row(
            award,
            kind,
            f"{kind.lower()}:{use.part_id}",
            use.minor,
            event=event,
            cause=LogCause.PURCHASE if event else LogCause.WALLET,
            performed_at=use.performed_at,
            at=use.created_at,
        )


def _row(
    award: Award,
    kind: LogType,
    key: str,
    minor: int,
    *,
    event: BusinessEvent | None,
    cause: LogCause | None = None,
    performed_at: datetime,
    at: datetime,
) -> RewardEvent:
    return RewardEvent(
        business_id=award.business_id,
        key=key,
        type=kind,
        cause=cause or award.cause,
        event=event,
        gift_run_id=award.gift_run_id,
        award=award,
        contact_id=award.contact_id,
        offer_id=award.offer_id,
        scheme_id=award.scheme_id,
        merchant_id=event.merchant_id if event else award.merchant_id,
        venue_id=event.venue_id if event else award.venue_id,
        classification_id=event.classification_id if event else None,
        reference_number=event.reference_number if event else "",
        amount_minor=minor,
        currency=award.currency,
        redeem_method=award.redeem_method,
        pool_id=award.pool_version.pool_id,
        product_id=award.product_id,
        is_late=event.is_late if event else False,
        performed_at=performed_at,
        posted_at=at,
        expires_at=award.expires_at,
    )


def _lapsed_before(award: Award) -> int:
    rows = RewardEvent.objects.filter(award=award, type=LogType.EXPIRY)
    return -int(rows.aggregate(minor=Sum("amount_minor", default=0))["minor"])


def _awards(business: Organisation, references: Iterable[str]) -> dict[str, Award]:
    rows = Award.objects.filter(business=business, reference__in=list(references))
    return {row.reference: row for row in rows.select_related(*WITH_ALL)}


def _events(business: Organisation, references: Iterable[str]) -> dict[str, BusinessEvent]:
    """Return the business events among what was paid for."""
    keys = [parse(one)[1] for one in references if one.startswith(f"{EVENT}:")]
    rows = BusinessEvent.objects.filter(business=business, pk__in=keys) if keys else ()
    return {f"{EVENT}:{row.pk}": row for row in rows}


def _append(rows: Iterable[RewardEvent]) -> None:
    insert_once(list(rows))
