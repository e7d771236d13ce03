"""Voucher lists: made, edited, deleted (vouchers.md 2.2); their statuses are in `list_statuses`.

After creation name, description, expiry and until when issued codes are good may change, nothing else.
Extending the expiry of an expired list revives it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from core import jobs
from core.errors import Conflict, Invalid, StaleVersion
from directory.models import User
from vouchers.choices import (
    AssignmentOrder,
    CodeCase,
    DuplicateScope,
    ListStatus,
    RedeemRule,
)
from vouchers.models import Partner, VoucherList
from vouchers.selectors import alerts as alert_selectors
from vouchers.services import counting, list_statuses
from vouchers.services.settings import FIELDS as THRESHOLDS
from vouchers.tags import list_id_of, normal_name, normal_tag, tag_problem

LONGEST_NAME = 120
FUTURE = "The expiry must be in the future."


class TagTaken(Invalid):
    """The partner has a list with this tag that is not archived."""

    code = "tag_in_use"


class ListArchived(Conflict):
    """An archived list is kept for the record and never changes."""

    code = "list_archived"


class NotUntouched(Conflict):
    """Only a list that never had codes, links or issuances is deleted (R-DEL)."""

    code = "list_not_untouched"


class EditedMeanwhile(StaleVersion):
    """Somebody saved the list since the form was opened; `current` is what they saved."""

    def __init__(self, current: VoucherList) -> None:
        super().__init__(
            "Somebody saved this list while you were editing it. Compare your values with theirs,"
            " then save again."
        )
        self.current = current


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEdit:
    """What may change of a list after it was made."""

    name: str
    description: str = ""
    expires_at: datetime
    redeem_rule: str = RedeemRule.SAME_AS_LIST
    redeem_until: datetime | None = None
    redeem_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListData(ListEdit):
    """A new list; thresholds left out are the business's own."""

    list_tag: str
    code_case: str = CodeCase.EXACT
    code_min_length: int = 2
    code_max_length: int = 255
    assignment_order: str = AssignmentOrder.SEQUENTIAL
    thresholds: dict[str, Any] = field(default_factory=dict)


def create(*, partner: Partner, data: ListData, actor: User | None, at: datetime) -> VoucherList:
    """Make an active list without codes; raises `TagTaken` and `Invalid`.

    Lists of a partner whose codes are compared with each other are compared by one rule of capitals.

    The tag is kept in lower case. Its List ID counts how often the partner used the tag before.
    """
    tag = normal_tag(data.list_tag)
    _check(data, tag, at)
    values = asdict(data)
    thresholds = values.pop("thresholds")
    defaults = alert_selectors.settings_of(business=partner.business)
    warnings = {name: getattr(defaults, name) for name in THRESHOLDS} | thresholds
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        if is_tag_taken(partner=partner, tag=tag):
            raise _taken(tag, partner)
        _refuse_other_case(partner, data.code_case)
        generation = generations(partner=partner, tag=tag) + 1
        made = VoucherList(
            **values | warnings,
            business=partner.business,
            partner=partner,
            generation=generation,
            list_id=list_id_of(
                business_id=partner.business_id,
                partner_id=partner.pk,
                tag=tag,
                generation=generation,
            ),
            status_changed_at=at,
            created_by=actor,
            created_at=at,
            updated_at=at,
        )
        made.name, made.list_tag = normal_name(data.name), tag
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            if "vouchers_list_tag_in_use" not in str(error):
                raise
            raise _taken(tag, partner) from error
        counting.open_slots(made)
        list_statuses.note(made, code="L01", left="", actor=actor, at=at)
    return made


def update(
    *, voucher_list: VoucherList, data: ListEdit, version: int, actor: User | None, at: datetime
) -> VoucherList:
    """Save what may change of a list; raises `ListArchived`, `EditedMeanwhile` and `Invalid`.

    A new expiry lies in the future. With it an expired list returns to where it was before it
    expired, and codes that were good as long as the list get the later end (in the background); a
    promise already made is never shortened.
    """
    with transaction.atomic():
        row = VoucherList.objects.select_for_update(no_key=True).get(pk=voucher_list.pk)
        if row.status == ListStatus.ARCHIVED:
            raise ListArchived(f"“{row.name}” is archived, and archived lists do not change.")
        if row.version != version:
            raise EditedMeanwhile(row)
        _check_edit(data, at, until=row.expires_at)
        was = row.expires_at
        values = asdict(data) | {"name": normal_name(data.name)}
        for name, value in values.items():
            setattr(row, name, value)
        row.updated_at = at
        row.version += 1
        row.save(update_fields=[*values, "updated_at", "version"])
        if row.expires_at > was:
            jobs.enqueue("vouchers.extend_codes", voucher_list_id=row.pk)
        if row.status == ListStatus.EXPIRED and row.expires_at > at:
            list_statuses.revive(row, actor=actor, at=at)
    return row


