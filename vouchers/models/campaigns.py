"""Campaigns: who is given a code, from which lists, how many and when (vouchers.md 2.6, 2.7)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Organisation, Segment
from events.models import ConditionSet
from vouchers.choices import (
    Actor,
    CampaignStatus,
    CodeInMail,
    Join,
    LeafKind,
    OnExhaustion,
    Qualification,
    RunOrder,
    RunState,
)
from vouchers.models.lists import SLOTS, VoucherList


@pghistory.track(exclude=["version"])
class Campaign(Timestamped):
    """Rules under which codes are given out. Saved from the first step of the builder on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="voucher_campaigns"
    )
    # Counted by business; people read it as CMP-000123.
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2_000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(
        max_length=9, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT
    )
    status_set_by = models.CharField(max_length=5, choices=Actor.choices, default=Actor.STAFF)
    status_changed_at = models.DateTimeField()
    qualification = models.CharField(
        max_length=8, choices=Qualification.choices, default=Qualification.LIVE
    )
    # Live: which happening it listens to (an outbox topic); empty for audience, API, links and by hand.
    trigger = models.CharField(max_length=60, blank=True)
    # What must not follow, and within how many hours; empty gives the code at once.
    absent = models.CharField(max_length=60, blank=True)
    absent_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    # Audience: in which order people are served.
    run_order = models.CharField(max_length=6, choices=RunOrder.choices, default=RunOrder.RANDOM)
    # What the purchase that triggers it must look like: the shared conditions.
    condition_set = models.OneToOneField(
        ConditionSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # How the groups of leaves are joined; each group joins its leaves by its own word.
    join = models.CharField(max_length=3, choices=Join.choices, default=Join.ALL)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    max_per_recipient = models.PositiveSmallIntegerField(default=1)
    max_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_month = models.PositiveSmallIntegerField(null=True, blank=True)
    max_total = models.PositiveIntegerField(null=True, blank=True)
    on_exhaustion = models.CharField(
        max_length=13, choices=OnExhaustion.choices, default=OnExhaustion.WAITLIST
    )
    fallback_code = models.CharField(max_length=255, blank=True)
    reservation_minutes = models.PositiveIntegerField(default=15)
    min_validity_days = models.PositiveSmallIntegerField(default=1)
    code_in_mail = models.CharField(
        max_length=6, choices=CodeInMail.choices, default=CodeInMail.REVEAL
    )
    mail_subject = models.CharField(max_length=150, blank=True)
    mail_body = models.TextField(max_length=10_000, blank=True)
    mails_waiting = models.BooleanField(default=False)
    # The steps of the builder that were saved.
    steps_done = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "number"], name="vouchers_campaign_number"),
            models.UniqueConstraint("business", Lower("name"), name="vouchers_campaign_name"),
            models.CheckConstraint(
                name="vouchers_campaign_limits",
                condition=Q(max_per_recipient__gte=1, max_per_recipient__lte=100),
            ),
            models.CheckConstraint(
                name="vouchers_campaign_schedule",
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(starts_at__lt=F("ends_at")),
            ),
            models.CheckConstraint(
                name="vouchers_campaign_absence",
                condition=Q(absent="", absent_hours__isnull=True)
                | ~Q(absent="") & Q(absent_hours__gte=1),
            ),
            models.CheckConstraint(
                name="vouchers_campaign_reservation",
                condition=Q(reservation_minutes__gte=1, reservation_minutes__lte=14 * 24 * 60),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="vouchers_campaign_newest"
            ),
            models.Index(
                fields=["business", "trigger"],
                name="vouchers_campaign_listening",
                condition=Q(status="running"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """The number as people and events read it."""
        return f"CMP-{self.number:06d}"

    @property
    def state(self) -> CampaignStatus:
        """The status as a choice with its label and tone."""
        return CampaignStatus(self.status)


class CampaignCount(models.Model):
    """One slot of a campaign's counter. With a cap all go through slot 0, under a condition."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="counts")
    slot = models.PositiveSmallIntegerField()
    issued = models.BigIntegerField(default=0)
    fallback = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["campaign", "slot"], name="vouchers_campaign_slot"),
            models.CheckConstraint(name="vouchers_campaign_slots", condition=Q(slot__lt=SLOTS)),
        ]


@pghistory.track(exclude=["taken", "added_at", "added_by", "removed_at", "removed_by"])
class CampaignList(models.Model):
    """A campaign takes codes from a list, in order of priority and up to a quota."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="mappings")
    voucher_list = models.ForeignKey(VoucherList, on_delete=models.PROTECT, related_name="mappings")
    priority = models.PositiveSmallIntegerField(default=1)
    quota = models.PositiveIntegerField(null=True, blank=True)
    # Codes taken, counted only where there is a quota: a conditional +1 keeps it.
    taken = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["campaign", "voucher_list"],
                condition=Q(removed_at__isnull=True),
                name="vouchers_mapping_once",
            ),
            models.CheckConstraint(
                name="vouchers_mapping_quota",
                condition=Q(quota__isnull=True) | Q(taken__lte=F("quota")),
            ),
        ]


