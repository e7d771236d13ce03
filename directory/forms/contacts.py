"""The forms of a contact: the person, and rows of typed e-mails, phones and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django_countries import countries

from directory import people
from directory.choices import AddressType, EmailType, Gender, PhoneType
from directory.forms.fields import TagsField
from directory.models import Contact
from directory.people import Unreadable, YearDay
from directory.services.contacts import ContactData, EmailData, PhoneData

MONTHS = [(str(number), name) for number, name in Locale("en").months["format"]["wide"].items()]
LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "el",
    "sv",
    "da",
    "fi",
    "cs",
    "ro",
    "tr",
)
# The columns of an address that most people need; the rest stands behind "More".
PLAIN_ADDRESS = ("address_line_1", "address_line_2", "postal_code", "town", "country")
MORE_ADDRESS = (
    "street_name",
    "street_number",
    "floor",
    "apartment_number",
    "care_of",
    "area",
    "district",
    "municipality",
    "state_province_county",
    "po_box",
    "po_box_postal_code",
)


@cache
def language_choices() -> list[tuple[str, str]]:
    names = Locale("en").languages
    return [("", "Not known"), *((code, names[code]) for code in LANGUAGES)]


def country_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((country.code, country.name) for country in countries)]


class ContactForm(forms.Form):
    """Who a person is; the rows beside it say how to reach them."""

    first_name = forms.CharField(label="First name", required=False, max_length=80)
    middle_name = forms.CharField(label="Middle name", required=False, max_length=80)
    last_name = forms.CharField(label="Last name", required=False, max_length=80)
    gender = forms.ChoiceField(
        label="Gender", required=False, choices=[("", "Not known"), *Gender.choices]
    )
    language = forms.ChoiceField(label="Language", required=False, choices=language_choices)
    birth_day = forms.IntegerField(label="Day of birth", required=False, min_value=1, max_value=31)
    birth_month = forms.ChoiceField(
        label="Month of birth", required=False, choices=[("", "–"), *MONTHS]
    )
    birth_year = forms.IntegerField(
        label="Year of birth",
        required=False,
        min_value=1900,
        max_value=2100,
        help_text="May stay empty: day and month are enough for a birthday offer.",
    )
    name_day_day = forms.IntegerField(
        label="Day of the name day", required=False, min_value=1, max_value=31
    )
    name_day_month = forms.ChoiceField(
        label="Month of the name day", required=False, choices=[("", "–"), *MONTHS]
    )
    tags = TagsField(
        label="Tags",
        required=False,
        max_length=900,
        help_text="Between commas: regular, newsletter",
    )
    notes = forms.CharField(
        label="Notes",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Seen by your team only.",
    )
    marketing_consent = forms.BooleanField(
        label="Agreed to receive marketing messages", required=False
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["born"] = self._day("birth", data)
        data["name_day"] = self._day("name_day", data)
        return data

    def _day(self, prefix: str, data: Mapping[str, Any]) -> YearDay | None:
        """Read day, month and year of one date; what is wrong with it stands at its day."""
        month = data.get(f"{prefix}_month") or None
        try:
            return people.checked_day(
                day=data.get(f"{prefix}_day"),
                month=int(month) if month else None,
                year=data.get(f"{prefix}_year"),
            )
        except Unreadable as error:
            self.add_error(f"{prefix}_day", str(error))
            return None


class EmailRow(forms.Form):
    type = forms.ChoiceField(label="Kind", choices=EmailType.choices)
    address = forms.EmailField(label="E-mail address", required=False, max_length=254)
    is_primary = forms.BooleanField(label="Main address", required=False)


class PhoneRow(forms.Form):
    type = forms.ChoiceField(label="Kind", choices=PhoneType.choices)
    number = forms.CharField(
        label="Phone number",
        required=False,
        max_length=30,
        help_text="With country code, for example +44 7700 900123.",
    )
    notes = forms.CharField(label="Remark", required=False, max_length=200)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if number and people.digit_count(number) < 5:
            raise ValidationError("A phone number has at least 5 digits.", code="too_short")
        return number


class AddressRow(forms.Form):
    type = forms.ChoiceField(label="Kind", choices=AddressType.choices)
    country = forms.ChoiceField(label="Country", required=False, choices=country_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {field.name: field for field in _address_columns()}
        for name in (*PLAIN_ADDRESS, *MORE_ADDRESS):
            if name not in self.fields:
                label = str(columns[name].verbose_name).capitalize()
                self.fields[name] = forms.CharField(
                    label=label, required=False, max_length=columns[name].max_length
                )
        self.order_fields(["type", *PLAIN_ADDRESS, *MORE_ADDRESS])

    def plain(self) -> list[Any]:
        return [self[name] for name in PLAIN_ADDRESS]

    def more(self) -> list[Any]:
        return [self[name] for name in MORE_ADDRESS]


def _address_columns() -> list[Any]:
    from directory.models import ContactAddress

    return list(ContactAddress._meta.concrete_fields)


ROWS: dict[str, tuple[type[forms.Form], type[Any]]] = {
    "emails": (EmailRow, EmailType),
    "phones": (PhoneRow, PhoneType),
    "addresses": (AddressRow, AddressType),
}
IDENTITY = {"emails": "address", "phones": "number"}


class ContactForms:
    """The contact's form and its three sets of rows, handled as one.

    Each set shows at least one row; the buttons named `add` ask for one more, which works without
    script: the page comes back with what was typed and a row more.
    """

    def __init__(self, data: QueryDict | None, *, contact: Contact | None = None) -> None:
        self.wants_row = data.get("add", "") if data is not None else ""
        if data is not None and self.wants_row in ROWS:
            data = _with_one_more(data, self.wants_row)
        self.person = ContactForm(data, initial=_initial(contact))
        self.sets: dict[str, BaseFormSet[Any]] = {
            name: _rows(name)(data, prefix=name, initial=_initial_rows(contact, name))
            for name in ROWS
        }
        for formset in self.sets.values():
            # Rows stand in a set of their own; what is empty in them is simply not there.
            for form in formset:
                form.mark_optional = False

    @property
    def emails(self) -> BaseFormSet[Any]:
        return self.sets["emails"]

    @property
    def phones(self) -> BaseFormSet[Any]:
        return self.sets["phones"]

    @property
    def addresses(self) -> BaseFormSet[Any]:
        return self.sets["addresses"]

    @property
    def all(self) -> list[forms.Form]:
        """Every form on the page, for the error summary."""
        return [self.person, *(form for formset in self.sets.values() for form in formset)]

    def is_valid(self) -> bool:
        """Tell whether everything can be saved; asking for one more row is not saving."""
        parts = [self.person.is_valid(), *(formset.is_valid() for formset in self.sets.values())]
        return all(parts) and not self.wants_row and self._types_differ()

    def _types_differ(self) -> bool:
        """Refuse two rows of one type at the second of them (rewards-classic.md 1.6)."""
        fine = True
        for name, formset in self.sets.items():
            seen: set[str] = set()
            for form in formset:
                kind = form.cleaned_data.get("type", "")
                if not _filled(name, form.cleaned_data):
                    continue
                if kind in seen:
                    form.add_error("type", "This kind stands above already. Choose another.")
                    fine = False
                seen.add(kind)
        return fine

    def data(self) -> ContactData:
        """Return the cleaned contact as the service takes it."""
        person = self.person.cleaned_data
        names = ("first_name", "middle_name", "last_name", "gender", "language", "tags", "notes")
        return ContactData(
            **{name: person[name] for name in names},
            born=person["born"],
            name_day=person["name_day"],
            marketing_consent=person["marketing_consent"],
            emails=[
                EmailData(address=row["address"], type=row["type"], is_primary=row["is_primary"])
                for row in self._filled_rows("emails")
            ],
            phones=[
                PhoneData(number=row["number"], type=row["type"], notes=row["notes"])
                for row in self._filled_rows("phones")
            ],
            addresses=self._filled_rows("addresses"),
        )

    def _filled_rows(self, name: str) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.sets[name] if form.cleaned_data]
        return [row for row in rows if _filled(name, row)]


def _filled(name: str, row: Mapping[str, Any]) -> bool:
    if name in IDENTITY:
        return bool(row.get(IDENTITY[name]))
    return any(value for key, value in row.items() if key != "type")


@cache
def _rows(name: str) -> type[BaseFormSet[Any]]:
    form, kinds = ROWS[name]
    most = len(kinds.choices)
    return formset_factory(form, extra=0, max_num=most, absolute_max=most, validate_max=True)


def _with_one_more(data: QueryDict, name: str) -> QueryDict:
    """Return the data with one empty row more in that set, of a type that is still free."""
    changed = data.copy()
    typed = changed.get(f"{name}-TOTAL_FORMS", "")
    total = int(typed) if typed.isdecimal() else 0
    taken = {changed.get(f"{name}-{place}-type") for place in range(total)}
    free = [kind for kind in ROWS[name][1].values if kind not in taken]
    changed[f"{name}-TOTAL_FORMS"] = str(total + 1)
    changed[f"{name}-{total}-type"] = free[0] if free else ""
    return changed


def _initial(contact: Contact | None) -> dict[str, Any]:
    if contact is None:
        return {}
    names = [name for name in ContactForm.base_fields if hasattr(contact, name)]
    return {
        **{name: getattr(contact, name) for name in names},
        "marketing_consent": contact.marketing_consent_at is not None,
    }


def _initial_rows(contact: Contact | None, name: str) -> list[dict[str, Any]]:
    """Return what stands in the set, or one empty row of the first type."""
    rows = [] if contact is None else [_values(row) for row in getattr(contact, name).all()]
    return rows or [{"type": ROWS[name][1].values[0]}]


def _values(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}
