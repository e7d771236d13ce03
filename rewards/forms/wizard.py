"""One step of the wizard as a whole: its form, and on the conditions the shared editor beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from core.errors import DomainError
from core.forms import summary_of
from directory.models import Organisation
from events.conditions import ConditionSet
from events.forms.conditions import ConditionForms
from rewards.forms.awards import AwardStepForm
from rewards.forms.details import DetailsForm
from rewards.forms.limits import LimitsForm
from rewards.forms.redeeming import RedeemForm
from rewards.forms.steps import StepForm
from rewards.models import RewardOffer
from rewards.selectors.own_places import with_foreign
from rewards.services.offer_data import OfferData, data_of

FORMS: dict[str, type[StepForm]] = {
    "details": DetailsForm,
    "conditions": LimitsForm,
    "award": AwardStepForm,
    "redeem": RedeemForm,
}
# Where a problem is mended, by the field that names it; what is not here is of the award.
STEP_OF = {
    **dict.fromkeys(
        ("name", "code", "owner", "scheme", "available_from", "available_to", "currency", "image",
         "short_description", "long_description", "tags"),
        "details",
    ),
    **dict.fromkeys(
        ("segments", "location", "time", "classification", "amount", "products", "occasion",
         "frequency", "requires_pass", "count", "moment", "gift_at", "gift_every", "gift_occasion"),
        "conditions",
    ),
    **dict.fromkeys(("redeem_method", "commerce_pool"), "redeem"),
}  # fmt: skip
ANCHORS = {
    "award": "id_award_form",
    "terms": "step-form",
    "award_amount": "id_award_amount_amount",
    "referred_amount": "id_referred_amount_amount",
    "max_award_amount": "id_max_award_amount_amount",
}
CONDITIONS = ("segments", "location", "time", "classification", "amount", "products")


def step_of(name: str) -> str:
    """Return the step on which the field of a problem stands."""
    return STEP_OF.get(name, "award")


def anchor_of(name: str) -> str:
    """Return the part of the step's page to which a problem links."""
    if name in CONDITIONS:
        return f"conditions-{name}"
    return ANCHORS.get(name, f"id_{name}")


class Step:
    """A step of one offer, bound to what was sent or to what is stored."""

    def __init__(
        self,
        name: str,
        *,
        offer: RewardOffer,
        acting: Organisation,
        data: QueryDict | None = None,
        files: Any = None,
    ) -> None:
        self.name, self.offer, self.acting = name, offer, acting
        self.now = data_of(offer)
        self.conditions: ConditionForms | None = None
        if name == "conditions":
            self.conditions = ConditionForms(
                data,
                business=offer.business,
                kinds=[kind.value for kind in offer.kind.conditions],
                currency=self.now.currency,
                rules=self.now.rules,
                acting=acting,
            )
        self.is_redrawn = self.conditions is not None and self.conditions.is_redrawn
        self.form = FORMS[name](
            data, files if data is not None else None, offer=offer, data_now=self.now, acting=acting
        )
        self._refused: list[dict[str, str]] = []

    def suggest(self, asked: Mapping[str, str]) -> None:
        """Choose what was just made for this step, as the form's own `suggestions` name it."""
        for name, field in self.form.suggestions.items():
            chosen = asked.get(name)
            if chosen and chosen in {str(value) for value, _ in self.form.fields[field].choices}:  # type: ignore[attr-defined]
                self.form.initial[field] = chosen

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it."""
        if not self.form.is_bound or self.is_redrawn:
            return []
        found = summary_of(self.form)
        if self.conditions is not None:
            found += self.conditions.entries
        return [*found, *self._refused]

    def is_valid(self) -> bool:
        """Tell whether everything can be saved; asking for one more row is not saving."""
        if self.is_redrawn:
            return False
        parts = [self.form.is_valid()]
        if self.conditions is not None:
            parts.append(self.conditions.is_valid())
        return all(parts)

    def data(self) -> OfferData:
        """Return the offer as it is to be saved."""
        return self._with_rules(self.form.data_changed())

    def typed(self) -> OfferData:
        """Return the offer with what makes sense so far."""
        return self._with_rules(self.form.typed())

    def _with_rules(self, data: OfferData) -> OfferData:
        if self.conditions is None or not self.form.is_bound:
            return data
        return replace(data, rules=self._rules())

    def _rules(self) -> ConditionSet:
        assert self.conditions is not None
        if not self.conditions.is_valid():
            return self.now.rules
        return with_foreign(self.conditions.rules(), self.now.rules, acting=self.acting)

    def refuse(self, error: DomainError) -> None:
        """Show what the service refused: at its field, or linked to its kind of condition."""
        fields = dict(error.fields)
        for name in [name for name in fields if name in CONDITIONS]:
            text = fields.pop(name)
            message = text if isinstance(text, str) else "; ".join(text)
            self._refused.append({"message": message, "anchor": anchor_of(name)})
        if fields or not error.fields:
            self.form.refuse(type(error)(error.message, fields=fields))
