"""The forms of those who ask: a request, the way back to it, a place in its group (incentives.md 8.1).

Reading and saying are apart: a form reads what was typed into `RequestValues`; whether that may be sent
is said by `request_completeness`, whose sentences are shown at the fields.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms

from core.errors import DomainError
from core.forms import MoneyField, OnceForm, PercentField, VersionedForm
from core.money import Money
from directory.models import Organisation
from incentives.choices import DeliveryMethod, EntityStage, EntityType, IncentiveType, OfferType
from incentives.completeness.requests import MAX_PRODUCT, RequestValues
from incentives.forms.claims import RefusableForm
from incentives.forms.messages import ACCEPTED, FilesField, FilesInput, body_field
from incentives.forms.offer_fields import CURRENCIES, MEMBERS_WANTED, MOST_MEMBERS, UNITS
from incentives.forms.visitors import TrappedForm, address_field, name_field
from incentives.models import IncentiveRequest, Program
from incentives.services.messages import MAX_FILES
from incentives.terms import CURRENCY, PERCENT, Terms

VALUE_FIELDS = {CURRENCY: "amount", PERCENT: "percent"}


class RequestForm(TrappedForm, OnceForm):
    """A request as its creator types it; `locked` fields are shown but stay as they are."""

    mark_optional = False
    use_required_attribute = False
    show_when: ClassVar[dict[str, str]] = {
        "amount": f"value_unit={CURRENCY}",
        "percent": f"value_unit={PERCENT}",
        "max_required_members": "request_type=group",
    }

    product_name = forms.CharField(
        label="Product or service",
        max_length=MAX_PRODUCT,
        required=False,
        help_text="What the incentive is for.",
    )
    product_url = forms.URLField(
        label="Its web address (optional)",
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"inputmode": "url"}),
    )
    incentive_type = forms.ChoiceField(
        label="Which kind of incentive?",
        choices=IncentiveType.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    value_unit = forms.ChoiceField(
        label="What would you like?",
        choices=UNITS,
        required=False,
        initial=CURRENCY,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    percent = PercentField(label="Percentage", required=False)
    value_description = forms.CharField(
        label="In words",
        max_length=255,
        required=False,
        help_text="For example “on my next yearly plan”. Optional beside a number.",
    )
    entity_type = forms.ChoiceField(
        label="You ask as",
        choices=EntityType.choices,
        required=False,
        initial=EntityType.INDIVIDUAL,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    entity_stage = forms.ChoiceField(
        label="You are",
        choices=(
            (EntityStage.PROSPECT_CUSTOMER.value, "A prospective customer"),
            (EntityStage.EXISTING_CUSTOMER.value, "An existing customer"),
            (EntityStage.PARTNER.value, "A partner"),
            (EntityStage.LEAD.value, "A lead"),
        ),
        required=False,
        widget=forms.RadioSelect({"data_layout": "row"}),
    )
    request_type = forms.ChoiceField(
        label="Request type",
        choices=(
            (OfferType.SINGLE.value, "Single: for me alone"),
            (OfferType.GROUP.value, "Group: others join by a link, and I answer for all"),
        ),
        required=False,
        initial=OfferType.SINGLE.value,
        widget=forms.RadioSelect,
    )
    max_required_members = forms.IntegerField(
        label="Maximum required members",
        min_value=2,
        max_value=MOST_MEMBERS,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), MEMBERS_WANTED),
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text="You and those who may join: 2 to 500.",
    )
    delivery_method = forms.ChoiceField(
        label="Delivery method",
        choices=(
            (DeliveryMethod.EMAIL.value, "Email: the provider gets it by e-mail at once"),
            (DeliveryMethod.LINK.value, "Shared link: you show it around by a link"),
        ),
        required=False,
        initial=DeliveryMethod.EMAIL.value,
        widget=forms.RadioSelect,
    )
    message = body_field(
        label="Your message", required=False, help_text="Why you ask, and what you need it for."
    )
    message_masked = forms.BooleanField(label="Hide my message on public pages", required=False)
    recipient_name = name_field()

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        at: datetime,
        program: Program | None = None,
        known_address: str = "",
        locked: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.business, self.at, self.program = business, at, program
        self.known_address = known_address
        currencies = list(dict.fromkeys((business.base_currency, *CURRENCIES)))
        self.fields["amount"] = MoneyField(label="Amount", currencies=currencies, required=False)
        if not known_address:
            self.fields["recipient_email"] = address_field(
                "We send one message to it, so that nobody can ask in your name."
            )
        if program is not None:
            del self.fields["product_name"], self.fields["product_url"]
            self._narrow_incentive_types(program)
        for name in locked:
            self.fields[name].disabled = True
        self.order_fields(ORDER)

    def _narrow_incentive_types(self, program: Program) -> None:
        """Show only the types that the program gives; the rule itself is the service's."""
        if allowed := program.allowed_incentive_types:
            field = self.fields["incentive_type"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [pair for pair in IncentiveType.choices if pair[0] in allowed]

    def clean(self) -> dict[str, Any]:
        """Forget what another answer has switched off; a number of members is refused instead."""
        data = super().clean() or self.cleaned_data
        for name, rule in self.show_when.items():
            other, _, value = rule.partition("=")
            if name != "max_required_members" and (data.get(other) or "") != value:
                self.errors.pop(name, None)
                data.pop(name, None)
        return data

    def values(self) -> RequestValues:
        """Return the request as typed; what is missing is left empty."""
        data = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return RequestValues(
            program=self.program,
            product_name=data.get("product_name", ""),
            product_url=data.get("product_url", ""),
            recipient_email=self.known_address or data.get("recipient_email", ""),
            recipient_name=data.get("recipient_name", ""),
            entity_type=data.get("entity_type", ""),
            entity_stage=data.get("entity_stage", ""),
            incentive_type=data.get("incentive_type", ""),
            terms=self._terms(data),
            request_type=data.get("request_type") or OfferType.SINGLE.value,
            max_required_members=data.get("max_required_members"),
            delivery_method=data.get("delivery_method") or DeliveryMethod.EMAIL.value,
            message=data.get("message", ""),
            message_masked=data.get("message_masked", False),
        )

    def _terms(self, data: dict[str, Any]) -> Terms:
        unit, words = data.get("value_unit", ""), data.get("value_description", "")
        if unit == CURRENCY:
            amount: Money | None = data.get("amount")
            if amount is None:
                return Terms(CURRENCY, currency=self.business.base_currency, description=words)
            return Terms.money(amount, words)
        if unit == PERCENT:
            return Terms(PERCENT, percent=data.get("percent"), description=words)
        return Terms.words(words)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at its fields, in the order of the page, or on top."""
        unit = self.cleaned_data.get("value_unit", "")
        for name, sentence in (error.fields or {"": error.message}).items():
            field = VALUE_FIELDS.get(unit, "value_description") if name == "value" else name
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, sentence)
        for name in self.fields:
            if name in self.errors:
                self.errors[name] = self.errors.pop(name)

    @staticmethod
    def initial_of(request: IncentiveRequest) -> dict[str, Any]:
        """Return what is stored of the request as the form begins with it."""
        terms = request.terms.value if request.terms else None
        names = (
            "product_name",
            "product_url",
            "incentive_type",
            "entity_type",
            "entity_stage",
            "request_type",
            "max_required_members",
            "delivery_method",
            "message",
            "message_masked",
            "recipient_name",
        )
        return {
            **{name: getattr(request, name) for name in names},
            "value_unit": terms.unit if terms else CURRENCY,
            "amount": terms.amount if terms else None,
            "percent": terms.percent if terms else None,
            "value_description": terms.description if terms else "",
            "version": request.version,
        }


ORDER = (
    "product_name", "product_url", "incentive_type", "value_unit", "amount", "percent",
    "value_description", "message", "message_masked", "entity_type", "entity_stage",
    "request_type", "max_required_members", "delivery_method", "recipient_name",
    "recipient_email", "website",
)  # fmt: skip


class RequestEditForm(RequestForm, VersionedForm):
    """A request that may still be changed; the form says which state of it was shown."""


class JoinForm(TrappedForm, OnceForm):
    """A visitor names themselves to join a group; nothing happens until the address is confirmed."""

    name = name_field()
    email = address_field("We send one message to it, so that nobody can join in your name.")


class AccessForm(TrappedForm):
    """The address to which the way to My requests is sent."""

    email = address_field("We send the link to your requests to it.")


class GroupMessageForm(RefusableForm, OnceForm):
    """A message to the other members of a group."""

    body = body_field(label="Your message")
    attachments = FilesField(
        label="Files",
        required=False,
        help_text=f"Up to {MAX_FILES} files of 10 MB: PDF, pictures, text, Word or Excel.",
        widget=FilesInput({"accept": ACCEPTED}),
    )
