"""The steps of the campaign builder: each is a form over a part of one draft (vouchers.md 8, page 11).

A step shows its part of the campaign and gives it back as `values()` by the names of the columns; what
the others hold stays as it is. `typed()` is a copy of the campaign with what makes sense so far, for
the words beside the form.
"""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import LocalDateTimeField, VersionedForm
from directory.choices import MemberStatus
from directory.models import User
from directory.permissions import can
from directory.selectors.people import team_of
from vouchers import messages
from vouchers.choices import CodeInMail, OnExhaustion
from vouchers.forms import begins
from vouchers.forms.begins import BeginsFields
from vouchers.message_tags import default_message
from vouchers.models import Campaign

MOST_PER_RECIPIENT = 100
LONGEST_HOLD = 14 * 24 * 60
DELIVERIES = (
    (CodeInMail.REVEAL, "A link in the mail shows the code, and we know when it was seen"),
    (CodeInMail.CODE, "The code stands in the mail"),
    (CodeInMail.NONE, "No mail: recipients find it in their vouchers, or your system tells them"),
)


class StepForm(VersionedForm):
    """A step. `show_when` hides what does not matter; `columns` are what it writes."""

    mark_optional = False
    columns: tuple[str, ...] = ()
    # Fields that are no columns and change with them.
    parts: tuple[str, ...] = ()
    # What may be changed once the campaign gives out codes; everything, while this is empty.
    later: tuple[str, ...] = ()

    def __init__(self, *args: Any, campaign: Campaign, is_started: bool = False, **kwargs: Any):
        self.campaign, self.is_started = campaign, is_started
        kwargs["initial"] = {
            **{name: getattr(campaign, name) for name in self.columns},
            **self.initial_of(campaign),
            "version": campaign.version,
        }
        super().__init__(*args, **kwargs)
        self.prepare()
        if is_started:
            for name in (*self.columns, *self.parts):
                if name in self.fields and name not in self.later:
                    self.fields[name].disabled = True

    def initial_of(self, campaign: Campaign) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        """Fit the fields to the campaign."""

    def values(self) -> dict[str, Any]:
        """Return what is to be saved, by column; only after `is_valid`."""
        return {name: self.cleaned_data[name] for name in self.columns}

    def typed(self) -> Campaign:
        """Return a copy of the campaign with what makes sense of what was typed so far."""
        found = copy(self.campaign)
        if self.is_bound:
            self.is_valid()
            for name in self.columns:
                if name in self.cleaned_data:
                    setattr(found, name, self.cleaned_data[name])
        return found

    def refuse(self, error: DomainError) -> None:
        """Put what the service refused at its fields, the rest on top of the form."""
        placed = {name: text for name, text in error.fields.items() if name in self.fields}
        for name, text in placed.items():
            self.add_error(name, text)
        if not placed:
            self.add_error(None, error.message)


