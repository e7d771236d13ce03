"""What an offer and a link template promise, read from a form (incentives.md 2.3, 7.1).

Reading and saying are apart. A form reads what was typed into a value; whether that may be sent or saved
is said by the rules, whose sentences are shown at the fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from core.errors import DomainError
from core.forms import MoneyField
from core.money import Money
from directory.models import Organisation
from incentives import selectors
from incentives.choices import IncentiveType
from incentives.forms.offer_fields import CURRENCIES, PromiseFields
from incentives.models import Program
from incentives.terms import CURRENCY, PERCENT, Terms

# What a rule calls the parts of the terms, and the field of each unit that shows them.
VALUE_FIELDS = {CURRENCY: "amount", PERCENT: "percent"}
# A field that matters only when another has a value; what was typed elsewhere is not looked at.
PROMISE_MATTERS = {
    "amount": ("value_unit", CURRENCY),
    "percent": ("value_unit", PERCENT),
    "max_required_members": ("offer_type", "group"),
}


class PromiseForm(PromiseFields):
    """A program, whom it is for, the terms, Single or Group, the message; the base of both forms."""

    matters: ClassVar[dict[str, tuple[str, str]]] = PROMISE_MATTERS
    single_refusal = "Leave this empty: a single offer has one recipient."

    def __init__(self, *args: Any, business: Organisation, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business, self.at = business, at
        self.fields["program"].queryset = self._programs()  # type: ignore[attr-defined]
        currencies = list(dict.fromkeys((business.base_currency, *CURRENCIES)))
        self.fields["amount"] = MoneyField(label="Amount", currencies=currencies, required=False)

    def _programs(self) -> Any:
        """The active programs by name, and the one that was chosen before."""
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

    def narrow_incentive_types(self) -> None:
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
            for name, (other, value) in self.matters.items()
            if name not in (self.errors if self.is_bound else {})
        }

    def sort_errors(self) -> None:
        """Bring the errors into the order of the page, in which the summary lists them."""
        for name in self.fields:
            if name in self.errors:
                self.errors[name] = self.errors.pop(name)

    def drop_what_does_not_matter(self) -> None:
        """Forget typed text, and its errors, in fields that another answer has switched off.

        A number of members is kept: with Single it is refused, not ignored (scenario 6).
        """
        for name, (other, value) in self.matters.items():
            if name != "max_required_members" and self.answer(other) != value:
                self.forget(name)

    def forget(self, name: str) -> None:
        self.errors.pop(name, None)
        self.cleaned_data.pop(name, None)

    def refuse_members_of_single(self) -> None:
        if "max_required_members" in self.errors or self.answer("offer_type") != "single":
            return
        if self.cleaned_data.get("max_required_members") is not None:
            self.add_error("max_required_members", self.single_refusal)

    @property
    def known(self) -> dict[str, Any]:
        """What is known so far: the cleaned answers, or what an untouched form starts with."""
        if self.is_bound:
            return self.cleaned_data
        return {
            name: self.get_initial_for_field(field, name) for name, field in self.fields.items()
        }

    def answer(self, name: str) -> str:
        """Return what was chosen, or what the field starts with."""
        return str(self.known.get(name) or self.fields[name].initial or "")

    def promise(self) -> dict[str, Any]:
        """Return the part of the values that both forms ask for; what is missing is left empty."""
        cleaned = {name: value for name, value in self.known.items() if value is not None}
        return {
            "program": cleaned.get("program"),
            "entity_type": cleaned.get("entity_type", ""),
            "entity_stage": cleaned.get("entity_stage", ""),
            "incentive_type": cleaned.get("incentive_type", ""),
            "terms": self.terms(),
            "offer_type": self.answer("offer_type"),
            "max_required_members": cleaned.get("max_required_members"),
            "message": cleaned.get("message", ""),
            "message_masked": cleaned.get("message_masked", False),
            "show_on_program_page": cleaned.get("show_on_program_page", False),
        }

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

    def add_problems(self, found: dict[str, str]) -> None:
        """Show what the rules say at the fields that have no error yet."""
        for name, sentence in found.items():
            field = self.field_of(name)
            if field not in self.errors:
                self.add_error(field, sentence)

    def field_of(self, name: str) -> str:
        """Return the field that shows what a rule says of a part of the promise."""
        return (
            VALUE_FIELDS.get(self.answer("value_unit"), "value_unit") if name == "value" else name
        )

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its fields, or on top when it is about the whole."""
        for name, sentence in (error.fields or {"": error.message}).items():
            field = self.field_of(name) if name else ""
            self.add_error(field if field in self.fields else None, sentence)
        self.sort_errors()

    def problems(self) -> dict[str, str]:
        """Return what the rules say of the values as typed, by the rule's own names."""
        raise NotImplementedError

    def missing(self) -> Iterator[tuple[str, str]]:
        """Yield label and anchor of each field that still keeps the whole from being saved."""
        wrong = {self.field_of(name) for name in self.problems()}
        for name in self.fields:
            if name in wrong:
                bound: Any = self[name]
                yield bound.label, bound.anchor
