"""Awards written down and credited through the wallet; the one place where that happens.

An award has its key first, then its money: the key is the natural key of the lot. Instant awards are
credited before the purchase is paid and the others after it; in the end the row is written with its lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from core.prepared import prepared
from core.references import parse
from core.statements import insert_together
from directory.models import Contact, Organisation, User
from events.models import BusinessEvent
from rewards.choices import LogCause, Switch
from rewards.configuration import Grant
from rewards.models import Award, GiftRun, Pass, PassUse, UsedAchievement
from rewards.services import logbook
from rewards.services.results import GrantedAward
from rewards.services.schemes import normal_code
from wallet import ledger
from wallet.choices import AccountKind, RedeemMethod
from wallet.commands import Actor, Request, Response, run
from wallet.ledger import Place, books_of
from wallet.services import awards as wallet_awards
from wallet.services import wallets

if TYPE_CHECKING:
    from wallet.models import Account, Command, CommercePool, CommercePoolVersion, Lot, Wallet

REFERENCE = "rewards.award"
# As whom the wallet knows us; its commands are kept under this name.
REWARDS = "rewards"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What awards come from: an event or a run, and what the log says of it.

    `earned_by` names the purchase on which the money must not be used; empty where there is none.
    """

    business: Organisation
    cause: LogCause
    performed_at: datetime
    event: BusinessEvent | None = None
    gift_run: GiftRun | None = None
    earned_by: str = ""


@dataclass(slots=True)
class Written:
    """An award on its way: the row, what granted it, and the lot once it is credited."""

    award: Award
    grant: Grant
    lot: Lot | None = None


@dataclass(slots=True)
class Purse:
    """The wallets that the awards of one transaction go to, locked in ascending order.

    `books` are the accounts beside them, once `lock_books` has locked those too.
    """

    wallets: dict[int, Wallet] = field(default_factory=dict)
    books: dict[Place, Account] | None = None


def actor_for(user: User | None) -> Actor:
    """Name who asks the wallet: rewards, and the person behind it if there is one."""
    return Actor(REWARDS, user)


def open_purse(contacts: Iterable[Contact], *, at: datetime) -> Purse:
    """Return the contacts' wallets, made where one is missing, and locked."""
    people = {contact.pk: contact for contact in contacts}
    locked = ledger.lock_wallets_of(people)
    missing = [contact for pk, contact in people.items() if pk not in locked]
    if missing:
        for contact in missing:
            wallets.register(contact=contact, at=at)
        locked = ledger.lock_wallets_of(people)
    return Purse(locked)


def lock_books(purse: Purse, *, wallet: Wallet, merchant_id: int | None) -> None:
    """Lock what every purchase of the business shares, all at once and in order (docs/ledger.md)."""
    target = (
        books_of(AccountKind.SALES, wallet)
        if merchant_id is None
        else books_of(AccountKind.SETTLEMENT, wallet, organisation_id=merchant_id)
    )
    purse.books = wallet_awards.lock_books(*purse.wallets.values(), also=[target])


def draw_up(
    source: Source,
    grants: Sequence[Grant],
    *,
    pools: Mapping[int, CommercePoolVersion],
    at: datetime,
) -> list[Written]:
    """Make the awards out and write what each uses up: a use of its pass, achievements it counted.

    They have their keys, and are stored by `settle` once they have their lots.
    """
    if not grants:
        return []
    keys = _keys(len(grants))
    written = [
        Written(_row(source, grant, pools[grant.offer.pool_version_id or 0], key, at), grant)
        for key, grant in zip(keys, grants, strict=True)
    ]
    _use_passes(source.business, written, at)
    UsedAchievement.objects.bulk_create(
        UsedAchievement(offer_id=one.grant.offer.id, event_id=parse(reference)[1], award=one.award)
        for one in written
        for reference in one.grant.candidate.used_events
    )
    return written


