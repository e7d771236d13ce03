"""The table of issuances (vouchers.md 8, page 13). Codes are masked, in files as well."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.columns import breakable, row_url
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    RowAction,
    SelectColumn,
    StatusColumn,
    WhenColumn,
)
from core.templatetags.ui import when
from vouchers.choices import Delivery, IssuanceStatus
from vouchers.masking import masked
from vouchers.models import Issuance
from vouchers.tables.campaigns import PeopleTable

TROUBLE = (Delivery.BOUNCED, Delivery.FAILED, Delivery.HELD)


class IssuanceTable(PeopleTable):
    """One row for each code that was given or is held, the newest first."""

    caption = "Issuances"
    default_order = ("-created_at",)

    recipient = Column("Recipient", accessor="recipient_key", css="cell-person")
    campaign = Column("Campaign", accessor="campaign__name", order_by="campaign__name",
                      stacked=False)  # fmt: skip
    voucher_list = Column("List", accessor="pk", css="cell-list")
    code = Column("Code", accessor="pk", css="cell-code")
    issued_at = WhenColumn("Given", sortable=True)
    delivery_status = ChoiceColumn("Delivery", choices=Delivery, sortable=True)
    first_seen_at = WhenColumn("Seen", stacked=False)
    redeemed_at = WhenColumn("Redeemed", accessor="code__redeemed_at", stacked=False)
    redeem_until = WhenColumn("Valid until", sortable=True, stacked=False)
    status = StatusColumn("Status", choices=IssuanceStatus, sortable=True)
    menu = ActionsColumn()

    def render_recipient(self, value: str, record: Issuance) -> Any:
        """Link the issuance by the name of its recipient, with the address below."""
        name = self.people.get(value, value)
        shown = format_html(
            '<a class="name-link" href="{}">{}</a>', page_of(record), breakable(name or "Somebody")
        )
        if record.email and record.email != name:
            return format_html(
                '{}<div class="cell-second">{}</div>', shown, breakable(record.email)
            )
        return shown

    def value_recipient(self, value: str, record: Issuance) -> str:
        return str(record.contact) if record.contact is not None else value.partition(":")[2]

    def render_campaign(self, value: str, record: Issuance) -> Any:
        url = row_url("voucher_campaign", record.campaign_id)
        return format_html(
            '<a class="clamp" href="{}"><span title="{}">{}</span></a>', url, value, value
        )

    def value_campaign(self, value: str) -> str:
        return value

    def render_voucher_list(self, record: Issuance) -> Any:
        """Show the list with its partner below; the code for everybody comes from none."""
        found = record.voucher_list
        if found is None:
            return "Code for everybody"
        return format_html(
            '<span class="clamp">{}</span><div class="cell-second clamp">{}</div>',
            found.name, found.partner.name,
        )  # fmt: skip

    def value_voucher_list(self, record: Issuance) -> str:
        found = record.voucher_list
        return "Code for everybody" if found is None else f"{found.partner.name}: {found.name}"

    def render_redeem_until(self, value: Any) -> Any:
        """Show the day; the moment stands on the voucher's page and in files."""
        return when(value, "date")

    def render_code(self, record: Issuance) -> Any:
        return format_html('<span class="font-monospace">{}</span>', code_masked(record))

    def value_code(self, record: Issuance) -> str:
        return code_masked(record)

    def render_delivery_status(self, value: str) -> Any:
        label = Delivery(value).label
        if value in TROUBLE:
            return format_html('<span class="needs-attention">{}</span>', label)
        return label

    def actions(self, record: Issuance) -> list[RowAction]:
        """Return what this member may do with the voucher now."""
        found = [RowAction("View", page_of(record), "eye")]
        if record.status == IssuanceStatus.ISSUED and self.may("vouchers.issue"):
            found += [
                RowAction(
                    "Re-send", issuance_url("voucher_issuance_resend", record), "mail-forward"
                ),
                RowAction(
                    "Revoke", issuance_url("voucher_issuance_revoke", record), "ban", danger=True
                ),
            ]
        return found


class RecipientTable(IssuanceTable):
    """The table inside a campaign, whose name stands above it already."""

    class Meta:
        exclude = ("campaign",)


class IssuanceDeskTable(IssuanceTable):
    """The table with a tick box on each row, for sending several again."""

    select = SelectColumn()

    class Meta:
        sequence = ("select", "...")


def page_of(record: Issuance) -> str:
    return issuance_url("voucher_issuance", record)


def issuance_url(name: str, record: Issuance) -> str:
    """Return an address of the issuance, which is named by its public id."""
    return reverse(name, args=[record.public_id])


def code_masked(record: Issuance) -> str:
    """Return the code with its first and last two characters; all dots while it is only reserved."""
    if record.is_fallback or record.code is None:
        return masked(record.fallback_code)
    return masked("") if record.status == IssuanceStatus.RESERVED else masked(record.code.code)
