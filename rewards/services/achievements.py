"""Achievements: counted, and awarded when there are enough (rewards.md 3.3)."""

from __future__ import annotations

from datetime import datetime

from core.errors import Invalid
from directory.models import Contact, Organisation, Tap, User
from events.models import BusinessEvent, Classification
from events.selectors.facts import event_facts
from events.services import intake
from events.services.intake import Occurrence
from rewards.choices import LogCause
from rewards.facts import AchievementFacts
from rewards.selectors.history import with_memberships
from rewards.services.evaluating import recast
from rewards.services.giving import give
from rewards.services.people import lock_contacts
from rewards.services.results import EvaluationResult
from rewards.services.transactions import whole
from wallet.selectors import currencies_of

MOST_AT_ONCE = 100


class QuantityInvalid(Invalid):
    """At least one achievement and at most a hundred are reported at once."""

    code = "VALIDATION"


def post(
    *,
    business: Organisation,
    contact: Contact,
    classification: Classification | None,
    performed_at: datetime,
    place: Organisation | None = None,
    tap: Tap | None = None,
    quantity: int = 1,
    reference_number: str = "",
    actor: User | None = None,
    at: datetime,
) -> EvaluationResult:
    """Record the achievement and award what it completes.

    A quantity of five is five achievements, one after the other; the answer is about the first and the
    awards are those of all. Raises `WrongClassification` and `QuantityInvalid`.
    """
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise QuantityInvalid(
            f"Report 1 to {MOST_AT_ONCE} achievements at once.", fields={"quantity": "Check it."}
        )

    def work() -> EvaluationResult:
        locked = lock_contacts([contact.pk])[contact.pk]
        results = []
        for number in range(1, quantity + 1):
            # Each has a number of its own; the first one's is the caller's.
            suffix = f"/{number}" if number > 1 and reference_number else ""
            occurrence = Occurrence(
                business=business,
                place=place or business,
                performed_at=performed_at,
                contact=locked,
                tap=tap,
                classification=classification,
                reference_number=f"{reference_number[: 64 - len(suffix)]}{suffix}",
            )
            event = intake.record_achievement(occurrence=occurrence, actor=actor, at=at)
            results.append(_evaluate(event, locked, actor=actor, at=at))
        return EvaluationResult(
            event=results[0].event,
            awards=tuple(award for result in results for award in result.awards),
            traces=results[-1].traces,
            skipped=results[0].skipped,
        )

    return whole(work)


def _evaluate(
    event: BusinessEvent, contact: Contact, *, actor: User | None, at: datetime
) -> EvaluationResult:
    business = event.business
    facts = event_facts(business=business, event_ids=[event.pk], at=at)[event.pk]
    facts = with_memberships(facts, business=business, contacts=[contact])
    currency = currencies_of(business=business, contacts=[contact])[contact.pk]
    seen, awards = give(
        event=event,
        facts=recast(facts, AchievementFacts, currency=currency),
        contacts=[contact],
        cause=LogCause.ACHIEVEMENT,
        actor=actor,
        at=at,
    )
    outcome = seen.outcome
    return EvaluationResult(
        event=event, awards=awards, traces=outcome.traces, skipped=outcome.skipped
    )
