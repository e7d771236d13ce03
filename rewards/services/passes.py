"""Passes: codes that unlock an offer (rewards.md 2.8, 3.3).

Awards use a pass up and cancelled purchases give the use back; that is the evaluation's part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from core.codes import human_code
from core.errors import StaleVersion
from directory.models import Contact, User
from rewards.choices import PassKind, Switch
from rewards.models import Pass, RewardOffer
from rewards.services.refusals import CodeTaken, InUse, PassWrong

CODE_LENGTH = 10
MOST_AT_ONCE = 10_000
CODE_TAKEN = "You have a pass with this code already. Choose another code."
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{2,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassData:
    """A pass as its form gives it; without a code one is drawn, without a contact it is for all."""

    code: str = ""
    contact: Contact | None = None
    max_usage: int = 1
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def create(*, offer: RewardOffer, data: PassData, actor: User | None, at: datetime) -> Pass:
    """Make a pass of the offer; raises `PassWrong` and `CodeTaken`."""
    row = Pass(
        business=offer.business,
        offer=offer,
        contact=data.contact,
        code=normal_code(data.code) or human_code(CODE_LENGTH),
        created_by=actor,
        created_at=at,
    )
    return _write(row, data, at)


def create_many(
    *, offer: RewardOffer, count: int, data: PassData, actor: User | None, at: datetime
) -> list[Pass]:
    """Make so many passes with drawn codes, all alike; raises `PassWrong`."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise PassWrong(
            f"Make between 1 and {MOST_AT_ONCE:,} passes at once.",
            fields={"count": f"Enter a number from 1 to {MOST_AT_ONCE:,}."},
        )
    return _insert(offer, [replace(data, code="", contact=None)] * count, actor, at)


def create_for(
    *,
    offer: RewardOffer,
    contacts: Iterable[Contact],
    data: PassData,
    actor: User | None,
    at: datetime,
) -> list[Pass]:
    """Make a pass for each of the contacts, which nobody else can use; raises `PassWrong`."""
    return _insert(offer, [replace(data, code="", contact=one) for one in contacts], actor, at)


def update(*, row: Pass, data: PassData, version: int, at: datetime) -> Pass:
    """Change how often and when the pass may be used; code and contact stay.

    Raises `StaleVersion` and `PassWrong`.
    """
    with transaction.atomic():
        locked = Pass.objects.select_for_update(of=("self",)).select_related("offer").get(pk=row.pk)
        if locked.version != version:
            raise StaleVersion("Somebody changed this pass meanwhile. Look at it, then try again.")
        locked.version += 1
        return _write(locked, replace(data, contact=locked.contact), at)


def activate(*, row: Pass, at: datetime) -> Pass:
    """Let the pass be used again."""
    return _switch(row, Switch.ACTIVE, at)


def deactivate(*, row: Pass, at: datetime) -> Pass:
    """Stop the pass from being used; what it unlocked stays."""
    return _switch(row, Switch.INACTIVE, at)


def delete(*, row: Pass) -> None:
    """Remove a pass that was never used; raises `InUse`."""
    with transaction.atomic():
        locked = Pass.objects.select_for_update().get(pk=row.pk)
        if locked.uses.exists():
            raise InUse(f"“{locked.code}” was used. Deactivate it instead.")
        locked.delete()


def normal_code(text: str) -> str:
    """Return a code as it is kept and compared: upper case, without blanks."""
    return "".join(text.split()).upper()


def _switch(row: Pass, status: Switch, at: datetime) -> Pass:
    with transaction.atomic():
        locked = Pass.objects.select_for_update().get(pk=row.pk)
        if locked.status != status:
            locked.status, locked.updated_at = status, at
            locked.version += 1
            locked.save(update_fields=["status", "updated_at", "version"])
        return locked


def _insert(
    offer: RewardOffer, wanted: list[PassData], actor: User | None, at: datetime
) -> list[Pass]:
    rows = [
        _checked(
            Pass(
                business=offer.business,
                offer=offer,
                contact=data.contact,
                code=human_code(CODE_LENGTH),
                created_by=actor,
                created_at=at,
            ),
            data,
            at,
        )
        for data in wanted
    ]
    return Pass.objects.bulk_create(rows, batch_size=1_000)


def _checked(row: Pass, data: PassData, at: datetime) -> Pass:
    """Fill the row and hold it against the rules."""
    row.max_usage, row.updated_at = data.max_usage, at
    row.valid_from, row.valid_to = data.valid_from, data.valid_to
    if problems := _problems(row):
        raise PassWrong(next(iter(problems.values())), fields=problems)
    return row


def _write(row: Pass, data: PassData, at: datetime) -> Pass:
    _checked(row, data, at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "rewards_pass_code" not in str(error):
            raise
        raise CodeTaken(CODE_TAKEN, fields={"code": CODE_TAKEN}) from error
    return row


def _problems(row: Pass) -> dict[str, str]:
    found = {}
    if row.offer.kind.pass_kind == PassKind.NONE:
        found["offer"] = f"{row.offer.kind.label} cannot be unlocked by a pass."
    if not _CODE.fullmatch(row.code):
        found["code"] = "Use 3 to 40 letters, digits, dots and dashes."
    if row.max_usage < max(1, row.used):
        found["max_usage"] = f"It was used {row.used} times. Enter at least {max(1, row.used)}."
    if row.contact is not None and row.contact.business_id != row.business_id:
        found["contact"] = "Choose one of your contacts."
    if row.valid_from and row.valid_to and row.valid_to <= row.valid_from:
        found["valid_to"] = "The validity ends before it begins. Choose a later end."
    return found
