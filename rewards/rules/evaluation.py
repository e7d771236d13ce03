"""What an event earns: a pure function of the event, the configuration and the past (rewards.md 4, 6).

The till's call, "try a purchase", the replay over history and the page that says why not are this one
function with other arguments. It writes nothing and asks nobody; who calls it holds the contact's lock,
grants what comes back, and keeps the traces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from events.facts import EventFacts, PurchaseFacts
from rewards.choices import Effect, TraceReason, Trigger
from rewards.configuration import Candidate, Grant, History, Offer
from rewards.facts import trigger_of
from rewards.rules import occasions
from rewards.rules.bits import members
from rewards.rules.resolution import resolve
from rewards.rules.snapshot import Snapshot
from rewards.rules.traces import Trace
from rewards.rules.validity import Case, first_failure

R = TraceReason
BY_OFFER = itemgetter(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an event earned, as values to be written once.

    `awards` in the order in which they are granted, `matched` what leads to no award by itself (lottery
    entries, donations), `traces` by offer and beneficiary, `skipped` why nothing was evaluated at all.
    """

    evaluated_at: datetime
    awards: tuple[Grant, ...] = ()
    matched: tuple[Candidate, ...] = ()
    traces: tuple[Trace, ...] = ()
    skipped: TraceReason | None = None

    @property
    def instant_minor(self) -> int:
        """What comes off the purchase at once, in minor units."""
        return sum(grant.amount_minor for grant in self.awards if grant.offer.is_instant)

    def trace_of(self, offer_id: int) -> Trace | None:
        """Return what became of the offer; None when the event did not concern it."""
        return next((trace for trace in self.traces if trace.offer_id == offer_id), None)


def evaluate(
    facts: EventFacts,
    configuration: Snapshot,
    history: History,
    now: datetime,
    *,
    explain: bool = True,
) -> Outcome:
    """Return the awards of the event and what became of every offer.

    Offers and schemes are taken as they are in the configuration, that is now; the event as it was.
    Without a contact or beyond the late window nothing is evaluated (rewards.md 11.3, 11.8). Without
    `explain` offers that fail a check leave no trace; awards are the same.
    """
    if (skipped := skip_reason(facts, configuration)) is not None:
        return Outcome(evaluated_at=now, skipped=skipped)
    found = _Findings()
    if trigger_of(facts) == Trigger.PURCHASE:
        assert isinstance(facts, PurchaseFacts)
        _find_indexed(facts, configuration, history, found, explain=explain)
    else:
        _find_plainly(facts, configuration, history, found, explain=explain)
    return _resolved(facts, configuration, found, now)


def evaluate_plainly(
    facts: EventFacts, configuration: Snapshot, history: History, now: datetime
) -> Outcome:
    """Return the same as `evaluate`, offer by offer without the index: the rule to hold it to."""
    if (skipped := skip_reason(facts, configuration)) is not None:
        return Outcome(evaluated_at=now, skipped=skipped)
    found = _Findings()
    _find_plainly(facts, configuration, history, found, explain=True)
    return _resolved(facts, configuration, found, now)


def skip_reason(facts: EventFacts, configuration: Snapshot) -> TraceReason | None:
    """Return why the event is not evaluated, or None."""
    if facts.contact is None:
        return R.NO_CONTACT
    if facts.received_at - facts.performed_at > configuration.settings.late_window:
        return R.TOO_LATE
    return None


@dataclass(slots=True)
class _Findings:
    """What was found so far; it lives for one evaluation alone."""

    rivals: list[Candidate] = field(default_factory=list)
    awards: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)

    def add(self, offer: Offer, facts: EventFacts, history: History) -> None:
        """Ask the type of a matching offer for its candidates, and keep them or the reason."""
        candidates = offer.type.candidates(offer, facts, history)
        if isinstance(candidates, TraceReason):
            self.traces.append(_trace(offer, facts, candidates))
        elif offer.type.effect != Effect.AWARD:
            self.others.extend(candidates)
        elif offer.type.resolves:
            self.rivals.extend(candidates)
        else:
            self.awards.extend(candidates)


def _find_plainly(
    facts: EventFacts,
    configuration: Snapshot,
    history: History,
    found: _Findings,
    *,
    explain: bool,
) -> None:
    """Ask every offer that listens to the event, once for each beneficiary."""
    for offer in configuration.listening_to(trigger_of(facts)):
        for view in offer.type.views(offer, facts):
            case = Case(view, history, configuration.closed_schemes)
            reason = first_failure(offer, case)
            if reason is None:
                found.add(offer, view, history)
            elif explain:
                found.traces.append(_trace(offer, view, reason))


def _find_indexed(
    facts: PurchaseFacts,
    configuration: Snapshot,
    history: History,
    found: _Findings,
    *,
    explain: bool,
) -> None:
    """Ask all offers at once, and the types of those that match for their amounts."""
    case = Case(facts, history, configuration.closed_schemes)
    index = configuration.index
    if not explain:
        matching = index.matching(facts, case)
    else:
        matching = index.live
        for reason, failing, left in index.narrowing(facts, case):
            if failing:
                found.traces.extend(members(failing, index.refusals(reason)))
            matching = left
    for offer in members(matching, index.offers):
        found.add(offer, facts, history)


def _resolved(
    facts: EventFacts, configuration: Snapshot, found: _Findings, now: datetime
) -> Outcome:
    """Let the discounts of a purchase compete; everything else is granted (rewards.md 6.1)."""
    settings = configuration.settings
    resolution = resolve(
        found.rivals,
        total_minor=getattr(facts, "total_minor", 0),
        mode=settings.mode,
        only_best_instant=settings.only_best_instant,
    )
    granted = [*resolution.granted, *((one, one.amount_minor) for one in _by_offer(found.awards))]
    traces = [
        *found.traces,
        *(_trace_of(one, facts, R.GRANTED) for one, _amount in granted),
        *(_trace_of(one, facts, reason) for one, reason in resolution.dropped),
        *(_trace_of(one, facts, R.MATCHED) for one in found.others),
    ]
    traces.sort(key=BY_OFFER)
    return Outcome(
        evaluated_at=now,
        awards=tuple(_grant(one, amount, facts) for one, amount in granted),
        matched=tuple(_by_offer(found.others)),
        traces=tuple(traces),
    )


def _by_offer(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda one: (one.offer.id, one.contact_id))


def _trace_of(candidate: Candidate, facts: EventFacts, reason: TraceReason) -> Trace:
    offer = candidate.offer
    contact_id = candidate.contact_id if _has_several(facts) else None
    return Trace(offer.id, offer.version, reason, candidate.amount_minor, contact_id)


def _trace(offer: Offer, facts: EventFacts, reason: TraceReason) -> Trace:
    """Return the trace of an offer that came to no candidate."""
    contact_id = facts.contact.id if facts.contact and _has_several(facts) else None
    return Trace(offer.id, offer.version, reason, contact_id=contact_id)


def _has_several(facts: EventFacts) -> bool:
    """Tell whether more than one contact may benefit from such an event."""
    return trigger_of(facts) == Trigger.REFERRAL


def _grant(candidate: Candidate, amount_minor: int, facts: EventFacts) -> Grant:
    """Return the award with the slots that it takes up: the occurrence, and a use of the pass."""
    offer = candidate.offer
    return Grant(
        candidate,
        amount_minor,
        occurrence=occasions.occurrence_for(offer, facts),
        pass_code=getattr(facts, "pass_code", None) if offer.requires_pass else None,
    )
