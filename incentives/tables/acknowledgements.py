"""The tables of acknowledgements, of requests for them and of their templates (incentives.md 3.11)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from core import columns, navigation
from core.columns import RowAction, row_url
from core.tables import BaseTable
from core.templatetags.ui import badge_facts
from incentives import words
from incentives.choices import (
    AcknowledgementRequestStatus,
    AcknowledgementState,
    DeliveryMethod,
    OfferStatus,
    TemplateStatus,
)
from incentives.models import Acknowledgement, AcknowledgementRequest, AcknowledgementTemplate
from incentives.selectors.acknowledgements import source_of
from incentives.services import publications

LATE_HINT = "Nobody answered in time. Send the invitation again."


def state_badge(acknowledgement: Acknowledgement) -> dict[str, str]:
    """Return the face of the state; an invitation whose link has run out says so."""
    facts = badge_facts(AcknowledgementState(acknowledgement.state))
    if getattr(acknowledgement, "is_late", False):
        return {"label": "Expired", "tone": "warning", "icon": "clock-off", "hint": LATE_HINT}
    private = acknowledgement.is_submitted and not acknowledgement.consent_public
    return (
        facts | {"hint": "Between you and the recipient: not for the public"} if private else facts
    )


class AcknowledgementTable(BaseTable):
    """Every invitation and its answer: where from, who, what, in which words, shown or not."""

    caption = "Acknowledgements"
    default_order = ("-created_at",)

    pk = columns.IdColumn("ID", url_name="acknowledgement_detail", sortable=True)
    source = columns.Column("Source", accessor="pk")
    program = columns.Column(
        "Program",
        accessor="program__product_service__name",
        order_by="program__product_service__name",
        css="cell-product",
    )
    email = columns.Column("Recipient", order_by="email", css="cell-person")
    value = columns.Column("Value", accessor="pk")
    message = columns.LongTextColumn(
        "Message", url_name="acknowledgement_detail", css="cell-message"
    )
    state = columns.StatusColumn("State", choices=AcknowledgementState, sortable=True)
    invited_at = columns.WhenColumn("Invited", sortable=True, stacked=False)
    submitted_at = columns.WhenColumn("Submitted", sortable=True)
    published_at = columns.WhenColumn("Published", sortable=True, stacked=False)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: Acknowledgement) -> str:
        return f"acknowledgement {record.pk}"

    def render_source(self, record: Acknowledgement) -> Any:
        """Name the source, linked to the offer where it is one."""
        label = source_of(record).label
        if record.offer_id is None:
            return label
        url = row_url("offer_detail", record.offer_id)
        return format_html('<a class="nowrap" href="{}">{}</a>', url, label)

    def value_source(self, record: Acknowledgement) -> str:
        return source_of(record).label

    def render_email(self, value: str) -> Any:
        return columns.breakable(value)

    def render_value(self, record: Acknowledgement) -> str:
        return words.headline(record.value, source_of(record).incentive_type)

    def value_value(self, record: Acknowledgement) -> str:
        return self.render_value(record)

    def render_state(self, record: Acknowledgement) -> Any:
        return self.component("components/_badge.html", state_badge(record))

    def actions(self, record: Acknowledgement) -> list[RowAction]:
        """Return what may be done with the words now."""
        may_write = self.request is not None and navigation.may(self.request, "offers.write")
        view = RowAction("View", row_url("acknowledgement_detail", record.pk), "eye")
        acts = [view, *acts_of(record)] if may_write else [view]
        if record.is_published:
            acts.append(RowAction("Embed Acknowledgement Widget", embed_url(record), "plug"))
        return acts


def embed_url(acknowledgement: Acknowledgement) -> str:
    """Return where published words are embedded: with their offer, or on their own."""
    if acknowledgement.offer_id is not None:
        return row_url("offer_embed", acknowledgement.offer_id)
    return row_url("acknowledgement_embed", acknowledgement.pk)


def acts_of(record: Acknowledgement) -> list[RowAction]:
    """Return the acts that change the acknowledgement, as they are possible now."""
    offer = record.offer
    if not record.is_submitted:
        asked = record.acknowledgement_request
        if asked is not None and not asked.is_waiting:
            return []
        url = row_url("acknowledgement_resend", record.pk)
        return [RowAction("Resend invitation", url, "mail-forward", dialog=True)]
    if record.is_published:
        url = row_url("acknowledgement_hide", record.pk)
        return [RowAction("Hide", url, "eye-off", dialog=True)]
    if not publications.refusal_of(record):
        label = "Publish again" if record.published_at else "Publish"
        url = row_url("acknowledgement_publish", record.pk)
        return [RowAction(label, url, "award", dialog=True)]
    if offer is not None and offer.status == OfferStatus.COMPLETED:
        url = f"{row_url('offer_messages', offer.pk)}?status=acknowledged#composer"
        return [RowAction("Set the offer to Acknowledged", url, "award")]
    return []


class AskedTable(BaseTable):
    """Stand-alone requests: who was asked about what, and whether they answered."""

    caption = "Acknowledgement requests"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Request ID", sortable=True)
    program = columns.Column(
        "Program",
        accessor="program__product_service__name",
        order_by="program__product_service__name",
        css="cell-product",
    )
    recipient = columns.Column("Recipient", accessor="pk", css="cell-person")
    value = columns.Column("Incentive", accessor="pk")
    delivery_method = columns.ChoiceColumn("Delivery", choices=DeliveryMethod, sortable=True)
    status = columns.StatusColumn(choices=AcknowledgementRequestStatus, sortable=True)
    created_at = columns.WhenColumn("Created", sortable=True)
    expires_at = columns.WhenColumn("Open until", sortable=True, stacked=False)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: AcknowledgementRequest) -> str:
        return f"request {record.pk}"

    def render_recipient(self, record: AcknowledgementRequest) -> Any:
        """Show the address over the name, or how the link is meant while nobody has answered."""
        if not record.recipient_email:
            return "Whoever has the link"
        if not record.recipient_name:
            return columns.breakable(record.recipient_email)
        return format_html(
            '<div>{}<div class="cell-second">{}</div></div>',
            columns.breakable(record.recipient_email),
            record.recipient_name,
        )

    def value_recipient(self, record: AcknowledgementRequest) -> str:
        return record.recipient_email

    def render_value(self, record: AcknowledgementRequest) -> str:
        return words.headline(record.value, record.incentive_type)

    def value_value(self, record: AcknowledgementRequest) -> str:
        return self.render_value(record)

    def render_status(self, value: str, record: AcknowledgementRequest) -> Any:
        """Show the badge; a waiting request says when its link ran out or its mail came back."""
        facts = badge_facts(AcknowledgementRequestStatus(value))
        if record.is_waiting and record.undelivered_at is not None:
            hint = "The e-mail could not be delivered. Check the address."
            facts = {"label": "Not delivered", "tone": "danger", "icon": "mail-off", "hint": hint}
        elif getattr(record, "is_late", False):
            facts = {"label": "Expired", "tone": "warning", "icon": "clock-off", "hint": LATE_HINT}
        return self.component("components/_badge.html", facts)

    def actions(self, record: AcknowledgementRequest) -> list[RowAction]:
        """Return what may be done with the request now."""
        acts = []
        answered = getattr(record, "acknowledgement", None)
        if answered is not None:
            url = row_url("acknowledgement_detail", answered.pk)
            acts.append(RowAction("View acknowledgement", url, "eye"))
        if record.is_link and record.is_waiting and not getattr(record, "is_late", False):
            url = row_url("acknowledgement_request_share", record.pk)
            acts.append(RowAction("Copy Link and Share", url, "share", dialog=True))
        may_write = self.request is not None and navigation.may(self.request, "offers.write")
        if not may_write or not record.is_waiting:
            return acts
        if answered is not None:
            url = row_url("acknowledgement_resend", answered.pk)
            acts.append(RowAction("Resend invitation", url, "mail-forward", dialog=True))
        url = row_url("acknowledgement_request_cancel", record.pk)
        return [*acts, RowAction("Cancel request", url, "ban", dialog=True, danger=True)]


class AcknowledgementTemplateTable(BaseTable):
    """Link templates for acknowledgements: what they ask about and how often they were used."""

    caption = "Link templates for acknowledgements"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Template ID", url_name="acknowledgement_template_edit", sortable=True)
    name = columns.Column("Name", sortable=True)
    program = columns.Column(
        "Program",
        accessor="program__product_service__name",
        order_by="program__product_service__name",
        css="cell-product",
    )
    value = columns.Column("Incentive", accessor="pk")
    uses = columns.Column("Uses", accessor="uses_count", order_by="uses_count")
    status = columns.StatusColumn(choices=TemplateStatus, sortable=True)
    created_at = columns.WhenColumn("Created", sortable=True)
    updated_at = columns.WhenColumn("Updated", sortable=True, stacked=False)
    actions_menu = columns.ActionsColumn("Action")

    def name_of(self, record: AcknowledgementTemplate) -> str:
        return f"template {record.pk}"

    def render_value(self, record: AcknowledgementTemplate) -> str:
        return words.headline(record.value, record.incentive_type)

    def value_value(self, record: AcknowledgementTemplate) -> str:
        return self.render_value(record)

    def render_uses(self, record: AcknowledgementTemplate) -> str:
        limit = "∞" if record.max_uses is None else f"{record.max_uses:,}"
        return f"{record.uses_count:,} / {limit}"

    def value_uses(self, record: AcknowledgementTemplate) -> str:
        return self.render_uses(record)

    def actions(self, record: AcknowledgementTemplate) -> list[RowAction]:
        """Return what may be done with the template now; sharing while it is Active."""
        acts = []
        if record.is_active:
            url = row_url("acknowledgement_template_share", record.pk)
            acts.append(RowAction("Copy Link and Share", url, "share", dialog=True))
        if self.request is None or not navigation.may(self.request, "offers.write"):
            return acts
        edit = row_url("acknowledgement_template_edit", record.pk)
        switch = (
            RowAction(
                "Deactivate",
                row_url("acknowledgement_template_deactivate", record.pk),
                "player-pause",
                post=True,
            )
            if record.is_active
            else RowAction(
                "Activate",
                row_url("acknowledgement_template_activate", record.pk),
                "power",
                post=True,
            )
        )
        return [*acts, RowAction("Edit", edit, "edit"), switch]