def set_thresholds(
    *, voucher_list: VoucherList, thresholds: dict[str, Any], version: int, at: datetime
) -> VoucherList:
    """Save when to warn of the list and whom; raises `ListArchived` and `StaleVersion`."""
    with transaction.atomic():
        row = VoucherList.objects.select_for_update(no_key=True).get(pk=voucher_list.pk)
        if row.status == ListStatus.ARCHIVED:
            raise ListArchived(f"“{row.name}” is archived, and archived lists do not change.")
        if row.version != version:
            raise StaleVersion(
                "Somebody saved this list while you were editing it. Reload the page and change it"
                " again."
            )
        for name, value in thresholds.items():
            setattr(row, name, value)
        row.updated_at = at
        row.version += 1
        row.save(update_fields=[*thresholds, "updated_at", "version"])
    return row


def delete(*, voucher_list: VoucherList) -> None:
    """Remove a list made by mistake: without codes, links and issuances ever (R-DEL)."""
    with (
        transaction.atomic(),
        pgtrigger.ignore("vouchers.ListStatusChange:vouchers_list_change_immutable"),
    ):
        row = VoucherList.objects.select_for_update().get(pk=voucher_list.pk)
        if not is_untouched(row):
            raise NotUntouched(
                f"“{row.name}” has codes, uploads or campaigns and stays on record. Archive it"
                " instead."
            )
        row.status_changes.all().delete()
        row.delete()


def is_untouched(voucher_list: VoucherList) -> bool:
    """Tell whether nothing ever came of the list, so that it may be deleted."""
    return not (
        voucher_list.batches.exists()
        or voucher_list.codes.exists()
        or voucher_list.mappings.exists()
        or voucher_list.issuances.exists()
    )


def is_tag_taken(*, partner: Partner, tag: str) -> bool:
    """Tell whether a list of the partner that is not archived has the normal tag."""
    lists = partner.lists.exclude(status=ListStatus.ARCHIVED)
    return lists.filter(list_tag=tag).exists()


def generations(*, partner: Partner, tag: str) -> int:
    """Return how often the partner used the tag so far."""
    newest = partner.lists.filter(list_tag=tag).aggregate(newest=Max("generation"))["newest"]
    return int(newest or 0)


def _check(data: ListData, tag: str, at: datetime) -> None:
    if problem := tag_problem(tag):
        raise Invalid(problem, fields={"list_tag": problem})
    if not 1 <= data.code_min_length <= data.code_max_length <= 255:
        sentence = "The shortest code is at most as long as the longest, and none exceeds 255."
        raise Invalid(sentence, fields={"code_min_length": sentence})
    _check_edit(data, at)


def _check_edit(data: ListEdit, at: datetime, *, until: datetime | None = None) -> None:
    """Refuse an empty name, a new expiry that has passed, and half a rule."""
    found: dict[str, str] = {}
    if not 1 <= len(normal_name(data.name)) <= LONGEST_NAME:
        found["name"] = f"A list's name has 1 to {LONGEST_NAME} characters."
    if data.expires_at != until and data.expires_at <= at:
        found["expires_at"] = FUTURE
    if (data.redeem_rule == RedeemRule.FIXED_DATE) != (data.redeem_until is not None):
        found["redeem_until"] = "Enter the date until which codes are good."
    if (data.redeem_rule == RedeemRule.DAYS_AFTER_ISSUE) != (data.redeem_days is not None):
        found["redeem_days"] = "Enter the number of days."
    if found:
        raise Invalid(next(iter(found.values())), fields=found)


def _refuse_other_case(partner: Partner, code_case: str) -> None:
    """Raise `Invalid` where the partner's lists are compared with each other, but not by one rule."""
    if partner.duplicate_scope != DuplicateScope.PARTNER:
        return
    compared = Q(codes_released_at__isnull=True) | ~Q(status=ListStatus.ARCHIVED)
    if partner.lists.filter(compared).exclude(code_case=code_case).exists():
        sentence = (
            f"A code stands once with {partner.name}, so all of its lists mind capitals, or none does."
            " Choose what its other lists have."
        )
        raise Invalid(sentence, fields={"code_case": sentence})


def _taken(tag: str, partner: Partner) -> TagTaken:
    sentence = (
        f"The tag “{tag}” is in use by a list of {partner.name}. Choose another tag, or add codes to"
        " that list."
    )
    return TagTaken(sentence, fields={"list_tag": sentence})
