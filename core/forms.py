"""The look and the shared fields of every form: label, hint, error in one place and one wording.

A form is rendered by Django itself (`{{ form }}` or `{{ form.email.as_field_group }}`); this module adds
what the templates under `templates/django/forms/` need to know, and the few fields that the framework
lacks: money, percent and a moment in a named time zone.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.models import ModelChoiceIterator
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from django.utils.functional import cached_property

from core.money import Money, digits

LONG_LIST = 12
"""A select with this many choices or more is worth a search box (`data-rich`)."""

CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.MultiWidget, ""),
    (forms.Widget, "form-control"),
)


def control_class(widget: forms.Widget) -> str:
    """Return the style sheet's class for a kind of control."""
    return next(css for kind, css in CONTROL_CLASSES if isinstance(widget, kind))


def is_long(widget: forms.Widget) -> bool:
    """Tell whether a select is long; choices from the database are not counted (mark those yourself)."""
    if not isinstance(widget, forms.Select) or isinstance(widget.choices, ModelChoiceIterator):
        return False
    return sum(1 for _ in islice(widget.choices, LONG_LIST)) == LONG_LIST


MISSING: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "Please tick “{}”"),
    (forms.CheckboxSelectMultiple, "Choose at least one for “{}”"),
    (forms.SelectMultiple, "Choose at least one for “{}”"),
    (forms.RadioSelect, "Choose one for “{}”"),
    (forms.Select, "Choose one for “{}”"),
    (forms.FileInput, "Choose a file for “{}”"),
    (forms.DateInput, "Enter a date for “{}”"),
    (forms.TimeInput, "Enter a time for “{}”"),
    (forms.DateTimeInput, "Enter a date and time for “{}”"),
    (forms.Widget, "Fill in “{}”"),
)


def missing_words(label: str, widget: forms.Widget) -> str:
    """Say what an empty field asks for, with its name, so that the summary can be read alone."""
    return next(words for kind, words in MISSING if isinstance(widget, kind)).format(label)


