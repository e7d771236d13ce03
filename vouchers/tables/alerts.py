"""The list of alerts (vouchers.md 8, page 15)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from core import navigation, references
from core.columns import row_url
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from core.templatetags.ui import badge_facts, when
from directory.tables import DeskTable
from vouchers.choices import AlertKind, AlertState, PartnerKind
from vouchers.models import Alert
from vouchers.thresholds import sentence


class AlertTable(DeskTable):
    """One row for each alert, the newest first."""

    caption = "Alerts"
    default_order = ("-raised_at",)

    subject = Column("About", sortable=True, css="cell-offer")
    kind = ChoiceColumn("Kind", choices=AlertKind, sortable=True, stacked=False)
    value = Column("What it says", accessor="pk", css="cell-long")
    raised_at = WhenColumn("Since", sortable=True)
    state = StatusColumn("State", choices=AlertState, sortable=True)
    menu = ActionsColumn()

    def name_of(self, record: Alert) -> str:
        return f"alert {record.face.label} of {record.subject}"

    def render_subject(self, value: str, record: Alert) -> Any:
        """Link the list, with partner and tag below; other alerts link what they are about."""
        found = record.voucher_list
        url = (
            navigation.address("voucher_list", found.list_id)
            if found is not None
            else references.url_for(record.reference)
        )
        name = format_html('<a class="name-link" href="{}">{}</a>', url, value) if url else value
        if found is None:
            return name
        return format_html(
            '{}<div class="cell-second">{} · {}</div>', name, found.partner.name, found.list_tag
        )

    def render_value(self, record: Alert) -> Any:
        words = said(record)
        return format_html('{}<div class="cell-second">{}</div>', *words) if words[1] else words[0]

    def value_value(self, record: Alert) -> str:
        return " ".join(part for part in said(record) if part)

    def render_state(self, value: str, record: Alert) -> Any:
        """Show the state, and below it until when it is snoozed or who acknowledged it."""
        badge = self.component("components/_badge.html", badge_facts(record.stands))
        if record.resolved_at is None and getattr(record, "is_asleep", False):
            return format_html(
                '{}<div class="cell-second">snoozed until {}</div>', badge,
                when(record.snoozed_until),
            )  # fmt: skip
        if record.acknowledged_by is not None:
            return format_html(
                '{}<div class="cell-second">seen by {}</div>', badge,
                record.acknowledged_by.display_name,
            )  # fmt: skip
        return badge

    def actions(self, record: Alert) -> list[RowAction]:
        """Return what this member may do about the alert now."""
        found: list[RowAction] = []
        voucher_list = record.voucher_list
        if record.resolved_at is None and self.may("campaigns.write"):
            if record.state == AlertState.OPEN:
                url = row_url("voucher_alert_acknowledge", record.pk)
                found.append(RowAction("Acknowledge", url, "check", post=True))
            found.append(
                RowAction("Snooze", row_url("voucher_alert_snooze", record.pk), "clock-off")
            )
        if voucher_list is not None and record.face.is_of_stock and self.may("vouchers.write"):
            upload = navigation.address("voucher_upload", voucher_list.list_id)
            if upload:
                found.append(RowAction("Upload codes", upload, "upload"))
            if record.resolved_at is None and voucher_list.partner.kind == PartnerKind.EXTERNAL:
                asking = navigation.address("voucher_list_ask", voucher_list.list_id)
                found.append(RowAction("Ask for more codes", asking, "mail-forward"))
        return found


def said(record: Alert) -> tuple[str, str]:
    """Return the alert's sentence and its note."""
    text = sentence(record.face, value=record.value, threshold=record.threshold)
    return text, record.note
