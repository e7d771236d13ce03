"""The tables of lists, codes and uploads (vouchers.md 8, pages 1 and 3)."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html

from core import navigation
from core.columns import NOTHING, breakable
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from core.templatetags.ui import icon, when
from directory.tables import DeskTable
from vouchers.choices import BatchMode, BatchStatus, CodeState, ListStatus
from vouchers.list_acts import acts_of
from vouchers.masking import masked
from vouchers.models import Issuance, UploadBatch, VoucherCode, VoucherList
from vouchers.selectors import lists as selectors


class ListTable(DeskTable):
    """One row for each list, the newest change first."""

    caption = "Voucher lists"
    default_order = ("-updated_at",)

    list_id = Column("List ID", sortable=True, css="cell-id")
    name = Column("Name", sortable=True, css="cell-offer")
    partner = Column("Partner", accessor="partner.name", order_by="partner__name")
    list_tag = Column("List tag", sortable=True, css="cell-tag")
    status = StatusColumn("Status", choices=ListStatus, sortable=True)
    used_percent = Column("Utilisation", sortable=True, css="cell-use", empty_values=())
    uploaded_count = CountColumn("Codes uploaded", sortable=True)
    issued_count = CountColumn("Codes distributed", sortable=True)
    available_count = CountColumn("Available", sortable=True)
    campaign_count = CountColumn("Linked promo campaigns", sortable=True, stacked=False)
    expires_at = WhenColumn("Expires", sortable=True)
    updated_at = WhenColumn("Updated on", sortable=True, stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: VoucherList) -> str:
        return f"list {record.name}"

    def render_list_id(self, value: str) -> Any:
        url = reverse("voucher_list", args=[value])
        return format_html('<a class="row-link" href="{}">{}</a>', url, value)

    def value_list_id(self, value: str) -> str:
        return value

    def render_name(self, value: str, record: VoucherList) -> Any:
        """Mark a list that an alert lasts on."""
        alerts = record.alert_count  # type: ignore[attr-defined]
        name = _clamped(value)
        if not alerts:
            return name
        words = "1 open alert" if alerts == 1 else f"{alerts} open alerts"
        url = f"{reverse('voucher_list', args=[record.list_id])}#alerts"
        return format_html(
            '{} <a class="alert-mark" href="{}" title="{}">{}</a>',
            name, url, words, icon("alert-triangle", label=words),
        )  # fmt: skip

    def value_name(self, value: str) -> str:
        return value

    def render_partner(self, value: str) -> Any:
        return _clamped(value)

    def value_partner(self, value: str) -> str:
        return value

    def render_expires_at(self, value: Any) -> Any:
        """Show the day; the moment stands on the list's page and in files."""
        return when(value, "date")

    render_updated_at = render_expires_at

    def render_list_tag(self, value: str) -> Any:
        return format_html(
            '<span class="clamp"><span class="tag-word" title="{}">{}</span></span>', value, value
        )

    def value_list_tag(self, value: str) -> str:
        return value

    def render_used_percent(self, value: Any, record: VoucherList) -> Any:
        """Draw issued ÷ uploaded as a bar, marked where it is past the list's threshold."""
        if value is None:
            return NOTHING
        return use_bar(float(value), record.warn_used_percent)

    def value_used_percent(self, value: Any) -> str:
        return "" if value is None else f"{float(value):.1f}"

    def render_available_count(self, value: int, record: VoucherList) -> Any:
        """Say where codes are locked because the list is not active."""
        if not value or record.status == ListStatus.ACTIVE:
            return f"{value:,}"
        return format_html(
            '{}<div class="cell-second">locked: {}</div>', f"{value:,}", record.state.label.lower()
        )

    def value_available_count(self, value: int) -> int:
        return value

    def render_campaign_count(self, value: int, record: VoucherList) -> Any:
        if not value:
            return "0"
        url = reverse("voucher_list_campaigns", args=[record.list_id])
        return format_html('<a href="{}">{}</a>', url, f"{value:,}")

    def actions(self, record: VoucherList) -> list[RowAction]:
        """Return exactly what the list's status allows (vouchers.md 3), and the export of its codes."""
        codes = reverse("voucher_list_codes", args=[record.list_id])
        export = RowAction("Export codes", f"{codes}?export=csv", "download")
        if not self.may("vouchers.write"):
            return [export]
        found = []
        for act in acts_of(record.status, record.partner.kind):
            url = navigation.address(act.url_name, record.list_id)
            if not url:
                continue
            if act.is_post:
                url = f"{url}?seen={record.status}"
            found.append(
                RowAction(act.label, url, act.icon, post=act.is_post, danger=act.is_danger)
            )
        return [*found, export]


def _clamped(name: str) -> Any:
    """Show at most two lines of a name, and the whole of it on hover and to screen readers."""
    return format_html('<span class="clamp"><span title="{}">{}</span></span>', name, name)


def use_bar(percent: float, warn_at: int | None) -> Any:
    """Draw a share as a bar with its figure; past the threshold it says so in colour and words."""
    is_high = warn_at is not None and percent >= warn_at
    label = f"{percent:.0f} % distributed" + (f", past {warn_at} %" if is_high else "")
    return format_html(
        '<span class="use{}"><meter min="0" max="100" value="{}" aria-label="{}"></meter>'
        '<span aria-hidden="true">{} %</span></span>',
        " use-high" if is_high else "", f"{percent:.1f}", label, f"{percent:.0f}",
    )  # fmt: skip


