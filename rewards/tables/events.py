"""The list of reward events (rewards.md 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.utils.html import format_html, format_html_join

from core.columns import row_url
from core.tables import ChoiceColumn, Column, IdColumn, MoneyColumn, StatusColumn, WhenColumn
from core.templatetags.ui import money, when
from directory.models import Organisation
from directory.sessions import DeskRequest
from directory.tables import DeskTable
from rewards.choices import AwardStatus, LogCause, LogType, RedeemMethod
from rewards.models import RewardEvent
from rewards.selectors import log

# A log row that is posted sooner than this after its event needs no second moment.
NOTICEABLE = timedelta(minutes=1)


def page_of(row: RewardEvent) -> str:
    """Return the page that tells why the amount of the row is what it is."""
    if row.award_id is not None:
        return row_url("reward_award", row.award_id)
    return row_url("reward_event", row.event_id) if row.event_id is not None else ""


def cause_of(row: RewardEvent) -> str:
    """Name what the row came from: "Purchase R-1001"."""
    label = str(LogCause(row.cause).label)
    return f"{label} {row.reference_number}" if row.reference_number else label


class RewardEventTable(DeskTable):
    """One row for each award, redemption, spend, reversal and expiry, newest first.

    On the page some columns share a cell; a file has each of them by itself.
    """

    caption = "Reward events"
    default_order = ("-performed_at",)

    code = IdColumn("Code", accessor="code", order_by="pk")
    type = ChoiceColumn("Type", choices=LogType, sortable=True)
    event = Column("Business event", accessor="cause", order_by="cause", css="cell-event")
    reference = Column("Reference", accessor="reference_number", visible=False)
    contact = Column("Contact", accessor="contact", css="cell-person")
    contact_code = Column("Contact code", accessor="contact__code", visible=False)
    offer = Column("Offer", accessor="offer__title", order_by="offer__name", css="cell-offer")
    scheme = Column("Scheme", accessor="scheme__name", visible=False)
    amount = MoneyColumn("Amount", accessor="amount", order_by="amount_minor")
    currency = Column("Currency", visible=False)
    redeem_method = ChoiceColumn("Redeem method", choices=RedeemMethod, visible=False)
    pool = Column("Commerce pool", accessor="pool__name", visible=False)
    product = Column("Free product", accessor="product__name", visible=False)
    status = StatusColumn("State", choices=AwardStatus, accessor="state")
    performed_at = WhenColumn("Performed", sortable=True)
    merchant = Column("Merchant", accessor="merchant__name", visible=False)
    venue = Column("Venue", accessor="venue__name", visible=False)
    posted_at = WhenColumn("Posted", sortable=True, visible=False)
    expires_at = WhenColumn("Expires", visible=False)
    late = Column("Late", accessor="is_late", visible=False)

    def _exported(self) -> list[Any]:
        columns = self.columns.iterall()
        return [bound for bound in columns if not bound.column.exclude_from_export]

    def name_of(self, record: RewardEvent) -> str:
        return f"reward event {record.code}"

    @property
    def acting(self) -> Organisation:
        """The organisation for which the person of the request acts."""
        return cast("DeskRequest", self.request).organisation

    def _is_theirs(self, record: RewardEvent) -> bool:
        return log.was_at(record, self.acting)

    def _page_of(self, record: RewardEvent) -> str:
        sees = record.award_id is not None or self._is_theirs(record)
        return page_of(record) if sees else ""

    def render_code(self, value: str, record: RewardEvent) -> Any:
        if not self._page_of(record):
            return value
        return format_html('<a class="row-link" href="{}">{}</a>', page_of(record), value)

    def render_event(self, record: RewardEvent) -> Any:
        """Link the business event; a gift and a later payment have none of their own."""
        words = cause_of(record)
        late = format_html('<div class="cell-second">late</div>') if record.is_late else ""
        if record.event_id is None or not self._is_theirs(record):
            return format_html("{}{}", words, late)
        url = row_url("reward_event", record.event_id)
        return format_html('<a href="{}">{}</a>{}', url, words, late)

    def value_event(self, record: RewardEvent) -> str:
        return str(LogCause(record.cause).label)

    def render_contact(self, record: RewardEvent) -> Any:
        person = record.contact
        if not self.may("contacts.read"):
            return format_html('{}<div class="cell-second">{}</div>', person, person.code)
        url = f"{row_url('contact_detail', person.pk)}?tab=rewards"
        second = person.code if person.full_name else ""
        return format_html(
            '<a href="{}">{}</a><div class="cell-second">{}</div>', url, person, second
        )

    def value_contact(self, record: RewardEvent) -> str:
        return record.contact.full_name

    def render_offer(self, record: RewardEvent) -> Any:
        assert record.offer is not None
        url = row_url("reward_offer", record.offer.pk)
        scheme = record.scheme.name if record.scheme else ""
        acting = self.acting
        if not acting.is_business and record.offer.owner_id != acting.pk:
            title = record.offer.title
            return format_html('{}<div class="cell-second">{}</div>', title, scheme)
        return format_html(
            '<a href="{}">{}</a><div class="cell-second">{}</div>', url, record.offer.title, scheme
        )

    def render_amount(self, record: RewardEvent) -> Any:
        """Link the amount to its reason, with the way it is redeemed and the pool below."""
        kind = RedeemMethod(record.redeem_method).label if record.redeem_method else ""
        more = [str(kind), record.product.name if record.product else ""]
        if record.pool is not None and record.redeem_method != RedeemMethod.INSTANT:
            more.append(record.pool.name)
        second = ", ".join(text for text in more if text)
        url, amount = self._page_of(record), money(record.amount)
        if not url:
            return format_html('{}<div class="cell-second">{}</div>', amount, second)
        return format_html(
            '<a href="{}">{}</a><div class="cell-second">{}</div>', url, amount, second
        )

    def value_amount(self, record: RewardEvent) -> Any:
        return record.amount.amount

    def render_performed_at(self, value: Any, record: RewardEvent) -> Any:
        """Show when and where, since when it is posted if that is later, and until when it lasts."""
        place = record.venue or record.merchant
        more = [format_html("{}", place.name)] if place else []
        if record.posted_at - value >= NOTICEABLE:
            more.append(format_html("posted {}", when(record.posted_at)))
        if record.expires_at is not None and record.type == LogType.AWARD:
            more.append(format_html("expires {}", when(record.expires_at)))
        lines = format_html_join("", '<div class="cell-second">{}</div>', ((one,) for one in more))
        return format_html("{}{}", when(value), lines)

    def value_late(self, record: RewardEvent) -> str:
        return "yes" if record.is_late else "no"
