"""One step of the builder as a whole: its form, and beside it the tree, the purchase, or the lists."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import QueryDict

from core.forms import summary_of
from events.conditions import ConditionSet
from events.forms.conditions import ConditionForms
from events.selectors.conditions import load_condition_sets
from vouchers import triggers
from vouchers.campaign_acts import STARTED
from vouchers.choices import Qualification
from vouchers.forms.builder import FORMS
from vouchers.forms.sources import SourceForms
from vouchers.forms.tree import TreeForms
from vouchers.models import Campaign, CampaignGroup, CampaignLeaf
from vouchers.selectors import campaign_words, eligibility
from vouchers.services.campaign_rules import GroupData
from vouchers.services.campaigns import CampaignData, data_of

# Whom it concerns is asked by the tree, of the person and not of the purchase.
PURCHASE_KINDS = ("location", "time", "classification", "amount", "products")


class BuilderStep:
    """A step of one campaign, bound to what was sent or to what is stored."""

    def __init__(
        self, name: str, *, campaign: Campaign, at: datetime, data: QueryDict | None = None
    ) -> None:
        self.name, self.campaign, self.at = name, campaign, at
        self.is_started = campaign.status in STARTED
        self.form = FORMS[name](data, campaign=campaign, is_started=self.is_started)
        self.tree = self._tree(data) if name == "who" else None
        self.purchase = self._purchase(data) if name == "who" else None
        self.sources = SourceForms(data, campaign=campaign, at=at) if name == "what" else None

    @property
    def is_redrawn(self) -> bool:
        """Whether a button asked for a row more or less, and nothing is to be judged or saved."""
        parts = (self.tree, self.purchase, self.sources)
        return any(part is not None and part.is_redrawn for part in parts)

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it."""
        if not self.form.is_bound or self.is_redrawn:
            return []
        found = summary_of(self.form)
        for part in (self.tree, self.purchase, self.sources):
            found += part.entries if part is not None else []
        return found

    def is_valid(self) -> bool:
        """Tell whether everything can be saved."""
        if self.is_redrawn:
            return False
        parts = (self.form, self.tree, self.purchase, self.sources)
        return all([*(part.is_valid() for part in parts if part is not None)])

    def data(self) -> CampaignData:
        """Return the campaign as it is to be saved; only after `is_valid`."""
        return replace(data_of(self.campaign), **self.form.values())

    def rules(self) -> ConditionSet | None:
        """Return what the purchase must look like, where the campaign listens to purchases."""
        return self.purchase.rules() if self.purchase is not None else None

    def side(self) -> dict[str, Any]:
        """Return the campaign as typed in words, and on the step of people how many they are."""
        typed = self.form.typed()
        asked, preview = self._asked(typed)
        sources = (
            self.sources.words()
            if self.sources is not None
            else campaign_words.takes_from(campaign=self.campaign)
        )
        lines = campaign_words.describe(campaign=typed, asked=asked, sources=sources)
        mail = campaign_words.preview_of(typed) if self.name == "message" else None
        return {"lines": lines, "people": preview, "preview": mail}

    def _asked(self, typed: Campaign) -> tuple[list[str], eligibility.Preview | None]:
        if self.tree is None:
            return eligibility.describe(campaign=self.campaign, at=self.at), None
        if not self.tree.is_bound:
            return (
                eligibility.describe(campaign=self.campaign, at=self.at),
                eligibility.preview(campaign=self.campaign, at=self.at),
            )
        joined = copy(typed)
        joined.join = self.tree.word
        lines, people = eligibility.preview_typed(
            campaign=joined, leaves=_rows(self.tree.data(), joined), at=self.at
        )
        if self.purchase is not None and self.purchase.is_valid():
            lines = [*lines, *self.purchase.rules().describe()]
        return lines, people

    def _tree(self, data: QueryDict | None) -> TreeForms:
        groups = self.campaign.groups.order_by("position").prefetch_related(
            "leaves__segment", "leaves__people"
        )
        stored = [
            (group.join, sorted(group.leaves.all(), key=lambda leaf: leaf.position))
            for group in groups
        ]
        return TreeForms(
            data, business=self.campaign.business, join=self.campaign.join, stored=stored
        )

    def _purchase(self, data: QueryDict | None) -> ConditionForms | None:
        listens = self.campaign.trigger == triggers.PURCHASE
        if self.campaign.qualification != Qualification.LIVE or not listens:
            return None
        pk = self.campaign.condition_set_id
        rules = load_condition_sets([pk])[pk] if pk is not None else None
        return ConditionForms(
            data, business=self.campaign.business, kinds=PURCHASE_KINDS, rules=rules
        )


def _rows(groups: list[GroupData], campaign: Campaign) -> list[CampaignLeaf]:
    """Return the leaves as rows that are not saved, each with a key of its own."""
    found: list[CampaignLeaf] = []
    for place, group in enumerate(groups, start=1):
        row = CampaignGroup(pk=place, campaign=campaign, position=place, join=group.join)
        for leaf in group.leaves:
            found.append(
                CampaignLeaf(
                    pk=len(found) + 1,
                    group=row,
                    position=len(found),
                    kind=leaf.kind,
                    is_negated=leaf.is_negated,
                    segment_id=leaf.segment_id,
                    voucher_list_id=leaf.voucher_list_id,
                    other_campaign_id=leaf.other_campaign_id,
                    people_id=leaf.people_id,
                    terms=dict(leaf.terms),
                )
            )
    return found
