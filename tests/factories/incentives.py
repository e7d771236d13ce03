"""Programs and offers for tests; every status is reached through the services, step by step.

    offer = make_offer(program=program, status="claimed", delivery="link")

`make_offer` knows a way to each of the seventeen statuses, for Single offers by Email and by Link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from core import clock, references, tokens
from core.models import LinkToken
from core.money import Money
from directory.choices import Role
from directory.models import Organisation, User
from incentives.completeness.offers import DEFAULT_DAYS, OfferValues
from incentives.guards import Payload
from incentives.models import Offer, Program, Subject
from incentives.selectors import offer_of
from incentives.services import (
    acknowledgements,
    claims,
    distributions,
    links,
    offers,
    statuses,
    sweeps,
)
from incentives.services import programs as program_services
from incentives.services.actors import Actor, provider
from incentives.services.distributions import Edit
from incentives.terms import Terms
from tests.factories.directory import make_business, make_product, make_user

FIFTY = Terms.money(Money(5000, "EUR"), "Paid to your bank account within 14 days")

_numbers = count(1)


@dataclass(frozen=True)
class Desk:
    """A provider ready to make offers: the business, its administrator and one Active program."""

    business: Organisation
    user: User
    program: Program

    @property
    def actor(self) -> Actor:
        return provider(self.user)


def make_program(
    business: Organisation, name: str = "", *, active: bool = True, types: Sequence[str] = ()
) -> Program:
    """Open a program for a new product of that name; optionally deactivate it."""
    program = program_services.create(
        business=business,
        product_service=make_product(business, name or f"Rooftop panels {next(_numbers)}"),
        allowed_incentive_types=types,
        at=clock.now(),
    )
    if not active:
        program_services.deactivate(program=program, at=clock.now())
    return program


def make_desk(name: str = "", **options: Any) -> Desk:
    """Make a provider with an administrator and one Active program; options are `make_business`'s."""
    user = make_user()
    options.setdefault("zone", "Europe/Athens")
    business = make_business(name, admin=user, **options)
    return Desk(business, user, make_program(business))


def offer_values(program: Program, *, at: datetime, **fields: Any) -> OfferValues:
    """Return complete values of a Single offer by Email; any field may be given."""
    delivery = fields.get("delivery_method", "email")
    email = "" if delivery == "link" else f"recipient{next(_numbers)}@home.example"
    values = OfferValues(
        program=program,
        entity_type="individual",
        entity_stage="existing_customer",
        incentive_type="cashback",
        terms=FIFTY,
        delivery_method=delivery,
        recipient_email=email,
        recipient_name="" if delivery == "link" else "Noor Haddad",
        message="Thank you for your trust: here is something back.",
        expires_at=at + timedelta(days=DEFAULT_DAYS[delivery]),
    )
    return replace(values, **fields)


# Who moves to which status on the way, and what is sent along.
GRANT = Payload(granted=Terms.money(Money(3000, "EUR")), text="We can give this much.")
COUNTER = Payload(counter=Terms.money(Money(7000, "EUR")), text="Could it be a little more?")
TEXT = Payload(text="Which account should it go to?")
ASKED = (("recipient", "approved", Payload()), ("provider", "needs_info", TEXT))
CONFIRMED = (("recipient", "approved", Payload()), ("provider", "approved_confirmed", Payload()))
WAYS: dict[str, tuple[tuple[str, str, Payload], ...]] = {
    "offered": (),
    "needs_info": ASKED,
    "info_provided": (*ASKED, ("recipient", "info_provided", TEXT)),
    "counter": (("recipient", "counter", COUNTER),),
    "approved": (("recipient", "approved", Payload()),),
    "partial_granted": (
        ("recipient", "approved", Payload()),
        ("provider", "partial_granted", GRANT),
    ),
    "approved_confirmed": CONFIRMED,
    "claimed": (*CONFIRMED, ("recipient", "claimed", Payload())),
    "requires_revision": (("recipient", "requires_revision", TEXT),),
    "rejected": (
        ("recipient", "needs_info", TEXT),
        ("recipient", "rejected", Payload()),
    ),
    "cancelled": (("provider", "cancelled", Payload()),),
}
WAYS["completed"] = (
    *WAYS["claimed"],
    ("distribution", "", Payload()),
    ("provider", "completed", Payload()),
)
WAYS["acknowledged"] = (
    *WAYS["completed"],
    ("acknowledgement", "", Payload()),
    ("provider", "acknowledged", Payload()),
)
# A shared link is first claimed; a yes in conversation comes after a question.
QUESTION = (("recipient", "needs_info", TEXT),)
LATE = timedelta(days=40)