class CodeTable(DeskTable):
    """The codes of a list, masked; the newest upload first."""

    caption = "Codes"
    default_order = ("-pick_key",)

    code = Column("Code", css="cell-id")
    state = StatusColumn("State", choices=CodeState)
    batch = Column("Upload and line", accessor="batch.number", css="cell-id", stacked=False)
    recipient = Column("Issued to", accessor="pk", css="cell-person")
    issued_at = WhenColumn("Issued", accessor="pk", stacked=False)
    redeemed_at = WhenColumn("Redeemed", stacked=False)
    redeem_until = WhenColumn("Good until", stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: VoucherCode) -> str:
        return f"code {masked(record.code)}"

    @cached_property
    def issued(self) -> dict[UUID, Issuance]:
        """The issuances of this page's codes, in one query."""
        return selectors.issuances_of_codes(list(self.data))

    def render_code(self, value: str, record: VoucherCode) -> Any:
        url = reverse("voucher_code", args=[record.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, masked(value))

    def value_code(self, value: str) -> str:
        return masked(value)

    def render_batch(self, value: int, record: VoucherCode) -> str:
        return f"{value} / {record.line_no:,}"

    def value_batch(self, value: int, record: VoucherCode) -> str:
        return f"{value}/{record.line_no}"

    def render_recipient(self, record: VoucherCode) -> Any:
        """Link the issuance by its recipient; while a code is reserved, say until when."""
        found = self.issued.get(record.pk)
        if found is None:
            return NOTHING
        url = navigation.address("voucher_issuance", found.public_id)
        name = recipient_of(found)
        shown = format_html('<a href="{}">{}</a>', url, name) if url else name
        if record.state == CodeState.RESERVED and found.reserved_until is not None:
            return format_html(
                '{}<div class="cell-second">until {}</div>', shown, when(found.reserved_until)
            )
        return shown

    def value_recipient(self, record: VoucherCode) -> str:
        return ""

    def render_issued_at(self, record: VoucherCode) -> Any:
        return when(record.given_at) if record.given_at else NOTHING

    def value_issued_at(self, record: VoucherCode) -> str:
        return record.given_at.isoformat() if record.given_at else ""

    def actions(self, record: VoucherCode) -> list[RowAction]:
        """Return looking at the code, and making it void while nobody was given it."""
        found = [RowAction("Open", reverse("voucher_code", args=[record.pk]), "history")]
        if self.may("vouchers.reveal") and record.state != CodeState.RESERVED:
            url = reverse("voucher_code_reveal", args=[record.pk])
            found.append(RowAction("Reveal", url, "eye"))
        if self.may("vouchers.write") and record.state in (CodeState.AVAILABLE, CodeState.RESERVED):
            url = reverse("voucher_code_void", args=[record.pk])
            found.append(RowAction("Make void", url, "trash", danger=True))
        return found


def recipient_of(issuance: Issuance) -> str:
    """Return what to call the recipient: a contact's name, else the address or number."""
    if issuance.contact is not None:
        return str(issuance.contact)
    return issuance.email or issuance.recipient_key.partition(":")[2]


class BatchTable(DeskTable):
    """The uploads of a list, the newest first."""

    caption = "Uploads"
    default_order = ("-number",)

    number = CountColumn("No.", sortable=True)
    created_at = WhenColumn("Timestamp", sortable=True)
    status = StatusColumn("Status", choices=BatchStatus, sortable=True)
    uploaded_by_name = Column("Uploaded by", css="cell-person", stacked=False)
    file_name = Column("File name", sortable=True)
    mode = ChoiceColumn("Mode", choices=BatchMode, stacked=False, css="text-nowrap")
    published_count = Column(
        "Codes", order_by="published_count", css="text-end cell-count text-nowrap"
    )
    rejected_count = CountColumn("Errors", sortable=True)
    duration = Column("Duration", accessor="pk", css="text-end cell-count", stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: UploadBatch) -> str:
        return f"upload {record.number}"

    def render_file_name(self, value: str, record: UploadBatch) -> Any:
        url = navigation.address("voucher_upload_detail", self.list_id, record.number)
        name = value or record.get_kind_display()
        return format_html('<a class="name-link" href="{}">{}</a>', url, name) if url else name

    def value_file_name(self, value: str) -> str:
        return value

    def render_uploaded_by_name(self, value: str) -> Any:
        return breakable(value)

    def render_mode(self, value: str) -> str:
        return "All or nothing" if value == BatchMode.STRICT else "Good codes"

    def render_published_count(self, value: int, record: UploadBatch) -> str:
        """Show how many codes came of how many rows."""
        return f"{value:,} / {record.row_count:,}"

    def value_published_count(self, value: int, record: UploadBatch) -> str:
        return f"{value}/{record.row_count}"

    def render_duration(self, record: UploadBatch) -> str:
        if record.started_at is None or record.ended_at is None:
            return NOTHING
        return duration_words((record.ended_at - record.started_at).total_seconds())

    value_duration = render_duration

    @cached_property
    def list_id(self) -> str:
        match = self.request.resolver_match if self.request is not None else None
        return str(match.kwargs["list_id"]) if match else ""

    def actions(self, record: UploadBatch) -> list[RowAction]:
        """Return opening the upload; what may be done with it stands on its page."""
        url = navigation.address("voucher_upload_detail", self.list_id, record.number)
        return [RowAction("Open", url, "eye")] if url else []


def duration_words(seconds: float) -> str:
    """Return a span as people say it: "0.4 s", "12 s", "3 min 20 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