class CampaignGroup(models.Model):
    """Leaves that are joined by one word; the campaign joins the groups."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    join = models.CharField(max_length=3, choices=Join.choices, default=Join.ALL)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["campaign", "position"], name="vouchers_group_place"),
        ]


class CampaignLeaf(models.Model):
    """One question about a person. What it refers to is a real reference; the rest are its terms."""

    group = models.ForeignKey(CampaignGroup, on_delete=models.CASCADE, related_name="leaves")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=LeafKind.choices)
    is_negated = models.BooleanField(default=False)
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    voucher_list = models.ForeignKey(
        VoucherList, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    other_campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    people = models.ForeignKey(
        "PeopleList", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What only its kind asks, as the fields of the kind's dataclass.
    terms = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["group", "position"], name="vouchers_leaf_place"),
        ]


class PeopleList(Timestamped):
    """People named in an uploaded file, as recipient keys in the order of the file."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class ListedPerson(models.Model):
    """One line of a list of people."""

    people = models.ForeignKey(PeopleList, on_delete=models.CASCADE, related_name="persons")
    line_no = models.PositiveIntegerField()
    recipient_key = models.CharField(max_length=260)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["people", "recipient_key"], name="vouchers_listed_once"
            ),
        ]


class CampaignStatusChange(models.Model):
    """One line of a campaign's history: from, to, who, when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="status_changes")
    transition = models.CharField(max_length=4)
    from_status = models.CharField(max_length=9, blank=True)
    to_status = models.CharField(max_length=9, choices=CampaignStatus.choices)
    actor_kind = models.CharField(max_length=5, choices=Actor.choices)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "-at", "-id"], name="vouchers_campaign_changes")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="vouchers_campaign_change_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["actor_user"]),
                func="RAISE EXCEPTION 'The history of a campaign is never rewritten.';",
            ),
        ]


class AudienceRun(Timestamped):
    """The people who qualified at one moment, served in portions; it goes on after a killed worker."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="runs")
    seed = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=RunState.choices, default=RunState.RUNNING)
    size = models.PositiveIntegerField(default=0)
    served_count = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    @property
    def stands(self) -> RunState:
        """The state as a choice with its label and tone."""
        return RunState(self.state)


class RunPerson(models.Model):
    """One person of an audience run, in the order of serving; done once an outcome is there."""

    run = models.ForeignKey(AudienceRun, on_delete=models.CASCADE, related_name="persons")
    place = models.PositiveIntegerField()
    recipient_key = models.CharField(max_length=260)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "recipient_key"], name="vouchers_run_person"),
        ]
        indexes = [
            models.Index(
                fields=["run", "place"], name="vouchers_run_open", condition=Q(outcome="")
            ),
        ]
