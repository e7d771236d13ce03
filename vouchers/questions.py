"""Questions about people that apps above vouchers answer: of offers, of awards (vouchers.md 5.1).

Vouchers import neither app. Each registers at start what it can be asked: what the form shows, of which
contacts it is true, and how that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.registry import Registry
from directory.models import Organisation
from events.facts import EventFacts

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: of whose people, when, and by which event where one is at hand."""

    business: Organisation
    terms: Mapping[str, Any]
    at: datetime
    event: EventFacts | None = None

    def chosen(self, question: Question) -> list[str]:
        """Return what was chosen for a field, one value or several."""
        return question.given(self.terms)

    def one(self, question: Question) -> str:
        """Return the value that was chosen for a field, or an empty text."""
        return next(iter(self.chosen(question)), "")

    def label(self, question: Question, value: str) -> str:
        """Return what the value is called; one that is gone has no name."""
        return dict(question.choices(self.business)).get(value, "(gone)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field of a question: what to choose from, and what leaving it open is called, if it may be."""

    name: str
    label: str
    choices: Callable[[Organisation], Choices]
    is_many: bool = False
    any_of_them: str = ""
    initial: str = ""
    hint: str = ""

    def given(self, terms: Mapping[str, Any]) -> list[str]:
        """Return what was chosen, one value or several."""
        value = terms.get(self.name) or ()
        return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A kind of question. `words` returns what it asks and the same turned round.

    `found` is a condition on contacts. `of_keys` returns those of the recipient keys of people who are
    no contacts of whom it is true; an app that knows contacts alone leaves it out.
    """

    questions: tuple[Question, ...]
    found: Callable[[Asked], Q]
    words: Callable[[Asked], tuple[str, str]]
    of_keys: Callable[[Asked, Collection[str]], set[str]] = lambda asked, keys: set()


# By `LeafKind`: "offer_status" from incentives, "reward_earned" from rewards.
outside: Registry[Outside] = Registry("questions about people answered above vouchers")


def wrong(of: Outside, *, business: Organisation, terms: Mapping[str, Any]) -> str:
    """Say what keeps the terms from being asked of the business's people; empty where nothing does."""
    for question in of.questions:
        given = question.given(terms)
        if not given and not question.any_of_them:
            return f"{question.label}: choose from the list."
        if not {value for value, _ in question.choices(business)}.issuperset(given):
            return f"{question.label}: there is no such thing. Choose from the list."
    return ""
