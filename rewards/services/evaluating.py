"""Looking at an event: its facts, the configuration and the past, put to the engine; nothing is written.

What is read is fixed, whatever the number of offers and lines: docs/rewards-engine.md lists the queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from directory.models import Contact, Organisation
from events.facts import LATE_AFTER, EventFacts
from events.models import BusinessEvent
from events.selectors.facts import purchase_facts
from rewards.choices import TraceReason
from rewards.configuration import History
from rewards.rules.evaluation import Outcome, evaluate
from rewards.rules.snapshot import Snapshot
from rewards.rules.traces import Trace
from rewards.selectors.history import history_of, with_memberships
from rewards.selectors.snapshots import snapshot_of
from wallet.services.grantable import versions_that_take_money

if TYPE_CHECKING:
    from wallet.models import CommercePoolVersion

F = TypeVar("F", bound=EventFacts)
# An offer and the contact who would have its award.
Beneficiary = tuple[int, int]
JUST_LATE = LATE_AFTER + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One evaluation with everything that it looked at, for the traces that are kept of it."""

    facts: EventFacts
    configuration: Snapshot
    history: History
    outcome: Outcome


def look(
    *,
    business: Organisation,
    facts: EventFacts,
    locks: bool,
    at: datetime,
    configuration: Snapshot | None = None,
) -> Evaluated:
    """Evaluate the event against the configuration of now; its contact is locked by the caller."""
    configuration = configuration or snapshot_of(business=business)
    history = history_of(business=business, facts=facts, configuration=configuration, locks=locks)
    outcome = evaluate(facts, configuration, history, at)
    return Evaluated(facts=facts, configuration=configuration, history=history, outcome=outcome)


def look_at_purchase(
    *, event: BusinessEvent, contact: Contact, was_paid: bool = False, at: datetime
) -> Evaluated:
    """Evaluate a recorded purchase of the locked contact; at most ten queries.

    One that `was_paid` before counts as late, so that it earns no instant discount.
    """
    configuration = snapshot_of(business=event.business)
    facts = purchase_facts(event=event, at=at, segment_ids=configuration.segment_ids())
    facts = with_memberships(facts, business=event.business, contacts=[contact])
    if was_paid:
        facts = replace(facts, received_at=max(at, facts.performed_at + JUST_LATE))
    return look(
        business=event.business, facts=facts, locks=True, at=at, configuration=configuration
    )


def without(seen: Evaluated, refused: Mapping[Beneficiary, TraceReason]) -> Evaluated:
    """Return the evaluation without these awards, which the wallet cannot take."""
    if not refused:
        return seen
    outcome = seen.outcome
    own = seen.facts.contact.id if seen.facts.contact else 0
    return replace(
        seen,
        outcome=replace(
            outcome,
            awards=tuple(
                grant
                for grant in outcome.awards
                if (grant.offer.id, grant.contact_id) not in refused
            ),
            traces=tuple(_refused(trace, own, refused) for trace in outcome.traces),
        ),
    )


def _refused(trace: Trace, own: int, refused: Mapping[Beneficiary, TraceReason]) -> Trace:
    reason = refused.get((trace.offer_id, trace.contact_id or own))
    if trace.reason != TraceReason.GRANTED or reason is None:
        return trace
    return trace._replace(reason=reason)


def only_what_the_wallet_takes(
    seen: Evaluated, *, business: Organisation, currencies: Mapping[int, str], at: datetime
) -> tuple[Evaluated, dict[int, CommercePoolVersion]]:
    """Return the evaluation less what the wallet cannot take, and the pools of what is left.

    A wallet has one currency (`currencies` by contact), and a pool may have been closed or have
    lapsed: that is a reason in the trace, never a refusal of the event.
    """
    wanted = {grant.offer.pool_version_id for grant in seen.outcome.awards}
    pools = versions_that_take_money(
        business=business, ids={pk for pk in wanted if pk is not None}, at=at
    )
    refused: dict[Beneficiary, TraceReason] = {}
    for grant in seen.outcome.awards:
        one = (grant.offer.id, grant.contact_id)
        if currencies.get(grant.contact_id) != grant.offer.currency:
            refused[one] = TraceReason.CURRENCY_MISMATCH
        elif grant.offer.pool_version_id not in pools:
            refused[one] = TraceReason.POOL_CLOSED
    return without(seen, refused), pools


def recast(facts: EventFacts, kind: type[F], **more: Any) -> F:
    """Return the event as one of the kinds that only rewards knows, with what that kind adds."""
    common = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return kind(**{**common, **more})
