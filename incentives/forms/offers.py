"""The form of an offer: one page that makes drafts, sends, and edits (incentives.md 2.3, 2.4).

Reading and saying are apart. The form reads what was typed into `OfferValues`; whether that may be sent
is said by `services.offers.problems`, whose sentences are shown at the fields. A draft may lack
anything but its program, so no field but that is required here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from core.errors import DomainError
from core.forms import LocalDateTimeField, MoneyField
from core.money import Money
from directory.models import Organisation
from incentives import selectors
from incentives.choices import IncentiveType
from incentives.forms.offer_fields import CURRENCIES, ORDER, OfferFields
from incentives.models import Program
from incentives.services.offers import DEFAULT_DAYS, OfferValues, problems
from incentives.terms import CURRENCY, PERCENT, Terms

# A field that matters only when another has a value; what was typed elsewhere is not looked at.
MATTERS = {
    "amount": ("value_unit", CURRENCY),
    "percent": ("value_unit", PERCENT),
    "max_required_members": ("offer_type", "group"),
    "recipient_email": ("offer_type", "single"),
    "recipient_name": ("offer_type", "single"),
    "member_addresses": ("offer_type", "group"),
    "show_on_program_page": ("delivery_method", "link"),
}
RECIPIENT_FIELDS = ("recipient_email", "recipient_name", "member_addresses")
# What a rule calls the parts of the terms, and the field of each unit that shows them.
VALUE_FIELDS = {CURRENCY: "amount", PERCENT: "percent"}


def default_expiry(at: datetime, delivery_method: str) -> datetime:
    """Return the suggested end: 7 days ahead for Email, 30 for a link, to the minute."""
    days = DEFAULT_DAYS.get(delivery_method, DEFAULT_DAYS["email"])
    return (at + timedelta(days=days)).replace(second=0, microsecond=0)


class OfferForm(OfferFields):
    """An offer as its maker types it; see the module for what it checks and what not."""

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        at: datetime,
        sending: bool = False,
        locked: tuple[str, ...] = (),
        least_members: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.business, self.at, self.sending = business, at, sending
        self.least_members = least_members
        self.fields["program"].queryset = self._programs()  # type: ignore[attr-defined]
        currencies = list(dict.fromkeys((business.base_currency, *CURRENCIES)))
        self.fields["amount"] = MoneyField(label="Amount", currencies=currencies, required=False)
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
        self._narrow_incentive_types()

    def _programs(self) -> Any:
        """The active programs by name, and the one that a draft already names."""
        own = selectors.programs_of(business=self.business).order_by("product_service__name")
        active = own.filter(status="active")
        chosen = self.initial.get("program")
        return active if chosen is None else active | own.filter(pk=getattr(chosen, "pk", chosen))

    @cached_property
    def chosen_program(self) -> Program | None:
        """The program chosen in the form, whether or not the rest of it is right."""
        try:
            found = self.fields["program"].clean(self["program"].value())
        except ValidationError:
            return None
        return found if isinstance(found, Program) else None

    def _narrow_incentive_types(self) -> None:
        """Show only the types that the chosen program gives; the rule itself is the service's."""
        program = self.chosen_program
        if program is not None and program.allowed_incentive_types:
            allowed = program.allowed_incentive_types
            shown = [pair for pair in IncentiveType.choices if pair[0] in allowed]
            self.fields["incentive_type"].widget.choices = shown

    @property
    def show_when(self) -> dict[str, str]:
        """Return when each dependent field shows; one with an error always does."""
        return {
            name: f"{other}={value}"
            for name, (other, value) in MATTERS.items()
            if name not in (self.errors if self.is_bound else {})
        }

    @property
    def recipient_shows_when(self) -> str:
        """Return when the recipient's part shows, as `show_when` does for one field."""
        wrong = self.is_bound and any(name in self.errors for name in RECIPIENT_FIELDS)
        return "" if wrong else "delivery_method=email"

    def clean(self) -> dict[str, Any]:
        """Drop what does not apply, then hold the rest against the rules of sending."""
        self._drop_what_does_not_matter()
        self._refuse_members_of_single()
        if self.sending:
            self._add_problems(problems(self.values(), self.at))
        self._sort_errors()
        return self.cleaned_data

    def _sort_errors(self) -> None:
        """Bring the errors into the order of the page, in which the summary lists them."""
        for name in self.fields:
            if name in self.errors:
                self.errors[name] = self.errors.pop(name)

    def _drop_what_does_not_matter(self) -> None:
        """Forget typed text, and its errors, in fields that another answer has switched off.

        A number of members is kept: with Single it is refused, not ignored (scenario 6).
        """
        off = [
            name for name, (other, value) in MATTERS.items()
            if name != "max_required_members" and self.answer(other) != value
        ]  # fmt: skip
        if self.answer("delivery_method") == "link":
            off += RECIPIENT_FIELDS
        for name in off:
            self.errors.pop(name, None)
            self.cleaned_data.pop(name, None)

    def _refuse_members_of_single(self) -> None:
        if "max_required_members" in self.errors:
            return
        members = self.cleaned_data.get("max_required_members")
        if members is not None and self.answer("offer_type") == "single":
            self.add_error(
                "max_required_members", "Leave this empty: a single offer has one recipient."
            )
        elif members is not None and members < self.least_members:
            self.add_error(
                "max_required_members", f"{self.least_members} people have joined already."
            )

    @property
    def known(self) -> dict[str, Any]:
        """What is known so far: the cleaned answers, or what an untouched form starts with."""
        if self.is_bound:
            return self.cleaned_data
        start = {
            name: self.get_initial_for_field(field, name) for name, field in self.fields.items()
        }
        addresses = str(start["member_addresses"] or "").split()
        return start | {"member_addresses": tuple(addresses)}

    def answer(self, name: str) -> str:
        """Return what was chosen, or what the field starts with."""
        return str(self.known.get(name) or self.fields[name].initial or "")

    def values(self) -> OfferValues:
        """Return the offer as typed; what is missing or wrong is left empty."""
        cleaned = {name: value for name, value in self.known.items() if value is not None}
        members: tuple[str, ...] = cleaned.get("member_addresses") or ()
        return OfferValues(
            program=cleaned.get("program"),
            entity_type=cleaned.get("entity_type", ""),
            entity_stage=cleaned.get("entity_stage", ""),
            incentive_type=cleaned.get("incentive_type", ""),
            terms=self.terms(),
            offer_type=self.answer("offer_type"),
            max_required_members=cleaned.get("max_required_members"),
            delivery_method=self.answer("delivery_method"),
            recipient_email=members[0] if members else cleaned.get("recipient_email", ""),
            recipient_name=cleaned.get("recipient_name", ""),
            member_addresses=members,
            message=cleaned.get("message", ""),
            message_masked=cleaned.get("message_masked", False),
            show_on_program_page=cleaned.get("show_on_program_page", False),
            expires_at=cleaned.get("expires_at") or self._default_expiry(),
        )

    def _default_expiry(self) -> datetime | None:
        if "expires_at" in self.errors:
            return None
        return default_expiry(self.at, self.answer("delivery_method"))

    def terms(self) -> Terms:
        """Return the terms in the chosen unit."""
        unit, words = self.answer("value_unit"), self.known.get("value_description") or ""
        if unit == CURRENCY:
            amount: Money | None = self.known.get("amount")
            if amount is None:
                return Terms(CURRENCY, currency=self.business.base_currency, description=words)
            return Terms.money(amount, words)
        if unit == PERCENT:
            return Terms(PERCENT, percent=self.known.get("percent"), description=words)
        return Terms.words(words)

    def _add_problems(self, found: dict[str, str]) -> None:
        for name, sentence in found.items():
            field = self.field_of(name)
            if field not in self.errors:
                self.add_error(field, sentence)

    def field_of(self, name: str) -> str:
        """Return the field that shows what a rule says of a part of the offer."""
        if name == "value":
            return VALUE_FIELDS.get(self.answer("value_unit"), "value_unit")
        if name == "recipient_email" and self.answer("offer_type") == "group":
            return "member_addresses"
        return name

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its fields, or on top when it is about the whole."""
        for name, sentence in (error.fields or {"": error.message}).items():
            field = self.field_of(name) if name else ""
            self.add_error(field if field in self.fields else None, sentence)
        self._sort_errors()

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield label and anchor of each field that still keeps the offer from being sent."""
        wrong = {self.field_of(name) for name in problems(self.values(), self.at)}
        for name in self.fields:
            if name in wrong:
                bound: Any = self[name]
                yield bound.label, bound.anchor


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
