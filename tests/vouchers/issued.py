"""Codes that were given to somebody, and the mails that went out about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import outbox
from core.models import Mail, OutboxEvent
from directory.models import Contact, Organisation
from tests.factories.vouchers import MORNING, make_campaign, make_codes, make_list, make_partner
from vouchers import happenings
from vouchers.choices import CodeInMail, Source
from vouchers.models import Campaign, Issuance
from vouchers.recipients import Recipient, of_contact, of_email
from vouchers.services import issuing, mailing

ADDRESS = "robin@home.example"


def campaign_of(
    business: Organisation, codes: int = 5, *, named: str = "Sale", **changes: Any
) -> Campaign:
    """Make a running campaign with codes of Puma; they stand in its mails unless asked otherwise."""
    puma = make_partner(
        business,
        f"Puma {named}",
        redemption_url="https://puma.example/checkout",
        redemption_instructions="Type the code in at the checkout.",
    )
    sale = make_list(puma, named.lower(), name=f"{named} of the year", description="From 20 on.")
    make_codes(sale, codes, prefix=f"{named.upper()}-MARKER-")
    values = {"code_in_mail": CodeInMail.CODE, "name": f"Thank you: {named}"}
    return make_campaign(sale, **{**values, **changes})


def recipient(contact: Contact | None = None, email: str = ADDRESS) -> Recipient:
    return of_contact(contact, email=email) if contact else of_email(email)


def give(
    campaign: Campaign, to: Recipient | None = None, *, key: str = "e1", at: datetime = MORNING
) -> Issuance:
    """Issue a code and hand its event to the mails."""
    result = issuing.issue(
        campaign=campaign,
        recipient=to or recipient(),
        idempotency_key=key,
        source=Source.CAMPAIGN,
        at=at,
    )
    assert result.issuance is not None, result
    follow(at=at)
    return Issuance.objects.get(pk=result.issuance.pk)


def follow(*, at: datetime = MORNING) -> None:
    """Do what the workers do with the events of codes that were given."""
    for event in OutboxEvent.objects.filter(topic=happenings.REWARDED):
        mailing.first(issuance_id=outbox.payload_of(event.pk)["issuance_id"], at=at)


def mails(kind: str = mailing.KIND) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind).order_by("pk"))
