"""The form of an offer: one page that makes drafts, sends, and edits (incentives.md 2.3, 2.4).

What is missing for sending is said by `services.offers.problems`, whose sentences are shown at the
fields. A draft may lack anything but its program, so no field but that is required here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from core.forms import LocalDateTimeField
from directory.models import Organisation
from incentives.forms.offer_fields import ORDER, OfferFields
from incentives.forms.promises import PROMISE_MATTERS, PromiseForm
from incentives.services.offers import DEFAULT_DAYS, OfferValues, problems
from incentives.terms import CURRENCY, Terms

RECIPIENT_FIELDS = ("recipient_email", "recipient_name", "member_addresses")


def default_expiry(at: datetime, delivery_method: str) -> datetime:
    """Return the suggested end: 7 days ahead for Email, 30 for a link, to the minute."""
    days = DEFAULT_DAYS.get(delivery_method, DEFAULT_DAYS["email"])
    return (at + timedelta(days=days)).replace(second=0, microsecond=0)


class OfferForm(PromiseForm, OfferFields):
    """An offer as its maker types it; see the module for what it checks and what not."""

    matters = PROMISE_MATTERS | {
        "recipient_email": ("offer_type", "single"),
        "recipient_name": ("offer_type", "single"),
        "member_addresses": ("offer_type", "group"),
        "show_on_program_page": ("delivery_method", "link"),
    }

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        at: datetime,
        sending: bool = False,
        locked: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, business=business, at=at, **kwargs)
        self.sending = sending
        self.fields["expires_at"] = LocalDateTimeField(
            label="Open until", zone=business.time_zone, required=False
        )
        self.fields["suggested_expiry"] = LocalDateTimeField(
            zone=business.time_zone,
            required=False,
            widget=forms.HiddenInput(),
        )
        suggestion = default_expiry(at, str(self.initial.get("delivery_method", "email")))
        self.initial.setdefault("expires_at", suggestion)
        self.initial.setdefault("suggested_expiry", suggestion.isoformat())
        for name in locked:
            self.fields[name].disabled = True
        self.order_fields(ORDER)
        self.narrow_incentive_types()

    @property
    def recipient_shows_when(self) -> str:
        """Return when the recipient's part shows, as `show_when` does for one field."""
        wrong = self.is_bound and any(name in self.errors for name in RECIPIENT_FIELDS)
        return "" if wrong else "delivery_method=email"

    def clean(self) -> dict[str, Any]:
        """Drop what does not apply, then hold the rest against the rules of sending."""
        self.drop_what_does_not_matter()
        if self.answer("delivery_method") == "link":
            for name in RECIPIENT_FIELDS:
                self.forget(name)
        self.refuse_members_of_single()
        if self.sending:
            self.add_problems(self.problems())
        self.sort_errors()
        return self.cleaned_data

    @property
    def known(self) -> dict[str, Any]:
        """What is known so far; addresses that an untouched form starts with come as a tuple."""
        known = super().known
        if self.is_bound:
            return known
        addresses = str(known["member_addresses"] or "").split()
        return known | {"member_addresses": tuple(addresses)}

    def values(self) -> OfferValues:
        """Return the offer as typed; what is missing or wrong is left empty."""
        cleaned = {name: value for name, value in self.known.items() if value is not None}
        members: tuple[str, ...] = cleaned.get("member_addresses") or ()
        return OfferValues(
            **self.promise(),
            delivery_method=self.answer("delivery_method"),
            recipient_email=members[0] if members else cleaned.get("recipient_email", ""),
            recipient_name=cleaned.get("recipient_name", ""),
            member_addresses=members,
            expires_at=cleaned.get("expires_at") or self._default_expiry(),
        )

    def problems(self) -> dict[str, str]:
        return problems(self.values(), self.at)

    def _default_expiry(self) -> datetime | None:
        if "expires_at" in self.errors:
            return None
        return default_expiry(self.at, self.answer("delivery_method"))

    def field_of(self, name: str) -> str:
        """Return the field that shows what a rule says of a part of the offer."""
        if name == "recipient_email" and self.answer("offer_type") == "group":
            return "member_addresses"
        return super().field_of(name)


def initial_of(values: OfferValues) -> dict[str, Any]:
    """Return what the form shows of a stored offer."""
    terms = values.terms or Terms(CURRENCY)
    initial: dict[str, Any] = {
        name: getattr(values, name)
        for name in (
            "program", "entity_type", "entity_stage", "incentive_type", "offer_type",
            "max_required_members", "delivery_method", "recipient_name", "message",
            "message_masked", "show_on_program_page", "recipient_email",
        )
    }  # fmt: skip
    initial |= {
        "value_unit": terms.unit or CURRENCY,
        "amount": terms.amount,
        "percent": terms.percent,
        "value_description": terms.description,
        "member_addresses": "\n".join(values.member_addresses),
    }
    if values.offer_type == "group":
        initial["recipient_email"] = ""
    if values.expires_at is not None:
        initial["expires_at"] = values.expires_at
    return initial
