"""Merchants, venues and tills of a business (rewards.md 2.1).

A merchant stands under the business, a venue under the business or one of its merchants. What has a
history is deactivated, never deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from core import codes
from core.errors import Conflict, Invalid
from directory.choices import OrganisationKind
from directory.models import Organisation, Tap


class NameTaken(Invalid):
    """Another place under the same parent has the name, whatever its case."""

    code = "name_taken"


class WrongParent(Invalid):
    """A merchant belongs to the business; a venue to the business or one of its merchants."""

    code = "wrong_parent"


class CodeTaken(Invalid):
    """Another till of the business has the code, whatever its case."""

    code = "code_taken"


class PlaceInactive(Conflict):
    """A place that was closed gets no new tills."""

    code = "place_inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceData:
    """A merchant or venue as its form gives it; an empty time zone is the parent's."""

    name: str
    country: str = ""
    town: str = ""
    tags: Sequence[str] = ()
    time_zone: str = ""


def add_merchant(*, business: Organisation, data: PlaceData, at: datetime) -> Organisation:
    """Add a merchant to the network; raises `NameTaken`."""
    return _add(business, business, OrganisationKind.MERCHANT, data, at)


def add_venue(*, parent: Organisation, data: PlaceData, at: datetime) -> Organisation:
    """Open a venue of the business or of a merchant; raises `WrongParent` and `NameTaken`."""
    if parent.is_venue:
        sentence = "A venue belongs to a merchant or to the business, not to another venue."
        raise WrongParent(sentence, fields={"parent": sentence})
    return _add(parent.business or parent, parent, OrganisationKind.VENUE, data, at)


def update_place(
    *, place: Organisation, data: PlaceData, parent: Organisation | None = None, at: datetime
) -> Organisation:
    """Change a merchant or venue; a venue may move to another merchant. Past events stay theirs."""
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(of=("self",)).get(pk=place.pk)
        if parent is not None and parent.pk != locked.parent_id:
            if not locked.is_venue or parent.is_venue or locked.business_id != _tenant(parent):
                sentence = "A venue belongs to the business or to one of its merchants."
                raise WrongParent(sentence, fields={"parent": sentence})
            locked.parent = parent
        _write(locked, data, at)
        _save(locked)
    return locked


def set_active(*, place: Organisation, active: bool, at: datetime) -> Organisation:
    """Close or reopen a merchant or venue; its tills are refused while it is closed."""
    Organisation.objects.filter(pk=place.pk).update(is_active=active, updated_at=at)
    place.refresh_from_db()
    return place


def add_tap(*, place: Organisation, code: str, label: str = "", at: datetime) -> Tap:
    """Give a merchant or venue a till; raises `CodeTaken` and `PlaceInactive`."""
    if not place.is_active:
        raise PlaceInactive(f"{place.name} is closed. Reopen it first.")
    tap = Tap(
        business_id=_tenant(place),
        organisation=place,
        code=code.strip(),
        label=label.strip(),
        created_at=at,
        updated_at=at,
    )
    try:
        with transaction.atomic():
            tap.save(force_insert=True)
    except IntegrityError as error:
        if "directory_tap_code" not in str(error):
            raise
        sentence = "Another till of yours has this code."
        raise CodeTaken(sentence, fields={"code": sentence}) from error
    return tap


def set_tap_active(*, tap: Tap, active: bool, at: datetime) -> Tap:
    """Take a till out of service or back into it; its events stay."""
    Tap.objects.filter(pk=tap.pk).update(is_active=active, updated_at=at)
    tap.refresh_from_db()
    return tap


def _tenant(place: Organisation) -> int:
    return place.business_id or place.pk


def _add(
    business: Organisation,
    parent: Organisation,
    kind: OrganisationKind,
    data: PlaceData,
    at: datetime,
) -> Organisation:
    place = Organisation(
        kind=kind, business=business, parent=parent, slug=codes.slug(), created_at=at
    )
    _write(place, data, at)
    _save(place)
    return place


def _write(place: Organisation, data: PlaceData, at: datetime) -> None:
    place.name = data.name.strip()
    place.country = data.country
    place.town = data.town.strip()
    place.tags = sorted({tag.strip().lower() for tag in data.tags} - {""})
    place.time_zone = data.time_zone
    place.updated_at = at


def _save(place: Organisation) -> None:
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        if "directory_place_name" not in str(error):
            raise
        sentence = "There is a merchant or venue of this name in the same place already."
        raise NameTaken(sentence, fields={"name": sentence}) from error
