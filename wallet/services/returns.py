"""Cancelling a purchase and returning a part of it (wallet.md 6.3, 6.4).

Everything goes back where it came from: first the spend, then the redemption, then the awards that the
purchase had earned. Parts are rounded cumulatively, so that they always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from wallet import ledger
from wallet.choices import AccountKind, LotSource, Operation, UseState
from wallet.commands import Actor, Request, Response, run
from wallet.errors import AlreadyCancelled, AmountInvalid, ReturnExceedsPurchase
from wallet.ledger import Draft, Move, Place, books_of, pocket, post
from wallet.models import Account, Command, Lot, PurchaseUse, UsePart, Wallet
from wallet.rules.rounding import cumulative, spread
from wallet.selectors import settings_of
from wallet.services import payouts, sharing
from wallet.services.awards import claw_back, return_of, write_off
from wallet.services.lots import receive_back


@dataclass(frozen=True, slots=True)
class Returned:
    """What went back into the wallet, what the till refunds, and what was clawed back of awards."""

    wallet_minor: int
    till_minor: int
    clawed_back_minor: int
    shortfall_minor: int


def cancel(
    *,
    use: PurchaseUse,
    key: str,
    actor: Actor,
    at: datetime,
    awards: Mapping[str, int] | None = None,
) -> Returned:
    """Undo what is left of a purchase; its state becomes Cancelled. Raises `AlreadyCancelled`."""
    request = Request(
        use.business, "purchase_cancel", key, actor, {"use": use.pk, "awards": awards}
    )

    def effect(command: Command) -> Response:
        work = _begin(command, use, actor, at)
        left = work.use.total_minor - work.use.returned_minor
        work.use.state, work.use.cancelled_at = UseState.CANCELLED, at
        own = work.carry_out(left, awards, is_whole=True)
        return asdict(
            _with_others(own, use, None, key, actor, at, has_siblings=work.wallet.has_siblings)
        )

    return Returned(**run(request, effect).response)


def take_back(
    *,
    use: PurchaseUse,
    minor: int,
    key: str,
    actor: Actor,
    at: datetime,
    awards: Mapping[str, int] | None = None,
) -> Returned:
    """Return goods worth that much: the wallet gets its share, the till refunds the rest.

    Of the awards that the purchase earned, as large a share falls back, unless `awards` says how much
    by their references (rewards.md 11.5). Raises `ReturnExceedsPurchase`, `AlreadyCancelled`.
    """
    request = Request(
        use.business,
        "purchase_return",
        key,
        actor,
        {"use": use.pk, "minor": minor, "awards": awards},
    )

    def effect(command: Command) -> Response:
        if minor <= 0:
            raise AmountInvalid
        work = _begin(command, use, actor, at)
        if work.use.returned_minor + minor > work.use.total_minor:
            raise ReturnExceedsPurchase
        own = work.carry_out(minor, awards, is_whole=False)
        return asdict(
            _with_others(own, use, minor, key, actor, at, has_siblings=work.wallet.has_siblings)
        )

    return Returned(**run(request, effect).response)


def _with_others(
    own: Returned,
    use: PurchaseUse,
    minor: int | None,
    key: str,
    actor: Actor,
    at: datetime,
    *,
    has_siblings: bool,
) -> Returned:
    """Return to other businesses' wallets of the same person what they paid for the purchase too."""
    for other in sharing.uses_of_others(use) if has_siblings else []:
        back = (
            cancel(use=other, key=key, actor=actor, at=at)
            if minor is None
            else take_back(use=other, minor=minor, key=key, actor=actor, at=at)
        )
        own = replace(
            own,
            wallet_minor=own.wallet_minor + back.wallet_minor,
            till_minor=own.till_minor - back.wallet_minor,
        )
    return own


def _begin(command: Command, use: PurchaseUse, actor: Actor, at: datetime) -> _Return:
    """Lock the wallet, then the purchase; raises `AlreadyCancelled`."""
    (wallet,) = ledger.lock_wallets(use.wallet)
    locked = PurchaseUse.objects.select_for_update().get(pk=use.pk)
    if locked.state == UseState.CANCELLED:
        raise AlreadyCancelled
    return _Return(command, wallet, locked, actor, at)


