"""The tables of redemptions (vouchers.md 8, page 14)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core import navigation
from core.money import Money
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from core.templatetags.ui import badge_facts
from directory.tables import DeskTable
from vouchers.choices import BatchStatus
from vouchers.masking import masked
from vouchers.models import Redemption, RedemptionUpload
from vouchers.outside_choices import Channel, RedemptionResult
from vouchers.tables.lists import recipient_of


class RedemptionTable(DeskTable):
    """One row for each report about a code, the newest first."""

    caption = "Redemptions"
    default_order = ("-redeemed_at",)

    redeemed_at = WhenColumn("Date", sortable=True)
    partner = Column("Partner", accessor="voucher_list.partner.name", css="redemption-partner")
    code = Column("Code", accessor="code.code")
    recipient = Column("Recipient", accessor="pk", stacked=False)
    reference = Column("Reference", stacked=False, css="redemption-reference")
    amount = Column("Amount", accessor="pk", css="text-end", stacked=False)
    channel = ChoiceColumn("Channel", choices=Channel, sortable=True)
    result = StatusColumn("Result", choices=RedemptionResult, sortable=True)
    menu = ActionsColumn()

    def name_of(self, record: Redemption) -> str:
        return f"redemption of {masked(record.code.code)}"

    def render_partner(self, value: str, record: Redemption) -> Any:
        """Show the partner, with the list below."""
        url = navigation.address("voucher_list", record.voucher_list.list_id)
        return format_html(
            '{}<div class="cell-second"><a href="{}">{}</a></div>',
            value, url, record.voucher_list.name,
        )  # fmt: skip

    def render_code(self, value: str, record: Redemption) -> Any:
        url = navigation.address("voucher_code", record.code_id)
        return format_html('<a class="font-monospace" href="{}">{}</a>', url, masked(value))

    def value_code(self, value: str) -> str:
        return masked(value)

    def render_recipient(self, record: Redemption) -> str:
        return recipient_of(record.issuance) if record.issuance is not None else "–"

    def value_recipient(self, record: Redemption) -> str:
        return self.render_recipient(record)

    def render_amount(self, record: Redemption) -> str:
        if record.amount_minor is None:
            return "–"
        return Money(record.amount_minor, record.currency).format("en")

    def value_amount(self, record: Redemption) -> str:
        return "" if record.amount_minor is None else self.render_amount(record)

    def render_result(self, record: Redemption) -> Any:
        """Show the result, and below it why it was refused or when it was reversed."""
        state = record.state
        badge = self.component("components/_badge.html", badge_facts(state))
        below = record.get_refusal_display() if record.refusal else ""
        return format_html('{}<div class="cell-second">{}</div>', badge, below) if below else badge

    def actions(self, record: Redemption) -> list[RowAction]:
        """Return what this member may do about the redemption."""
        found = [RowAction("View code", reverse("voucher_code", args=[record.code_id]), "eye")]
        if record.result == RedemptionResult.REDEEMED and self.may("vouchers.redeem"):
            url = reverse("voucher_redemption_reverse", args=[record.public_id])
            found.append(RowAction("Reverse", url, "arrow-back-up", danger=True))
        return found


class RedemptionUploadTable(DeskTable):
    """One row for each file of redemptions."""

    caption = "Redemption files"
    default_order = ("-created_at",)

    number = Column("No.", css="cell-offer")
    created_at = WhenColumn("Received", sortable=True)
    uploaded_by_name = Column("By", stacked=False)
    file_name = Column("File")
    status = StatusColumn("Status", choices=BatchStatus, sortable=True)
    row_count = CountColumn("Rows", stacked=False)
    accepted_count = CountColumn("Accepted")
    rejected_count = CountColumn("Refused")
    menu = ActionsColumn()

    def name_of(self, record: RedemptionUpload) -> str:
        return f"redemption file {record.number}"

    def render_number(self, value: int, record: RedemptionUpload) -> Any:
        url = reverse("voucher_redemption_file", args=[record.number])
        return format_html('<a class="name-link" href="{}">{}</a>', url, f"File {value}")

    def value_number(self, value: int) -> int:
        return value

    def actions(self, record: RedemptionUpload) -> list[RowAction]:
        url = reverse("voucher_redemption_file", args=[record.number])
        return [RowAction("View", url, "eye")]
