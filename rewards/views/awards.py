"""One award: why it is of that amount, step by step, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.permissions import access, may
from directory.sessions import DeskRequest
from events.facts import EventFacts
from events.selectors.facts import event_facts
from rewards import words
from rewards.amounts import Given, steps
from rewards.choices import TraceReason
from rewards.models import Award
from rewards.selectors import log
from rewards.selectors.definitions import definition_at
from rewards.selectors.naming import labels_of
from rewards.selectors.traces import OfferTrace, ShownTrace, traces_of
from rewards.views.desk import business_of
from rewards.views.events import crumbs, page_of, title_of, trace_row
from wallet.selectors.books import entries_by_subject

BEATEN = (TraceReason.BEATEN, TraceReason.BEATEN_IN_SCHEME, TraceReason.BEATEN_INSTANT)


@access("rewards.events")
@require_safe
def award_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Tell why the award is of that amount: the version's words, base, percentage, cap, resolution."""
    business = business_of(request)
    award = log.award(business=business, acting=request.organisation, pk=pk)
    definition = definition_at(version=award.offer_version)
    traces = traces_of(event=award.event) if award.event else []
    own = next(
        (one for one in traces if (one.offer_id, one.contact_id) == (award.offer_id, award.contact_id)),
        None,
    )  # fmt: skip
    found = trace_row(ShownTrace(own, award.offer, None)) if own is not None else None
    sees_event = award.event is not None and log.was_at(award.event, request.organisation)
    context = {
        "award": award,
        "title": f"{award.amount.format()} for {award.contact}",
        "steps": steps(definition, _facts_of(award), _given(award, own, traces)),
        "lines": _said(award),
        "is_newest": award.offer_version.number == award.offer.version,
        "trace": found,
        "entry": _entry_of(award),
        "log": log.log_of_award(award=award),
        "event_title": title_of(award.event) if award.event else "",
        "sees_event": sees_event,
        "sees_money": request.organisation.is_business and may(request, "wallet.read"),
        "crumbs": crumbs(
            *(
                [(title_of(award.event), page_of(award.event))]
                if award.event and sees_event
                else []
            ),
            (f"Award {award}", ""),
        ),
    }
    return render(request, "rewards/awards/detail.html", context)


def _facts_of(award: Award) -> EventFacts | None:
    """Return what the engine looked at; the lines are those that were bought, returns aside."""
    if award.event is None:
        return None
    found = event_facts(
        business=award.business, event_ids=[award.event.pk], at=award.event.received_at
    )
    return found[award.event.pk]


def _given(award: Award, own: OfferTrace | None, traces: list[OfferTrace]) -> Given:
    return Given(
        amount=award.amount,
        candidate_minor=own.amount.minor if own is not None and own.amount else None,
        product=award.product.name if award.product else "",
        is_referred=award.about_id is not None and award.about_id == award.contact_id,
        reversed_minor=award.reversed_minor,
        unrecovered_minor=award.unrecovered_minor,
        beaten=tuple(
            row.reason
            for row in traces
            if row.contact_id == award.contact_id and row.reason in BEATEN
        ),
    )


def _said(award: Award) -> list[str]:
    """Return the version that made the award in its own words, with the names of today."""
    return words.describe(definition_at(version=award.offer_version), labels_of(award.offer))


def _entry_of(award: Award) -> object | None:
    found = entries_by_subject(business=award.business, subjects=[award.reference])
    entries = found.get(award.reference)
    return entries[0] if entries else None