@dataclass(slots=True)
class _Return:
    """One return being carried out in its transaction."""

    command: Command
    wallet: Wallet
    use: PurchaseUse
    actor: Actor
    at: datetime

    def carry_out(
        self, minor: int, awards: Mapping[str, int] | None, *, is_whole: bool
    ) -> Returned:
        use = self.use
        gone = self._payouts_back() if is_whole else 0
        use.returned_minor += minor
        to_wallet = 0
        if use.total_minor:
            to_wallet = cumulative(
                use.paid_minor,
                done=use.returned_minor,
                of=use.total_minor,
                already=use.returned_to_wallet_minor,
            )
        moved = self._money_back(to_wallet)
        use.returned_to_wallet_minor += to_wallet
        clawed, short = self._awards_back(awards, is_whole=is_whole)
        short += self._missing(min(gone, to_wallet - moved))
        use.save()
        paid_back = moved if use.is_spent else 0
        return Returned(moved, minor - paid_back, clawed, short)

    def _payouts_back(self) -> int:
        """Stop the payouts that nobody submitted yet; return what has left for good (6.3, step 5)."""
        return payouts.cancel_reserved(
            command=self.command,
            wallet=self.wallet,
            payouts=payouts.payouts_of(self.use),
            at=self.at,
        )

    def _missing(self, minor: int) -> int:
        """Write off redeemed money that was paid out: the business bears it, or the contact owes it."""
        if minor > 0:
            write_off(
                command=self.command,
                wallet=self.wallet,
                minor=minor,
                subject=self.use.reference,
                actor=self.actor,
                at=self.at,
            )
        return max(minor, 0)

    def _money_back(self, minor: int) -> int:
        """Spread the amount over the parts that paid and move it back; return how much moved."""
        parts = list(self.use.parts.select_related("lot").order_by("pk"))
        shares = spread(minor, [part.amount_minor - part.back_minor for part in parts])
        due = [(part, share) for part, share in zip(parts, shares, strict=True) if share]
        books = self._lock_for(due)
        if not self.use.is_spent:
            due = list(self._as_far_as_there(due, books))
        post(
            command=self.command,
            drafts=list(self._entries(due, books)),
            actor=self.actor.user,
            at=self.at,
        )
        grace = settings_of(business=self.wallet.business).grace_days
        for part, share in due:
            part.back_minor += share
            if part.kind == AccountKind.COMMERCE_LOT and part.lot is not None:
                receive_back(lot=part.lot, grace_days=grace, actor=self.actor, at=self.at)
        UsePart.objects.bulk_update([part for part, _ in due], ["back_minor"])
        return sum(share for _, share in due)

    def _lock_for(self, due: list[tuple[UsePart, int]]) -> dict[Place, Account]:
        """Lock what the money goes through, and at once what the claw-backs after it will need."""
        places = {self._resting(part) for part, _ in due} | {
            self._lot(part) for part, _ in due if part.kind == AccountKind.COMMERCE_LOT
        }
        if due and self.use.is_spent:
            places.add(self._payee())
        if self._earned().exists():
            kinds = (AccountKind.REWARD_COST, AccountKind.SHORTFALL)
            places |= {books_of(kind, self.wallet) for kind in kinds}
        return ledger.lock(*places) if places else {}

    def _as_far_as_there(
        self, due: list[tuple[UsePart, int]], books: Mapping[Place, Account]
    ) -> Iterator[tuple[UsePart, int]]:
        """Cut redeemed money that was not spent here to what its pocket still holds."""
        left = {place: account.balance for place, account in books.items()}
        for part, share in due:
            place = self._resting(part)
            there = min(share, left[place])
            left[place] -= there
            if there:
                yield part, there

    def _entries(
        self, due: list[tuple[UsePart, int]], books: Mapping[Place, Account]
    ) -> Iterator[Draft]:
        """Yield the refund of what was spent, then the way back of what was redeemed."""
        if self.use.is_spent and due:
            amounts: dict[Place, int] = {}
            for part, share in due:
                place = self._resting(part)
                amounts[place] = amounts.get(place, 0) + share
            refunds = [
                Move(books[self._payee()], books[place], share) for place, share in amounts.items()
            ]
            yield Draft(Operation.REFUND, refunds, subject=self.use.reference)
        back = [
            Move(books[self._resting(part)], books[self._lot(part)], share)
            for part, share in due
            if part.kind == AccountKind.COMMERCE_LOT
        ]
        yield Draft(Operation.UNREDEEM, back, subject=self.use.reference)

    def _resting(self, part: UsePart) -> Place:
        """Name the pocket from which the part was spent, or into which it was redeemed."""
        is_traced = part.lot is not None and part.lot.is_traced
        if part.kind == AccountKind.BUSINESS_REDEEMED or is_traced:
            return pocket(AccountKind.BUSINESS_REDEEMED, self.wallet, lot_id=part.lot_id)
        if part.kind == AccountKind.OPEN:
            return pocket(AccountKind.OPEN, self.wallet)
        return pocket(AccountKind.BUSINESS, self.wallet)

    def _lot(self, part: UsePart) -> Place:
        return pocket(AccountKind.COMMERCE_LOT, self.wallet, lot_id=part.lot_id)

    def _payee(self) -> Place:
        if self.use.organisation_id is None:
            return books_of(AccountKind.SALES, self.wallet)
        return books_of(
            AccountKind.SETTLEMENT, self.wallet, organisation_id=self.use.organisation_id
        )

    def _awards_back(self, awards: Mapping[str, int] | None, *, is_whole: bool) -> tuple[int, int]:
        """Claw back what falls back of each award the purchase earned; return it and the shortfall."""
        clawed = short = 0
        for lot in self._earned().select_related("wallet").order_by("pk"):
            record = return_of(lot)
            minor = self._share_of(lot, record.clawed_back_minor, awards, is_whole=is_whole)
            if minor <= 0 or record.cancelled_at is not None:
                continue
            if is_whole:
                record.cancelled_at = self.at
            taken = claw_back(
                command=self.command,
                wallet=self.wallet,
                lot=lot,
                minor=minor,
                actor=self.actor,
                at=self.at,
                record=record,
            )
            clawed += taken.minor
            short += taken.shortfall_minor
        return clawed, short

    def _earned(self) -> QuerySet[Lot]:
        """Return the awards that the purchase earned."""
        return Lot.objects.filter(
            business=self.use.business_id, earned_by=self.use.reference, source=LotSource.AWARD
        )

    def _share_of(
        self, lot: Lot, already: int, awards: Mapping[str, int] | None, *, is_whole: bool
    ) -> int:
        if awards is not None:
            return awards.get(lot.reference, 0)
        if is_whole or not self.use.total_minor:
            return lot.amount_minor - already
        return cumulative(
            lot.amount_minor,
            done=self.use.returned_minor,
            of=self.use.total_minor,
            already=already,
        )
