"""The table of link templates (incentives.md 7.1)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from core import columns, navigation
from core.columns import RowAction, row_url
from core.tables import BaseTable
from incentives.choices import IncentiveType, OfferType, TemplateStatus
from incentives.models import LinkTemplate


class TemplateTable(BaseTable):
    """Link templates with how often each was used, newest first."""

    caption = "Incentive offer link templates"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Template ID", url_name="link_template_edit", sortable=True)
    name = columns.Column("Name", sortable=True, css="cell-product")
    product = columns.Column(
        "Product/Service",
        accessor="program__product_service__name",
        order_by="program__product_service__name",
        css="cell-product",
    )
    incentive_type = columns.ChoiceColumn("Incentive Type", choices=IncentiveType, sortable=True)
    offer_type = columns.ChoiceColumn("Offer Type", choices=OfferType, sortable=True)
    uses = columns.Column(
        "Uses", accessor="uses_count", order_by="uses_count", css="text-end cell-count"
    )
    status = columns.StatusColumn(choices=TemplateStatus, sortable=True)
    created_at = columns.WhenColumn("Created", sortable=True)
    updated_at = columns.WhenColumn("Updated", sortable=True)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: LinkTemplate) -> str:
        return f"link template {record.pk}"

    def render_uses(self, record: LinkTemplate) -> Any:
        """Show `used / max`, or `used / ∞`; a number above zero leads to the offers made."""
        text = self.value_uses(record)
        if not record.uses_count:
            return text
        return format_html('<a href="{}">{}</a>', offers_url(record), text)

    def value_uses(self, record: LinkTemplate) -> str:
        most = "∞" if record.max_uses is None else f"{record.max_uses:,}"
        return f"{record.uses_count:,} / {most}"

    def actions(self, record: LinkTemplate) -> list[RowAction]:
        """Return exactly what 7.1 lists; the link can be shared while the template is Active."""
        share = RowAction(
            "Copy Link and Share", row_url("link_template_share", record.pk), "share", dialog=True
        )
        shown = [
            *([share] if record.is_active else []),
            RowAction("QR code", row_url("link_template_code", record.pk), "qrcode", dialog=True),
        ]
        offers = RowAction("View offers from this template", offers_url(record), "gift")
        if self.request is None or not navigation.may(self.request, "offers.write"):
            return [*shown, offers]
        edit = RowAction(
            "Edit Incentive Offer Link Template", row_url("link_template_edit", record.pk), "edit"
        )
        switch = (
            RowAction(
                "Deactivate", row_url("link_template_deactivate", record.pk), "player-pause",
                post=True,
            )
            if record.is_active
            else RowAction(
                "Activate", row_url("link_template_activate", record.pk), "power", post=True
            )
        )  # fmt: skip
        copy = RowAction(
            "Duplicate", row_url("link_template_duplicate", record.pk), "copy", post=True
        )
        return [*shown, edit, offers, switch, copy]


def offers_url(template: LinkTemplate) -> str:
    """Return the address of My Offers with the offers of the template alone."""
    return f"{navigation.address('offers')}?link_template={template.pk}"