def make_offer(
    *,
    program: Program,
    actor: Actor | None = None,
    status: str = "offered",
    delivery: str = "email",
    at: datetime | None = None,
    **fields: Any,
) -> Offer:
    """Make an offer and bring it to the status through the services.

    `fields` are those of `OfferValues`. `at` is the moment of every step; Expired and No Response
    need the past, so there the offer is made forty days before it.
    """
    at = at or clock.now()
    begin = at - LATE if status in {"expired", "no_response"} else at
    business = program.business
    actor = actor or provider(_first_admin(business))
    values = offer_values(program, at=begin, delivery_method=delivery, **fields)
    if status == "draft":
        offer = offers.create_draft(business=business, values=values, actor=actor, at=at)
        return offer_of(business=business, pk=offer.pk)
    offer = offers.create_and_send(business=business, values=values, actor=actor, at=begin)
    if status == "expired":
        statuses.expire_now(offer=offer, at=at)
    elif status == "no_response":
        advance(offer, way(status="needs_info", delivery=delivery), actor=actor, at=begin)
        sweeps.close_silent(at=at)
    else:
        advance(offer, way(status=status, delivery=delivery), actor=actor, at=at)
    return offer_of(business=business, pk=offer.pk)


def way(*, status: str, delivery: str) -> tuple[tuple[str, str, Payload], ...]:
    """Return the steps from Offered to the status."""
    if status == "pre_claimed":
        if delivery == "link":
            return (("recipient", "pre_claimed", Payload()),)
        raise ValueError(
            "Pre Claimed is the first yes on a shared link; an e-mailed offer has none."
        )
    steps = WAYS[status]
    if delivery == "link" and any(target == "approved" for _, target, _ in steps):
        return (*QUESTION, *steps)
    return steps


def advance(
    offer: Offer, steps: Sequence[tuple[str, str, Payload]], *, actor: Actor, at: datetime
) -> None:
    """Carry out the steps, each by the service that its side really uses."""
    for side, target, payload in steps:
        fresh = offer_of(business=offer.business, pk=offer.pk)
        if side == "distribution":
            record_success(fresh, actor=actor, at=at)
        elif side == "acknowledgement":
            acknowledge(fresh, at=at)
        elif side == "provider":
            said = replace(payload, text=payload.text or "As agreed.")
            statuses.transition(offer=fresh, to=target, actor=actor, payload=said, at=at)
        elif fresh.is_unclaimed_link:
            claim_link(fresh, target=target, payload=payload, at=at)
        else:
            claims.answer(secret=claim_secret(fresh, at=at), to=target, payload=payload, at=at)


def claim_link(
    offer: Offer,
    *,
    at: datetime,
    target: str = "pre_claimed",
    payload: Payload | None = None,
    email: str = "",
) -> Offer:
    """Claim a shared link as a visitor does: ask, then confirm by the e-mailed link."""
    intent = links.request(
        offer=offer,
        target=target,
        name="Sam Okafor",
        email=email or f"visitor{next(_numbers)}@home.example",
        payload=payload or Payload(),
        at=at,
    )
    secret = newest_secret(references.reference("incentives.intent", intent.pk), "verify")
    claimed, _ = links.confirm(secret=secret, at=at)
    return claimed


def claim_secret(offer: Offer, *, at: datetime) -> str:
    """Return the secret of the newest link that the recipient got."""
    return newest_secret(references.reference("incentives.offer", offer.pk), "claim", "access")


def newest_secret(subject: str, *purposes: str) -> str:
    rows = LinkToken.objects.filter(subject=subject, purpose__in=purposes, revoked_at__isnull=True)
    return tokens.secret_of(rows.latest("pk"))


def record_success(
    offer: Subject, *, actor: Actor, at: datetime, value: Decimal | None = Decimal(50)
) -> None:
    """Record every Pending distribution of the offer or request as delivered."""
    rows = offer.distributions.filter(status="pending")
    edits = [Edit(row.pk, row.version, value, "Paid by bank transfer", "success") for row in rows]
    distributions.update_batch(subject=offer, edits=edits, actor=actor, at=at)


def acknowledge(offer: Offer, *, at: datetime) -> None:
    """Submit the recipient's words by the e-mailed invitation."""
    for row in offer.acknowledgements.all():
        acknowledgements.submit(
            secret=newest_secret(references.reference("incentives.acknowledgement", row.pk), "ack"),
            message="It arrived the next day, thank you.",
            display_name="Noor",
            consent_public=True,
            at=at,
        )


def every_status() -> Iterator[tuple[str, str]]:
    """Yield each status with each delivery method that leads to it."""
    for delivery in ("email", "link"):
        for status in ("draft", *WAYS, "expired", "no_response", "pre_claimed"):
            if (status, delivery) != ("pre_claimed", "email"):
                yield status, delivery


def _first_admin(business: Organisation) -> User:
    membership = business.memberships.filter(role=Role.ADMIN).select_related("user").earliest("pk")
    return membership.user
