"""The guards of the offer's transition table (incentives.md 4.2, 4.3). Pure.

A guard looks at the situation (what is stored) and the payload (what was sent along) and returns what
is wrong, by field, with a sentence that says what to do next; an empty answer lets the change pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.transitions import Transition
from incentives.completeness.offers import expiry_problem
from incentives.terms import Terms

Refusal = dict[str, str]
# Every answer of a group is its lead's (incentives.md 4.3).
NOT_THE_LEAD = {"status": "Only the group's lead can answer for the group."}
MAX_TEXT, MAX_REASON = 1024, 500


@dataclass(frozen=True, slots=True)
class Payload:
    """What the actor sends along with a change of status."""

    text: str = ""
    terms: Terms | None = None
    granted: Terms | None = None
    counter: Terms | None = None
    expires_at: datetime | None = None
    short_group_ok: bool = False
    attachments: tuple[Any, ...] = ()
    acknowledgement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is stored of an offer, as far as guards look at it."""

    at: datetime
    offer_type: str = "single"
    delivery_method: str = "email"
    terms: Terms | None = None
    has_consent: bool = False
    is_verified: bool = False
    is_addressed: bool = False
    recipient_has_moved: bool = False
    program_active: bool = True
    expires_at: datetime | None = None
    answer_due_at: datetime | None = None
    max_members: int = 1
    active_members: int = 0
    unclaimed_members: int = 0
    actor_is_lead: bool = True
    pending_distributions: tuple[int, ...] = ()
    success_count: int = 0
    submitted_acknowledgements: int = 0
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def accept_target(self) -> str:
        """`pre_claimed` for the first yes on a shared link, otherwise `approved`."""
        first_on_link = self.delivery_method == "link" and not self.recipient_has_moved
        return "pre_claimed" if first_on_link else "approved"


def _complete(now: Situation, payload: Payload) -> Refusal:
    return dict(now.missing)


def _program_active(now: Situation, payload: Payload) -> Refusal:
    if now.program_active:
        return {}
    return {"program": "The program is not active. Activate it first, then send the offer."}


def _expiry_ahead(now: Situation, payload: Payload) -> Refusal:
    return expiry_problem(payload.expires_at or now.expires_at, now.at)


def _grant_below(now: Situation, payload: Payload) -> Refusal:
    """0 < granted < value on the table; without a number on the table, a description is needed."""
    granted = payload.granted
    if now.terms is None or now.terms.number is None:
        if granted is not None and granted.description.strip():
            return _at(granted.problems(), "granted")
        return {"granted_description": "Describe which part you grant."}
    if granted is None or not granted.is_like(now.terms) or granted.number is None:
        return {"granted_value": f"Grant more than 0 and less than {now.terms.value_text}."}
    if not 0 < granted.number < now.terms.number:
        return {"granted_value": f"Grant more than 0 and less than {now.terms.value_text}."}
    return _at(granted.problems(), "granted")


def _at(problems: Mapping[str, str], prefix: str) -> Refusal:
    """Return what is wrong with proposed terms at the fields of the proposal."""
    return {
        f"{prefix}_{name.removeprefix('value_')}": sentence for name, sentence in problems.items()
    }


def _consent(now: Situation, payload: Payload) -> Refusal:
    if now.has_consent:
        return {}
    return {
        "status": "The recipient has not agreed to the terms on the table yet."
        " Offer them again and wait for the answer."
    }


def _verified(now: Situation, payload: Payload) -> Refusal:
    if now.is_verified:
        return {}
    return {"status": "The recipient's address is not verified yet."}


def _group_accept(now: Situation, payload: Payload) -> Refusal:
    """G1: at least two Active members, and the actor is the lead."""
    if now.offer_type != "group":
        return {}
    if not now.actor_is_lead:
        return dict(NOT_THE_LEAD)
    if now.active_members < 2:
        return {"status": "A group needs at least two members before it can accept."}
    return {}


def _group_confirm(now: Situation, payload: Payload) -> Refusal:
    """G2: at least two Active members; a group that is not full needs the deliberate tick."""
    if now.offer_type != "group":
        return {}
    if now.active_members < 2:
        return {"status": "A group needs at least two members before it can be confirmed."}
    if now.active_members < now.max_members and not payload.short_group_ok:
        return {
            "short_group_ok": f"Only {now.active_members} of {now.max_members} members have"
            f" joined. Tick “Confirm with {now.active_members} of {now.max_members} members”."
        }
    return {}


def _settled(now: Situation, payload: Payload) -> Refusal:
    if now.pending_distributions:
        ids = ", ".join(f"D-{pk}" for pk in now.pending_distributions[:5])
        return {"status": f"Record the outcome of every distribution first. Still pending: {ids}."}
    if not now.success_count:
        return {"status": "No distribution was delivered. Record at least one Success first."}
    return {}


def _no_success(now: Situation, payload: Payload) -> Refusal:
    if not now.success_count:
        return {}
    return {"status": "Something was delivered already, so the offer can no longer be ended here."}


def _acknowledged(now: Situation, payload: Payload) -> Refusal:
    if now.submitted_acknowledgements:
        return {}
    return {"status": "No acknowledgement was submitted yet. Wait for the recipient's words."}


def _not_expired(now: Situation, payload: Payload) -> Refusal:
    if now.expires_at is not None and now.at < now.expires_at:
        return {}
    return {"expired": "The offer has expired."}


