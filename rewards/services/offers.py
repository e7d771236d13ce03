"""Reward offers: made step by step, activated, changed, copied, deleted (rewards.md 2.4).

An offer is saved from its first step on and may be incomplete while it is inactive, but it is never
saved wrong. All changes of one business wait for each other (`lock_for_change`), and each leaves a
version of what the offer says from then on.
"""

from __future__ import annotations

from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from core.errors import StaleVersion
from directory.models import Organisation, User
from events.conditions import EVERYTHING, ConditionSet
from events.services import conditions as condition_services
from rewards import versions
from rewards.choices import Switch
from rewards.models import OfferVersion, RewardOffer
from rewards.selectors.definitions import definition_of
from rewards.selectors.readiness import problems_of
from rewards.services import offer_checks
from rewards.services.changes import lock_for_change
from rewards.services.offer_data import OfferData, data_of, defaults_for, write
from rewards.services.refusals import (
    CodeTaken,
    InUse,
    NameTaken,
    OfferIncomplete,
    PoolMissing,
    StillActive,
)

NAME_TAKEN = "You have an offer of this name already. Choose another name."
CODE_TAKEN = "You have an offer with this code already. Choose another code, or none."


def create(
    *,
    business: Organisation,
    kind: str,
    data: OfferData | None = None,
    acting: Organisation | None = None,
    actor: User | None,
    at: datetime,
    made_as: str = "",
    like: ConditionSet = EVERYTHING,
) -> RewardOffer:
    """Save a new offer of the type `kind`, inactive; `data` may leave out what is not decided yet.

    `like` are the conditions of the offer that it is a copy of.

    `acting` is the organisation whose user does it, the business unless a merchant is named; without
    an owner in `data` it owns the offer. Raises `OfferWrong`, `Restricted`, `NameTaken`, `CodeTaken`,
    `UnknownChoice`, and what `events.services.conditions` raises.
    """
    acting = acting or business
    with transaction.atomic():
        settings = lock_for_change(business=business)
        chosen = offer_checks.type_of(kind)
        data = data or defaults_for(chosen, business=business, acting=acting)
        offer_checks.check_restrictions(
            settings=settings, acting=acting, kind=chosen, method=data.redeem_method
        )
        newest = business.reward_offers.aggregate(newest=Max("number"))["newest"] or 0
        row = RewardOffer(
            business=business,
            number=newest + 1,
            type=chosen.key,
            goal=chosen.goal,
            made_as=made_as,
            created_by=actor,
            created_at=at,
            updated_at=at,
        )
        offer_checks.check_reach(acting=acting, rules=data.rules, before=like)
        _fill(row, data, acting)
        row.condition_set = condition_services.create(business=business, rules=data.rules, at=at)
        _save(row)
        _keep_version(row, actor, at)
        return row


def update(
    *,
    offer: RewardOffer,
    data: OfferData,
    version: int,
    acting: Organisation | None = None,
    actor: User | None,
    at: datetime,
    steps_done: tuple[str, ...] = (),
) -> RewardOffer:
    """Save the offer as `data` has it; events evaluated from then on follow it, awards given stay.

    An inactive offer may be incomplete, an active one not. `steps_done` are steps of the wizard saved
    with this. Raises `StaleVersion`, `Frozen` (scheme and currency after the first award),
    `OfferIncomplete`, and what `create` raises.
    """
    with transaction.atomic():
        settings = lock_for_change(business=offer.business)
        row = _locked(offer)
        acting = acting or row.business
        offer_checks.check_theirs(row, acting)
        if row.version != version:
            raise StaleVersion(
                "Somebody saved this offer while you were editing it. Look at it, then change it"
                " again."
            )
        offer_checks.check_restrictions(
            settings=settings, acting=acting, kind=row.kind, method=data.redeem_method
        )
        offer_checks.check_frozen(row, data)
        offer_checks.check_reach(acting=acting, rules=data.rules, before=data_of(row).rules)
        _fill(row, data, acting)
        row.updated_at = at
        row.version += 1
        row.steps_done = [
            *row.steps_done,
            *(one for one in steps_done if one not in row.steps_done),
        ]
        row.condition_set = condition_services.replace(
            stored=row.condition_set, rules=data.rules, at=at
        )
        _save(row)
        if row.is_active:
            _check_ready(row, at, ignoring=("available_to",))
        _keep_version(row, actor, at)
        return row


