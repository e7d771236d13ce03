"""The tables of offers and programs (incentives.md 2.2, 2.9)."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch
from django.utils.html import format_html

from core import columns, navigation
from core.columns import RowAction, row_url
from core.tables import BaseTable
from core.templatetags.ui import badge_facts, icon, when
from incentives import selectors, words
from incentives.choices import (
    DeliveryMethod,
    EntityStage,
    IncentiveType,
    OfferStatus,
    OfferType,
    ProgramStatus,
)
from incentives.models import Offer, Program

# The entries of the row menu in the order of the manual: action, label, page, icon.
OFFER_ACTIONS = (
    ("messages", "View Messages with Recipient", "offer_messages", "messages"),
    ("share", "Copy Link and Share", "offer_share", "share"),
    ("edit", "Edit Incentive Offer", "offer_edit", "edit"),
    ("members", "View Group Members", "offer_members", "users-group"),
    ("distributions", "View Incentive Distribution", "offer_distributions", "checklist"),
    ("program", "View Incentive Program", "program_detail", "target"),
    ("embed", "Embed Acknowledgement Widget", "offer_embed", "plug"),
    ("details", "View Incentive Offer Details", "offer_detail", "list-details"),
)


class MomentsColumn(columns.Column):
    """Two moments in one column, each with a sort of its own in the heading."""

    sorts = (("created_at", "Created"), ("updated_at", "Updated"))

    def __init__(self, verbose_name: str, **kwargs: Any) -> None:
        super().__init__(verbose_name, exclude_from_export=True, **kwargs)

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        return format_html(
            '<div>{}<div class="cell-second">'
            '<span class="visually-hidden">Updated </span>{}</div></div>',
            when(value),
            when(record.updated_at),
        )

    def heading(self, table: BaseTable, label: str) -> Any:
        """Return both sorts as links; the one in force says its direction in words and by an arrow."""
        if table.link is None:
            return label
        links = [self._sort(table, name, word) for name, word in self.sorts]
        return format_html('<span class="cell-moments-sorts">{} / {}</span>', *links)

    @staticmethod
    def _sort(table: BaseTable, name: str, word: str) -> Any:
        assert table.link is not None
        newest, oldest = f"-{name}", name
        url = table.link({"sort": oldest if table.sort == newest else newest})
        mark, state = "", ""
        if table.sort in (newest, oldest):
            down = table.sort == newest
            mark = icon("arrow-down" if down else "arrow-up")
            state = f", sorted {'newest' if down else 'oldest'} first"
        return format_html(
            '<a class="sort" href="{}" hx-get="{}" hx-target="#results" hx-swap="outerHTML"'
            ' hx-push-url="true" id="sort-{}">{}<span class="visually-hidden">{}</span>{}</a>',
            url,
            url,
            name,
            word,
            state,
            mark,
        )


class OfferTable(BaseTable):
    """My Offers: one row for each offer, newest first."""

    caption = "Incentive offers"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Incentive Offer ID", url_name="offer_detail", sortable=True)
    email = columns.Column("Email", accessor="pk", order_by="recipient_email", css="cell-person")
    product = columns.Column(
        "Product/Service Name",
        accessor="program__product_service__name",
        order_by="program__product_service__name",
        css="cell-product",
    )
    message = columns.LongTextColumn("Message", url_name="offer_messages", css="cell-message")
    entity_stage = columns.ChoiceColumn(
        "Entity Stage", choices=EntityStage, sortable=True, stacked=False
    )
    incentive_type = columns.ChoiceColumn("Incentive Type", choices=IncentiveType, sortable=True)
    offer_type = columns.ChoiceColumn("Offer Type", choices=OfferType, sortable=True, stacked=False)
    delivery_method = columns.ChoiceColumn("Delivery Method", choices=DeliveryMethod, sortable=True)
    status = columns.StatusColumn(choices=OfferStatus, sortable=True)
    waiting = columns.Column("Waiting for", accessor="status")
    moments = MomentsColumn("Created / Updated", accessor="created_at", css="cell-moments")
    created_at = columns.WhenColumn("Created", sortable=True, visible=False)
    updated_at = columns.WhenColumn("Updated", sortable=True, visible=False)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: Offer) -> str:
        return f"offer {record.pk}"

    def _exported(self) -> list[Any]:
        """Return the columns of a file, in which Created and Updated are columns of their own."""
        return [bound for bound in self.columns.iterall() if not bound.column.exclude_from_export]

    def render_email(self, record: Offer) -> Any:
        """Show the address over the name; a gathering group shows how many places are taken."""
        if record.is_group or not record.recipient_name:
            return self.value_email(record)
        return format_html(
            '<div>{}<div class="cell-second">{}</div></div>',
            columns.breakable(record.recipient_email),
            record.recipient_name,
        )

    def value_email(self, record: Offer) -> str:
        if record.is_group:
            taken = getattr(record, "members_taken", 0)
            return f"{taken} of {record.max_required_members or '–'} members"
        return record.recipient_email or columns.NOTHING

    def render_status(self, value: str, record: Offer) -> Any:
        """Show the badge; its hint says what the status means and who moves next."""
        key = ("badge", value, record.status_set_by)
        if key not in self.drawn:
            facts = badge_facts(OfferStatus(value))
            side = words.waiting_text(value, record.status_set_by)
            hint = f"{facts['hint']}. Waiting for: {side}." if side != "–" else facts["hint"]
            self.drawn[key] = self.component("components/_badge.html", {**facts, "hint": hint})
        return self.drawn[key]

    def render_waiting(self, value: str, record: Offer) -> str:
        return words.waiting_text(value, record.status_set_by)

    def value_waiting(self, value: str, record: Offer) -> str:
        return words.waiting_text(value, record.status_set_by)

    def actions(self, record: Offer) -> list[RowAction]:
        """Return exactly what 2.2 lists for the offer now, of the pages that exist."""
        available = selectors.row_actions(record)
        may_write = self.request is not None and navigation.may(self.request, "offers.write")
        return [
            RowAction(label, url, icon=icon, dialog=action == "share")
            for action, label, url_name, icon in OFFER_ACTIONS
            if action in available
            and (action != "edit" or may_write)
            and (url := self._address(url_name, action, record))
        ]

    def _address(self, url_name: str, action: str, record: Offer) -> str:
        """Return where the action leads, or nothing where this installation lacks the page."""
        try:
            return row_url(url_name, record.program_id if action == "program" else record.pk)
        except NoReverseMatch:
            return ""


class ProgramTable(BaseTable):
    """Programs with how much happens in each."""

    caption = "Incentive programs"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Program ID", url_name="program_detail", sortable=True)
    product = columns.Column(
        "Product/Service",
        accessor="product_service__name",
        order_by="product_service__name",
        css="cell-product",
    )
    status = columns.StatusColumn(choices=ProgramStatus, sortable=True)
    request_count = columns.CountColumn("Requests", sortable=True)
    offer_count = columns.CountColumn("Offers", sortable=True)
    acknowledgement_count = columns.CountColumn("Acknowledgements", sortable=True)
    view_count = columns.CountColumn("Views", sortable=True)
    created_at = columns.WhenColumn("Created", sortable=True)
    updated_at = columns.WhenColumn("Updated", sortable=True)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: Program) -> str:
        return f"program {record.pk}"

    def render_status(self, record: Program) -> Any:
        """Show Active or Inactive as word, icon and colour."""
        key = ("badge", record.status)
        if key not in self.drawn:
            self.drawn[key] = self.component("components/_badge.html", program_badge(record))
        return self.drawn[key]

    def render_request_count(self, value: int, record: Program) -> Any:
        return self._linked("requests", value, record)

    def render_offer_count(self, value: int, record: Program) -> Any:
        return self._linked("offers", value, record)

    @staticmethod
    def _linked(url_name: str, value: int, record: Program) -> Any:
        """Show a count that leads to what it counts."""
        address = navigation.address(url_name)
        if not value or not address:
            return f"{value:,}"
        return format_html('<a href="{}?program={}">{}</a>', address, record.pk, f"{value:,}")

    def actions(self, record: Program) -> list[RowAction]:
        """Return what may be done with the program; an inactive one has no public page."""
        entries = [RowAction("View Program", row_url("program_detail", record.pk), "eye")]
        if record.is_active:
            public = navigation.address("program_public", record.slug)
            entries.append(RowAction("View public page", public, "world"))
        offers = f"{navigation.address('offers')}?program={record.pk}"
        entries.append(RowAction("View Offers", offers, "gift"))
        if self.request is None or not navigation.may(self.request, "programs.write"):
            return entries
        if record.is_active:
            embed = row_url("program_embed", record.pk)
            entries.append(RowAction("Embed Social Proof", embed, "plug"))
        edit = RowAction("Edit Program", row_url("program_edit", record.pk), "edit")
        switch = (
            RowAction("Deactivate", row_url("program_deactivate", record.pk), "player-pause")
            if record.is_active
            else RowAction("Activate", row_url("program_activate", record.pk), "power", post=True)
        )
        return [*entries, edit, switch]


def program_badge(program: Program) -> dict[str, str]:
    """Return the face of a program's status."""
    if program.is_active:
        facts = ("success", "circle-check", "New offers may choose this program")
    else:
        facts = ("neutral", "player-pause", "No new offers; shared links pause")
    tone, icon, hint = facts
    return {"label": ProgramStatus(program.status).label, "tone": tone, "icon": icon, "hint": hint}
