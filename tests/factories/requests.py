"""Requests for tests; every status is reached through the services, by the links that people get.

request = make_request(program=program, status="approved_confirmed")
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from core import clock, references
from core.money import Money
from directory.models import Organisation
from incentives.completeness.requests import RequestValues
from incentives.guards import Payload
from incentives.models import GroupMember, IncentiveRequest, Program
from incentives.selectors.requests import request_by_pk
from incentives.services import request_groups, request_statuses, requests
from incentives.services.actors import Actor, provider
from incentives.terms import Terms
from tests.factories.incentives import _first_admin, newest_secret, record_success

HUNDRED = Terms.money(Money(10000, "EUR"), "On my next yearly plan")
EIGHTY = Payload(text="We can give this much.", terms=Terms.money(Money(8000, "EUR")))
NINETY = Payload(text="Could we meet in between?", counter=Terms.money(Money(9000, "EUR")))
TEXT = Payload(text="Which plan do you have?")
YES = Payload()

Step = tuple[str, str, Payload]
REVIEW: Step = ("provider", "under_review", YES)
NEGOTIATE: Step = ("provider", "negotiating", EIGHTY)
AGREED: tuple[Step, ...] = (REVIEW, ("provider", "approved", YES))
WAYS: dict[str, tuple[Step, ...]] = {
    "requested": (),
    "acknowledged": (("provider", "acknowledged", YES),),
    "under_review": (REVIEW,),
    "needs_info": (REVIEW, ("provider", "needs_info", TEXT)),
    "info_provided": (
        REVIEW,
        ("provider", "needs_info", TEXT),
        ("recipient", "info_provided", TEXT),
    ),
    "negotiating": (REVIEW, NEGOTIATE),
    "approved": AGREED,
    "approved_confirmed": (*AGREED, ("provider", "approved_confirmed", YES)),
    "completed": (
        *AGREED,
        ("provider", "approved_confirmed", YES),
        ("distribution", "", YES),
        ("provider", "completed", YES),
    ),
    "declined": (("provider", "declined", TEXT),),
    "cancelled": (("recipient", "cancelled", YES),),
}
EVERY_STATUS = ("draft", *WAYS)

_numbers = count(1)


def request_values(program: Program | None = None, **fields: Any) -> RequestValues:
    """Return complete values of a Single request by Email; any field may be given."""
    values = RequestValues(
        program=program,
        product_name="" if program else "Garden lights",
        product_url="" if program else "https://lights.example/garden",
        recipient_email=f"asker{next(_numbers)}@home.example",
        recipient_name="Sam Okafor",
        entity_type="individual",
        entity_stage="existing_customer",
        incentive_type="discount",
        terms=HUNDRED,
        message="We have been with you for three years; a discount would keep us.",
    )
    return replace(values, **fields)


def make_request(
    *,
    program: Program | None = None,
    business: Organisation | None = None,
    status: str = "requested",
    at: datetime | None = None,
    members: int = 0,
    **fields: Any,
) -> IncentiveRequest:
    """Ask as a visitor does, confirm the address, and bring the request to the status.

    `members` further people join the group before anything else happens.
    """
    at = at or clock.now()
    owner = business or (program.business if program else None)
    assert owner is not None
    if members:
        fields = {"request_type": "group", "max_required_members": members + 1} | fields
    values = request_values(program, **fields)
    made = requests.ask(business=owner, values=values, send=status != "draft", at=at)
    requests.verify(secret=verify_secret(made), at=at)
    for number in range(members):
        join(made, email=f"member{number}-{made.pk}@home.example", at=at)
    if status != "draft":
        advance(made, WAYS[status], at=at)
    return request_by_pk(pk=made.pk)


def advance(request: IncentiveRequest, steps: tuple[Step, ...], *, at: datetime) -> None:
    """Carry out the steps, each on behalf of its side."""
    for side, target, payload in steps:
        fresh = request_by_pk(pk=request.pk)
        if side == "distribution":
            record_success(fresh, actor=desk_of(fresh), at=at)
        else:
            actor = desk_of(fresh) if side == "provider" else requests.creator_of(fresh)
            request_statuses.transition(
                request=fresh, to=target, actor=actor, payload=payload, at=at
            )


def desk_of(request: IncentiveRequest) -> Actor:
    """Return the first administrator of the business that was asked."""
    return provider(_first_admin(request.business))


def join(
    request: IncentiveRequest, *, email: str, at: datetime, name: str = "Ana Silva"
) -> GroupMember:
    """Join the group as a visitor does: ask, then confirm by the e-mailed link."""
    fresh = request_by_pk(pk=request.pk)
    request_groups.ask_to_join(request=fresh, name=name, email=email, at=at)
    member = GroupMember.objects.get(request=request, email=email)
    return request_groups.join(secret=join_secret(member), at=at)[0]


def verify_secret(request: IncentiveRequest) -> str:
    """Return the secret of the link that confirms the request's address."""
    return newest_secret(references.reference("incentives.request", request.pk), "request_verify")


def access_secret(request: IncentiveRequest) -> str:
    """Return the secret of the newest link to the creator's requests."""
    return newest_secret(references.reference("incentives.request", request.pk), "request")


def join_secret(member: GroupMember) -> str:
    return newest_secret(
        references.reference("incentives.request_member", member.pk), "request_join"
    )


def member_secret(member: GroupMember) -> str:
    """Return the secret of the newest link by which a member comes back."""
    return newest_secret(
        references.reference("incentives.request_member", member.pk), "request_member"
    )