def _accepts_as(target: str) -> Callable[[Situation, Payload], Refusal]:
    def guard(now: Situation, payload: Payload) -> Refusal:
        if now.accept_target == target:
            return {}
        return {"status": "That status is not available now."}

    return guard


def _counter_positive(now: Situation, payload: Payload) -> Refusal:
    """A counter is whole: above 0 and in the unit on the table, or in words where there is none."""
    counter = payload.counter
    if counter is None:
        return {"counter_value": "Say which terms you propose."}
    if wrong := counter.problems():
        return _at(wrong, "counter")
    if now.terms is None or not now.terms.has_number:
        if counter.description.strip():
            return {}
        return {"counter_description": "Describe what you propose instead."}
    if counter.number is None or not counter.is_like(now.terms):
        return {"counter_value": "Enter the value that you propose."}
    return {}


def _counter_differs(now: Situation, payload: Payload) -> Refusal:
    if wrong := _counter_positive(now, payload):
        return wrong
    assert payload.counter is not None
    number = payload.counter.number
    if number is not None and now.terms is not None and number == now.terms.number:
        return {"counter_value": "Propose another value than the one on the table."}
    return {}


def _counter_above_grant(now: Situation, payload: Payload) -> Refusal:
    if wrong := _counter_positive(now, payload):
        return wrong
    assert payload.counter is not None
    granted, value = now.terms.number if now.terms else None, payload.counter.number
    if granted is not None and value is not None and value <= granted:
        assert now.terms is not None
        return {"counter_value": f"Propose more than the {now.terms.value_text} granted."}
    return {}


def _addressed(now: Situation, payload: Payload) -> Refusal:
    if now.is_addressed:
        return {}
    return {"status": "Only the person the offer is for can decline it."}


def _every_member_claimed(now: Situation, payload: Payload) -> Refusal:
    if now.offer_type != "group" or not now.unclaimed_members:
        return {}
    return {"status": "The offer is claimed once every member has claimed their share."}


def _past_expiry(now: Situation, payload: Payload) -> Refusal:
    if now.expires_at is not None and now.at >= now.expires_at:
        return {}
    return {"status": "The offer has not expired yet."}


def _window_passed(now: Situation, payload: Payload) -> Refusal:
    if now.answer_due_at is not None and now.at >= now.answer_due_at:
        return {}
    return {"status": "The response window is still open."}


GUARDS: dict[str, Callable[[Situation, Payload], Refusal]] = {
    "complete": _complete,
    "program active": _program_active,
    "expiry ahead": _expiry_ahead,
    "grant below": _grant_below,
    "consent": _consent,
    "verified": _verified,
    "G1": _group_accept,
    "G2": _group_confirm,
    "settled": _settled,
    "no success": _no_success,
    "acknowledgement submitted": _acknowledged,
    "not expired": _not_expired,
    "accepts as approved": _accepts_as("approved"),
    "accepts as pre-claimed": _accepts_as("pre_claimed"),
    "counter differs": _counter_differs,
    "counter positive": _counter_positive,
    "counter above grant": _counter_above_grant,
    "addressed": _addressed,
    "every member claimed": _every_member_claimed,
    "past expiry": _past_expiry,
    "window passed": _window_passed,
}
# Guards that decide whether a choice is shown at all, and those whose refusal is shown beside it.
HIDING = ("accepts as approved", "accepts as pre-claimed", "addressed", "every member claimed")
EXPLAINING = (
    "program active",
    "consent",
    "verified",
    "G1",
    "settled",
    "no success",
    "acknowledgement submitted",
)


def refusal_of(row: Transition, now: Situation, payload: Payload) -> Refusal:
    """Return what keeps the transition from happening: its parts first, then the first guard."""
    if row.actor == "recipient" and not now.actor_is_lead:
        return dict(NOT_THE_LEAD)
    if wrong := _missing_needs(row, payload) | _bad_parts(row, now, payload):
        return wrong
    for name in row.guards:
        if wrong := GUARDS[name](now, payload):
            return wrong
    return {}


def is_shown(row: Transition, now: Situation) -> bool:
    """Tell whether the choice belongs to this offer at all (which yes, whose no)."""
    return not any(GUARDS[name](now, Payload()) for name in row.guards if name in HIDING)


def explain(row: Transition, now: Situation) -> str:
    """Say why a shown choice cannot be made yet, or return an empty text."""
    for name in row.guards:
        if name in EXPLAINING and (wrong := GUARDS[name](now, Payload())):
            return next(iter(wrong.values()))
    return ""


def _missing_needs(row: Transition, payload: Payload) -> Refusal:
    found: Refusal = {}
    if "text" in row.needs and not payload.text.strip():
        found["body"] = "Write a message: the other side should know why."
    if "terms" in row.needs and payload.terms is None:
        found["value"] = "Say which terms you offer now."
    if "expiry" in row.needs and payload.expires_at is None:
        found["expires_at"] = "Say until when the offer is open."
    return found


def _bad_parts(row: Transition, now: Situation, payload: Payload) -> Refusal:
    """Return what is wrong with the parts that were sent, whether the row needs them or not."""
    found: Refusal = {}
    longest = MAX_REASON if row.target == "rejected" else MAX_TEXT
    if len(payload.text.strip()) > longest:
        found["body"] = f"Use at most {longest} characters; these are {len(payload.text.strip())}."
    if payload.terms is not None:
        found |= payload.terms.problems()
    if payload.expires_at is not None and "new expiry" in row.effects:
        found |= expiry_problem(payload.expires_at, now.at)
    return found
