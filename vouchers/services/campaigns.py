"""Campaigns: drafted step by step, changed as far as they may be, copied, deleted (vouchers.md 2.6).

A draft may be incomplete but is never saved wrong. Once a campaign has begun, its message, its end,
its lists and higher limits can be changed; what people were promised cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import jobs
from core.errors import Conflict, Invalid
from directory.models import Organisation, User
from vouchers import messages
from vouchers.choices import (
    Actor,
    CampaignStatus,
    CodeInMail,
    OnExhaustion,
    Qualification,
    RunOrder,
)
from vouchers.message_tags import default_message
from vouchers.models import Campaign, CampaignStatusChange
from vouchers.services import campaign_lists, campaign_rules
from vouchers.services.campaign_changes import check_unstarted, locked, touched
from vouchers.triggers import ABSENCES, LONGEST_ABSENCE, TRIGGERS
from vouchers.workflow import CAMPAIGNS

NAME_TAKEN = "You have a campaign of this name already. Choose another name."
LIMITS = ("max_per_recipient", "max_per_day", "max_per_week", "max_per_month", "max_total")
# What may still change once the campaign has begun; limits only upwards.
ALWAYS = frozenset(
    {"name", "description", "ends_at", "code_in_mail", "mail_subject", "mail_body", "mails_waiting"}
)  # fmt: skip
LONGEST_RESERVATION = 14 * 24 * 60


class CampaignWrong(Invalid):
    """A value cannot be; `fields` says which."""

    code = "campaign_wrong"


class NameTaken(Invalid):
    """Names of campaigns are unique in a business, whatever their case."""

    code = "name_taken"


class NotADraft(Conflict):
    """Only a campaign that never began can be deleted."""

    code = "not_a_draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignData:
    """All that is edited of a campaign but its lists and conditions."""

    name: str
    description: str = ""
    qualification: str = Qualification.LIVE
    trigger: str = ""
    absent: str = ""
    absent_hours: int | None = None
    run_order: str = RunOrder.RANDOM
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_per_recipient: int = 1
    max_per_day: int | None = None
    max_per_week: int | None = None
    max_per_month: int | None = None
    max_total: int | None = None
    on_exhaustion: str = OnExhaustion.WAITLIST
    fallback_code: str = ""
    reservation_minutes: int = 15
    min_validity_days: int = 1
    code_in_mail: str = CodeInMail.REVEAL
    mail_subject: str = ""
    mail_body: str = ""
    mails_waiting: bool = False


def data_of(campaign: Campaign) -> CampaignData:
    """Return what can be edited of the campaign as it is."""
    return CampaignData(**{one.name: getattr(campaign, one.name) for one in fields(CampaignData)})


def create(
    *,
    business: Organisation,
    data: CampaignData,
    actor: User | None,
    at: datetime,
    steps_done: Sequence[str] = (),
) -> Campaign:
    """Save a new draft with the next number; raises `CampaignWrong` and `NameTaken`."""
    checked = _checked(data)
    with transaction.atomic():
        # Campaigns of one business are numbered one after the other.
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=business.pk)
        mine = Campaign.objects.filter(business=business)
        newest = mine.aggregate(newest=Max("number"))["newest"] or 0
        row = Campaign(
            business=business,
            number=newest + 1,
            owner=actor,
            status=CampaignStatus.DRAFT,
            status_changed_at=at,
            steps_done=list(steps_done),
            created_at=at,
            updated_at=at,
            **asdict(checked),
        )
        _named(row.save)
        CampaignStatusChange.objects.create(
            campaign=row,
            transition=CAMPAIGNS["C01"].code,
            to_status=row.status,
            actor_kind=Actor.STAFF if actor else Actor.CLOCK,
            actor_user=actor,
            actor_name=actor.display_name if actor else "",
            at=at,
        )
    return row


def update(
    *,
    campaign: Campaign,
    data: CampaignData,
    version: int,
    actor: User | None,
    at: datetime,
    steps_done: Sequence[str] = (),
) -> Campaign:
    """Save the campaign as `data` has it; a raised cap lets an exhausted one run again.

    Raises `StaleVersion`, `CampaignOver`, `Frozen` for what may not change any more, `CampaignWrong`
    and `NameTaken`.
    """
    checked = _checked(data)
    with transaction.atomic():
        row = locked(campaign, version)
        before = data_of(row)
        _check_changes(row, before, checked, at)
        for name, value in asdict(checked).items():
            setattr(row, name, value)
        row.steps_done = [
            *row.steps_done,
            *(one for one in steps_done if one not in row.steps_done),
        ]
        _named(lambda: touched(row, [*asdict(checked), "steps_done"], at=at))
        jobs.enqueue("vouchers.serve_waiting", campaign_id=row.pk)
    return row


def copy(*, campaign: Campaign, name: str = "", actor: User | None, at: datetime) -> Campaign:
    """Make a draft of the same settings, conditions and lists, without its dates."""
    name = name or _free_name(campaign)
    data = replace(data_of(campaign), name=name, starts_at=None, ends_at=None)
    with transaction.atomic():
        made = create(
            business=campaign.business,
            data=data,
            actor=actor,
            at=at,
            steps_done=campaign.steps_done,
        )
        campaign_rules.copy_rules(source=campaign, target=made, at=at)
        campaign_lists.copy_links(source=campaign, target=made, actor=actor, at=at)
    return made


def delete(*, campaign: Campaign) -> None:
    """Remove a draft that never gave anything; raises `NotADraft`."""
    with transaction.atomic():
        row = locked(campaign)
        if row.status != CampaignStatus.DRAFT or row.issuances.exists():
            raise NotADraft(f"“{row.name}” was published before. End it, then archive it.")
        conditions = row.condition_set
        row.delete()
        if conditions is not None:
            conditions.delete()


def _checked(data: CampaignData) -> CampaignData:
    """Return the data trimmed; raises `CampaignWrong` with a sentence for each field."""
    data = replace(data, name=" ".join(data.name.split()), fallback_code=data.fallback_code.strip())
    wrong = dict(_wrong(data))
    if wrong:
        raise CampaignWrong(next(iter(wrong.values())), fields=wrong)
    return data


def _wrong(data: CampaignData) -> Iterator[tuple[str, str]]:
    if not 1 <= len(data.name) <= 120:
        yield "name", "Give the campaign a name of at most 120 characters."
    if data.starts_at and data.ends_at and data.ends_at <= data.starts_at:
        yield "ends_at", "The end lies before the start."
    if data.on_exhaustion == OnExhaustion.FALLBACK_CODE and not data.fallback_code:
        yield "fallback_code", "Give the code that everybody gets when no other is left."
    if data.trigger and data.trigger not in TRIGGERS:
        yield "trigger", "Choose what the campaign listens to."
    yield from _wrong_absence(data)
    yield from _wrong_limits(data)
    yield from _wrong_message(data)


def _wrong_absence(data: CampaignData) -> Iterator[tuple[str, str]]:
    if not data.absent:
        if data.absent_hours is not None:
            yield "absent", "Choose what must not follow within that time."
        return
    if data.absent not in ABSENCES:
        yield "absent", "Choose from the list what must not follow."
    if not data.trigger or data.qualification != Qualification.LIVE:
        yield "absent", "Choose first what begins the campaign: only then can something not follow."
    if data.absent_hours is None or not 1 <= data.absent_hours <= LONGEST_ABSENCE:
        yield "absent_hours", "Say within which time: an hour to a year."


def _wrong_limits(data: CampaignData) -> Iterator[tuple[str, str]]:
    if not 1 <= data.max_per_recipient <= 100:
        yield "max_per_recipient", "Each person gets 1 to 100 codes."
    for name in LIMITS[1:]:
        if getattr(data, name) is not None and getattr(data, name) < 1:
            yield name, "At least 1, or nothing for no limit."
    if not 1 <= data.reservation_minutes <= LONGEST_RESERVATION:
        yield "reservation_minutes", "A code is put aside for 1 minute to 14 days."


def _wrong_message(data: CampaignData) -> Sequence[tuple[str, str]]:
    """Check a message that was written; an unwritten one is the default, which is sound."""
    if data.code_in_mail == CodeInMail.NONE or not (data.mail_subject or data.mail_body):
        return []
    subject, body = default_message(data.code_in_mail)
    problems = messages.check(
        data.mail_subject or subject, data.mail_body or body, data.code_in_mail
    )
    return [(f"mail_{one.part}", str(one)) for one in reversed(problems)]


def _check_changes(row: Campaign, before: CampaignData, after: CampaignData, at: datetime) -> None:
    changed = [
        one.name
        for one in fields(CampaignData)
        if getattr(before, one.name) != getattr(after, one.name)
    ]
    if "ends_at" in changed and after.ends_at is not None and after.ends_at <= at:
        sentence = "The end lies in the past. End the campaign instead."
        raise CampaignWrong(sentence, fields={"ends_at": sentence})
    for name in changed:
        if name in ALWAYS or (name in LIMITS and _is_raised(before, after, name)):
            continue
        check_unstarted(row)


def _is_raised(before: CampaignData, after: CampaignData, name: str) -> bool:
    """Tell whether the limit is higher now, or gone."""
    old, new = getattr(before, name), getattr(after, name)
    return new is None or (old is not None and new > old)


def _named(save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        if "vouchers_campaign_name" not in str(error):
            raise
        raise NameTaken(NAME_TAKEN, fields={"name": NAME_TAKEN}) from error


def _free_name(campaign: Campaign) -> str:
    rows = Campaign.objects.filter(business=campaign.business_id)
    taken = {name.lower() for name in rows.values_list("name", flat=True)}
    name, number = f"Copy of {campaign.name}"[:110], 2
    while name.lower() in taken:
        name, number = f"Copy of {campaign.name}"[:110] + f" {number}", number + 1
    return name
