"""Step 3, Target conditions: what stands beside the shared editor of conditions.

Whose day it must be, whether a pass is asked for, how often one contact may get it, how many
achievements it takes, when a referral counts, and when a gift is given. A type asks what it has and
no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from rewards.choices import (
    Frequency,
    Occasion,
    PassKind,
    PeriodUnit,
    Quorum,
    ReferralMoment,
)
from rewards.configuration import (
    AchievementTerms,
    FrequencyTerms,
    GiftTerms,
    OccasionTerms,
    ReferralTerms,
)
from rewards.forms import gifts
from rewards.forms.steps import StepForm
from rewards.services.offer_data import OfferData

MOST_DAYS = 30


class LimitsForm(StepForm):
    """The conditions that only rewards have."""

    mark_optional = False
    also = {"terms": "count"}
    show_when = {
        **gifts.SHOW_WHEN,
        "days_before": "occasion=BIRTHDAY|NAME_DAY",
        "days_after": "occasion=BIRTHDAY|NAME_DAY",
        "frequency_count": "frequency=ONCE_PER_PERIOD",
        "frequency_unit": "frequency=ONCE_PER_PERIOD",
    }

    moment = forms.ChoiceField(
        label="The award comes", choices=ReferralMoment.choices, widget=forms.RadioSelect
    )
    count = forms.IntegerField(
        label="How many achievements make an award", min_value=1, max_value=1000
    )
    quorum = forms.ChoiceField(
        label="If several classifications are chosen", choices=Quorum.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    occasion = forms.ChoiceField(label="On", choices=Occasion.choices, widget=forms.RadioSelect)
    days_before = forms.IntegerField(
        label="Days before", required=False, min_value=0, max_value=MOST_DAYS
    )
    days_after = forms.IntegerField(
        label="Days after", required=False, min_value=0, max_value=MOST_DAYS
    )
    requires_pass = forms.BooleanField(
        label="Ask for a pass",
        required=False,
        help_text="Only purchases that quote a valid code of this offer earn it.",
    )
    frequency = forms.ChoiceField(
        label="Each contact gets it", choices=Frequency.choices, widget=forms.RadioSelect
    )
    frequency_count = forms.IntegerField(
        label="In each", required=False, min_value=1, max_value=1000
    )
    frequency_unit = forms.ChoiceField(label="Of these", choices=PeriodUnit.choices, required=False)

    def initial_of(self, data: OfferData) -> dict[str, Any]:
        terms = data.terms
        return gifts.initial_of(terms) | {
            "moment": getattr(terms, "moment", ReferralMoment.FIRST_PURCHASE),
            "count": getattr(terms, "count", 1),
            "quorum": getattr(terms, "quorum", Quorum.ANY),
            "occasion": data.occasion.kind,
            "days_before": data.occasion.days_before,
            "days_after": data.occasion.days_after,
            "requires_pass": data.requires_pass,
            "frequency": data.frequency.kind,
            "frequency_count": data.frequency.count,
            "frequency_unit": data.frequency.unit,
        }

    def prepare(self) -> None:
        kind = self.offer.kind
        gone: list[str] = []
        if kind.terms_type is not ReferralTerms:
            gone.append("moment")
        if kind.terms_type is not AchievementTerms:
            gone += ["count", "quorum"]
        if not kind.has_occasion:
            gone += ["occasion", "days_before", "days_after"]
        if kind.pass_kind == PassKind.NONE:
            gone.append("requires_pass")
        if kind.frequency_is_fixed:
            gone += ["frequency", "frequency_count", "frequency_unit"]
        for name in gone:
            del self.fields[name]
        if kind.terms_type is GiftTerms:
            self.fields |= gifts.fields(self.business.time_zone)

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        """Return the titles of the sections with their fields, those that the type has."""
        groups = (
            ("When it is given", gifts.FIELDS),
            ("Which moment", ("moment",)),
            ("How many", ("count", "quorum")),
            ("Whose day", ("occasion", "days_before", "days_after")),
            ("With a pass", ("requires_pass",)),
            ("How often", ("frequency", "frequency_count", "frequency_unit")),
        )
        return [
            (title, [self[name] for name in names])
            for title, names in groups
            if all(name in self.fields for name in names)
        ]

    def changed(self, data: OfferData, cleaned: Mapping[str, Any]) -> OfferData:
        if "occasion" in self.fields:
            data = replace(data, occasion=_occasion(data.occasion, cleaned))
        if "requires_pass" in self.fields:
            data = replace(data, requires_pass=bool(cleaned.get("requires_pass")))
        if "frequency" in self.fields:
            data = replace(data, frequency=_frequency(data.frequency, cleaned))
        return replace(data, terms=_terms(data.terms, cleaned))


def _occasion(now: OccasionTerms, cleaned: Mapping[str, Any]) -> OccasionTerms:
    kind = Occasion(cleaned.get("occasion") or now.kind)
    if kind == Occasion.NONE:
        return OccasionTerms()
    return OccasionTerms(kind, cleaned.get("days_before") or 0, cleaned.get("days_after") or 0)


def _frequency(now: FrequencyTerms, cleaned: Mapping[str, Any]) -> FrequencyTerms:
    kind = Frequency(cleaned.get("frequency") or now.kind)
    if kind != Frequency.ONCE_PER_PERIOD:
        return FrequencyTerms(kind)
    unit = PeriodUnit(cleaned.get("frequency_unit") or PeriodUnit.DAYS)
    return FrequencyTerms(kind, cleaned.get("frequency_count") or 1, unit)


def _terms(terms: Any, cleaned: Mapping[str, Any]) -> Any:
    if isinstance(terms, ReferralTerms) and cleaned.get("moment"):
        return replace(terms, moment=ReferralMoment(cleaned["moment"]))
    if isinstance(terms, GiftTerms):
        return gifts.changed(terms, cleaned)
    if isinstance(terms, AchievementTerms):
        return replace(
            terms,
            count=cleaned.get("count") or terms.count,
            quorum=Quorum(cleaned.get("quorum") or terms.quorum),
        )
    return terms
