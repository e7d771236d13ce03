"""Passes of an offer: one code for all, many drawn codes, own codes, or one for each contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.errors import NotFound
from core.forms import LocalDateTimeField
from directory.models import Contact
from directory.selectors.contact_references import contact_by
from directory.selectors.segments import segments_listed
from rewards.forms.schemes import CodesForm
from rewards.models import RewardOffer
from rewards.services.passes import MOST_AT_ONCE, PassData

KINDS = (
    ("one", "One code of your own, for everybody or for one contact"),
    ("many", "Many codes, drawn at random"),
    ("segment", "One for each contact of a segment"),
    ("import", "A list of your own codes"),
)


class PassForm(CodesForm):
    """Which passes to make, how often each may be used, and when."""

    show_when = {
        "code": "kind=one",
        "contact": "kind=one",
        "count": "kind=many",
        "segment": "kind=segment",
        "codes": "kind=import",
        "file": "kind=import",
    }
    kind = forms.ChoiceField(
        label="What to make", choices=KINDS, widget=forms.RadioSelect, initial="one"
    )
    code = forms.CharField(
        label="Code", max_length=40, required=False, help_text="Empty: one is drawn."
    )
    contact = forms.CharField(
        label="For this contact alone", max_length=254, required=False,
        help_text="E-mail, phone or code; empty: for anybody.",
    )  # fmt: skip
    count = forms.IntegerField(
        label="How many", required=False, min_value=1, max_value=MOST_AT_ONCE
    )
    segment = forms.TypedChoiceField(label="Segment", coerce=int, empty_value=None, required=False)
    max_usage = forms.IntegerField(
        label="How often each may be used", min_value=1, max_value=1_000_000, initial=1
    )

    def __init__(self, *args: Any, offer: RewardOffer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        zone = offer.business.time_zone
        self.fields["valid_from"] = LocalDateTimeField(
            label="Valid from", zone=zone, required=False, help_text="Empty: at once."
        )
        self.fields["valid_to"] = LocalDateTimeField(
            label="Valid to (excluded)", zone=zone, required=False, help_text="Empty: no end."
        )
        rows = segments_listed(business=offer.business).order_by("name", "pk")
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose a segment"), *((row.pk, row.name) for row in rows)]
        self.order_fields(["kind", "code", "contact", "count", "segment", "codes", "file"])

    def clean_contact(self) -> Contact | None:
        value = self.cleaned_data["contact"].strip()
        if not value or self.data.get("kind") != "one":
            return None
        try:
            return contact_by(business=self.offer.business, kind="cim", value=value)
        except NotFound as error:
            raise ValidationError("No contact has this e-mail, phone or code.") from error

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind needs; the rest does not matter."""
        kind = self.cleaned_data.get("kind")
        if kind == "import":
            return super().clean()
        needed = {"many": ("count", "Say how many."), "segment": ("segment", "Choose a segment.")}
        if kind in needed:
            name, words = needed[kind]
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return self.cleaned_data

    def data_for_service(self, code: str = "") -> PassData:
        """Return a pass as the service takes it."""
        of = self.cleaned_data
        return PassData(
            code=code,
            contact=of.get("contact"),
            max_usage=of["max_usage"],
            valid_from=of["valid_from"],
            valid_to=of["valid_to"],
        )
