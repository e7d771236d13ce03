"""Leaves that apps above vouchers answer, as forms: their fields are what the app asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from vouchers.choices import LeafKind
from vouchers.forms.leaf import LeafForm
from vouchers.models import CampaignLeaf
from vouchers.questions import Question, outside
from vouchers.services.campaign_rules import LeafData

FEW = 20


class OutsideLeaf(LeafForm):
    """A question of another app. `of` says which; without that app it has no fields and no answers."""

    of: LeafKind

    @property
    def asked(self) -> tuple[Question, ...]:
        """The fields of the question."""
        answers = outside.get(self.of)
        return answers.questions if answers else ()

    def prepare(self) -> None:
        for question in self.asked:
            self.fields[question.name] = self._field(question)

    def _field(self, question: Question) -> forms.Field:
        choices = question.choices(self.business)
        common: dict[str, Any] = {"label": question.label, "help_text": question.hint}
        if question.is_many:
            few = forms.CheckboxSelectMultiple()
            widget = few if len(choices) <= FEW else forms.SelectMultiple({"data-rich": ""})
            return forms.MultipleChoiceField(choices=choices, widget=widget, **common)
        if question.any_of_them:
            choices = [("", question.any_of_them), *choices]
        return forms.ChoiceField(
            choices=choices, required=not question.any_of_them, initial=question.initial, **common
        )

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        return dict(leaf.terms)

    def terms(self) -> LeafData:
        given = {one.name: self.cleaned_data[one.name] for one in self.asked}
        return self.made(self.of, terms={name: value for name, value in given.items() if value})


class OfferStatusLeaf(OutsideLeaf):
    title = "Has an incentive offer"
    of = LeafKind.OFFER_STATUS
    several = frozenset({"statuses"})


class RewardEarnedLeaf(OutsideLeaf):
    title = "Earned an award"
    of = LeafKind.REWARD_EARNED
