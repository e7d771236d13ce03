"""Recommending the business to friends: one message to each address, with the code (rewards.md 11.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from core import mail
from core.errors import Invalid
from directory import people
from directory.models import Contact
from rewards.choices import ReferralMethod
from rewards.selectors.settings import settings_of


class RecipientUnreachable(Invalid):
    """A recipient cannot be reached in a way that the business has chosen; `fields` says which."""

    code = "RECIPIENT_UNREACHABLE"


def send(*, referrer: Contact, recipients: Sequence[str], at: datetime) -> list[str]:
    """Queue one e-mail to each address with the contact's referral code; return the addresses.

    Somebody who has had a message of this contact gets no second one. Raises `RecipientUnreachable`
    for what is no e-mail address, and where the business does not refer by e-mail.
    """
    business = referrer.business
    if ReferralMethod.EMAIL not in settings_of(business=business).referral_methods:
        sentence = "This business does not recommend itself by e-mail. Hand the code on yourself."
        raise RecipientUnreachable(sentence, fields={"recipients": sentence})
    addresses = _addresses(recipients)
    profile = getattr(business, "provider_profile", None)
    with transaction.atomic():
        for address in addresses:
            mail.queue(
                kind="referral",
                key=f"referral:{referrer.pk}:{address}",
                to=address,
                template="rewards/referral_invitation",
                context={
                    "organisation": business.name,
                    "referrer": referrer.first_name or "A friend of yours",
                    "code": referrer.referral_code,
                    "website": profile.website if profile else "",
                    "provider_name": business.name,
                },
                at=at,
                owner_id=business.pk,
                reply_to=profile.email if profile else "",
                from_name=business.name,
            )
    return addresses


def _addresses(recipients: Sequence[str]) -> list[str]:
    """Return the addresses, each once; raises `RecipientUnreachable` at those that are none."""
    faults = {}
    found: dict[str, None] = {}
    for number, recipient in enumerate(recipients):
        address = people.normal_email(recipient)
        try:
            validate_email(address)
        except ValidationError:
            faults[f"recipients.{number}"] = (
                "This is no e-mail address. Correct it, or leave it out."
            )
        else:
            found[address] = None
    if faults:
        raise RecipientUnreachable(
            "Some of these are no e-mail addresses, so nothing was sent. Correct what `fields` names.",
            fields=faults,
        )
    return list(found)