class StartForm(BeginsFields, StepForm):
    """Step 1: the name, whose it is, and audience or live. The owner is saved apart."""

    columns = ("name", "description", *begins.COLUMNS)
    parts = begins.PARTS
    later = ("name", "description")
    show_when = begins.SHOW_WHEN

    name = forms.CharField(label="Name", max_length=120)
    description = forms.CharField(
        label="What it is for", max_length=2_000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    owner = forms.TypedChoiceField(
        label="Owner", coerce=int, empty_value=None, required=False,
        help_text="Hears by mail when its lists run low or end soon, and when people wait.",
    )  # fmt: skip

    def initial_of(self, campaign: Campaign) -> dict[str, Any]:
        return {**begins.parts_of(campaign), "owner": campaign.owner_id}

    def prepare(self) -> None:
        """Offer the members who may read campaigns, and whoever owns this one now."""
        owner = self.campaign.owner
        team = team_of(organisation=self.campaign.business).select_related("organisation")
        active = team.filter(status=MemberStatus.ACTIVE, user__is_active=True)
        self.members = {one.user_id: one.user for one in active if can(one, "vouchers.read")}
        choices = sorted(
            ((pk, user.display_name) for pk, user in self.members.items()),
            key=lambda choice: choice[1].lower(),
        )
        if owner is not None and owner.pk not in self.members:
            choices.append((owner.pk, f"{owner.display_name} (no longer in your team)"))
        field: Any = self.fields["owner"]
        field.choices = choices if owner is not None else [("", "Nobody"), *choices]

    def new_owner(self) -> User | None:
        """Return to whom the campaign is handed over, if to anybody; only after `is_valid`."""
        chosen = self.cleaned_data["owner"]
        return self.members.get(chosen) if chosen != self.campaign.owner_id else None


class LimitsForm(StepForm):
    """Step 3, beside the lists: limits, what happens when no code is left, reservation."""

    columns = (
        "max_per_recipient", "max_per_day", "max_per_week", "max_per_month", "max_total",
        "on_exhaustion", "fallback_code", "reservation_minutes", "min_validity_days",
        "mails_waiting",
    )  # fmt: skip
    later = (
        "max_per_recipient", "max_per_day", "max_per_week", "max_per_month", "max_total",
        "mails_waiting",
    )  # fmt: skip
    show_when = {
        "fallback_code": "on_exhaustion=fallback_code",
        "mails_waiting": "on_exhaustion=waitlist",
    }

    max_per_recipient = forms.IntegerField(
        label="Codes for each person", min_value=1, max_value=MOST_PER_RECIPIENT,
        help_text="As long as the campaign runs.",
    )  # fmt: skip
    max_per_day = forms.IntegerField(label="A day", required=False, min_value=1, max_value=100)
    max_per_week = forms.IntegerField(label="A week", required=False, min_value=1, max_value=100)
    max_per_month = forms.IntegerField(label="A month", required=False, min_value=1, max_value=100)
    max_total = forms.IntegerField(
        label="In all", required=False, min_value=1, max_value=1_000_000_000,
        help_text="Empty is no cap.",
    )  # fmt: skip
    on_exhaustion = forms.ChoiceField(
        label="When no code is left", choices=OnExhaustion.choices, widget=forms.RadioSelect
    )
    fallback_code = forms.CharField(
        label="The code for everybody", required=False, max_length=255,
        help_text="Given to each person who qualifies while the lists are empty. Counted apart.",
    )  # fmt: skip
    mails_waiting = forms.BooleanField(
        label="Tell people by mail that they are on the list", required=False
    )
    reservation_minutes = forms.IntegerField(
        label="A reserved code is held for", min_value=1, max_value=LONGEST_HOLD,
        help_text="Minutes, up to 14 days (20,160).",
    )  # fmt: skip
    min_validity_days = forms.IntegerField(
        label="Days that a code must still be good", min_value=0, max_value=3_650,
        help_text="Codes that end sooner are passed over. With 0 any code is given.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_fallback = cleaned.get("on_exhaustion") == OnExhaustion.FALLBACK_CODE
        if is_fallback and not cleaned.get("fallback_code", "").strip():
            self.add_error("fallback_code", "Enter the code that everybody is given.")
        if not is_fallback and "fallback_code" in cleaned:
            cleaned["fallback_code"] = ""
        return cleaned


class WhenForm(StepForm):
    """Step 4: start and end, in the zone of the business."""

    columns = ("starts_at", "ends_at")
    later = ("ends_at",)

    starts_at = LocalDateTimeField(label="Starts", required=False)
    ends_at = LocalDateTimeField(label="Ends", required=False)

    def prepare(self) -> None:
        zone = self.campaign.business.time_zone
        empty = {
            "starts_at": "Empty is as soon as it is published.",
            "ends_at": "Empty is never. The moment itself is no longer in it.",
        }
        for name, words in empty.items():
            label = str(self.fields[name].label)
            self.fields[name] = LocalDateTimeField(
                label=label, required=False, zone=zone, help_text=words
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end and end < start + timedelta(minutes=1):
            self.add_error("ends_at", "Choose a moment after the start.")
        return cleaned


class MessageForm(StepForm):
    """Step 5: how the code arrives, and the mail."""

    columns = ("code_in_mail", "mail_subject", "mail_body")
    later = columns
    show_when = {
        "mail_subject": "code_in_mail=code|reveal",
        "mail_body": "code_in_mail=code|reveal",
    }

    code_in_mail = forms.ChoiceField(
        label="How the code arrives", choices=DELIVERIES, widget=forms.RadioSelect
    )
    mail_subject = forms.CharField(
        label="Subject", max_length=150, required=False,
        widget=forms.TextInput({"data-tag-target": ""}),
    )  # fmt: skip
    mail_body = forms.CharField(
        label="Text", max_length=10_000, required=False,
        widget=forms.Textarea({"rows": 14, "data-tag-target": ""}),
        help_text="Leave both empty for the usual mail.",
    )  # fmt: skip

    def initial_of(self, campaign: Campaign) -> dict[str, Any]:
        subject, body = default_message(campaign.code_in_mail)
        return {
            "mail_subject": campaign.mail_subject or subject,
            "mail_body": campaign.mail_body or body,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        choice = cleaned.get("code_in_mail", "")
        if choice == CodeInMail.NONE:
            return cleaned
        subject, body = self._texts(cleaned, choice)
        for problem in messages.check(subject, body, choice):
            name = "mail_subject" if problem.part == "subject" else "mail_body"
            self.add_error(name, str(problem))
        return cleaned

    def typed(self) -> Campaign:
        """Return the campaign with the texts as typed, so that the preview says what is wrong."""
        found = super().typed()
        for name in ("mail_subject", "mail_body"):
            if self.is_bound and name not in self.cleaned_data:
                setattr(found, name, self.data.get(name, "").replace("\r\n", "\n"))
        return found

    def _texts(self, cleaned: dict[str, Any], choice: str) -> tuple[str, str]:
        """Return the mail; a usual one that was left as it is follows the choice of its delivery."""
        subject, body = cleaned.get("mail_subject", ""), cleaned.get("mail_body", "")
        body = body.replace("\r\n", "\n")
        usual = {default_message(one)[1] for one in (CodeInMail.CODE, CodeInMail.REVEAL)}
        own_subject, own_body = default_message(choice)
        if not body.strip() or body in usual:
            body = own_body
        cleaned["mail_body"] = body
        cleaned["mail_subject"] = subject or own_subject
        return cleaned["mail_subject"], body


FORMS: dict[str, type[StepForm]] = {
    "start": StartForm,
    "what": LimitsForm,
    "when": WhenForm,
    "message": MessageForm,
}


class WhoForm(StepForm):
    """Step 2 has no columns of its own: the tree and the purchase's conditions stand beside it."""


FORMS["who"] = WhoForm
