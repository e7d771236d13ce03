"""A new voucher list, its editing, and what is asked before acts on lists and codes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from core.forms import LocalDateTimeField
from directory.models import Organisation
from vouchers.choices import (
    AssignmentOrder,
    BatchMode,
    CampaignStatus,
    CodeCase,
    HeaderMode,
    RedeemRule,
    VoidReason,
)
from vouchers.forms.alerts import ThresholdsForm
from vouchers.models import Campaign, Partner, VoucherList
from vouchers.selectors import alerts as alert_selectors
from vouchers.selectors import lists as selectors
from vouchers.services.lists import ListData, ListEdit
from vouchers.services.reveals import BY_HAND
from vouchers.tags import normal_tag, tag_problem

END_OF_DAY = time(23, 59, 59)
LARGEST_FILE = 50 * 1024 * 1024


class PartnerChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A partner of the business that is in use."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (own engine)" if obj.kind == "internal" else str(obj.name)


class ListEditForm(forms.Form):
    """What may change of a list: name, description, expiry, and until when its codes are good."""

    show_when = {
        "redeem_until": "redeem_rule=fixed_date",
        "redeem_days": "redeem_rule=days_after_issue",
    }
    name = forms.CharField(
        label="List name", max_length=120, help_text="Stands in messages to recipients."
    )
    description = forms.CharField(
        label="Description", max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text="The conditions of use, shown to recipients.",
    )  # fmt: skip
    expires_on = forms.DateField(
        label="Expires on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    expires_time = forms.TimeField(
        label="At", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    redeem_rule = forms.ChoiceField(
        label="A code that was given out is good", choices=RedeemRule.choices,
        widget=forms.RadioSelect, initial=RedeemRule.SAME_AS_LIST,
    )  # fmt: skip
    redeem_days = forms.IntegerField(label="Days", required=False, min_value=1, max_value=3650)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        voucher_list: VoucherList | None = None,
        **kwargs: Any,
    ) -> None:
        self.business, self.voucher_list = business, voucher_list
        if voucher_list is not None:
            kwargs["initial"] = self.initial_of(voucher_list)
        super().__init__(*args, **kwargs)
        self.fields["redeem_until"] = LocalDateTimeField(
            label="Good until", required=False, zone=business.time_zone
        )
        self.fields[
            "expires_time"
        ].help_text = (
            f"Empty is the end of that day. Time zone: {business.time_zone}, 24-hour clock."
        )

    def initial_of(self, row: VoucherList) -> dict[str, Any]:
        """Return what the form shows of a list."""
        end = row.expires_at.astimezone(ZoneInfo(self.business.time_zone))
        is_end_of_day = end.time().replace(microsecond=0) == END_OF_DAY
        names = ("name", "description", "redeem_rule", "redeem_until", "redeem_days", "version")
        return {name: getattr(row, name) for name in names} | {
            "expires_on": end.date(),
            "expires_time": None if is_end_of_day else end.time(),
        }

    def expires_at(self) -> datetime:
        """Return the expiry: date and time in the business's zone, by default the day's last second."""
        day: date = self.cleaned_data["expires_on"]
        at = self.cleaned_data["expires_time"] or END_OF_DAY
        typed = datetime.combine(day, at, tzinfo=ZoneInfo(self.business.time_zone))
        row = self.voucher_list
        # The form shows whole minutes; what was not touched stays exactly as it was.
        if (
            row is not None
            and "expires_on" not in self.changed_data
            and ("expires_time" not in self.changed_data)
        ):
            return row.expires_at
        return typed

    def edit_for_service(self) -> ListEdit:
        """Return what may change as the service takes it."""
        return ListEdit(**self._edited())

    def _edited(self) -> dict[str, Any]:
        of = self.cleaned_data
        rule = of["redeem_rule"]
        return {
            "name": of["name"],
            "description": of["description"],
            "expires_at": self.expires_at(),
            "redeem_rule": rule,
            "redeem_until": of["redeem_until"] if rule == RedeemRule.FIXED_DATE else None,
            "redeem_days": of["redeem_days"] if rule == RedeemRule.DAYS_AFTER_ISSUE else None,
        }


class ListForm(ListEditForm):
    """A new list. The file is optional; what is rarely changed stands folded away."""

    partner = PartnerChoice(
        label="Partner",
        queryset=Partner.objects.none(),
        widget=forms.Select({"data-rich": "", "data-placeholder": "Choose a partner"}),
    )
    list_tag = forms.CharField(
        label="List tag", max_length=200,
        help_text="2 to 64 characters without spaces, such as summer-2027. It never changes.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label="File of codes", required=False, max_length=200,
        widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}),
        help_text="CSV or text, one code a line, at most 50 MB. You can upload codes later as well.",
    )  # fmt: skip
    kept = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    mode = forms.ChoiceField(
        label="Upload", choices=BatchMode.choices, initial=BatchMode.PARTIAL,
        widget=forms.RadioSelect,
    )  # fmt: skip
    header = forms.ChoiceField(label="Heading", choices=HeaderMode.choices, initial=HeaderMode.AUTO)
    code_case = forms.ChoiceField(
        label="Upper and lower case", choices=CodeCase.choices, initial=CodeCase.EXACT,
        widget=forms.RadioSelect, help_text="Fixed once the list is made.",
    )  # fmt: skip
    code_min_length = forms.IntegerField(
        label="Shortest code", min_value=1, max_value=255, initial=2
    )
    code_max_length = forms.IntegerField(
        label="Longest code", min_value=1, max_value=255, initial=255
    )
    assignment_order = forms.ChoiceField(
        label="Codes are given out", choices=AssignmentOrder.choices,
        initial=AssignmentOrder.SEQUENTIAL, widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(
        self, *args: Any, business: Organisation, partner: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, business=business, initial={"partner": partner}, **kwargs)
        self.advanced = ThresholdFields(
            *args,
            initial=ThresholdFields.initial_of(alert_selectors.settings_of(business=business)),
        )
        field: Any = self.fields["partner"]
        field.queryset = (
            selectors.partners_of(business=business).filter(is_active=True).order_by("name")
        )

    def clean_list_tag(self) -> str:
        tag = normal_tag(self.cleaned_data["list_tag"])
        if problem := tag_problem(tag):
            raise forms.ValidationError(problem)
        return tag

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 50 MB. Split it in two.")
        return file

    def is_valid(self) -> bool:
        """Judge the thresholds as well, which are a form of their own."""
        return self.advanced.is_valid() & super().is_valid()

    def offer_kept(self, word: str, name: str) -> None:
        """Say that the file of this form is kept: it need not be chosen again."""
        sent = cast("QueryDict", self.data).copy()
        sent["kept"] = word
        self.data = sent
        # The bound field took its words over when the form was judged.
        self["file"].help_text = f"“{name}” is kept for an hour. Choose another to replace it."

    def data_for_service(self) -> ListData:
        """Return the list as the service takes it."""
        of = self.cleaned_data
        return ListData(
            **self._edited(),
            list_tag=of["list_tag"],
            code_case=of["code_case"],
            code_min_length=of["code_min_length"],
            code_max_length=of["code_max_length"],
            assignment_order=of["assignment_order"],
            thresholds=self.advanced.thresholds(),
        )


class ThresholdFields(ThresholdsForm):
    """The thresholds inside the form of a new list, which has no version yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]


