"""The tables of campaigns: the list, the wait list, the log of decisions (vouchers.md 8, 10 and 12)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core import navigation
from core.columns import breakable, row_url
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from directory.tables import DeskTable
from vouchers.campaign_acts import BY_NAME, acts_of
from vouchers.choices import CampaignStatus, Outcome, Qualification
from vouchers.models import Attempt, Campaign, Issuance, WaitEntry
from vouchers.selectors import campaign_desk
from vouchers.tables.reasons import because, sentence

SHORT = {Qualification.AUDIENCE: "Audience", Qualification.LIVE: "Live"}


class CampaignTable(DeskTable):
    """One row for each campaign, the newest first."""

    caption = "Campaigns"
    default_order = ("-created_at",)

    name = Column("Campaign", sortable=True, css="cell-offer")
    status = StatusColumn("Status", choices=CampaignStatus, sortable=True)
    qualification = Column("Qualification", sortable=True, stacked=False)
    list_count = CountColumn("Lists", stacked=False)
    issued_count = Column("Given / cap", order_by="issued_count", css="text-end cell-count")
    waiting_count = CountColumn("Waiting", order_by="waiting_count")
    redeemed_count = Column("Redeemed", css="text-end cell-count", stacked=False)
    starts_at = WhenColumn("Starts", sortable=True, stacked=False)
    ends_at = WhenColumn("Ends", sortable=True, stacked=False)
    owner = Column("Owner", accessor="owner.display_name", stacked=False)
    menu = ActionsColumn()

    def name_of(self, record: Campaign) -> str:
        return f"campaign {record.name}"

    def render_name(self, record: Campaign) -> Any:
        """Show the name with the number below."""
        return format_html(
            '<a class="name-link clamp" href="{}"><span title="{}">{}</span></a>'
            '<div class="cell-second font-monospace">{}</div>',
            row_url("voucher_campaign", record.pk), record.name, record.name, record.reference,
        )  # fmt: skip

    def value_name(self, record: Campaign) -> str:
        return f"{record.reference} {record.name}"

    def render_qualification(self, value: str) -> str:
        return SHORT[Qualification(value)]

    def value_qualification(self, value: str) -> str:
        return SHORT[Qualification(value)]

    def render_issued_count(self, value: int, record: Campaign) -> str:
        return f"{value:,} / {record.max_total:,}" if record.max_total else f"{value:,}"

    def render_redeemed_count(self, value: int, record: Any) -> str:
        return f"{round(100 * value / record.issued_count)} %" if record.issued_count else "–"

    def render_waiting_count(self, value: int, record: Campaign) -> Any:
        if not value:
            return "0"
        url = reverse("voucher_campaign_waiting", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, f"{value:,}")

    def actions(self, record: Campaign) -> list[RowAction]:
        """Return what this member may do with the campaign in its status."""
        found = [RowAction("View", row_url("voucher_campaign", record.pk), "eye")]
        if self.may("campaigns.write"):
            for act in acts_of(record.status, record.status_set_by):
                url = act_url(record, act.name)
                found.append(RowAction(act.label, url, act.icon, danger=act.is_danger))
        if record.status == CampaignStatus.RUNNING and self.may("vouchers.issue"):
            url = row_url("voucher_campaign_give", record.pk)
            found.append(RowAction("Give a code", url, "gift"))
        return found


def act_url(campaign: Campaign, name: str) -> str:
    """Return where an act of `campaign_acts` is done."""
    if name == "edit":
        step = "start" if campaign.status == CampaignStatus.DRAFT else "what"
        return reverse("voucher_campaign_step", args=[campaign.pk, step])
    if name == "publish":
        return reverse("voucher_campaign_step", args=[campaign.pk, "review"])
    assert name in BY_NAME
    return reverse("voucher_campaign_act", args=[campaign.pk, name])


class PeopleTable(DeskTable):
    """Rows about recipients; the names of a page's people are looked up together."""

    @cached_property
    def people(self) -> dict[str, str]:
        """Return the names of the people of this page, in one query."""
        request: Any = self.request
        acting = request.organisation
        business = acting if acting.business is None else acting.business
        keys = {record.recipient_key for record in self.data}
        return campaign_desk.names_of(business=business, keys=keys)

    def person(self, key: str, email: str = "") -> Any:
        """Show who it is: a contact by name with a link, anybody else by address or number."""
        name = self.people.get(key, key.partition(":")[2] or key)
        url = navigation.address("contact_detail", int(key)) if key.isdecimal() else ""
        shown = format_html('<a href="{}">{}</a>', url, name) if url else breakable(name)
        if email and email != name:
            return format_html('{}<div class="cell-second">{}</div>', shown, breakable(email))
        return shown

    def name_of(self, record: Any) -> str:
        return str(self.people.get(record.recipient_key, record.recipient_key))


class WaitTable(PeopleTable):
    """Who waits, in the order of serving."""

    caption = "Wait list"
    default_order = ("qualified_at", "pk")

    position = CountColumn("Position")
    recipient_key = Column("Person", css="cell-person")
    qualified_at = WhenColumn("Since")
    trigger_ref = Column("Because of", stacked=False)
    reason = Column("Why", css="cell-long")
    created_by = Column("Asked for by", accessor="created_by.display_name", stacked=False)
    menu = ActionsColumn()

    def render_trigger_ref(self, value: str) -> str:
        return because(value)

    def render_recipient_key(self, value: str, record: WaitEntry) -> Any:
        return self.person(value, record.email)

    def value_recipient_key(self, value: str) -> str:
        return value

    def actions(self, record: WaitEntry) -> list[RowAction]:
        """Return what may be done for somebody who waits."""
        if not self.may("campaigns.write"):
            return []
        place = [record.campaign_id, record.pk]
        return [
            RowAction("Serve now", reverse("voucher_wait_serve", args=place), "gift", post=True),
            RowAction("Remove", reverse("voucher_wait_remove", args=place), "user-x", danger=True),
        ]


class DecisionTable(PeopleTable):
    """Who was considered, and what came of it in words."""

    caption = "Decisions"
    default_order = ("-at",)

    at = WhenColumn("When", sortable=True)
    recipient_key = Column("Person", css="cell-person")
    outcome = ChoiceColumn("Outcome", choices=Outcome)
    reason = Column("Why", css="cell-long")
    trigger_ref = Column("Because of", stacked=False)

    def render_trigger_ref(self, value: str) -> str:
        return because(value)

    def render_reason(self, value: str) -> str:
        return sentence(value)

    def render_recipient_key(self, value: str) -> Any:
        return self.person(value)

    def value_recipient_key(self, value: str) -> str:
        return value

    def render_outcome(self, value: str, record: Attempt) -> Any:
        """Name the outcome; a code that was given is linked."""
        label = Outcome(value).label
        issuance: Issuance | None = record.issuance
        if issuance is None:
            return label
        url = reverse("voucher_issuance", args=[issuance.public_id])
        return format_html('<a href="{}">{}</a>', url, label)
