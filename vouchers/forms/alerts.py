"""Thresholds of lists, the settings of a business, and what is done with an alert (vouchers.md 7.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.forms import VersionedForm
from vouchers.services.alerts import LONGEST_SNOOZE

MOST_ADDRESSES = 20
MOST_DAYS = 5
LONGEST = 365


class CommaField(forms.CharField):
    """Entries between commas, cleaned to a list without blanks and repetitions."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(one) for one in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Any]:
        text = str(super().clean(value)).replace(";", ",").replace("\n", ",")
        parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if len(parts) > self.most:
            raise ValidationError(f"At most {self.most} entries.", code="too_many")
        return [self.entry(part) for part in parts]

    def entry(self, text: str) -> Any:
        """Return one entry, or raise `ValidationError`."""
        return text


class AddressesField(CommaField):
    """E-mail addresses between commas."""

    def entry(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValidationError(f"“{text}” is no e-mail address.", code="address") from error
        return text.lower()


class DaysField(CommaField):
    """Numbers of days between commas, the longest first."""

    def clean(self, value: Any) -> list[int]:
        return sorted(super().clean(value), reverse=True)

    def entry(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LONGEST):
            raise ValidationError(f"“{text}” is no number of days from 1 to {LONGEST}.", code="day")
        return int(text)


class ThresholdsForm(VersionedForm):
    """When to warn, and whom; a field left empty is off. Used by lists and by the settings."""

    mark_optional = False
    warn_used_percent = forms.IntegerField(
        label="When so many percent are used", required=False, min_value=1, max_value=100,
        help_text="Distributed codes of all uploaded ones. 80 by default.",
    )  # fmt: skip
    warn_remaining = forms.IntegerField(
        label="When so few codes remain", required=False, min_value=0, max_value=1_000_000
    )
    warn_days_left = forms.IntegerField(
        label="When the codes last so many days", required=False, min_value=1, max_value=LONGEST,
        help_text="At the rate of the last seven days.",
    )  # fmt: skip
    warn_days_to_expiry = DaysField(
        label="So many days before the list expires", required=False, most=MOST_DAYS,
        max_length=60, help_text="Several with commas between: 14, 3",
    )  # fmt: skip
    warn_waiting = forms.IntegerField(
        label="When so many people wait", required=False, min_value=1, max_value=1_000_000
    )
    warn_addresses = AddressesField(
        label="Write to these addresses as well", required=False, most=MOST_ADDRESSES,
        max_length=2_000, help_text="With commas between. Whoever made the list is written to"
        " anyway.",
    )  # fmt: skip

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Return what the form shows of a list or of the settings."""
        names = [name for name in cls.base_fields if name.startswith("warn_")]
        return {name: getattr(row, name) for name in names} | {"version": row.version}

    def thresholds(self) -> dict[str, Any]:
        """Return the cleaned thresholds by the names of the columns."""
        return {
            name: value for name, value in self.cleaned_data.items() if name.startswith("warn_")
        }


class SettingsForm(ThresholdsForm):
    """What new lists begin with, and whether tags of addresses tell people apart."""

    ignores_plus_tags = forms.BooleanField(
        label="Ignore +tags of e-mail addresses",
        required=False,
        help_text="Then ann+shop@example.com is the same person as ann@example.com, and has one"
        " allowance. It holds from now on; mails still go to the address as it was given.",
    )
    for_all_lists = forms.BooleanField(
        label="Set these thresholds on every list there is",
        required=False,
        help_text="Otherwise they hold for lists made from now on. Archived lists stay as they are.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "warn_addresses"
        ].help_text = (
            "With commas between. They hear of the alerts of every list, besides its own addresses."
        )

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        return {**super().initial_of(row), "ignores_plus_tags": row.ignores_plus_tags}

    def values(self) -> dict[str, Any]:
        """Return the cleaned settings by the names of the columns."""
        return {
            **self.thresholds(),
            "ignores_plus_tags": self.cleaned_data["ignores_plus_tags"],
        }


class SnoozeForm(forms.Form):
    """How long nobody wants to hear of an alert."""

    days = forms.IntegerField(
        label="Days", min_value=1, max_value=LONGEST_SNOOZE, initial=7,
        help_text=f"1 to {LONGEST_SNOOZE}. The alert stays open; nobody is mailed meanwhile.",
    )  # fmt: skip
