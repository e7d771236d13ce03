"""Step 2, Details: what contacts read, whose offer it is, when and in which currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from core.forms import LocalDateTimeField
from core.money import Money, NotMoney, known_currencies
from directory.forms.fields import PictureField
from directory.selectors.network import merchants_of
from rewards.forms.steps import StepForm
from rewards.models import RewardScheme
from rewards.selectors import desk
from rewards.services.offer_data import OfferData

PLAIN = ("name", "code", "short_description", "long_description", "terms_and_conditions",
         "featured", "available_from", "available_to", "currency")  # fmt: skip
COMMON = ("EUR", "USD", "GBP")


class DetailsForm(StepForm):
    """Name and texts, picture, scheme, owner, availability and currency."""

    mark_optional = False
    name = forms.CharField(
        label="Name", max_length=150, required=False, help_text="What contacts see in the app."
    )
    scheme = forms.ChoiceField(
        label="Scheme",
        required=False,
        help_text="Only members of the scheme see the offer and can earn it.",
    )
    short_description = forms.CharField(
        label="In one line",
        max_length=255,
        required=False,
        help_text="For example: 5% back on every coffee.",
    )
    long_description = forms.CharField(
        label="In full",
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="Say the conditions and how the award can be spent.",
    )
    terms_and_conditions = forms.CharField(
        label="Terms and conditions", max_length=20_000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    image = PictureField(label="Picture", required=False)
    remove_image = forms.BooleanField(label="Remove the picture", required=False)
    featured = forms.BooleanField(
        label="Feature this offer",
        required=False,
        help_text="It stands on the home screen and on top of the list in apps.",
    )
    currency = forms.ChoiceField(label="Currency")
    owner = forms.TypedChoiceField(label="Run and funded by", coerce=int, required=False)
    code = forms.CharField(label="Your own code", max_length=32, required=False)
    tags = forms.CharField(
        label="Tags", required=False, help_text="With commas between them: coffee, weekend"
    )

    def initial_of(self, data: OfferData) -> dict[str, Any]:
        shown: dict[str, Any] = {name: getattr(data, name) for name in PLAIN}
        return shown | {
            "scheme": data.scheme_id or "",
            "owner": data.owner_id or self.acting.pk,
            "tags": ", ".join(data.tags),
        }

    def prepare(self) -> None:
        zone = self.business.time_zone
        self.fields["available_from"] = LocalDateTimeField(
            label="Available from", zone=zone, required=False,
            help_text="Empty: from its activation on.",
        )  # fmt: skip
        self.fields["available_to"] = LocalDateTimeField(
            label="Available to (excluded)", zone=zone, required=False,
            help_text="Empty: it never ends.",
        )  # fmt: skip
        schemes = RewardScheme.objects.filter(business=self.business).order_by("name", "pk")
        own = [(pk, name) for pk, name in schemes.values_list("pk", "name")]
        self._choices("scheme", [("", "Choose a scheme"), *own])
        ordered = [self.business.base_currency, *COMMON, *sorted(known_currencies())]
        self._choices("currency", [(code, code) for code in dict.fromkeys(ordered)])
        if not self.offer.image:
            del self.fields["remove_image"]
        places: list[tuple[int, str]] = []
        if self.acting.is_business:
            merchants = merchants_of(business=self.business).order_by("name", "pk")
            places = [(self.business.pk, self.business.name), *merchants.values_list("pk", "name")]
            self._choices("owner", places)
        if len(places) < 2:
            del self.fields["owner"]
        if desk.has_awards(offer=self.offer):
            for name in ("scheme", "currency"):
                self.fields[name].disabled = True
                self.fields[
                    name
                ].help_text = (
                    "It stays, because the offer has awarded. Copy the offer to change it."
                )

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean_scheme(self) -> int | None:
        chosen = str(self.cleaned_data["scheme"] or "")
        return int(chosen) if chosen else None

    def clean(self) -> dict[str, Any]:
        """Carry the amounts over to another currency digit for digit, or say that they do not fit."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("available_from"), cleaned.get("available_to")
        if start and end and end <= start:
            self.add_error("available_to", "It ends before it begins. Choose a later end.")
        for name, kept in (("scheme", self.now.scheme_id), ("currency", self.now.currency)):
            # A browser sends no field that is switched off; who sends it anyway is told.
            sent = self.data.get(name)
            if self.fields[name].disabled and sent not in (None, str(kept)):
                self.add_error(
                    name, f"The {name} stays, because the offer has awarded. Copy the offer."
                )
        currency = cleaned.get("currency")
        if currency and currency != self.now.currency:
            try:
                in_currency(self.now, currency)
            except (ValueError, NotMoney):
                self.add_error(
                    "currency",
                    f"The amounts of this offer have more decimals than {currency} has. Change them"
                    " first.",
                )
        return cleaned

    def clean_tags(self) -> tuple[str, ...]:
        tags = tuple(tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip())
        if any(len(tag) > 40 for tag in tags):
            raise ValidationError("A tag has at most 40 characters.")
        return tags

    def changed(self, data: OfferData, cleaned: Mapping[str, Any]) -> OfferData:
        currency = cleaned.get("currency") or data.currency
        if currency != data.currency and "currency" not in self.errors:
            data = in_currency(data, currency)
        tags = cleaned.get("tags", data.tags)
        plain = {name: cleaned[name] for name in PLAIN if name in cleaned and name != "currency"}
        return replace(
            data,
            **plain,
            scheme_id=int(cleaned["scheme"]) if cleaned.get("scheme") else None,
            owner_id=cleaned.get("owner") or data.owner_id,
            tags=tags if isinstance(tags, tuple) else data.tags,
        )

    @property
    def picture(self) -> Any:
        """What to do with the picture: a new one, False for none, None to leave it."""
        if self.cleaned_data.get("image"):
            return self.cleaned_data["image"]
        return False if self.cleaned_data.get("remove_image") else None


def in_currency(data: OfferData, currency: str) -> OfferData:
    """Return the offer with its amounts digit for digit in another currency, unconverted.

    Raises ValueError where the digits do not fit (9.99 into JPY).
    """

    def moved(minor: int | None) -> int | None:
        return None if minor is None else Money.of(
            Money(minor, data.currency).amount, currency
        ).minor  # fmt: skip

    rules, terms = data.rules, data.terms
    if rules.amount is not None:
        amount = replace(
            rules.amount,
            currency=currency,
            min_minor=moved(rules.amount.min_minor),
            max_minor=moved(rules.amount.max_minor),
        )
        rules = replace(rules, amount=amount)
    if getattr(terms, "referred_minor", None) is not None:
        terms = replace(terms, referred_minor=moved(terms.referred_minor))  # type: ignore[type-var,attr-defined]
    return replace(
        data,
        currency=currency,
        award_amount_minor=moved(data.award_amount_minor),
        max_award_minor=moved(data.max_award_minor),
        rules=rules,
        terms=terms,
    )
