"""The tables of incoming requests and of the members of a group request."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.html import format_html

from core import columns
from core.columns import RowAction, row_url
from core.tables import BaseTable
from core.templatetags.ui import badge_facts
from incentives.choices import (
    DistributionStatus,
    EntityStage,
    GroupMemberStatus,
    GroupRole,
    IncentiveType,
    OfferType,
)
from incentives.choices.requests import RequestStatus, waits_for
from incentives.models import GroupMember, IncentiveRequest
from incentives.selectors.requests import request_actions
from incentives.tables.offers import MomentsColumn

# The entries of the row menu: action, label, page, icon.
REQUEST_ACTIONS = (
    ("messages", "View Messages with Recipient", "request_messages", "messages"),
    ("members", "View Group Members", "request_members", "users-group"),
    ("distributions", "View Incentive Distribution", "request_distributions", "checklist"),
    ("program", "View Incentive Program", "program_detail", "target"),
    ("details", "View Incentive Request Details", "request_detail", "list-details"),
)


class RequestTable(BaseTable):
    """Incoming requests as the provider sees them, newest first (incentives.md 8.1)."""

    caption = "Incentive requests"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Incentive Request ID", url_name="request_detail", sortable=True)
    email = columns.Column(
        "Email", accessor="recipient_email", order_by="recipient_email", css="cell-person"
    )
    product = columns.Column(
        "Product/Service Name",
        accessor="product_name",
        order_by="product_name",
        css="cell-product",
    )
    message = columns.LongTextColumn("Message", url_name="request_messages", css="cell-message")
    requester_type = columns.ChoiceColumn(
        "Requester Type",
        accessor="entity_stage",
        choices=EntityStage,
        order_by="entity_stage",
    )
    incentive_type = columns.ChoiceColumn("Incentive Type", choices=IncentiveType, sortable=True)
    request_type = columns.ChoiceColumn(
        "Request Type", choices=OfferType, sortable=True, stacked=False
    )
    status = columns.StatusColumn(choices=RequestStatus, sortable=True)
    waiting = columns.Column("Waiting for", accessor="status")
    moments = MomentsColumn("Created / Updated", accessor="created_at", css="cell-moments")
    created_at = columns.WhenColumn("Created", sortable=True, visible=False)
    updated_at = columns.WhenColumn("Updated", sortable=True, visible=False)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: IncentiveRequest) -> str:
        return f"request {record.pk}"

    def _exported(self) -> list[Any]:
        """Return the columns of a file, in which Created and Updated are columns of their own."""
        return [bound for bound in self.columns.iterall() if not bound.column.exclude_from_export]

    def render_email(self, record: IncentiveRequest) -> Any:
        """Show the address over the name, or over how many places of a group are taken."""
        second = record.recipient_name
        if record.is_group:
            taken = getattr(record, "members_taken", 0)
            second = f"{taken} of {record.max_required_members} members"
        return format_html(
            '<div>{}<div class="cell-second">{}</div></div>',
            columns.breakable(record.recipient_email),
            second,
        )

    def render_status(self, value: str, record: IncentiveRequest) -> Any:
        """Show the badge; its hint says what the status means and who moves next."""
        key = ("badge", value, record.status_set_by)
        if key not in self.drawn:
            facts = badge_facts(RequestStatus(value))
            side = waiting_text(record)
            hint = f"{facts['hint']}. Waiting for: {side}." if side != "–" else facts["hint"]
            self.drawn[key] = self.component("components/_badge.html", {**facts, "hint": hint})
        return self.drawn[key]

    def render_waiting(self, record: IncentiveRequest) -> str:
        return waiting_text(record)

    def value_waiting(self, record: IncentiveRequest) -> str:
        return waiting_text(record)

    def actions(self, record: IncentiveRequest) -> list[RowAction]:
        """Return what there is to be seen of the request now."""
        available = request_actions(record)
        named = defaultdict(lambda: record.pk, program=record.program_id or 0)
        return [
            RowAction(label, row_url(url_name, named[action]), icon=icon)
            for action, label, url_name, icon in REQUEST_ACTIONS
            if action in available
        ]


def waiting_text(record: IncentiveRequest) -> str:
    """Return who moves next as shown in the list: Provider, Recipient or a dash."""
    return waits_for(record.status, record.status_set_by).capitalize() or "–"


class RequestMemberTable(BaseTable):
    """The members of a group request, first come first."""

    caption = "Members of the group"
    default_order = ("invited_at",)

    pk = columns.IdColumn("Member ID", sortable=True)
    name = columns.Column("Name", sortable=True, css="cell-person")
    email = columns.Column("Email", sortable=True, css="cell-address")
    role = columns.Column("Role")
    status = columns.StatusColumn(choices=GroupMemberStatus, sortable=True)
    joined = columns.WhenColumn("Asked to join", accessor="invited_at", sortable=True)
    verified = columns.WhenColumn("Joined", accessor="verified_at", sortable=True)
    outcome = columns.Column("Distribution", accessor="outcome")

    def name_of(self, record: GroupMember) -> str:
        return f"member {record.pk}"

    def render_role(self, record: GroupMember) -> str:
        return self.value_role(record)

    def value_role(self, record: GroupMember) -> str:
        """The docs of requests call the one who answers for the group the Creator."""
        return "Creator" if record.role == GroupRole.LEAD else "Member"

    def render_outcome(self, value: str) -> str:
        return DistributionStatus(value).label
