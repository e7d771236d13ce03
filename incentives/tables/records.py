"""The lists over everything of a business: what was given, and what was said."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from core import columns
from core.tables import BaseTable
from core.templatetags.ui import badge_facts
from incentives.choices import DistributionStatus, IncentiveType, OfferStatus, SenderKind
from incentives.choices.requests import RequestStatus
from incentives.models import Distribution, IncentiveRequest, Message, Offer
from incentives.tables.distributions import ValueColumn, contact_url


def subject_url(subject: Offer | IncentiveRequest, page: str) -> str:
    """Return the address of a page of an offer or of the like page of a request."""
    return columns.row_url(f"{subject.noun}_{page}", subject.pk)


class DistributionRecordTable(BaseTable):
    """One row for each recipient or member of any offer or request, newest first."""

    caption = "Distributions of all offers and requests"
    default_order = ("-created_at",)

    pk = columns.IdColumn("Distribution ID", prefix="D-", sortable=True)
    about = columns.Column("For", accessor="subject", css="cell-subject")
    email = columns.Column(
        "Email", accessor="recipient_email", order_by="recipient_email", css="cell-address"
    )
    incentive_type = columns.ChoiceColumn("Incentive Type", choices=IncentiveType, stacked=False)
    promised = ValueColumn(
        "Promised", accessor="subject__confirmed_terms__value", css="text-end cell-money"
    )
    value = ValueColumn("Given", css="text-end cell-money", order_by=("value_minor",))
    currency = columns.Column("Currency", accessor="currency", visible=False)
    description = columns.LongTextColumn("Incentive Value Description", css="cell-note")
    status = columns.StatusColumn(choices=DistributionStatus, sortable=True)
    created_at = columns.WhenColumn("Confirmed", sortable=True)
    succeeded_at = columns.WhenColumn("Delivered", sortable=True)

    def name_of(self, record: Distribution) -> str:
        return f"D-{record.pk}, {record.recipient_email}"

    def render_pk(self, value: int, record: Distribution) -> Any:
        """Link to the record in the list of its offer or request, where it can be edited."""
        url = f"{subject_url(record.subject, 'distributions')}?q=D-{value}"
        return format_html('<a class="row-link" href="{}">D-{}</a>', url, value)

    def render_about(self, record: Distribution) -> Any:
        """Show the reference over the product that it is about."""
        subject = record.subject
        return format_html(
            '<a href="{}">{}</a><div class="cell-second">{}</div>',
            subject_url(subject, "detail"),
            subject.reference,
            product_of(record),
        )

    def value_about(self, record: Distribution) -> str:
        return record.subject.reference

    def render_email(self, record: Distribution) -> Any:
        """Link to the recipient's profile, if they have one."""
        shown = columns.breakable(record.recipient_email)
        name = record.recipient_name
        second = format_html('<div class="cell-second">{}</div>', name) if name else ""
        if address := contact_url(record):
            return format_html('<a href="{}">{}</a>{}', address, shown, second)
        return format_html("{}{}", shown, second)

    def value_promised(self, record: Distribution) -> Any:
        return _plain(record.subject.confirmed_terms)

    def value_value(self, record: Distribution) -> Any:
        return _plain(record)

    def _exported(self) -> list[Any]:
        """Return the columns of a file, in which the currency stands beside the bare amounts."""
        return list(self.columns.iterall())


def _plain(valued: Any) -> Any:
    """Return money as a number to be summed; a percentage keeps its sign, so that nobody adds it."""
    if valued is None:
        return ""
    value = valued.value
    return value.value_text if value.percent is not None else value.number


def product_of(record: Distribution) -> str:
    """Return the name of the product or service that was promised something on."""
    if record.offer is not None:
        return str(record.offer.program)
    assert record.request is not None
    return record.request.product_name


class MessageRecordTable(BaseTable):
    """What both sides wrote, over all conversations, newest first."""

    caption = "Messages of all conversations"
    default_order = ("-created_at",)

    created_at = columns.WhenColumn("Sent", sortable=True)
    sender = columns.Column("From", accessor="sender_name", css="cell-person")
    body = columns.LongTextColumn("Message", length=120, css="cell-message")
    about = columns.Column("Conversation", accessor="subject", css="cell-subject")
    status = columns.Column("Status", accessor="status_at_send", css="cell-status")
    opened = columns.Column("Read", accessor="pk", stacked=False)

    def name_of(self, record: Message) -> str:
        return f"message {record.pk}"

    def row_css(self, record: Message) -> str:
        return "is-active" if is_new(record) else ""

    def render_sender(self, record: Message) -> Any:
        return format_html(
            '{}<div class="cell-second">{}</div>', record.sender_name, side_of(record)
        )

    def value_sender(self, record: Message) -> str:
        return f"{record.sender_name} ({side_of(record)})"

    def render_body(self, record: Message) -> Any:
        """Show the beginning of the message; it leads into the conversation."""
        text = text_of(record)
        short = text if len(text) <= 120 else f"{text[:120].rstrip()}…"
        url = f"{subject_url(record.subject, 'messages')}#message-{record.pk}"
        return format_html('<a class="row-link" href="{}" title="{}">{}</a>', url, text, short)

    def value_body(self, record: Message) -> str:
        return text_of(record)

    def render_about(self, record: Message) -> Any:
        subject = record.subject
        return format_html(
            '<a href="{}">{}</a><div class="cell-second">{}</div>',
            subject_url(subject, "detail"),
            subject.reference,
            subject.recipient_name or subject.recipient_email,
        )

    def value_about(self, record: Message) -> str:
        return record.subject.reference

    def render_status(self, record: Message) -> Any:
        """Show the status that the offer or request had once the message was sent."""
        key = ("badge", record.status_at_send, record.subject.noun)
        if key not in self.drawn:
            facts = badge_facts(status_of(record))
            self.drawn[key] = self.component("components/_badge.html", facts)
        return self.drawn[key]

    def value_status(self, record: Message) -> str:
        return str(status_of(record).label)

    def render_opened(self, record: Message) -> str:
        return self.value_opened(record)

    def value_opened(self, record: Message) -> str:
        if record.read_at is not None:
            return "Read"
        return "New" if is_new(record) else "Not opened yet"


def is_new(record: Message) -> bool:
    """Whether a recipient wrote it and nobody of the business has seen it."""
    return record.sender_kind == SenderKind.REFERENT and record.read_at is None


def side_of(record: Message) -> str:
    return str(SenderKind(record.sender_kind).label)


def text_of(record: Message) -> str:
    """Return the words, or that they were taken back."""
    return "This message was deleted." if record.deleted_at else record.body


def status_of(record: Message) -> OfferStatus | RequestStatus:
    if record.offer_id is not None:
        return OfferStatus(record.status_at_send)
    return RequestStatus(record.status_at_send)
