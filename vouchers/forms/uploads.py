"""The forms of uploads and of the generator (vouchers.md 4.5, 9.5)."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from core.forms import LocalDateTimeField
from vouchers.choices import BatchMode, HeaderMode
from vouchers.forms.alerts import MOST_ADDRESSES, AddressesField
from vouchers.generating import BLOCKED, READABLE, SETS, Recipe

SET_CHOICES = [
    ("readable", f"Readable: {READABLE}"),
    ("alphanumeric", "A to Z and 0 to 9"),
    ("letters", "A to Z"),
    ("digits", "0 to 9"),
    ("hex", "0 to 9 and A to F"),
    ("own", "My own characters"),
]
SHAPES = [("pattern", "A pattern"), ("parts", "Beginning, random part, end")]


class UploadForm(forms.Form):
    """A file of codes and how it is taken."""

    file = forms.FileField(
        label="File of codes",
        help_text="One code a line, as .csv or .txt, up to 50 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )
    mode = forms.ChoiceField(
        label="If lines are refused",
        choices=BatchMode.choices,
        initial=BatchMode.PARTIAL,
        widget=forms.RadioSelect,
    )
    header = forms.ChoiceField(
        label="Heading in the first line",
        choices=HeaderMode.choices,
        initial=HeaderMode.AUTO,
        widget=forms.RadioSelect,
    )
    is_damage_accepted = forms.BooleanField(
        label="These codes are correct, even where they look like 1.23E+12", required=False
    )

    told_addresses = AddressesField(
        label="Tell these addresses what came of it",
        required=False,
        most=MOST_ADDRESSES,
        max_length=2_000,
        help_text="With commas between. You are told anyway.",
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redeem_until"] = _until(zone)


class AgainForm(forms.Form):
    """Other answers for a file that was checked already."""

    is_damage_accepted = forms.BooleanField(
        label="These codes are correct, even where they look like 1.23E+12", required=False
    )
    issued_before_reason = forms.CharField(
        label="Why codes that somebody was given before may come again",
        required=False,
        max_length=300,
        help_text="Kept with your name. Left empty, such codes are refused.",
    )


class GenerateForm(forms.Form):
    """How codes are drawn."""

    mark_optional = False
    show_when = {
        "pattern": "shape=pattern",
        "beginning": "shape=parts",
        "length": "shape=parts",
        "ending": "shape=parts",
        "own": "signs=own",
    }
    quantity = forms.IntegerField(label="How many codes", min_value=1, max_value=1_000_000)
    shape = forms.ChoiceField(
        label="What a code looks like", choices=SHAPES, initial="pattern", widget=forms.RadioSelect
    )
    pattern = forms.CharField(
        label="Pattern",
        required=False,
        initial="HOLI-####-####",
        max_length=255,
        help_text="Every # becomes a random character; everything else stays as it is.",
    )
    beginning = forms.CharField(label="Beginning", required=False, max_length=100)
    length = forms.IntegerField(
        label="Random characters", required=False, initial=8, min_value=1, max_value=100
    )
    ending = forms.CharField(label="End", required=False, max_length=100)
    signs = forms.ChoiceField(label="Random characters from", choices=SET_CHOICES)
    own = forms.CharField(label="My own characters", required=False, max_length=90)
    has_check = forms.BooleanField(
        label="Add a check character",
        required=False,
        help_text="The last one, by which a till notices a typing error.",
    )
    blocked = forms.CharField(
        label="Words that no code contains",
        required=False,
        initial=", ".join(BLOCKED),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redeem_until"] = _until(zone)

    def recipe(self) -> Recipe:
        """Return what is asked for; call it on a valid form."""
        data = self.cleaned_data
        pattern = data["pattern"].strip()
        if data["shape"] == "parts":
            ends = [data[name].strip().replace("#", "") for name in ("beginning", "ending")]
            pattern = ends[0] + "#" * (data["length"] or 8) + ends[1]
        signs = SETS.get(data["signs"]) or "".join(dict.fromkeys(data["own"]))
        words = re.split(r"[\s,;]+", data["blocked"].upper())
        return Recipe(
            pattern=pattern,
            signs=signs,
            quantity=data["quantity"],
            has_check=data["has_check"],
            blocked=tuple(dict.fromkeys(word for word in words if word)),
        )


def _until(zone: str) -> LocalDateTimeField:
    return LocalDateTimeField(
        label="These codes are good until",
        zone=zone,
        required=False,
        help_text="For this upload only. Empty: as the list says.",
    )
