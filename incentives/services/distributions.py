"""Recording what was delivered: the batch update of distributions (incentives.md 6.5).

Offers and requests record by the same code.

All or nothing: the rows are locked in the order of their ids, every edit is checked against the
stored row, and only when all pass is anything written. Each changed field leaves a line in the
audit trail; a row sent unchanged is accepted and leaves none.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.errors import Conflict, Invalid, NotFound
from core.money import Money, NotMoney
from core.rows import update_rows
from core.selection import BatchResult
from incentives.choices import DistributionStatus
from incentives.models import Distribution, DistributionChange, Subject
from incentives.services.actors import Actor
from incentives.services.notices import either
from incentives.services.subjects import lock

# Codes of offers; of these, a request knows Approved Confirmed alone.
EDITABLE_IN = frozenset({"approved_confirmed", "claimed"})
MAX_ROWS = 50
PENDING, SUCCESS, FAILED = (
    DistributionStatus.PENDING.value,
    DistributionStatus.SUCCESS.value,
    DistributionStatus.FAILED.value,
)
# A success that turns out wrong becomes Failed with a reason; it never becomes Pending again.
ALLOWED = {
    PENDING: frozenset({PENDING, SUCCESS, FAILED}),
    FAILED: frozenset({FAILED, PENDING, SUCCESS}),
    SUCCESS: frozenset({SUCCESS, FAILED}),
}
WRITTEN = [
    "value_minor",
    "value_percent",
    "description",
    "status",
    "succeeded_at",
    "updated_at",
    "updated_by",
    "version",
]

Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """What was typed for one selected row; `value` in major units or percent, None when empty."""

    pk: int
    version: int
    value: Decimal | None
    description: str
    status: str


class ReadOnly(Conflict):
    """The offer or request is not in a status in which distributions are recorded."""

    code = "distributions_read_only"


class BatchRefused(Invalid):
    """Some rows are invalid or stale: nothing was saved. `rows` says what and where."""

    code = "batch_refused"

    def __init__(self, rows: dict[int, Errors], *, stale: bool) -> None:
        count = len(rows)
        super().__init__(
            f"{count} selected {'row needs' if count == 1 else 'rows need'} a change."
            " Nothing has been saved."
        )
        self.rows = rows
        self.status = 409 if stale else 422


def is_editable(subject: Subject) -> bool:
    """Tell whether distributions of the subject may be recorded now (incentives.md 6.3)."""
    return subject.status in EDITABLE_IN


def update_batch(
    *, subject: Subject, edits: Sequence[Edit], actor: Actor, at: datetime
) -> BatchResult:
    """Save all edits or none, and send E07 for each row that becomes Success.

    Raises `NotFound` when an id is not of this subject, `Invalid` for a repeated id or too many rows,
    `ReadOnly` outside of Approved Confirmed and Claimed, `BatchRefused` with the errors of each row.
    """
    ids = [edit.pk for edit in edits]
    if not ids:
        raise Invalid("Select at least one distribution first.")
    if len(ids) != len(set(ids)):
        raise Invalid("A distribution was sent twice. Reload the page and try again.")
    if len(ids) > MAX_ROWS:
        raise Invalid(f"Update at most {MAX_ROWS} distributions at once.")
    with transaction.atomic():
        locked = lock(subject)
        if not is_editable(locked):
            raise ReadOnly(
                f"These distributions are read only: the {locked.noun} is"
                f" {locked.status_face.label}."
            )
        rows = {
            row.pk: row
            for row in locked.distributions.select_for_update(of=("self",))
            .filter(pk__in=ids)
            .order_by("id")
        }
        if len(rows) != len(ids):
            raise NotFound(f"One of these distributions does not belong to this {locked.noun}.")
        _refuse_bad_rows(rows, edits)
        return _write(locked, [(rows[edit.pk], edit) for edit in edits], actor, at)


def _refuse_bad_rows(rows: dict[int, Distribution], edits: Sequence[Edit]) -> None:
    errors: dict[int, Errors] = {}
    stale = False
    for edit in edits:
        row = rows[edit.pk]
        if row.version != edit.version:
            stale = True
            errors[edit.pk] = {
                "__all__": "A colleague changed this row meanwhile. Look at it, then edit again."
            }
        elif wrong := problems(row, edit):
            errors[edit.pk] = wrong
    if errors:
        raise BatchRefused(errors, stale=stale)


def problems(row: Distribution, edit: Edit) -> Errors:
    """Return what is wrong with the edit of one row, by field."""
    found: Errors = {}
    if edit.status not in ALLOWED[row.status]:
        found["status"] = (
            "A delivered distribution cannot become Pending again. Choose Failed and say why."
            if row.status == SUCCESS
            else "Choose Pending, Success or Failed."
        )
    found |= _value_problem(row, edit)
    words = edit.description.strip()
    if len(words) > 500:
        found["description"] = "Use at most 500 characters."
    elif edit.status in {SUCCESS, FAILED} and len(words) < 3:
        found["description"] = (
            "Say how and when it was given, or why it failed (3 characters or more)."
        )
    elif row.status == SUCCESS and edit.status == FAILED and words == row.description:
        found["description"] = "Change the description: the record must say why it failed."
    return found


def _value_problem(row: Distribution, edit: Edit) -> Errors:
    if row.unit == "none":
        return {"value": "Leave this empty: what was agreed has no number."} if edit.value else {}
    if edit.value is None:
        if edit.status == SUCCESS:
            return {"value": "Enter the value that was really given."}
        return {}
    if edit.value < 0:
        zero = "0%" if row.unit == "percent" else Money.zero(row.currency).format()
        return {"value": f"Enter a value of {zero} or more."}
    if row.unit == "percent":
        if edit.value > 100 or edit.value != round(edit.value, 2):
            return {"value": "Enter a percentage up to 100 with at most two decimals."}
        return {}
    try:
        amount = Money.of(edit.value, row.currency)
    except NotMoney as error:
        return {"value": str(error)}
    return {"value": "That is too large."} if amount.minor >= 10**16 else {}


def _columns(row: Distribution, edit: Edit) -> dict[str, object]:
    """Return the changed columns of the row; empty when it was sent as it is."""
    minor = percent = None
    if edit.value is not None and row.unit == "currency":
        minor = Money.of(edit.value, row.currency).minor
    elif edit.value is not None and row.unit == "percent":
        percent = edit.value
    wanted: dict[str, object] = {
        "value_minor": minor,
        "value_percent": percent,
        "description": edit.description.strip(),
        "status": edit.status,
    }
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def _write(
    subject: Subject, pairs: Sequence[tuple[Distribution, Edit]], actor: Actor, at: datetime
) -> BatchResult:
    batch = uuid.uuid4()
    changed: list[Distribution] = []
    delivered: list[Distribution] = []
    audit: list[DistributionChange] = []
    for row, edit in pairs:
        changes = _columns(row, edit)
        if not changes:
            continue
        was = row.status
        audit += _apply(row, changes, actor, at, batch)
        changed.append(row)
        if row.status == SUCCESS and was != SUCCESS:
            delivered.append(row)
    update_rows(changed, WRITTEN)
    DistributionChange.objects.bulk_create(audit)
    for row in delivered:
        row.subject = subject
        either.delivered(row, at=at)
    done = tuple(row.pk for row in changed)
    return BatchResult(done, tuple(row.pk for row, _ in pairs if row.pk not in done))


def _apply(
    row: Distribution, changes: dict[str, object], actor: Actor, at: datetime, batch: uuid.UUID
) -> list[DistributionChange]:
    """Set the changed columns on the row and return the lines of its audit trail."""
    before = {"value": row.value.value_text, "description": row.description, "status": row.status}
    for name, value in changes.items():
        setattr(row, name, value)
    if row.status != before["status"]:
        row.succeeded_at = at if row.status == SUCCESS else None
    row.updated_at, row.updated_by, row.version = at, actor.user, row.version + 1
    after = {"value": row.value.value_text, "description": row.description, "status": row.status}
    return [
        _line(row, actor, at, batch, field, before[field], after[field])
        for field in before
        if before[field] != after[field]
    ]


def _line(
    row: Distribution,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID,
    field: str,
    old: str,
    new: str,
) -> DistributionChange:
    return DistributionChange(
        distribution=row,
        actor_user=actor.user,
        actor_name=actor.name,
        at=at,
        field=field,
        old_value=old,
        new_value=new,
        batch=batch,
    )
