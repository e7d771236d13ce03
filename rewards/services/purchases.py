"""Purchases: recorded, evaluated, awarded and paid in one transaction (rewards.md 11.2, 11.9).

The order is fixed: lock the contact, find and resolve, write the awards and the traces, credit the
instant ones, let the wallet redeem and spend, credit the others, log. What all purchases of a business
share in the ledger is locked last and shortest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from core import jobs
from directory.models import Contact, Organisation, Tap, User
from events.choices import EvaluationState
from events.drafts import PurchaseData, check_purchase
from events.facts import PurchaseFacts
from events.models import BusinessEvent, Classification
from events.selectors.facts import draft_facts
from events.services import intake
from rewards.choices import LogCause, TraceReason
from rewards.rules.line_discounts import line_discounts
from rewards.selectors.history import with_memberships
from rewards.selectors.payments import names_of
from rewards.selectors.settings import settings_of
from rewards.services import announcing, awarding, logbook, referrals, tracing
from rewards.services.awarding import Purse, Source, Written, actor_for
from rewards.services.evaluating import (
    Evaluated,
    look,
    look_at_purchase,
    only_what_the_wallet_takes,
)
from rewards.services.people import People, lock_people
from rewards.services.results import GrantedAward, PurchaseResult
from rewards.services.transactions import whole
from wallet.choices import Reduction
from wallet.commands import Request, Response, run
from wallet.rules.redemption import is_timely
from wallet.selectors import currencies_of
from wallet.selectors import settings_of as wallet_settings_of
from wallet.services import spending
from wallet.services.spending import Paid, Wish

if TYPE_CHECKING:
    from wallet.models import Command, Wallet


def post(
    *,
    business: Organisation,
    place: Organisation,
    data: PurchaseData,
    contact: Contact | None,
    tap: Tap | None = None,
    classification: Classification | None = None,
    wish: Wish | None = None,
    lines_required: bool = True,
    evaluate: bool = True,
    actor: User | None = None,
    at: datetime,
) -> PurchaseResult:
    """Record the purchase and give what it earns; without `evaluate` a worker does so later.

    `wish` is what the contact asks to pay from the wallet in the same call. Raises what
    `events.services.intake.record_purchase` raises, what `wallet.services.spending.process` raises
    for a wish, and `wallet.errors.Busy` when others were in the way five times (nothing is stored then).
    """

    def work() -> PurchaseResult:
        people = lock_people(contact)
        event = intake.record_purchase(
            business=business,
            place=place,
            data=data,
            contact=people.contact,
            tap=tap,
            classification=classification,
            lines_required=lines_required,
            evaluates=evaluate,
            actor=actor,
            at=at,
        )
        if evaluate or contact is None:
            return _evaluate(event, people, wish=wish, actor=actor, at=at)
        jobs.enqueue("rewards.evaluate_pending")
        return _answer(event, is_pending=True)

    return whole(work)


def evaluate(*, event: BusinessEvent, actor: User | None = None, at: datetime) -> PurchaseResult:
    """Evaluate a purchase that was recorded before; one that was evaluated meanwhile is left alone."""

    def work() -> PurchaseResult:
        people = lock_people(event.contact)
        locked = BusinessEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
        if locked.evaluation_state != EvaluationState.PENDING or not locked.is_posted:
            return _answer(locked)
        # Nobody waited for the answer: where the till would have lowered the price, it did not.
        was_paid = wallet_settings_of(business=locked.business).reduction == Reduction.FRONT_END
        return _evaluate(locked, people, wish=None, actor=actor, at=at, was_paid=was_paid)

    return whole(work)


def estimate(
    *,
    business: Organisation,
    place: Organisation,
    data: PurchaseData,
    contact: Contact | None,
    classification: Classification | None = None,
    lines_required: bool = True,
    at: datetime,
) -> PurchaseResult:
    """Return what `post` would award now; nothing is stored and no pass is used up.

    What the wallet would redeem besides is quoted by the wallet. Raises what `post` raises of the data.
    """
    check_purchase(data, at=at, lines_required=lines_required)
    facts = draft_facts(
        business=business,
        place=place,
        data=data,
        contact=contact,
        classification=classification,
        at=at,
    )
    facts = with_memberships(facts, business=business, contacts=[contact] if contact else [])
    seen = look(business=business, facts=facts, locks=False, at=at)
    currencies = currencies_of(business=business, contacts=[contact] if contact else [])
    seen, pools = only_what_the_wallet_takes(seen, business=business, currencies=currencies, at=at)
    outcome = seen.outcome
    is_lowered = wallet_settings_of(business=business).reduction == Reduction.FRONT_END
    return PurchaseResult(
        event=None,
        awards=tuple(
            awarding.granted(grant, pools[grant.offer.pool_version_id or 0].pool)
            for grant in outcome.awards
        ),
        traces=outcome.traces,
        skipped=outcome.skipped,
        currency=data.currency,
        total_minor=data.total_minor,
        due_minor=data.total_minor - (outcome.instant_minor if is_lowered else 0),
        instant_minor=outcome.instant_minor,
        is_late=facts.late,
    )


def reclaim(
    *, event: BusinessEvent, contact: Contact, actor: User | None = None, at: datetime
) -> PurchaseResult:
    """Give a purchase without contact its contact, once, and evaluate it (rewards.md 11.7).

    It was paid for already, so it earns no instant discount and the wallet pays nothing of it. Raises
    `AlreadyClaimed`; also where the purchase is older than the late window.
    """

    def work() -> PurchaseResult:
        people = lock_people(contact)
        window = timedelta(days=settings_of(business=event.business).late_window_days)
        if at - event.performed_at > window:
            raise intake.AlreadyClaimed(
                "This purchase is too old to be claimed. Ask the business about it."
            )
        claimed = intake.claim(event=event, contact=contact, at=at)
        return _evaluate(claimed, people, wish=None, actor=actor, at=at, was_paid=True)

    return whole(work)


def _evaluate(
    event: BusinessEvent,
    people: People,
    *,
    wish: Wish | None,
    actor: User | None,
    at: datetime,
    was_paid: bool = False,
) -> PurchaseResult:
    """Give a recorded purchase of locked people what it earns, and let the wallet pay."""
    if people.contact is None:
        return _answer(event, skipped=TraceReason.NO_CONTACT)
    seen = look_at_purchase(event=event, contact=people.contact, was_paid=was_paid, at=at)
    facts = seen.facts
    assert isinstance(facts, PurchaseFacts)
    purse = awarding.open_purse(people.all(), at=at)
    wallet = purse.wallets[people.contact.pk]
    currencies = {pk: one.currency for pk, one in purse.wallets.items()}
    seen, pools = only_what_the_wallet_takes(
        seen, business=event.business, currencies=currencies, at=at
    )
    source = Source(
        business=event.business,
        cause=LogCause.PURCHASE,
        performed_at=event.performed_at,
        event=event,
        earned_by=facts.reference,
    )
    written = awarding.draw_up(source, seen.outcome.awards, pools=pools, at=at)
    completed = referrals.complete(
        event=event, people=people, facts=facts, currencies=currencies, at=at
    )
    tracing.keep(event, [seen, *completed.seen], at=at)
    announcing.evaluated(event, seen.outcome, [*written, *completed.written], at=at)

    def lock_books() -> None:
        if purse.books is None and (written or completed.written):
            awarding.lock_books(purse, wallet=wallet, merchant_id=event.merchant_id)

    wishes = None if was_paid or _was_paid_at_the_till(event, wallet, wish) else (wish,)
    paid = _credit_and_pay(
        written, seen, source, purse, wishes, lock_books=lock_books, actor=actor, at=at
    )
    lock_books()
    completed.credit(purse, actor=actor_for(actor), at=at)
    awards, others = awarding.settle(written), awarding.settle(completed.written)
    if paid is not None and (paid.redeemed_minor or paid.business_minor):
        logbook.used(business=event.business, use_id=paid.use_id, event=event)
    return _answer(event, seen=seen, awards=awards, others=others, paid=paid)


def _was_paid_at_the_till(event: BusinessEvent, wallet: Wallet, wish: Wish | None) -> bool:
    """Tell whether the price was paid in full before the wallet heard of the purchase.

    A till that lowers the price has not lowered that of a late one, so nothing of it is spent.
    """
    if wish is not None or not event.is_late:
        return False
    return wallet_settings_of(business=wallet.business).reduction == Reduction.FRONT_END


def _credit_and_pay(
    written: Sequence[Written],
    seen: Evaluated,
    source: Source,
    purse: Purse,
    wishes: tuple[Wish | None] | None,
    *,
    lock_books: Callable[[], None],
    actor: User | None,
    at: datetime,
) -> Paid | None:
    """Credit the instant awards, let the wallet redeem and spend, credit the others (wallet.md 5.2).

    `wishes` is None where the wallet is not to pay at all. `lock_books` is called once the command is
    stored: everybody who buys from the business waits for those accounts.
    """
    facts = seen.facts
    assert isinstance(facts, PurchaseFacts)
    assert facts.contact is not None
    wallet, asking = purse.wallets[facts.contact.id], actor_for(actor)
    pays = wishes is not None and (wishes[0] is not None or is_timely(facts.performed_at, at=at))
    if not written and not pays:
        return None
    wish = wishes[0] if wishes else None
    instant = [one for one in written if one.grant.offer.is_instant]
    later = [one for one in written if not one.grant.offer.is_instant]
    credit = partial(awarding.credit_within, source=source, purse=purse, actor=asking, at=at)
    done: list[Paid] = []

    def effect(command: Command) -> Response:
        lock_books()
        credit(instant, command=command)
        if pays:
            paid = spending.process_within(
                command=command,
                wallet=wallet,
                facts=facts,
                actor=asking,
                at=at,
                wish=wish,
                instant=line_discounts(facts, (one.grant for one in instant)) if instant else (),
                also_named=names_of(source.event)[1:] if source.event else (),
            )
            done.append(paid)
        credit(later, command=command)
        return {"paid": [asdict(paid) for paid in done], "lots": _lots_of(written)}

    asked = {
        "wallet": wallet.pk,
        "total": facts.total_minor,
        "currency": facts.currency,
        "wish": asdict(wish) if wish else None,
        "awards": {one.award.reference: one.award.amount_minor for one in written},
    }
    run(Request(source.business, "purchase", f"purchase-{facts.reference}", asking, asked), effect)
    return done[0] if done else None


def _lots_of(written: Sequence[Written]) -> list[int]:
    return [one.lot.pk for one in written if one.lot is not None]


def _answer(
    event: BusinessEvent,
    *,
    seen: Evaluated | None = None,
    awards: tuple[GrantedAward, ...] = (),
    others: tuple[GrantedAward, ...] = (),
    paid: Paid | None = None,
    skipped: TraceReason | None = None,
    is_pending: bool = False,
) -> PurchaseResult:
    purchase = event.purchase
    return PurchaseResult(
        event=event,
        awards=awards,
        others=others,
        traces=seen.outcome.traces if seen else (),
        skipped=seen.outcome.skipped if seen else skipped,
        currency=purchase.currency,
        total_minor=purchase.total_minor,
        due_minor=paid.due_minor if paid else purchase.total_minor,
        instant_minor=seen.outcome.instant_minor if seen else 0,
        paid=paid,
        is_late=event.is_late,
        is_pending=is_pending,
    )
