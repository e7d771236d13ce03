"""Reward Achievement / Achievement: an award for doing something so and so often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from events.facts import EventFacts
from rewards.choices import ConditionKind, Goal, Quorum, TraceReason, Trigger
from rewards.configuration import AchievementTerms, Candidate, History, Offer, PastEvent
from rewards.offer_types.base import OfferType, fixed_amount, register
from rewards.rules.validity import is_open_for

K = ConditionKind


@register
class Achievement(OfferType):
    """Five visits with a count of two make two awards and leave one visit (rewards.md 3.3)."""

    key: ClassVar = "ACHIEVEMENT"
    label: ClassVar = "Achievement"
    goal: ClassVar = Goal.ACHIEVEMENT
    description: ClassVar = "An amount for visits, likes and other achievements, counted."
    listens_to: ClassVar = frozenset({Trigger.ACHIEVEMENT})
    conditions: ClassVar = frozenset({K.SEGMENTS, K.LOCATION, K.TIME, K.CLASSIFICATION})
    required: ClassVar = (frozenset({K.CLASSIFICATION}),)
    terms_type: ClassVar = AchievementTerms

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return the offer's amount and the achievements it uses up, once there are enough.

        Counted are those of the offer's classifications that no award of the offer has used and that
        were performed while it was available, the present one included; the oldest are used first.
        """
        terms = offer.terms if isinstance(offer.terms, AchievementTerms) else AchievementTerms()
        assert facts.classification_id is not None
        present = PastEvent(facts.reference, facts.classification_id, facts.performed_at)
        counted = _counted(offer, [*history.achievements.get(offer.id, ()), present])
        wanted = offer.conditions.classification.classification_ids
        groups = (
            [[event for event in counted if event.classification_id == one] for one in wanted]
            if terms.quorum == Quorum.ALL
            else [counted]
        )
        if any(len(group) < terms.count for group in groups):
            return TraceReason.COUNT_NOT_REACHED
        used = tuple(sorted(event.reference for group in groups for event in group[: terms.count]))
        return tuple(replace(one, used_events=used) for one in fixed_amount(offer, facts))


def _counted(offer: Offer, events: Iterable[PastEvent]) -> list[PastEvent]:
    """Return the events that count for the offer, each once, oldest first."""
    wanted = offer.conditions.classification.classification_ids
    found = {
        event.reference: event
        for event in events
        if event.classification_id in wanted and is_open_for(offer, event.performed_at)
    }
    return sorted(found.values(), key=lambda event: (event.performed_at, event.reference))
