"""The forms of stand-alone acknowledgement requests and of their link templates (incentives.md 3.11).

They read what was typed; what keeps it from being sent is said by the services and shown at the fields.
"""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import MoneyField, OnceForm, PercentField
from core.money import Money
from directory.models import Organisation
from incentives import selectors
from incentives.choices import DeliveryMethod, IncentiveType
from incentives.forms.messages import body_field
from incentives.forms.offer_fields import CURRENCIES, UNITS, ProgramField
from incentives.models import AcknowledgementTemplate, Program
from incentives.services.acknowledgement_requests import Asked
from incentives.services.acknowledgement_templates import MOST_USES, TemplateValues
from incentives.terms import CURRENCY, NONE, PERCENT, Terms

DELIVERIES = (
    (DeliveryMethod.EMAIL.value, "Email: the page goes to one address"),
    (DeliveryMethod.LINK.value, "Link: you share an address with one person"),
)
# What a rule calls the value, and the field of each unit that shows it.
VALUE_FIELDS = {CURRENCY: "amount", PERCENT: "percent", NONE: "value_unit"}


class GivenForm(OnceForm):
    """What was given, of which program, and how the recipient is asked about it."""

    mark_optional = False
    use_required_attribute = False
    show_when = {"amount": f"value_unit={CURRENCY}", "percent": f"value_unit={PERCENT}"}

    program = ProgramField(
        label="Incentive Program",
        queryset=Program.objects.none(),
        empty_label="Choose a program",
        widget=forms.Select({"data-rich": "", "data-placeholder": "Choose a program"}),
        error_messages={"required": "Choose a program."},
        help_text="The product or service that the incentive was for. Only active programs are listed.",
    )
    incentive_type = forms.ChoiceField(
        label="Incentive Type",
        choices=IncentiveType.choices,
        widget=forms.RadioSelect({"data_layout": "row"}),
        error_messages={"required": "Choose what kind of incentive it was."},
    )
    value_unit = forms.ChoiceField(
        label="Value",
        choices=UNITS,
        initial=CURRENCY,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    percent = PercentField(label="Percentage", required=False)
    value_description = forms.CharField(
        label="Value description",
        max_length=255,
        required=False,
        help_text="How and when it was given, e.g. “paid to your bank account on 3 May”."
        " Optional beside a number.",
    )
    message = body_field(
        label="Personal message (optional)",
        required=False,
        help_text="Stands in the invitation above the button.",
    )
    message_masked = forms.BooleanField(
        label="Hide the recipient’s words on public pages and widgets",
        required=False,
        help_text="They say “Receipt confirmed” instead.",
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        active = selectors.active_programs_of(business=business)
        chosen = self.initial.get("program")
        if isinstance(chosen, Program):
            active = active | selectors.programs_of(business=business).filter(pk=chosen.pk)
        field: Any = self.fields["program"]
        field.queryset = active.order_by("product_service__name")
        currencies = list(dict.fromkeys((business.base_currency, *CURRENCIES)))
        self.fields["amount"] = MoneyField(label="Amount", currencies=currencies, required=False)

    def asked(self) -> Asked:
        """Return what was typed as the value that the services take."""
        data = self.cleaned_data
        return Asked(
            program=data["program"],
            incentive_type=data["incentive_type"],
            terms=self._terms(),
            message=data["message"],
            message_masked=data["message_masked"],
        )

    def _terms(self) -> Terms:
        data = self.cleaned_data
        unit, said = data["value_unit"], data["value_description"]
        amount: Money | None = data.get("amount")
        if unit == CURRENCY and amount is not None:
            return Terms.money(amount, said)
        if unit == CURRENCY:
            return Terms(CURRENCY, currency=self.business.base_currency, description=said)
        if unit == PERCENT:
            return Terms(PERCENT, percent=data.get("percent"), description=said)
        return Terms.words(said)

    def full_clean(self) -> None:
        """Forget the errors of a value's field that the chosen unit does not show."""
        super().full_clean()
        unit = getattr(self, "cleaned_data", {}).get("value_unit", "")
        for name, rule in GivenForm.show_when.items():
            if name in self.errors and rule != f"value_unit={unit}":
                del self.errors[name]

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its fields, or on top when it is about the whole."""
        unit = str(self.cleaned_data.get("value_unit", ""))
        for name, sentence in (error.fields or {"": error.message}).items():
            shown = VALUE_FIELDS.get(unit, "value_unit") if name == "value" else name
            self.add_error(shown if shown in self.fields else None, sentence)


class AskForm(GivenForm):
    """A stand-alone request: by e-mail to one address, or by a link."""

    show_when = {**GivenForm.show_when, "recipient_email": "delivery_method=email",
                 "recipient_name": "delivery_method=email"}  # fmt: skip
    field_order = (
        "program", "incentive_type", "value_unit", "amount", "percent", "value_description",
        "delivery_method", "recipient_email", "recipient_name", "message", "message_masked",
    )  # fmt: skip

    delivery_method = forms.ChoiceField(
        label="Delivery Method",
        choices=DELIVERIES,
        initial=DeliveryMethod.EMAIL.value,
        widget=forms.RadioSelect,
    )
    recipient_email = forms.EmailField(
        label="Recipient’s e-mail address",
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"invalid": "Enter a whole e-mail address, like name@example.org."},
    )
    recipient_name = forms.CharField(
        label="Recipient’s name (optional)",
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask for the address where it goes by e-mail, and forget a wrong one where it does not."""
        if self.cleaned_data.get("delivery_method") == DeliveryMethod.LINK:
            self.errors.pop("recipient_email", None)
        elif not self.cleaned_data.get("recipient_email") and "recipient_email" not in self.errors:
            self.add_error("recipient_email", "Enter the recipient’s address, or choose a link.")
        return self.cleaned_data


class AcknowledgementTemplateForm(GivenForm):
    """A link that many recipients may use, with a name and perhaps a limit."""

    field_order = (
        "name", "program", "incentive_type", "value_unit", "amount", "percent",
        "value_description", "message", "message_masked", "max_uses",
    )  # fmt: skip

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="For your own lists, e.g. “Spring campaign”. Recipients do not see it.",
    )
    max_uses = forms.IntegerField(
        label="Maximum number of uses (optional)",
        min_value=1,
        max_value=MOST_USES,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="Each person who confirms receipt counts as one use. Empty means no limit.",
    )

    def __init__(
        self, *args: Any, template: AcknowledgementTemplate | None = None, **kwargs: Any
    ) -> None:
        if template is not None:
            kwargs["initial"] = _initial_of(template)
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def values(self) -> TemplateValues:
        """Return what was typed as the value that the service takes."""
        data = self.cleaned_data
        return TemplateValues(self.asked(), name=data["name"], max_uses=data["max_uses"])


def _initial_of(template: AcknowledgementTemplate) -> dict[str, Any]:
    value = template.value
    return {
        "version": template.version,
        "name": template.name,
        "program": template.program,
        "incentive_type": template.incentive_type,
        "value_unit": value.unit or CURRENCY,
        "amount": value.amount,
        "percent": value.percent,
        "value_description": value.description,
        "message": template.message,
        "message_masked": template.message_masked,
        "max_uses": template.max_uses,
    }
