"""The lists over everything of a business: all distributions, all messages (incentives.md 2.9, 6.7)."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet

from core.views import Empty, TableView
from directory.sessions import DeskRequest
from incentives.filters.records import DistributionRecordFilter, MessageRecordFilter
from incentives.models import Distribution, Message
from incentives.selectors import dashboard
from incentives.selectors.fulfilment import distributions_of_business
from incentives.tables.records import DistributionRecordTable, MessageRecordTable


class DistributionRecords(TableView):
    """All distributions of the business; each is recorded on the page of its offer or request."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Distributions"
    subtitle = "What was promised and given, over all offers and requests"
    table_class = DistributionRecordTable
    filter_class = DistributionRecordFilter
    noun = ("distribution", "distributions")
    no_match = "No distributions match your search"
    export_name = "distributions"
    tour = "distributions.list"
    empty = Empty(
        icon="checklist",
        title="No distributions yet.",
        text="One appears for each recipient once you confirm an offer or a request."
        " Deliver the incentive, then record here how it went.",
        action_label="Create Incentive Offer",
        action_url_name="offer_add",
        permission="offers.write",
    )

    def get_queryset(self) -> QuerySet[Distribution]:
        business = cast("DeskRequest", self.request).organisation
        return distributions_of_business(business=business)


class MessageRecords(TableView):
    """What recipients and the business wrote to each other, over all conversations."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Messages"
    subtitle = "What was said in all conversations, newest first"
    table_class = MessageRecordTable
    filter_class = MessageRecordFilter
    noun = ("message", "messages")
    no_match = "No messages match your search"
    export_name = "messages"
    empty = Empty(
        icon="messages",
        title="Nothing has been said yet.",
        text="The message of an offer opens its conversation. What recipients answer appears here.",
        action_label="Create Incentive Offer",
        action_url_name="offer_add",
        permission="offers.write",
    )

    def get_queryset(self) -> QuerySet[Message]:
        business = cast("DeskRequest", self.request).organisation
        rows = dashboard.messages_said(business=business)
        return rows.select_related("offer", "request")
