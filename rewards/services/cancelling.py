"""Cancelling an event: everything it led to is taken back (rewards.md 11.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from directory.models import User
from events.models import BusinessEvent
from events.selectors.facts import REFERENCE
from events.services import intake
from rewards.choices import LogCause, RedeemMethod
from rewards.models import Award
from rewards.services import announcing, referrals, taking_back
from rewards.services.awarding import actor_for
from rewards.services.logbook import WITH_ALL
from rewards.services.people import lock_contacts
from rewards.services.results import ReversalResult
from rewards.services.transactions import whole
from wallet.selectors.lot_uses import moved_back_of, use_of
from wallet.services import returns


def cancel(
    *,
    event: BusinessEvent,
    by: str = "till",
    reason: str = "",
    actor: User | None = None,
    at: datetime,
) -> ReversalResult:
    """Void the event (purchase, referral or achievement) and take back every award of it.

    What the wallet paid goes back where it came from, passes and slots are free again, and a referral
    that this first purchase completed waits for the next one. `by` is "till" or "staff". A second
    cancel answers the same, `replayed`.
    """

    def work() -> ReversalResult:
        locked, contacts, awards = taking_back.lock_all(event)
        if not locked.is_posted:
            return _answer(locked, awards, replayed=True)
        intake.cancel(event=locked, by=by, reason=reason, at=at)
        case = referrals.call_off(event=locked, at=at)
        if case is not None:
            awards = _with_those_about(awards, case.referred_id)
            contacts |= lock_contacts({award.contact_id for award in awards} - contacts.keys())
        _pay_back(locked, actor, at)
        left = {award.pk: award.amount_minor - award.reversed_minor for award in awards}
        taking_back.take_back(
            left,
            awards,
            contacts,
            key=f"cancel-{locked.pk}",
            reason=reason or "The event was cancelled.",
            actor=actor,
            at=at,
        )
        taking_back.end(awards, at=at)
        referrals.wait_again(purchase=locked, at=at)
        announcing.taken_back(locked, key=f"cancel:{locked.pk}", at=at)
        return _answer(locked, awards)

    return whole(work)


def _with_those_about(awards: list[Award], referred_id: int) -> list[Award]:
    """Add the referral awards that the referred contact's first purchase had brought."""
    rows = Award.objects.filter(cause=LogCause.REFERRAL, about=referred_id)
    found = {award.pk: award for award in awards}
    found |= {
        row.pk: row
        for row in rows.select_related(*WITH_ALL, "offer_version")
        if row.pk not in found
    }
    return [found[pk] for pk in sorted(found)]


def _pay_back(event: BusinessEvent, actor: User | None, at: datetime) -> None:
    """Undo what the wallet did for the purchase; its awards are taken back afterwards."""
    use = use_of(business=event.business, purchase=f"{REFERENCE}:{event.pk}")
    if use is not None:
        returns.cancel(use=use, key=f"cancel-{event.pk}", actor=actor_for(actor), at=at, awards={})


def _answer(
    event: BusinessEvent, awards: Iterable[Award], *, replayed: bool = False
) -> ReversalResult:
    """Say what fell back of the event in all, from what is stored, so that it is always the same."""
    awards = list(awards)
    instant = [award for award in awards if award.redeem_method == RedeemMethod.INSTANT]
    use = use_of(business=event.business, purchase=f"{REFERENCE}:{event.pk}")
    back = moved_back_of(use_id=use.pk) if use else 0
    total = event.purchase.total_minor if event.is_purchase else 0
    paid_back = back if use is not None and use.is_spent else 0
    return ReversalResult(
        event=event,
        currency=event.purchase.currency if event.is_purchase else event.business.base_currency,
        reverted_minor=sum(award.reversed_minor for award in awards),
        reverted_instant_minor=sum(award.reversed_minor for award in instant),
        unrecovered_minor=sum(award.unrecovered_minor for award in awards),
        wallet_minor=back,
        till_minor=total - paid_back,
        replayed=replayed,
    )
