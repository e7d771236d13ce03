"""What every step of the wizard is: a form over a part of one offer (rewards.md 2.12).

A step reads the offer as `OfferData`, shows its own part, and gives the whole back with that part
changed. So each step saves alone, and what the others hold stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from core.errors import DomainError
from directory.models import Organisation
from rewards.models import RewardOffer
from rewards.services.offer_data import OfferData


class StepForm(forms.Form):
    """A step. Subclasses define fields, `initial_of` and `changed`."""

    # Where a refusal of the service names a part that this form has under another name.
    also: Mapping[str, str] = {}
    # Parameters of the address that choose a value of a field beforehand.
    suggestions: Mapping[str, str] = {}
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        offer: RewardOffer,
        data_now: OfferData,
        acting: Organisation,
        **kwargs: Any,
    ) -> None:
        self.offer, self.now, self.acting = offer, data_now, acting
        self.business = offer.business
        kwargs["initial"] = {**self.initial_of(data_now), "version": offer.version}
        super().__init__(*args, **kwargs)
        self.prepare()

    def initial_of(self, data: OfferData) -> dict[str, Any]:
        """Return what the form shows of the offer."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Fit the fields to the offer's type."""

    def changed(self, data: OfferData, cleaned: Mapping[str, Any]) -> OfferData:
        """Return the offer with what was entered; `cleaned` may lack what is wrong."""
        raise NotImplementedError

    def typed(self) -> OfferData:
        """Return the offer with what makes sense of what was typed so far, for the words beside it."""
        if not self.is_bound:
            return self.now
        self.is_valid()
        return self.changed(self.now, {**self.initial, **self.cleaned_data})

    def data_changed(self) -> OfferData:
        """Return the offer as it is to be saved; only after `is_valid`."""
        return self.changed(self.now, self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Put what the service refused at its fields, the rest on top of the form."""
        for name, text in (error.fields or {"": error.message}).items():
            own = self.also.get(name, name)
            self.add_error(own if own in self.fields else None, text)
