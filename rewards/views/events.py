"""Rewards › Reward Events: the log, one business event, and why an award is what it is."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.calendar import local
from core.clock import now
from core.money import Money
from core.paging import per_page_of
from core.views import Empty, TableView
from directory.permissions import access, may
from directory.sessions import DeskRequest
from events.choices import EvaluationState, EventStatus, EventType
from events.models import BusinessEvent
from rewards.choices import LogType, TraceReason
from rewards.filters.events import RewardEventFilter
from rewards.models import RewardEvent
from rewards.selectors import log
from rewards.selectors.payments import names_of
from rewards.selectors.traces import ShownTrace
from rewards.tables.events import RewardEventTable
from rewards.views.desk import business_of
from rewards.views.trying import LABELS
from wallet.choices import Operation

TITLE = "Reward Events"
SINCE_DAYS = 30
PER_PAGE = 50
# Words of a payload that say who somebody is or how they pay; in "contact" everything does.
PERSONAL = frozenset({"email", "phone", "cim", "otp", "payment_medium_identifier", "pass_code"})


class RewardEventList(TableView):
    """The log of rewards, that of the last 30 days unless something else is asked."""

    access = "rewards.events"
    title = TITLE
    subtitle = "Every award, redemption, spend, reversal and expiry. Nothing here is ever changed."
    table_class = RewardEventTable
    filter_class = RewardEventFilter
    empty = Empty(
        icon="history",
        title="No reward events yet",
        text="As soon as an active offer awards somebody, the award stands here, and later what was"
        " redeemed, spent, taken back or expired of it. Try a purchase to see what would be given.",
        action_label="Try a purchase",
        action_url_name="reward_try",
        permission="rewards.try",
    )
    no_match = "No reward event matches your filters"
    noun = ("reward event", "reward events")
    export_name = "reward-events"
    tour = "rewards.events"
    template_name = "rewards/events/list.html"

    def get_queryset(self) -> QuerySet[RewardEvent]:
        request = cast("DeskRequest", self.request)
        return log.log_of(business=business_of(request), acting=request.organisation)

    @cached_property
    def query(self) -> QueryDict:
        """The list's state; a bare address shows the last 30 days, today included."""
        found = super().query
        if found:
            return found
        zone = business_of(cast("DeskRequest", self.request)).time_zone
        first = local(now(), zone).date() - timedelta(days=SINCE_DAYS)
        return QueryDict(f"performed_after={first.isoformat()}")

    @cached_property
    def per_page(self) -> int:
        return per_page_of(self.query.get("per_page"), self.memory.per_page, PER_PAGE)

    def link(self, changes: Any = None) -> str:
        """Return an address of the list; without any filter it says so, or the 30 days come back."""
        url = super().link(changes)
        return f"{url}?q=" if url == self.request.path else url


@access("rewards.events")
@require_safe
def event_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what happened, what became of every offer, and every amount with its reason."""
    event = log.event(business=business_of(request), acting=request.organisation, pk=pk)
    story = log.story_of(event=event, acting=request.organisation)
    sees_money = request.organisation.is_business and may(request, "wallet.read")
    writes = may(request, "wallet.write") and event.is_posted
    context = {
        "event": event,
        "title": title_of(event),
        "facts": _facts(event),
        "status": EventStatus(event.status),
        "evaluation": EvaluationState(event.evaluation_state),
        "skipped": _skipped(event),
        "story": story,
        "total": _total(event),
        "traces": [trace_row(trace) for trace in story.traces],
        "more_traces": story.trace_count - len(story.traces),
        "awards": [(award, _entry(story, award.reference)) for award in story.awards],
        "log": [_log_row(row, story) for row in story.log],
        "returns": [
            (row, Money(row.amount_minor, event.purchase.currency)) for row in story.returns
        ],
        "lines": [
            (line, Money(line.row.total_minor, event.purchase.currency)) for line in story.lines
        ],
        "payload": json.dumps(masked(event.payload), indent=2, ensure_ascii=False)
        if event.payload
        else "",
        "sees_money": sees_money,
        "can_cancel": writes and event.type in CANCELLABLE,
        "can_return": writes and any(line.returned < line.row.quantity for line in story.lines),
        "crumbs": crumbs((title_of(event), "")),
    }
    return render(request, "rewards/events/detail.html", context)


CANCELLABLE = frozenset({EventType.PURCHASE, EventType.REFERRAL, EventType.ACHIEVEMENT})


def crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page below the reward events."""
    return [(TITLE, reverse("reward_events")), *steps]


