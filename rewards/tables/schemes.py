"""The lists of schemes, their members and codes, and of an offer's passes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.columns import row_url
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from directory.models import Contact
from directory.tables import DeskTable
from rewards.choices import SignUpOption, Switch
from rewards.models import Pass, RewardScheme, SignUpCode


class SchemeTable(DeskTable):
    """One row for each scheme, newest first."""

    caption = "Reward schemes"
    default_order = ("-created_at",)

    name = Column("Scheme", sortable=True)
    sign_up_option = ChoiceColumn("How contacts join", choices=SignUpOption, sortable=True)
    offer_count = CountColumn("Offers", sortable=True)
    active_offer_count = CountColumn("Active offers", sortable=True)
    status = StatusColumn("State", choices=Switch, sortable=True)
    created_at = WhenColumn("Created", sortable=True, stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: RewardScheme) -> str:
        return f"scheme {record.name}"

    def render_name(self, value: str, record: RewardScheme) -> Any:
        url = row_url("reward_scheme", record.pk)
        return format_html('<a class="name-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str, record: RewardScheme) -> str:
        return value

    def render_offer_count(self, value: int, record: RewardScheme) -> Any:
        if not value:
            return "0"
        url = reverse("reward_offers")
        return format_html('<a href="{}?scheme={}">{}</a>', url, record.pk, f"{value:,}")

    def actions(self, record: RewardScheme) -> list[RowAction]:
        """Return what this member may do with the scheme now."""
        found = [
            RowAction("View", row_url("reward_scheme", record.pk), "eye"),
            RowAction("Members", row_url("reward_members", record.pk), "users"),
        ]
        if self.may("schemes.write"):
            found.append(RowAction("Edit", row_url("reward_scheme_edit", record.pk), "pencil"))
            if record.asks_for_code:
                found.append(
                    RowAction("Sign-up codes", row_url("reward_codes", record.pk), "ticket")
                )
        if self.may("schemes.activate"):
            name, label, icon = (
                ("reward_scheme_deactivate", "Deactivate", "player-pause")
                if record.is_active
                else ("reward_scheme_activate", "Activate", "power")
            )
            found.append(RowAction(label, row_url(name, record.pk), icon))
        if self.may("schemes.delete"):
            url = row_url("reward_scheme_delete", record.pk)
            found.append(RowAction("Delete", url, "trash", danger=True))
        return found


class MemberTable(DeskTable):
    """Who is in a scheme now, newest first."""

    caption = "Members"
    default_order = ("-joined_at",)

    last_name = Column("Contact", order_by=("last_name", "first_name"), empty_values=())
    code = Column("Code", css="cell-id", sortable=True, stacked=False)
    joined_at = WhenColumn("Member since", sortable=True)
    menu = ActionsColumn()

    def name_of(self, record: Contact) -> str:
        return str(record)

    def render_last_name(self, record: Contact) -> Any:
        url = row_url("contact_detail", record.pk)
        return format_html('<a class="name-link" href="{}">{}</a>', url, str(record))

    def value_last_name(self, record: Contact) -> str:
        return str(record)

    def actions(self, record: Contact) -> list[RowAction]:
        """Return leaving, for those who may write."""
        if not self.may("schemes.write") or self.request is None:
            return []
        match = self.request.resolver_match
        scheme = match.kwargs["pk"] if match else 0
        url = reverse("reward_member_leave", args=[scheme, record.pk])
        return [RowAction("Take out of the scheme", url, "user-x", danger=True)]


class CodeTable(DeskTable):
    """The sign-up codes of a scheme, newest first."""

    caption = "Sign-up codes"
    default_order = ("-pk",)

    code = Column("Code", css="cell-id", sortable=True)
    used_by = Column("Used by", empty_values=())
    used_at = WhenColumn("Used", sortable=True, default="not yet")
    created_at = WhenColumn("Imported", sortable=True, stacked=False)

    def name_of(self, record: SignUpCode) -> str:
        return record.code

    def render_used_by(self, record: SignUpCode) -> Any:
        if record.used_by is None:
            return "–"
        url = row_url("contact_detail", record.used_by.pk)
        return format_html('<a href="{}">{}</a>', url, str(record.used_by))

    def value_used_by(self, record: SignUpCode) -> str:
        return str(record.used_by or "")


class PassTable(DeskTable):
    """The passes of an offer, newest first."""

    caption = "Passes"
    default_order = ("-created_at", "-pk")

    code = Column("Code", css="cell-id", sortable=True)
    contact = Column("For", empty_values=())
    used = Column("Used", order_by="used", empty_values=())
    valid_from = WhenColumn("Valid from", sortable=True, stacked=False, default="at once")
    valid_to = WhenColumn("Valid to (excluded)", sortable=True, default="no end")
    status = StatusColumn("State", choices=Switch, sortable=True)
    menu = ActionsColumn()

    def name_of(self, record: Pass) -> str:
        return f"pass {record.code}"

    def render_contact(self, record: Pass) -> Any:
        if record.contact is None:
            return "anybody"
        url = row_url("contact_detail", record.contact.pk)
        return format_html('<a href="{}">{}</a>', url, str(record.contact))

    def value_contact(self, record: Pass) -> str:
        return str(record.contact or "")

    def render_used(self, record: Pass) -> str:
        return f"{record.used:,} of {record.max_usage:,}"

    def value_used(self, record: Pass) -> str:
        return f"{record.used}/{record.max_usage}"

    def actions(self, record: Pass) -> list[RowAction]:
        """Return the switch and, for a pass never used, deletion."""
        if not self.may("rewards.write"):
            return []
        args = [record.offer_id, record.pk]
        label, icon = ("Deactivate", "player-pause") if record.is_active else ("Activate", "power")
        found = [RowAction(label, reverse("reward_pass_switch", args=args), icon, post=True)]
        if not record.used:
            url = reverse("reward_pass_delete", args=args)
            found.append(RowAction("Delete", url, "trash", danger=True))
        return found
