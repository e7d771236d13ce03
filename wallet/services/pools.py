"""Commerce pools: made, edited by new versions, retired, published (wallet.md 4)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from directory.models import Organisation, User
from events import conditions as pure
from events.models import ConditionSet
from events.services import conditions as condition_services
from wallet.choices import Classification, EndRule, PeriodUnit, PoolState, StartRule
from wallet.errors import PoolFixed, PoolInUse, PoolNameTaken
from wallet.models import CommercePool, CommercePoolVersion, Lot

DEFAULT_NAME = "Spend Anywhere within a year"


@dataclass(frozen=True, slots=True)
class PoolRules:
    """The conditions of one version of a pool. `ends_on` is the first day on which money is expired."""

    description: str = ""
    classification: str = Classification.PAYMENT_METHOD
    start_rule: str = StartRule.NONE
    starts_on: date | None = None
    start_after: int | None = None
    start_unit: str = ""
    end_rule: str = EndRule.NEVER
    ends_on: date | None = None
    end_after: int | None = None
    end_unit: str = ""
    requires_activation: bool = False
    # Time, location and products (events); a set belongs to one version and is never edited.
    conditions: ConditionSet | None = None


WITHIN_A_YEAR = PoolRules(end_rule=EndRule.RELATIVE, end_after=1, end_unit=PeriodUnit.YEAR)


def ensure_default(*, business: Organisation, at: datetime) -> CommercePool:
    """Return the business's default pool, making it when it is first asked for (wallet.md 4.3)."""
    found = CommercePool.objects.filter(business=business, is_default=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _create(business, DEFAULT_NAME, WITHIN_A_YEAR, None, at, is_default=True)
    except IntegrityError:
        return CommercePool.objects.get(business=business, is_default=True)


def create(
    *,
    business: Organisation,
    name: str,
    rules: PoolRules,
    actor: User | None,
    at: datetime,
    conditions: pure.ConditionSet = pure.EVERYTHING,
) -> CommercePool:
    """Make a pool with its first version; raises `PoolNameTaken`.

    `conditions` are stored for it, unless they restrict nothing.
    """
    if CommercePool.objects.filter(business=business, name__iexact=name).exists():
        raise PoolNameTaken(fields={"name": PoolNameTaken.sentence})
    with transaction.atomic():
        return _create(business, name, _with(business, rules, conditions, at), actor, at)


def revise(
    *,
    pool: CommercePool,
    rules: PoolRules,
    actor: User | None,
    at: datetime,
    conditions: pure.ConditionSet = pure.EVERYTHING,
) -> CommercePoolVersion:
    """Give the pool new conditions; money that was granted before keeps its own (wallet.md 4.2)."""
    with transaction.atomic():
        locked = _lock_own(pool)
        newest = locked.versions.latest("number")
        stored = _with(locked.business, rules, conditions, at)
        locked.updated_at = at
        locked.save(update_fields=["updated_at"])
        return _add_version(locked, newest.number + 1, stored, actor, at)


def _with(
    business: Organisation, rules: PoolRules, conditions: pure.ConditionSet, at: datetime
) -> PoolRules:
    """Return the rules with their conditions stored; a set belongs to one version alone."""
    if conditions.is_empty:
        return rules
    stored = condition_services.create(business=business, rules=conditions, at=at)
    return replace(rules, conditions=stored)


def rename(*, pool: CommercePool, name: str, at: datetime) -> CommercePool:
    """Give the pool another name, for money granted before as well; raises `PoolNameTaken`."""
    with transaction.atomic():
        locked = _lock_own(pool)
        others = CommercePool.objects.filter(business=locked.business_id).exclude(pk=locked.pk)
        if others.filter(name__iexact=name).exists():
            raise PoolNameTaken(fields={"name": PoolNameTaken.sentence})
        locked.name, locked.updated_at = name, at
        locked.save(update_fields=["name", "updated_at"])
        return locked


def retire(*, pool: CommercePool, at: datetime) -> CommercePool:
    """Stop new money; what was granted stays usable."""
    return _set_state(pool, PoolState.RETIRED, at)


def reactivate(*, pool: CommercePool, at: datetime) -> CommercePool:
    """Let a retired pool take money again."""
    return _set_state(pool, PoolState.ACTIVE, at)


def delete(*, pool: CommercePool) -> None:
    """Delete a pool into which nothing was ever granted and which nothing names, such as an offer.

    Raises `PoolInUse` otherwise.
    """
    with transaction.atomic():
        locked = _lock_own(pool)
        if Lot.objects.filter(pool_version__pool=locked).exists():
            raise PoolInUse
        try:
            locked.versions.all().delete()
            locked.delete()
        except ProtectedError as error:
            raise PoolInUse(
                "An offer, a journal or a top-up names this pool. Choose another one there first, or"
                " retire this one instead."
            ) from error


def set_usage(
    *,
    pool: CommercePool,
    is_published: bool,
    is_transferable: bool,
    is_for_top_ups: bool,
    at: datetime,
) -> CommercePool:
    """Say whether others may award into the pool, and contacts transfer or top up its money."""
    with transaction.atomic():
        locked = CommercePool.objects.select_for_update().get(pk=pool.pk)
        locked.is_published = is_published
        locked.is_transferable = is_transferable
        locked.is_for_top_ups = is_for_top_ups
        locked.updated_at = at
        locked.save(
            update_fields=["is_published", "is_transferable", "is_for_top_ups", "updated_at"]
        )
        return locked


def _lock_own(pool: CommercePool) -> CommercePool:
    """Lock a pool that may be edited; raises `PoolFixed` for the default one."""
    locked = CommercePool.objects.select_for_update().get(pk=pool.pk)
    if locked.is_default:
        raise PoolFixed
    return locked


def _set_state(pool: CommercePool, state: PoolState, at: datetime) -> CommercePool:
    with transaction.atomic():
        locked = _lock_own(pool)
        locked.state = state
        locked.updated_at = at
        locked.save(update_fields=["state", "updated_at"])
        return locked


def _create(
    business: Organisation,
    name: str,
    rules: PoolRules,
    actor: User | None,
    at: datetime,
    *,
    is_default: bool = False,
) -> CommercePool:
    pool = CommercePool.objects.create(
        business=business, name=name, is_default=is_default, created_at=at, updated_at=at
    )
    _add_version(pool, 1, rules, actor, at)
    return pool


def _add_version(
    pool: CommercePool, number: int, rules: PoolRules, actor: User | None, at: datetime
) -> CommercePoolVersion:
    values = {field.name: getattr(rules, field.name) for field in fields(rules)}
    return CommercePoolVersion.objects.create(
        pool=pool, number=number, created_at=at, created_by=actor, **values
    )
