"""The table of a group's members (incentives.md 2.7)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core import columns, navigation
from core.columns import RowAction
from core.tables import BaseTable
from core.templatetags.ui import badge_facts
from incentives.choices import DistributionStatus, GroupMemberStatus, GroupRole
from incentives.models import GroupMember
from incentives.services import group_desk

# What may be done with a member: act, label, page, icon.
ACTS = (
    ("resend", "Resend invitation", "offer_member_resend", "mail-forward"),
    ("make_lead", "Make lead", "offer_member_make_lead", "star"),
    ("remove", "Remove member", "offer_member_remove", "user-x"),
)


class MemberTable(BaseTable):
    """One row for each person who was invited or joined, the newest first."""

    caption = "Members of the group"
    default_order = ("-invited_at",)

    pk = columns.IdColumn("Member ID", prefix="M-", sortable=True)
    name = columns.Column("Name", sortable=True)
    email = columns.Column("Email", sortable=True, css="cell-address")
    role = columns.ChoiceColumn("Role", choices=GroupRole, sortable=True)
    status = columns.StatusColumn(choices=GroupMemberStatus, sortable=True)
    invited_at = columns.WhenColumn("Invited", sortable=True)
    # Taking a place verifies the address, so the two are one moment.
    verified_at = columns.WhenColumn("Joined", sortable=True)
    claimed_at = columns.WhenColumn("Claimed", sortable=True)
    distribution_status = columns.StatusColumn("Distribution", choices=DistributionStatus)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: GroupMember) -> str:
        return f"member {record.pk}"

    def render_distribution_status(self, value: str) -> Any:
        """Draw the distribution's badge apart from the member's: both have a Pending."""
        key = ("distribution", value)
        if key not in self.drawn:
            facts = badge_facts(DistributionStatus(value))
            self.drawn[key] = self.component("components/_badge.html", facts)
        return self.drawn[key]

    def actions(self, record: GroupMember) -> list[RowAction]:
        """Return what may be done with the member now, by whoever may write."""
        if self.request is None or not navigation.may(self.request, "offers.write"):
            return []
        assert record.offer is not None
        acts = group_desk.acts_on(record.offer, record)
        return [
            RowAction(
                label,
                reverse(url_name, args=[record.offer_id, record.pk]),
                icon=icon,
                dialog=True,
                danger=act == "remove",
            )
            for act, label, url_name, icon in ACTS
            if act in acts
        ]
