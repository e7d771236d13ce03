"""The fields of an offer's form, in the order of the page (incentives.md 2.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.forms import OnceForm, PercentField
from incentives.choices import EntityStage, EntityType, IncentiveType, OfferType, ValueUnit
from incentives.forms.messages import TextField, body_field
from incentives.models import Program
from incentives.terms import CURRENCY

CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY",
    "JPY", "CAD", "AUD", "INR",
)  # fmt: skip
DELIVERIES = (
    ("email", "Email: a claim link goes to one address"),
    ("link", "Link: you share an address or its QR code"),
)
UNITS = (
    (ValueUnit.CURRENCY.value, "Amount of money"),
    (ValueUnit.PERCENT.value, "Percentage"),
    (ValueUnit.NONE.value, "No number, words only"),
)
MOST_MEMBERS = 500
MEMBERS_WANTED = "Enter how many members can join: 2 to 500."

# The order of the page, which is also that of the error summary.
ORDER = (
    "program", "entity_type", "entity_stage", "incentive_type", "value_unit", "amount", "percent",
    "value_description", "offer_type", "max_required_members", "delivery_method",
    "recipient_email", "recipient_name", "member_addresses", "message", "message_masked",
    "expires_at", "show_on_program_page",
)  # fmt: skip


class ProgramField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The program, by the name of its product or service."""

    def label_from_instance(self, obj: Program) -> str:
        return obj.product_service.name


class AddressesField(TextField):
    """Several e-mail addresses, one a line, cleaned to a tuple without repetitions."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        addresses = [part.strip() for line in text.split("\n") for part in line.split(",")]
        found = tuple(dict.fromkeys(address.lower() for address in addresses if address))
        for address in found:
            try:
                validate_email(address)
            except ValidationError as error:
                sentence = f"“{address}” is not a whole e-mail address."
                raise ValidationError(sentence, code="invalid") from error
        return found


class PromiseFields(OnceForm):
    """What is asked of an offer and of a link template alike; money depends on the business."""

    mark_optional = False
    use_required_attribute = False

    program = ProgramField(
        label="Incentive Program",
        queryset=Program.objects.none(),
        empty_label="Choose a program",
        widget=forms.Select({"data-rich": "", "data-placeholder": "Choose a program"}),
        error_messages={"required": "Choose a program."},
        help_text="The product or service that the incentive is for. Only active programs are listed.",
    )
    entity_type = forms.ChoiceField(
        label="Entity Type",
        choices=EntityType.choices,
        required=False,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    entity_stage = forms.ChoiceField(
        label="Entity Stage",
        choices=EntityStage.choices,
        required=False,
        widget=forms.RadioSelect({"data_layout": "row"}),
        help_text="How you know them today.",
    )
    incentive_type = forms.ChoiceField(
        label="Incentive Type",
        choices=IncentiveType.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    value_unit = forms.ChoiceField(
        label="Value",
        choices=UNITS,
        required=False,
        initial=CURRENCY,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    percent = PercentField(label="Percentage", required=False)
    value_description = forms.CharField(
        label="Value description",
        max_length=255,
        required=False,
        help_text="How and when it is given, e.g. “paid to your bank account within 14 days”."
        " Optional beside a number.",
    )
    offer_type = forms.ChoiceField(
        label="Offer Type",
        choices=(
            (OfferType.SINGLE.value, "Single: one recipient, one incentive"),
            (OfferType.GROUP.value, "Group: several people join and accept together"),
        ),
        required=False,
        initial=OfferType.SINGLE.value,
        widget=forms.RadioSelect,
    )
    max_required_members = forms.IntegerField(
        label="Maximum Required Members",
        min_value=2,
        max_value=MOST_MEMBERS,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), MEMBERS_WANTED),
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="How many people can join: 2 to 500.",
    )
    message = body_field(
        label="Offer message",
        required=False,
        help_text="What the recipient reads first. Say why they get this and what to do.",
    )
    message_masked = forms.BooleanField(
        label="Hide the message on public pages and widgets", required=False
    )
    show_on_program_page = forms.BooleanField(
        label="Show this link on the program’s public page", required=False
    )


class OfferFields(PromiseFields):
    """What can be asked of an offer; `OfferForm` adds money and time, which depend on the business."""

    delivery_method = forms.ChoiceField(
        label="Delivery Method",
        choices=DELIVERIES,
        required=False,
        initial="email",
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
    member_addresses = AddressesField(
        label="E-mail addresses of the group",
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One a line. The first one leads the group and answers for it.",
    )
