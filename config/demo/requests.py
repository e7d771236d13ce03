"""What people ask of Acme Solar: a handful of requests over the statuses, one of them by a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from config.demo.stories import terms_of
from core import references, tokens
from incentives.completeness.requests import RequestValues
from incentives.guards import Payload
from incentives.models import GroupMember, IncentiveRequest
from incentives.selectors.requests import request_by_pk
from incentives.services import request_groups, request_statuses, requests
from incentives.services.actors import provider

if TYPE_CHECKING:
    from config.demo.acme import Town

PAUSE = timedelta(hours=6, minutes=11)


@dataclass(frozen=True, slots=True)
class Step:
    """Who does what, with which words and, where terms are proposed, how much."""

    side: str
    act: str
    text: str = ""
    worth: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who, for what, how many days ago, and what came of it."""

    name: str
    email: str
    program: str
    product: str
    kind: str
    worth: str
    words: str
    message: str
    days_ago: int
    stage: str = "existing_customer"
    delivery: str = "email"
    members: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()


REVIEW = Step("provider", "under_review")
ASKS = (
    Ask(
        "Katerina Vlachou",
        "katerina.vlachou@example.com",
        "roof",
        "",
        "cashback",
        "300",
        "Once the second string of panels is connected",
        "We want to add six panels to the roof you built for us in spring. Is there something in it"
        " for a returning customer?",
        1,
    ),
    Ask(
        "Henrik Solberg",
        "henrik.solberg@example.com",
        "roof",
        "",
        "discount",
        "10%",
        "On the yearly maintenance",
        "My neighbour pays less for the same service. Could you match it?",
        3,
        steps=(Step("provider", "acknowledged", "Thank you, Henrik. We look at it this week."),),
    ),
    Ask(
        "Amara Okoye",
        "amara.okoye@example.com",
        "",
        "Heat pump, ground source",
        "discount",
        "500",
        "",
        "You do not list heat pumps yet. If you fitted one, would there be a first customer’s price?",
        5,
        stage="prospect_customer",
        delivery="link",
    ),
    Ask(
        "Giulia Ferri",
        "giulia.ferri@example.com",
        "roof",
        "",
        "cashback",
        "250",
        "For bringing in my sister’s house",
        "My sister signs next week because of me. Is there a thank-you?",
        7,
        steps=(
            REVIEW,
            Step("provider", "needs_info", "Gladly! Under which name does your sister sign?"),
        ),
    ),
    Ask(
        "Tomasz Nowak",
        "tomasz.nowak@example.com",
        "roof",
        "",
        "discount",
        "800",
        "On a battery of 10 kWh",
        "A battery at the fair price of May, please: I could not decide in time.",
        9,
        stage="lead",
        steps=(
            REVIEW,
            Step(
                "provider",
                "negotiating",
                "The fair is over, but half of it we can do until the end of the month.",
                "400",
            ),
        ),
    ),
    Ask(
        "Leila Haddad",
        "leila.haddad@example.com",
        "roof",
        "",
        "cashback",
        "150",
        "Paid once each of us is connected",
        "Three houses in our lane decide together. What can you do for the three of us?",
        14,
        stage="prospect_customer",
        members=(
            ("Omar Haddad", "omar.haddad@example.com"),
            ("Ines Carvalho", "ines.carvalho@example.com"),
        ),
        steps=(
            REVIEW,
            Step("provider", "approved", "Three roofs in one week save us a crane. Yes."),
            Step("provider", "approved_confirmed", "Confirmed. We pay each of you when connected."),
        ),
    ),
    Ask(
        "Pavel Dvorak",
        "pavel.dvorak@example.com",
        "roof",
        "",
        "gift_card",
        "1000",
        "",
        "I follow you everywhere. Send me something nice.",
        20,
        stage="lead",
        steps=(Step("provider", "declined", "Thank you for following us, Pavel. This we cannot."),),
    ),
)


def tell(town: Town, *, at: datetime) -> None:
    """Play every request, the oldest first, through the links that people get."""
    for ask in sorted(ASKS, key=lambda ask: -ask.days_ago):
        _play(town, ask, at)


def _play(town: Town, ask: Ask, at: datetime) -> None:
    moment = at - timedelta(days=ask.days_ago) + timedelta(minutes=len(ask.message))
    request = requests.ask(business=town.business, values=_values(town, ask), send=True, at=moment)
    requests.verify(secret=_secret(request, "request_verify"), at=moment + timedelta(minutes=6))
    for number, (name, email) in enumerate(ask.members, start=1):
        _join(request, name, email, moment + timedelta(hours=number))
    actor = provider(town.users["oscar"])
    for number, step in enumerate(ask.steps, start=1):
        fresh = request_by_pk(pk=request.pk)
        request_statuses.transition(
            request=fresh,
            to=step.act,
            actor=actor if step.side == "provider" else requests.creator_of(fresh),
            payload=Payload(text=step.text, terms=terms_of(step.worth, "") if step.worth else None),
            at=moment + number * PAUSE,
        )


def _values(town: Town, ask: Ask) -> RequestValues:
    return RequestValues(
        program=town.programs[ask.program] if ask.program else None,
        product_name=ask.product,
        recipient_email=ask.email,
        recipient_name=ask.name,
        entity_type="individual",
        entity_stage=ask.stage,
        incentive_type=ask.kind,
        terms=terms_of(ask.worth, ask.words),
        request_type="group" if ask.members else "single",
        max_required_members=len(ask.members) + 1 if ask.members else None,
        delivery_method=ask.delivery,
        message=ask.message,
    )


def _join(request: IncentiveRequest, name: str, email: str, at: datetime) -> None:
    fresh = request_by_pk(pk=request.pk)
    request_groups.ask_to_join(request=fresh, name=name, email=email, at=at)
    member = GroupMember.objects.get(request=request, email=email)
    subject = references.reference("incentives.request_member", member.pk)
    token = tokens.newest(subject=subject, purposes=["request_join"])
    assert token is not None
    request_groups.join(secret=tokens.secret_of(token), at=at + timedelta(minutes=9))


def _secret(request: IncentiveRequest, purpose: str) -> str:
    subject = references.reference("incentives.request", request.pk)
    token = tokens.newest(subject=subject, purposes=[purpose])
    assert token is not None
    return tokens.secret_of(token)
