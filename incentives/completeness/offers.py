"""What an offer needs before it can be sent (incentives.md 2.3, 3.4). Pure.

A draft may lack anything but its program; at sending, each missing or wrong part is named with the
sentence that stands at its field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from incentives.terms import Terms

if TYPE_CHECKING:
    from incentives.models import Program

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=365)
DEFAULT_DAYS = {"email": 7, "link": 30}
MAX_MESSAGE = 1024
MANDATORY = {
    "entity_type": "Choose who the offer is for.",
    "entity_stage": "Choose how you know them.",
    "incentive_type": "Choose the kind of incentive.",
    "message": "Write a message to the recipient.",
}
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class OfferValues:
    """All that a provider states of an offer, as one value."""

    program: Program | None = None
    entity_type: str = ""
    entity_stage: str = ""
    incentive_type: str = ""
    terms: Terms | None = None
    offer_type: str = "single"
    max_required_members: int | None = None
    delivery_method: str = "email"
    recipient_email: str = ""
    recipient_name: str = ""
    member_addresses: tuple[str, ...] = ()
    message: str = ""
    message_masked: bool = False
    show_on_program_page: bool = False
    expires_at: datetime | None = None


def problems(values: OfferValues, at: datetime) -> dict[str, str]:
    """Return everything that keeps the offer from being sent now, by field."""
    found = {
        field: sentence
        for field, sentence in MANDATORY.items()
        if not getattr(values, field).strip()
    }
    if len(values.message) > MAX_MESSAGE:
        found["message"] = f"Use at most {MAX_MESSAGE} characters; these are {len(values.message)}."
    found |= _program_problems(values)
    found |= (values.terms or Terms("none")).problems()
    found |= group_problems(values)
    found |= _recipient_problems(values)
    found |= expiry_problem(values.expires_at, at)
    return found


def expiry_problem(expires_at: datetime | None, at: datetime) -> dict[str, str]:
    """Return what is wrong with the end of an offer: at least an hour, at most a year ahead."""
    if expires_at is None:
        return {"expires_at": "Say until when the offer is open."}
    if expires_at < at + SHORTEST:
        return {"expires_at": "Leave at least one hour: choose a later moment."}
    if expires_at > at + LONGEST:
        return {"expires_at": "Choose a moment within the next 365 days."}
    return {}


def _program_problems(values: OfferValues) -> dict[str, str]:
    if values.program is None or not values.program.is_active:
        return {"program": "Select a valid choice: the program must be active."}
    allowed = values.program.allowed_incentive_types
    if allowed and values.incentive_type and values.incentive_type not in allowed:
        return {"incentive_type": "This program does not give that kind of incentive."}
    return {}


def group_problems(values: OfferValues) -> dict[str, str]:
    """Return what is wrong with the number of members: 2 to 500 in a group, none otherwise."""
    members = values.max_required_members
    if values.offer_type != "group":
        if members is None:
            return {}
        return {"max_required_members": "Leave this empty: a single offer has one recipient."}
    if members is None or not 2 <= members <= 500:
        return {"max_required_members": "Enter how many members can join: 2 to 500."}
    return {}


def _recipient_problems(values: OfferValues) -> dict[str, str]:
    if values.delivery_method == "link":
        if values.recipient_email:
            return {"recipient_email": "Leave this empty: whoever opens the link can claim it."}
        return {}
    if not values.recipient_email:
        return {"recipient_email": "Enter the recipient's e-mail address."}
    if len(values.recipient_email) > 254 or not ADDRESS.fullmatch(values.recipient_email):
        return {"recipient_email": "Enter a whole e-mail address, like name@example.org."}
    cap = values.max_required_members
    if values.offer_type == "group" and cap is not None and len(values.member_addresses) > cap:
        return {"recipient_email": "These are more addresses than members can join."}
    return {}
