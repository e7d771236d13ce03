"""What every leaf of a campaign's condition has as a form: its kind, and whether it is turned round."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from directory.models import Organisation
from vouchers.choices import LeafKind
from vouchers.models import CampaignLeaf
from vouchers.services.campaign_rules import LeafData

Choices = list[tuple[Any, str]]


class LeafForm(forms.Form):
    """A leaf. Subclasses define the fields of their kind, `initial_of` and `terms`."""

    mark_optional = False
    title = ""
    # Its fields that hold several values.
    several: ClassVar[frozenset[str]] = frozenset()
    kind = forms.CharField(widget=forms.HiddenInput)
    is_negated = forms.BooleanField(
        label="Turn it round: people of whom this is not true", required=False
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        self.prepare()
        self.order_fields(
            ["kind", *(name for name in self.fields if name not in ("kind", "is_negated"))]
        )

    def prepare(self) -> None:
        """Fill the fields with what the business has to choose from."""

    def questions(self) -> list[Any]:
        """Return the fields of the kind itself."""
        return [self[name] for name in self.fields if name not in ("kind", "is_negated")]

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        """Return what the form shows of a stored leaf."""
        return {}

    def terms(self) -> LeafData:
        """Return the leaf as it was entered; only after `is_valid`."""
        raise NotImplementedError

    def made(self, kind: LeafKind, **values: Any) -> LeafData:
        return LeafData(kind=kind, is_negated=self.cleaned_data["is_negated"], **values)

    def choose(self, name: str, choices: Choices, empty: str = "") -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *choices] if empty else choices