class ArchiveForm(forms.Form):
    """The list tag, typed to confirm."""

    tag = forms.CharField(
        label="Type the list tag to confirm",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    status = forms.CharField(widget=forms.HiddenInput, required=False)


class LinkForm(forms.Form):
    """A campaign that takes codes from the list from now on."""

    campaign = forms.ModelChoiceField(
        label="Campaign",
        queryset=Campaign.objects.none(),
        widget=forms.Select({"data-rich": "", "data-placeholder": "Choose a campaign"}),
    )
    quota = forms.IntegerField(
        label="At most so many codes", required=False, min_value=1, max_value=1_000_000,
        help_text="Keeps this campaign from emptying a list that others use too.",
    )  # fmt: skip

    def __init__(self, *args: Any, voucher_list: VoucherList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        over = (CampaignStatus.ENDED, CampaignStatus.ARCHIVED)
        linked = voucher_list.mappings.filter(removed_at__isnull=True).values("campaign")
        field: Any = self.fields["campaign"]
        field.queryset = (
            Campaign.objects.filter(business=voucher_list.business)
            .exclude(status__in=over)
            .exclude(pk__in=linked)
            .order_by("name")
        )


class LookUpForm(forms.Form):
    """One whole code, sent in the body so that it stands in no address and no log."""

    code = forms.CharField(
        label="Look up a code",
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class RevealForm(forms.Form):
    """Why somebody looks at a whole code."""

    reason = forms.CharField(
        label="Why do you need to see it?", max_length=200, help_text="Kept with your name."
    )


# How somebody says it who makes a code void, where that differs from what is kept.
WHY = {VoidReason.LEAKED: "It got about before it was given out"}


class VoidForm(forms.Form):
    """Why a code must never be used."""

    reason = forms.ChoiceField(
        label="Reason", choices=[(one.value, WHY.get(one, str(one.label))) for one in BY_HAND],
        widget=forms.RadioSelect, initial="manual",
    )  # fmt: skip
    note = forms.CharField(label="In your words", max_length=200)
