"""The fields of the condition editor: one form for all kinds but times, one for each row of times."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django_countries import countries

from core.calendar import occurrence
from core.money import Money, digits
from directory.models import Organisation
from events.conditions import MOST_SKUS, TimeRow, too_many_skus
from events.selectors import choices as selectors

PREFIX = "conditions"
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z|24:00\Z")
WEEKDAYS = [
    (number, name) for number, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
]
MONTHS = [("", "–")] + [(n, f"{date(2000, n, 1):%B}") for n in range(1, 13)]
LISTS = {
    "segments": ("segments",),
    "location": ("places", "countries"),
    "classification": ("classifications",),
    "products": ("categories", "types", "brands", "families", "skus"),
}
FIELDS = {
    **LISTS,
    "location": ("places", "countries", "towns", "tags"),
    "amount": ("least", "most"),
    "products": (*LISTS["products"], "min_quantity"),
}


class Chosen(forms.TypedMultipleChoiceField):
    """Several of a list, with a search box where the list is long."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        kwargs.setdefault("coerce", int)
        attrs = {"data-rich": "", "data-placeholder": "Type to search"}
        super().__init__(label=label, required=False, widget=forms.SelectMultiple(attrs), **kwargs)


class Words(forms.CharField):
    """Words between commas, cleaned to a list."""

    def clean(self, value: Any) -> list[str]:
        words = [word.strip() for word in super().clean(value).split(",")]
        return list(dict.fromkeys(word for word in words if word))


class ConditionForm(forms.Form):
    """Everything but the times."""

    mark_optional = False
    segments = Chosen("In one of these segments")
    places = Chosen("At these merchants and venues", coerce=str)
    countries = Chosen("In these countries", coerce=str)
    towns = Words(label="In these towns", required=False, help_text="With commas between them.")
    tags = Words(label="At places tagged", required=False, help_text="With commas between them.")
    classifications = Chosen("Classified as one of")
    least = forms.DecimalField(label="At least", required=False, min_value=0, max_digits=12)
    most = forms.DecimalField(label="At most", required=False, min_value=0, max_digits=12)
    categories = Chosen("Categories", help_text="Each stands for itself and everything below it.")
    types = Chosen("Types")
    brands = Chosen("Brands")
    families = Chosen("Families")
    skus = Chosen("Single products", help_text=f"At most {MOST_SKUS}; for more use a category.")
    min_quantity = forms.DecimalField(
        label="At least this many in all", required=False, initial=1, max_digits=9, decimal_places=3
    )

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        kinds: Collection[str],
        currency: str,
        acting: Organisation | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["prefix"] = PREFIX
        super().__init__(*args, **kwargs)
        self.currency = currency
        for kind, names in FIELDS.items():
            for name in names if kind not in kinds else ():
                del self.fields[name]
        self.labels = selectors.choices_for(business=business, kinds=kinds, acting=acting)
        for name, choices in self.labels.items():
            cast("Chosen", self.fields[name]).choices = choices
        if acting is not None and not acting.is_business:
            self.fields.pop("segments", None)
        if "countries" in self.fields:
            cast("Chosen", self.fields["countries"]).choices = [
                (one.code, one.name) for one in countries
            ]
        for name in ("least", "most"):
            if field := cast("Any", self.fields.get(name)):
                field.suffix, field.decimal_places = currency, digits(currency)

    def clean_skus(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["skus"]
        if count := too_many_skus(chosen):
            raise ValidationError(
                f"At most {MOST_SKUS} products; these are {count}. Use a category instead."
            )
        return chosen

    def clean_min_quantity(self) -> Decimal:
        quantity: Decimal | None = self.cleaned_data["min_quantity"]
        if quantity is not None and quantity <= 0:
            raise ValidationError("More than 0.")
        return quantity or Decimal(1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("least", "most"):
            if cleaned.get(name) is not None:
                try:
                    cleaned[name] = Money.of(cleaned[name], self.currency).minor
                except ValueError as error:
                    self.add_error(name, str(error))
        least, most = cleaned.get("least"), cleaned.get("most")
        if not self.errors and least is not None and most is not None and most < least:
            self.add_error("most", "The upper amount lies below the lower one.")
        return cleaned


class TimeForm(forms.Form):
    """One row of times; what is left empty does not restrict."""

    mark_optional = False
    weekdays = forms.TypedMultipleChoiceField(
        label="Days", choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    start = forms.CharField(label="From", required=False, max_length=5, help_text="15:00")
    end = forms.CharField(
        label="Until (excluded)", required=False, max_length=5, help_text="18:00, at most 24:00"
    )
    from_on = forms.DateField(
        label="First day", required=False, widget=forms.DateInput({"type": "date"})
    )
    last_on = forms.DateField(
        label="Last day (included)", required=False, widget=forms.DateInput({"type": "date"})
    )
    year_day = forms.IntegerField(label="Day", required=False, min_value=1, max_value=31)
    year_month = forms.TypedChoiceField(
        label="Month", required=False, choices=MONTHS, coerce=int, empty_value=None
    )
    year_last_day = forms.IntegerField(label="Day", required=False, min_value=1, max_value=31)
    year_last_month = forms.TypedChoiceField(
        label="Month", required=False, choices=MONTHS, coerce=int, empty_value=None
    )

    @property
    def has_dates(self) -> bool:
        """Whether any of the rarer questions is answered, so that they stand open."""
        names = ("from_on", "last_on", "year_day", "year_month", "year_last_day", "year_last_month")
        return any(self[name].value() or self[name].errors for name in names)

    def clean_start(self) -> int | None:
        minute = _minute(self.cleaned_data["start"])
        if minute == 1440:
            raise ValidationError("A day starts at 00:00.")
        return minute

    def clean_end(self) -> int | None:
        return _minute(self.cleaned_data["end"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if (cleaned["start"] is None) != (cleaned["end"] is None):
            self.add_error("end" if cleaned["end"] is None else "start", "Give both times.")
        if cleaned["from_on"] and cleaned["last_on"] and cleaned["last_on"] < cleaned["from_on"]:
            self.add_error("last_on", "The last day comes before the first one.")
        cleaned["yearly"] = self._yearly(cleaned)
        return cleaned

    def _yearly(self, cleaned: Mapping[str, Any]) -> tuple[Any, Any]:
        names = ("year_month", "year_day", "year_last_month", "year_last_day")
        values = [cleaned[name] for name in names]
        if all(value is None for value in values):
            return None, None
        if any(value is None for value in values):
            self.add_error("year_day", "Give day and month of both ends.")
            return None, None
        first, last = (values[0], values[1]), (values[2], values[3])
        for name, (month, day) in (("year_day", first), ("year_last_day", last)):
            if occurrence(month=month, day=day, year=2000).day != day:
                self.add_error(name, "There is no such day.")
        return first, last

    def row(self) -> TimeRow:
        """Return the cleaned row."""
        cleaned = self.cleaned_data
        first, last = cleaned["yearly"]
        return TimeRow(
            weekdays=frozenset(cleaned["weekdays"]),
            start_minute=cleaned["start"] or 0,
            end_minute=1440 if cleaned["end"] is None else cleaned["end"],
            from_on=cleaned["from_on"],
            to_on=cleaned["last_on"] and cleaned["last_on"] + timedelta(days=1),
            yearly_from=first,
            yearly_to=last,
        )


def _minute(text: str) -> int | None:
    """Read "15:00" as a minute of the day; "24:00" is its end."""
    text = text.strip()
    if not text:
        return None
    if not CLOCK.match(text):
        raise ValidationError("Write the time like 15:00.")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
