"""The tables of webhooks (vouchers.md 8, page 16)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.columns import breakable
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from core.templatetags.ui import when
from directory.tables import DeskTable
from vouchers.happenings import HAPPENINGS
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.outside_choices import EndpointState, MessageState


class EndpointTable(DeskTable):
    """One row for each endpoint."""

    caption = "Webhooks"
    default_order = ("-created_at",)

    url = Column("Address", sortable=True, css="cell-offer")
    events = CountColumn("Events", accessor="event_types", stacked=False)
    state = StatusColumn("State", choices=EndpointState, sortable=True)
    last_success_at = WhenColumn("Last success", sortable=True)
    pending_count = CountColumn("On their way", stacked=False)
    failed_count = CountColumn("Given up")
    menu = ActionsColumn()

    def name_of(self, record: WebhookEndpoint) -> str:
        return f"webhook {record.url}"

    def render_url(self, value: str, record: WebhookEndpoint) -> Any:
        """Show the address, with whose it is and its description below."""
        url = reverse("voucher_webhook", args=[record.public_id])
        about = " · ".join(
            part for part in (record.partner.name if record.partner else "", record.description)
            if part
        )  # fmt: skip
        link = format_html('<a class="name-link" href="{}">{}</a>', url, breakable(value))
        return format_html('{}<div class="cell-second">{}</div>', link, about) if about else link

    def value_url(self, value: str) -> str:
        return value

    def render_events(self, value: list[str]) -> int:
        return len(value)

    def value_events(self, value: list[str]) -> str:
        return " ".join(value)

    def actions(self, record: WebhookEndpoint) -> list[RowAction]:
        """Return what may be done with the endpoint in its state."""
        pk = record.public_id
        found = [
            RowAction("View", reverse("voucher_webhook", args=[pk]), "eye"),
            RowAction(
                "Deliveries", reverse("voucher_webhook_deliveries", args=[pk]), "list-details"
            ),
            RowAction("Edit", reverse("voucher_webhook_edit", args=[pk]), "edit"),
        ]
        if record.state == EndpointState.ACTIVE:
            url = reverse("voucher_webhook_test", args=[pk])
            found.append(RowAction("Send test", url, "send", post=True))
        return found


class MessageTable(DeskTable):
    """One row for each message of an endpoint."""

    caption = "Deliveries"
    default_order = ("-created_at",)

    event_type = ChoiceColumn("Event", choices=HAPPENINGS, sortable=True)
    created_at = WhenColumn("When", sortable=True)
    tries = Column("Tries", accessor="pk", css="text-end", stacked=False)
    answer = Column("Last answer", accessor="pk")
    state = StatusColumn("State", choices=MessageState, sortable=True)
    next_attempt_at = WhenColumn("Next try", stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: WebhookMessage) -> str:
        return f"message {record}"

    def render_event_type(self, value: str, record: WebhookMessage) -> Any:
        """Show what happened, leading to the message, with the name on the wire below."""
        args = [record.endpoint.public_id, record.public_id]
        return format_html(
            '<a class="name-link" href="{}">{}</a>{}<div class="cell-second font-monospace">{}</div>',
            reverse("voucher_webhook_message", args=args), HAPPENINGS.get(value, value),
            " (test)" if record.is_test else "", value,
        )  # fmt: skip

    def value_event_type(self, value: str) -> str:
        return value

    def render_tries(self, record: WebhookMessage) -> int:
        return len(record.attempts.all())

    def value_tries(self, record: WebhookMessage) -> int:
        return self.render_tries(record)

    def render_answer(self, record: WebhookMessage) -> str:
        tries = record.attempts.all()
        if not tries:
            return "–"
        return tries[0].error or f"HTTP {tries[0].status}"

    def value_answer(self, record: WebhookMessage) -> str:
        return self.render_answer(record)

    def render_next_attempt_at(self, value: Any, record: WebhookMessage) -> Any:
        if record.state != MessageState.PENDING:
            return "–"
        return when(value)

    def actions(self, record: WebhookMessage) -> list[RowAction]:
        """Return what may be done with the message."""
        args = [record.endpoint.public_id, record.public_id]
        found = [RowAction("View", reverse("voucher_webhook_message", args=args), "eye")]
        if record.state == MessageState.FAILED:
            url = reverse("voucher_webhook_again", args=args)
            found.append(RowAction("Send again", url, "send", post=True))
        return found
