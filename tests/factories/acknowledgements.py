"""Acknowledgements for tests, made by the services as people make them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from core import clock, references
from core.money import Money
from directory.models import User
from incentives.models import (
    Acknowledgement,
    AcknowledgementRequest,
    AcknowledgementTemplate,
    Offer,
    Program,
)
from incentives.selectors import offer_of
from incentives.services import (
    acknowledgement_requests,
    acknowledgement_templates,
    acknowledgements,
    publications,
)
from incentives.services.acknowledgement_requests import Asked
from incentives.services.acknowledgement_templates import TemplateValues
from incentives.terms import Terms
from tests.factories.incentives import make_offer, newest_secret

_numbers = count(1)
THANKS = "It arrived the next day, thank you."


def asked_about(program: Program, **fields: Any) -> Asked:
    fields.setdefault("incentive_type", "gift_card")
    fields.setdefault("terms", Terms.money(Money(2500, "EUR"), "For the home store"))
    return Asked(program=program, **fields)


def ask(
    *, program: Program, user: User, email: str = "", at: datetime | None = None, **fields: Any
) -> AcknowledgementRequest:
    """Ask one address by e-mail for an acknowledgement without an offer."""
    return acknowledgement_requests.ask_by_email(
        business=program.business,
        asked=asked_about(program, **fields),
        email=email or f"recipient{next(_numbers)}@home.example",
        name="Noor Haddad",
        actor=user,
        at=at or clock.now(),
    )


def ask_by_link(*, program: Program, user: User, **fields: Any) -> AcknowledgementRequest:
    return acknowledgement_requests.ask_by_link(
        business=program.business, asked=asked_about(program, **fields), actor=user, at=clock.now()
    )


def make_ack_template(
    *, program: Program, user: User, max_uses: int | None = None, **fields: Any
) -> AcknowledgementTemplate:
    values = TemplateValues(asked_about(program, **fields), name="Spring", max_uses=max_uses)
    return acknowledgement_templates.create(
        business=program.business, values=values, actor=user, at=clock.now()
    )


def ack_secret(acknowledgement: Acknowledgement) -> str:
    """Return the secret of the newest link in the recipient's mail."""
    subject = references.reference("incentives.acknowledgement", acknowledgement.pk)
    return newest_secret(subject, "ack")


def submit(
    acknowledgement: Acknowledgement,
    *,
    message: str = THANKS,
    name: str = "Noor",
    public: bool = True,
    at: datetime | None = None,
) -> Acknowledgement:
    """Send the recipient's words by the link in their mail."""
    return acknowledgements.submit(
        secret=ack_secret(acknowledgement),
        message=message,
        display_name=name,
        consent_public=public,
        at=at or clock.now(),
    )


def make_own(
    *, program: Program, user: User, state: str = "published", **words: Any
) -> Acknowledgement:
    """Return a stand-alone acknowledgement in the state."""
    row = ask(program=program, user=user).acknowledgement
    if state != "invited":
        submit(row, **words)
    if state in {"published", "hidden"}:
        publications.publish(acknowledgement=row, at=clock.now())
    if state == "hidden":
        publications.hide(acknowledgement=row, at=clock.now())
    row.refresh_from_db()
    return row


def completed_with_words(program: Program, **words: Any) -> tuple[Offer, Acknowledgement]:
    """Return a Completed offer whose recipient has confirmed receipt."""
    offer = make_offer(program=program, status="completed")
    row = offer.acknowledgements.get()
    submit(row, **words)
    row.refresh_from_db()
    return offer_of(business=program.business, pk=offer.pk), row