def title_of(event: BusinessEvent) -> str:
    """Name an event: "Purchase R-1001"."""
    return f"{event.type_label} {event}"


def page_of(event: BusinessEvent) -> str:
    return reverse("reward_event", args=[event.pk])


def trace_row(shown: ShownTrace) -> dict[str, Any]:
    """Return what became of one offer as the page shows it, each condition with its label."""
    return {
        "trace": shown.trace,
        "offer": shown.offer,
        "contact": shown.contact,
        "why": shown.trace.reason,
        "amount": shown.trace.amount,
        "checks": [labelled(verdict) for verdict in shown.trace.verdicts],
    }


def labelled(verdict: Any) -> tuple[str, Any]:
    """Put the label of its condition beside a verdict."""
    known = verdict.code in TraceReason.values
    return (LABELS.get(TraceReason(verdict.code), "") if known else "") or verdict.code, verdict


def masked(value: Any, *, is_personal: bool = False) -> Any:
    """Return a payload in which of what is personal only the first and the last sign can be read."""
    if isinstance(value, dict):
        return {
            name: masked(of, is_personal=is_personal or name == "contact" or name in PERSONAL)
            for name, of in value.items()
        }
    if isinstance(value, list):
        return [masked(of, is_personal=is_personal) for of in value]
    if is_personal and isinstance(value, str) and value:
        return f"{value[0]}…{value[-1]}" if len(value) > 3 else "…"
    return value


def _facts(event: BusinessEvent) -> list[tuple[str, str]]:
    """Return what else the event says, as labelled words."""
    found = [("Reference number", event.reference_number)]
    if event.classification is not None:
        found.append(("Classification", event.classification.name))
    if (referral := getattr(event, "referral", None)) is not None:
        found.append(("Referred by", str(referral.referrer)))
    if (achievement := getattr(event, "achievement", None)) is not None:
        found.append(("Times", f"{achievement.quantity:,}"))
    if (change := getattr(event, "contact_change", None)) is not None:
        found.append(("What", change.get_kind_display()))
    if event.is_purchase:
        found += [("Pass", event.purchase.pass_code), ("Notes", event.purchase.notes)]
    return [(label, text) for label, text in found if text]


def _skipped(event: BusinessEvent) -> TraceReason | None:
    """Return why nothing was evaluated, where nothing was."""
    reason = event.evaluation_reason
    return TraceReason(reason) if reason in TraceReason.values else None


def _total(event: BusinessEvent) -> Money | None:
    if not event.is_purchase:
        return None
    return Money(event.purchase.total_minor, event.purchase.currency)


def _entry(story: log.Story, reference: str) -> Any:
    found = story.entries.get(reference)
    return found[0] if found else None


def _log_row(row: RewardEvent, story: log.Story) -> dict[str, Any]:
    """Return a row of the log with the wallet's entry that moved its money."""
    operation = {LogType.REDEEM: Operation.REDEEM, LogType.SPEND: Operation.SPEND}
    entry = None
    if row.type == LogType.AWARD and row.award is not None:
        entry = _entry(story, row.award.reference)
    elif row.kind in operation:
        paid = [one for name in names_of(story.event) for one in story.entries.get(name, [])]
        entry = next((one for one in paid if one.operation == operation[row.kind]), None)
    lot_id = row.award.lot_id if row.award is not None else None
    return {"row": row, "entry": entry, "lot_id": lot_id}