class GroupBoundField(BoundField):
    """A field of a form with what its group template shows around the control."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Add the control's class, its state after validation and its hooks for scripts."""
        used = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        own = str(used.attrs.get("class", ""))
        css = f"{own} {control_class(used)}{' is-invalid' if self.errors else ''}".strip()
        if css:
            built["class"] = " ".join(dict.fromkeys(css.split()))
        if str(built.get("placeholder", "")).lower() == str(self.label).lower():
            built.pop("placeholder", None)  # it says nothing that the label does not
        if isinstance(used, forms.Textarea) and "maxlength" in used.attrs:
            built["data-counter"] = f"{self.auto_id}_counter"
        if self.kind == "line" and is_long(used):
            built.setdefault("data-rich", "")
        return built

    @cached_property
    def kind(self) -> str:
        """Name the shape of the group: `check` for one tick box, `set` for several, else `line`."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "set"
        return "check" if isinstance(widget, forms.CheckboxInput) else "line"

    @property
    def optional(self) -> bool:
        """Tell whether the label says "optional": what must be filled in is not marked."""
        marked = getattr(self.form, "mark_optional", True) and self.kind != "check"
        return marked and not self.field.required and not self.field.disabled

    @property
    def anchor(self) -> str:
        """Return the id to which the error summary links: the control, or the first of a set."""
        if self.kind == "set":
            return self.subwidgets[0].id_for_label if self.subwidgets else self.auto_id
        return self.id_for_label or self.auto_id

    @property
    def messages(self) -> list[str]:
        """Return the errors in the words that stand at the field and in the summary alike."""
        required = str(forms.Field.default_error_messages["required"])
        return [
            missing_words(str(self.label), self.field.widget)
            if str(text) == required
            else str(text)
            for text in self.errors
        ]

    @property
    def prefix(self) -> str:
        return str(getattr(self.field, "prefix", ""))

    @property
    def suffix(self) -> str:
        return str(getattr(self.field, "suffix", ""))

    @property
    def counter_id(self) -> str:
        attrs = self.field.widget.attrs
        counted = isinstance(self.field.widget, forms.Textarea) and "maxlength" in attrs
        return f"{self.auto_id}_counter" if counted else ""

    @property
    def show_when(self) -> str:
        """Return `field=value` when the group matters only then (a form's `show_when` mapping)."""
        rule = getattr(self.form, "show_when", {}).get(self.name, "")
        if not rule:
            return ""
        name, _, values = rule.partition("=")
        return f"{self.form.add_prefix(name)}={values}"


class FieldGroupRenderer(TemplatesSetting):
    """The project's form renderer: our templates, our bound field."""

    bound_field_class = GroupBoundField
    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"


class AmountInput(forms.TextInput):
    """A text input for numbers: phones show digits, and a comma or a blank is no lost input."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class MoneyWidget(forms.MultiWidget):
    """An amount beside its currency; a single currency is shown as text and not asked."""

    template_name = "django/forms/widgets/money.html"
    use_fieldset = False

    def __init__(self, currencies: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        self.currencies = tuple(currencies)
        choice: forms.Widget = (
            forms.HiddenInput()
            if len(self.currencies) == 1
            else forms.Select(
                {"aria-label": "Currency", "class": "form-select currency"},
                choices=[(code, code) for code in self.currencies],
            )
        )
        amount = AmountInput({"class": "form-control amount"})
        super().__init__({"amount": amount, "currency": choice}, attrs)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_amount" if id_ else ""

    def decompress(self, value: Money | None) -> list[str]:
        """Split an amount into what the two inputs show."""
        if value is None:
            return ["", self.currencies[0]]
        return [f"{value.amount:.{digits(value.currency)}f}", value.currency]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # The group's class would replace those of the two inputs.
        given = dict(attrs or {})
        invalid = "is-invalid" in given.pop("class", "")
        context = super().get_context(name, value, given)
        parts = context["widget"]["subwidgets"]
        for part, suffix in zip(parts, ("amount", "currency"), strict=True):
            part["attrs"]["id"] = f"{given.get('id', '')}_{suffix}"
        if invalid:
            parts[0]["attrs"]["class"] += " is-invalid"
        for name_ in ("aria-invalid", "aria-describedby", "required"):
            parts[1]["attrs"].pop(name_, None)
        context["widget"]["currency"] = self.currencies[0] if len(self.currencies) == 1 else ""
        return context


AMOUNT = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?$")


def amount_text(raw: str) -> str:
    """Clean a typed amount: blanks and thousands commas go, anything that is no number is refused."""
    text = raw.replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if not AMOUNT.match(text) or not any(sign.isdigit() for sign in text):
        raise ValidationError("Enter an amount in digits, like 12.50", code="invalid")
    return text.replace(",", "")


class MoneyField(forms.MultiValueField):
    """An amount of money, cleaned to `core.money.Money` (or None when it may be empty).

    `minimum` and `maximum` are in major units of the chosen currency and both inclusive. More decimals
    than the currency has are refused, never rounded (`Money.parse`).
    """

    widget: Any

    def __init__(
        self,
        *,
        currencies: Sequence[str],
        minimum: Decimal | None = None,
        maximum: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.currencies = tuple(currencies)
        self.minimum, self.maximum = minimum, maximum
        required = kwargs.get("required", True)
        fields = (
            forms.CharField(required=required, max_length=24),
            forms.ChoiceField(choices=[(code, code) for code in currencies], required=required),
        )
        kwargs.setdefault("widget", MoneyWidget(currencies))
        kwargs.setdefault("require_all_fields", False)
        kwargs["error_messages"] = {
            "required": "Enter an amount",
            "incomplete": "Enter an amount",
            **(kwargs.get("error_messages") or {}),
        }
        super().__init__(fields, **kwargs)

    def clean(self, value: Any) -> Money | None:
        if isinstance(value, Money):
            # A disabled field is given what it started with.
            return value
        amount, currency = ([*(value or []), "", ""])[:2]
        amount = str(amount or "").strip()
        if not amount:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        chosen = str(currency or self.currencies[0])
        if chosen not in self.currencies:
            raise ValidationError("Choose a currency from the list", code="currency")
        return self.compress([amount, chosen])

    def compress(self, data_list: Any) -> Money | None:
        """Read the two texts as one amount and hold it against the bounds."""
        amount, currency = data_list
        try:
            value = Money.parse(amount_text(amount), currency)
        except (ValueError, InvalidOperation) as error:
            places = digits(currency)
            shape = f"at most {places} decimals" if places else "no decimals"
            raise ValidationError(f"{currency} amounts have {shape}", code="decimals") from error
        if self.minimum is not None and value.amount < self.minimum:
            bound = Money.parse(str(self.minimum), currency).format("en_GB")
            raise ValidationError(f"Enter an amount of {bound} or more", code="minimum")
        if self.maximum is not None and value.amount > self.maximum:
            bound = Money.parse(str(self.maximum), currency).format("en_GB")
            raise ValidationError(f"Enter an amount of {bound} or less", code="maximum")
        return value


class PercentField(forms.DecimalField):
    """A percentage as typed: 12.5 means 12.5 %, kept as the Decimal 12.5 (`*_percent`)."""

    suffix = "%"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("max_value", Decimal(100))
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("widget", AmountInput())
        super().__init__(**kwargs)


class LocalDateTimeField(forms.DateTimeField):
    """A moment typed in a named time zone, cleaned to an aware datetime.

    The hint names the zone and the 24-hour clock, since the browser decides how it draws the control.
    An hour that the zone skips or repeats at a clock change is refused with a sentence.
    """

    def __init__(self, *, zone: str = "", **kwargs: Any) -> None:
        self.zone = zone
        self._own_help = kwargs.pop("help_text", "")
        kwargs.setdefault(
            "widget", forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        )
        super().__init__(**kwargs)

    @property
    def _tz(self) -> dt.tzinfo:
        return ZoneInfo(self.zone) if self.zone else timezone.get_current_timezone()

    @property
    def help_text(self) -> str:
        zone = self.zone or timezone.get_current_timezone_name()
        own = f"{self._own_help} " if self._own_help else ""
        return f"{own}Time zone: {zone}, 24-hour clock."

    @help_text.setter
    def help_text(self, value: str) -> None:
        self._own_help = self._own_help or value

    def to_python(self, value: Any) -> dt.datetime | None:
        with timezone.override(self._tz):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self._tz):
            return super().prepare_value(value)


def fresh_nonce() -> str:
    return secrets.token_urlsafe(16)


class OnceForm(forms.Form):
    """A form whose second sending shows the first result: carries the key for `idempotency.run_once`."""

    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=fresh_nonce)


class VersionedForm(forms.Form):
    """A form that says which state of the row it was drawn from, so that a stale one is refused."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def summary_of(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return the entries of the error summary: the words of each error and the control they link to."""
    entries = [{"message": str(text), "anchor": ""} for text in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name not in form.fields:
            continue
        bound = form[name]
        anchor = "" if bound.is_hidden else getattr(bound, "anchor", bound.id_for_label)
        texts = getattr(bound, "messages", None) or [str(text) for text in errors]
        entries += [{"message": text, "anchor": anchor} for text in texts]
    return entries