def credit(
    written: Sequence[Written],
    *,
    source: Source,
    purse: Purse,
    actor: Actor,
    at: datetime,
) -> None:
    """Credit each award to its contact's commerce pocket, in one command of the wallet."""
    if not written:
        return
    asked = {one.award.reference: one.award.amount_minor for one in written}
    request = Request(source.business, "award", f"award-{written[0].award.pk}", actor, asked)

    def effect(command: Command) -> Response:
        credit_within(written, command=command, source=source, purse=purse, actor=actor, at=at)
        return {"lots": [one.lot.pk for one in written if one.lot]}

    run(request, effect)


def credit_within(
    written: Iterable[Written],
    *,
    command: Command,
    source: Source,
    purse: Purse,
    actor: Actor,
    at: datetime,
) -> None:
    """Credit the awards within a command of the wallet; the same award is never credited twice."""
    for one in written:
        award = one.award
        one.lot = wallet_awards.grant_within(
            command=command,
            wallet=purse.wallets[award.contact_id],
            award=wallet_awards.Award(
                award.reference,
                award.amount_minor,
                award.pool_version,
                source.earned_by,
                RedeemMethod(award.redeem_method),
                currency=award.currency,
            ),
            actor=actor,
            at=at,
            books=purse.books,
        )


def settle(written: Sequence[Written]) -> tuple[GrantedAward, ...]:
    """Store and log each award with its lot and when that lapses; return what was granted."""
    for one in written:
        assert one.lot is not None
        one.award.lot_id, one.award.expires_at = one.lot.pk, one.lot.expires_at
    if awards := [one.award for one in written]:
        insert_together(awards, logbook.of_awards(awards))
    return tuple(granted(one.grant, one.award.pool_version.pool, one.award) for one in written)


def granted(grant: Grant, pool: CommercePool, award: Award | None = None) -> GrantedAward:
    """Return an award as it is answered; without a row it is an estimate."""
    return GrantedAward(
        offer=grant.offer,
        contact_id=grant.contact_id,
        amount_minor=grant.amount_minor,
        currency=grant.offer.currency,
        pool=pool,
        award_id=award.pk if award else None,
        public_id=award.public_id if award else None,
        expires_at=award.expires_at if award else None,
    )


def _keys(count: int) -> list[int]:
    """Draw the keys of the rows beforehand, because each row names itself to the wallet."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('rewards_award', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _row(source: Source, grant: Grant, pool: CommercePoolVersion, key: int, at: datetime) -> Award:
    offer, event = grant.offer, source.event
    assert offer.version_id is not None
    assert offer.scheme_id is not None
    return Award(
        pk=key,
        business=source.business,
        reference=f"{REFERENCE}:{key}",
        cause=source.cause,
        event=event,
        gift_run=source.gift_run,
        offer_id=offer.id,
        offer_version_id=offer.version_id,
        scheme_id=offer.scheme_id,
        contact_id=grant.contact_id,
        merchant_id=event.merchant_id if event else None,
        venue_id=event.venue_id if event else None,
        amount_minor=grant.amount_minor,
        currency=offer.currency,
        redeem_method=offer.redeem_method,
        pool_version=pool,
        product_id=grant.candidate.product_id,
        occurrence=grant.occurrence,
        about_id=grant.candidate.about_id,
        status_changed_at=at,
        performed_at=source.performed_at,
        posted_at=at,
    )


def _use_passes(business: Organisation, written: Sequence[Written], at: datetime) -> None:
    """Use the quoted pass up once for each award that it unlocked; it is locked already."""
    unlocked = [one for one in written if one.grant.pass_code]
    if not unlocked:
        return
    codes = {normal_code(one.grant.pass_code or "") for one in unlocked}
    passes = Pass.objects.filter(business=business, code__in=codes, status=Switch.ACTIVE)
    by_code = {row.code: row for row in passes}
    for one in unlocked:
        row = by_code[normal_code(one.grant.pass_code or "")]
        Pass.objects.filter(pk=row.pk).update(used=F("used") + 1)
        PassUse.objects.create(unlocked_by=row, award=one.award, used_at=at)
