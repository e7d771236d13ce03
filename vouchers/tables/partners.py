"""The list of partners (vouchers.md 8, page 9)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.columns import row_url
from core.tables import ActionsColumn, ChoiceColumn, Column, CountColumn, RowAction, WhenColumn
from core.templatetags.ui import badge_facts
from directory.tables import DeskTable
from vouchers.choices import PartnerKind
from vouchers.models import Partner


class PartnerTable(DeskTable):
    """One row for each partner, by name."""

    caption = "Partners"
    default_order = ("name",)

    name = Column("Partner", sortable=True)
    kind = ChoiceColumn("Kind", choices=PartnerKind, sortable=True)
    list_count = Column("Lists active / all", order_by="list_count", css="text-end cell-count")
    available_count = CountColumn("Available", sortable=True)
    issued_count = CountColumn("Distributed", sortable=True)
    redeemed_count = Column("Redeemed", order_by="redeemed_count", css="text-end cell-count")
    is_active = Column("State", sortable=True, css="cell-status")
    created_at = WhenColumn("Added", sortable=True, stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: Partner) -> str:
        return f"partner {record.name}"

    def render_name(self, value: str, record: Partner) -> Any:
        url = row_url("voucher_partner", record.pk)
        return format_html('<a class="name-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str) -> str:
        return value

    def render_list_count(self, value: int, record: Partner) -> Any:
        active = record.active_list_count  # type: ignore[attr-defined]
        text = f"{active:,} / {value:,}"
        if not value:
            return text
        url = f"{reverse('voucher_lists')}?partner={record.pk}"
        return format_html('<a href="{}">{}</a>', url, text)

    def value_list_count(self, value: int, record: Partner) -> str:
        return f"{record.active_list_count}/{value}"  # type: ignore[attr-defined]

    def render_redeemed_count(self, value: int, record: Partner) -> str:
        """Brand partners may never report, and then nothing is known."""
        if not value and record.kind == PartnerKind.EXTERNAL:
            return "not reported"
        return f"{value:,}"

    def value_redeemed_count(self, value: int) -> int:
        return value

    def render_is_active(self, value: bool, record: Partner) -> Any:
        return self.component("components/_badge.html", badge_facts(record.use))

    def value_is_active(self, value: bool) -> str:
        return "Active" if value else "Inactive"

    def actions(self, record: Partner) -> list[RowAction]:
        """Return what this member may do with the partner."""
        found = [RowAction("View", row_url("voucher_partner", record.pk), "eye")]
        if not self.may("vouchers.write"):
            return found
        found.append(RowAction("Edit", row_url("voucher_partner_edit", record.pk), "pencil"))
        label, mark = ("Deactivate", "player-pause") if record.is_active else ("Activate", "power")
        url = row_url("voucher_partner_switch", record.pk)
        found.append(RowAction(label, url, mark, post=True))
        return found
