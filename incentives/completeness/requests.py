"""What a request needs before it can be sent (incentives.md 8.1). Pure.

A draft needs only somebody to write back to and a product; at sending, each missing or wrong part is
named with the sentence that stands at its field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from incentives.completeness.offers import ADDRESS, MAX_MESSAGE
from incentives.terms import Terms

if TYPE_CHECKING:
    from incentives.models import Program

MANDATORY = {
    "entity_type": "Choose who asks.",
    "entity_stage": "Choose how you know the provider.",
    "incentive_type": "Choose the kind of incentive.",
    "message": "Write a message to the provider.",
}
MAX_PRODUCT = 150


@dataclass(frozen=True, slots=True)
class RequestValues:
    """All that a recipient states of a request, as one value."""

    program: Program | None = None
    product_name: str = ""
    product_url: str = ""
    recipient_email: str = ""
    recipient_name: str = ""
    entity_type: str = ""
    entity_stage: str = ""
    incentive_type: str = ""
    terms: Terms | None = None
    request_type: str = "single"
    max_required_members: int | None = None
    delivery_method: str = "email"
    message: str = ""
    message_masked: bool = False


def problems(values: RequestValues) -> dict[str, str]:
    """Return everything that keeps the request from being sent now, by field."""
    found = unstorable(values)
    found |= {
        field: sentence
        for field, sentence in MANDATORY.items()
        if not getattr(values, field).strip()
    }
    if len(values.message) > MAX_MESSAGE:
        found["message"] = f"Use at most {MAX_MESSAGE} characters; these are {len(values.message)}."
    found |= _program_problems(values)
    found |= (values.terms or Terms("none")).problems()
    if values.request_type == "group" and values.max_required_members is None:
        found["max_required_members"] = "Enter how many members can join: 2 to 500."
    return found


def unstorable(values: RequestValues) -> dict[str, str]:
    """Return what not even a draft can hold: nobody to answer, no product, an impossible group."""
    found: dict[str, str] = {}
    if len(values.recipient_name.strip()) < 2:
        found["recipient_name"] = "Enter your name with at least 2 letters."
    if len(values.recipient_email) > 254 or not ADDRESS.fullmatch(values.recipient_email):
        found["recipient_email"] = "Enter a whole e-mail address, like name@example.org."
    if values.program is None and not 2 <= len(values.product_name.strip()) <= MAX_PRODUCT:
        found["product_name"] = "Name the product or service you ask about."
    members = values.max_required_members
    if members is not None and (values.request_type != "group" or not 2 <= members <= 500):
        found["max_required_members"] = (
            "Enter how many members can join: 2 to 500."
            if values.request_type == "group"
            else "Leave this empty: a single request has one recipient."
        )
    return found


def _program_problems(values: RequestValues) -> dict[str, str]:
    program = values.program
    if program is None:
        return {}
    if not program.is_active:
        return {"program": "This program is not active at the moment."}
    allowed = program.allowed_incentive_types
    if allowed and values.incentive_type and values.incentive_type not in allowed:
        return {"incentive_type": "This program does not give that kind of incentive."}
    return {}
