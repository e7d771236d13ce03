"""The table of an offer's distributions."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from core import columns
from core.tables import BaseTable
from incentives.choices import DistributionStatus
from incentives.models import Distribution, DistributionChange
from incentives.terms import NONE

FIELD_LABELS = {
    "value": "Incentive Value",
    "description": "Incentive Value Description",
    "status": "Status",
}


class ValueColumn(columns.Column):
    """What was given, as people write it; a value without a number has only its description."""

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        return value.value_text or columns.NOTHING

    def plain(self, value: Any, record: Any) -> Any:
        return value.number


class GivenColumn(columns.EditableColumn):
    """The value as an editable cell, but for what has no number: there only the words count."""

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        if record.unit == NONE:
            return self.shown.cell(value, record, table)
        return super().cell(value, record, table)


def contact_url(record: Distribution) -> str:
    """Return the address of the recipient's profile, or nothing while they have none."""
    if record.contact_id is None:
        return ""
    return columns.row_url("contact_detail", record.contact_id)


class DistributionTable(BaseTable):
    """One row for each recipient or member, newest first."""

    caption = "Distributions of the offer"
    default_order = ("-created_at",)

    select = columns.SelectColumn()
    pk = columns.IdColumn("Distribution ID", prefix="D-", sortable=True)
    email = columns.Column(
        "Email", accessor="recipient_email", order_by="recipient_email", css="cell-address"
    )
    value = GivenColumn(
        ValueColumn(
            "Incentive Value", css="text-end cell-money", order_by=("value_minor", "value_percent")
        ),
        field="value",
        accessor="value",
    )
    description = columns.EditableColumn(
        columns.Column("Incentive Value Description", css="cell-note"), field="description"
    )
    status = columns.EditableColumn(
        columns.StatusColumn(choices=DistributionStatus, sortable=True), field="status"
    )
    created_at = columns.WhenColumn(
        "Created At", second="updated_at", second_label="Updated At", sortable=True
    )

    def name_of(self, record: Distribution) -> str:
        return f"D-{record.pk}, {record.recipient_email}"

    def render_email(self, record: Distribution) -> Any:
        """Link to the recipient's profile; who has none is told about in place."""
        if address := contact_url(record):
            name = record.recipient_name
            second = format_html('<div class="cell-second">{}</div>', name) if name else ""
            shown = columns.breakable(record.recipient_email)
            return format_html('<a href="{}">{}</a>{}', address, shown, second)
        return self.component("incentives/distributions/_recipient.html", {"distribution": record})

    def row_extra(self, record: Distribution) -> Any:
        """Return the audit trail of the row, newest first, folded; nothing while it is untouched."""
        changes = list(record.changes.all())
        if not changes:
            return ""
        return self.component(
            "incentives/distributions/_history.html",
            {"distribution": record, "entries": entries_of(changes), "count": len(changes)},
        )


def change_text(field: str, value: str) -> str:
    """Return a value of the audit trail as people read it."""
    return DistributionStatus(value).label if field == "status" and value else value


def entries_of(changes: list[DistributionChange]) -> list[dict[str, Any]]:
    """Gather the changed fields of one row that were saved together, newest first."""
    entries: list[dict[str, Any]] = []
    for change in changes:
        if not entries or entries[-1]["batch"] != change.batch:
            entries.append(
                {"batch": change.batch, "who": change.actor_name, "at": change.at, "fields": []}
            )
        entries[-1]["fields"].append(
            {
                "label": FIELD_LABELS.get(change.field, change.field),
                "old": change_text(change.field, change.old_value) or "empty",
                "new": change_text(change.field, change.new_value) or "empty",
            }
        )
    return entries