def set_image(
    *, offer: RewardOffer, image: File[bytes] | None, actor: User | None, at: datetime
) -> RewardOffer:
    """Show the picture with the offer, or none; the picture has been checked by its form."""
    with transaction.atomic():
        lock_for_change(business=offer.business)
        row = _locked(offer)
        row.image = image or ""
        return _changed(row, actor, at)


def activate(
    *, offer: RewardOffer, acting: Organisation | None = None, actor: User | None, at: datetime
) -> RewardOffer:
    """Let the offer award from now on; one that is active already stays as it is.

    Raises `OfferIncomplete` with everything that keeps it from being activated, and `Restricted`.
    """
    with transaction.atomic():
        settings = lock_for_change(business=offer.business)
        row = _locked(offer)
        acting = acting or row.business
        offer_checks.check_theirs(row, acting)
        if row.is_active:
            return row
        offer_checks.check_restrictions(
            settings=settings, acting=acting, kind=row.kind, method=row.redeem_method
        )
        _check_ready(row, at)
        row.status, row.activated_at = Switch.ACTIVE, at
        return _changed(row, actor, at)


def deactivate(
    *, offer: RewardOffer, acting: Organisation | None = None, actor: User | None, at: datetime
) -> RewardOffer:
    """Stop the offer from awarding; what it has awarded stays. One that is inactive stays as it is."""
    with transaction.atomic():
        lock_for_change(business=offer.business)
        row = _locked(offer)
        offer_checks.check_theirs(row, acting or row.business)
        if not row.is_active:
            return row
        row.status = Switch.INACTIVE
        return _changed(row, actor, at)


def delete(*, offer: RewardOffer, acting: Organisation | None = None) -> None:
    """Remove an inactive offer that never awarded, with its unused passes.

    Raises `InUse` for one that has awarded, and `StillActive`.
    """
    with transaction.atomic():
        lock_for_change(business=offer.business)
        row = _locked(offer)
        offer_checks.check_theirs(row, acting or row.business)
        if offer_checks.has_awards(row):
            raise InUse(
                f"“{row.title}” has awarded already, and its awards refer to it. Deactivate it"
                " instead."
            )
        if row.is_active:
            raise StillActive(f"“{row.title}” is active. Deactivate it first, then delete it.")
        conditions = row.condition_set
        try:
            row.passes.all().delete()
            row.delete()
        except ProtectedError as error:
            raise InUse(f"“{row.title}” was used already. Leave it inactive instead.") from error
        conditions.delete()


def _locked(offer: RewardOffer) -> RewardOffer:
    """Lock the row for good: awards being written refer to it, so they are waited for."""
    return (
        RewardOffer.objects.select_for_update(of=("self",))
        .select_related("business", "owner", "condition_set", "scheme")
        .get(pk=offer.pk)
    )


def _fill(row: RewardOffer, data: OfferData, acting: Organisation) -> None:
    """Write the data into the row after holding it against the rules of its type."""
    write(row, data, owner=offer_checks.owner_of(row.business, data, acting))
    offer_checks.check_choices(row, data)
    offer_checks.check_values(row, data.rules)


def _save(row: RewardOffer) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "rewards_offer_name" in str(error):
            raise NameTaken(NAME_TAKEN, fields={"name": NAME_TAKEN}) from error
        if "rewards_offer_code" in str(error):
            raise CodeTaken(CODE_TAKEN, fields={"code": CODE_TAKEN}) from error
        raise


def _changed(row: RewardOffer, actor: User | None, at: datetime) -> RewardOffer:
    row.updated_at = at
    row.version += 1
    row.save()
    _keep_version(row, actor, at)
    return row


def _check_ready(row: RewardOffer, at: datetime, *, ignoring: tuple[str, ...] = ()) -> None:
    found = problems_of(offer=row, at=at)
    found = {name: sentence for name, sentence in found.items() if name not in ignoring}
    if found:
        count = "One thing is" if len(found) == 1 else f"{len(found)} things are"
        refusal = PoolMissing if set(found) == {"commerce_pool"} else OfferIncomplete
        raise refusal(f"{count} missing before this offer can be active.", fields=found)


def _keep_version(row: RewardOffer, actor: User | None, at: datetime) -> OfferVersion:
    """Store what the offer says from now on."""
    return OfferVersion.objects.create(
        offer=row,
        number=row.version,
        snapshot=versions.dump(definition_of(row)),
        created_at=at,
        by=actor,
    )
