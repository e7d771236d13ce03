"""The list of reward offers (rewards.md 2.12)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.columns import row_url
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    IdColumn,
    RowAction,
    StatusColumn,
)
from core.templatetags.ui import icon, when
from directory.tables import DeskTable
from rewards.choices import Goal, Switch
from rewards.models import RewardOffer
from rewards.selectors.naming import award_of

AVAILABILITY = {"running": "Running", "upcoming": "Upcoming", "ended": "Ended"}


class RewardOfferTable(DeskTable):
    """One row for each offer, newest first."""

    caption = "Reward offers"
    default_order = ("-created_at",)

    number = IdColumn("No.", accessor="number", sortable=True, stacked=False)
    name = Column("Offer", sortable=True, css="cell-offer", empty_values=())
    goal = ChoiceColumn("Goal", choices=Goal, sortable=True, stacked=False)
    type = Column("Type", sortable=True)
    scheme = Column("Scheme", accessor="scheme__name", order_by="scheme__name")
    award = Column("Award", accessor="pk")
    currency = Column("Currency", sortable=True, stacked=False)
    availability = Column("Availability", order_by="available_from", css="cell-when")
    status = StatusColumn("State", choices=Switch, sortable=True)
    menu = ActionsColumn()

    def name_of(self, record: RewardOffer) -> str:
        return f"offer {record.title}"

    def render_number(self, value: int, record: RewardOffer) -> Any:
        return format_html('<span class="font-monospace">{}</span>', value)

    def render_name(self, record: RewardOffer) -> Any:
        """Show picture and name, with a star on featured ones and the owner where it is a merchant."""
        picture = (
            format_html('<img class="offer-thumb" src="{}" alt="">', record.image.url)
            if record.image
            else format_html('<span class="offer-thumb offer-thumb-none">{}</span>', icon("award"))
        )
        star = (
            format_html(
                '<span class="offer-star">{}<span class="visually-hidden">Featured</span></span>',
                icon("star"),
            )
            if record.featured
            else ""
        )
        owner = (
            format_html('<span class="cell-second">{}</span>', record.owner.name)
            if record.owner_id != record.business_id
            else ""
        )
        return format_html(
            '<div class="offer-cell">{}<span><a class="name-link" href="{}">{}</a>{}{}</span></div>',
            picture,
            row_url("reward_offer", record.pk),
            record.title,
            star,
            owner,
        )

    def value_name(self, record: RewardOffer) -> str:
        return record.title

    def render_type(self, record: RewardOffer) -> str:
        return record.kind.label

    def value_type(self, record: RewardOffer) -> str:
        return record.kind.label

    def render_award(self, record: RewardOffer) -> str:
        return award_of(record)

    def value_award(self, record: RewardOffer) -> str:
        return award_of(record)

    def render_availability(self, value: str, record: RewardOffer) -> Any:
        """Show running, upcoming or ended, with the dates that make it so below."""
        word = AVAILABILITY[value]
        start, end = record.available_from, record.available_to
        if start is None and end is None:
            return format_html('{}<div class="cell-second">open-ended</div>', word)
        parts = format_html("{}{}", "from " if start else "", when(start) if start else "")
        until = format_html(" to {}", when(end)) if end else ""
        return format_html('{}<div class="cell-second">{}{}</div>', word, parts, until)

    def value_availability(self, value: str, record: RewardOffer) -> str:
        return AVAILABILITY[value]

    def actions(self, record: RewardOffer) -> list[RowAction]:
        """Return what this member may do with the offer now."""
        found = [RowAction("View", row_url("reward_offer", record.pk), "eye")]
        if self.may("rewards.write"):
            step = reverse("reward_offer_step", args=[record.pk, "details"])
            found.append(RowAction("Edit", step, "pencil"))
        if self.may("rewards.activate"):
            found.append(self._switch(record))
        if self.may("rewards.try"):
            url = row_url("reward_offer_try", record.pk)
            found.append(RowAction("Try a purchase", url, "player-play"))
        if self.may("rewards.write"):
            found.append(RowAction("Copy", row_url("reward_offer_copy", record.pk), "copy"))
        if record.requires_pass:
            found.append(RowAction("Passes", row_url("reward_passes", record.pk), "ticket"))
        if self.may("rewards.delete"):
            delete = row_url("reward_offer_delete", record.pk)
            found.append(RowAction("Delete", delete, "trash", danger=True))
        return found

    def _switch(self, record: RewardOffer) -> RowAction:
        if record.is_active:
            url = row_url("reward_offer_deactivate", record.pk)
            return RowAction("Deactivate", url, "player-pause")
        return RowAction("Activate", row_url("reward_offer_activate", record.pk), "power")
