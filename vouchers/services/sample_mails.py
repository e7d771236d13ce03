"""Sending a campaign's mail to be looked at: with made-up values, and never with a code (5.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings

from core import mail
from core.errors import Conflict
from vouchers import messages
from vouchers.choices import CodeInMail
from vouchers.message_tags import sample_values
from vouchers.models import Campaign
from vouchers.services import mailing

KIND = "voucher-test"


class NoMessage(Conflict):
    """The campaign sends no mail, or its message cannot be sent as it is."""

    code = "no_message"


def send(*, campaign: Campaign, addresses: Sequence[str], key: str, at: datetime) -> int:
    """Queue the campaign's mail for each address with sample values, once for a key.

    Raises `NoMessage`.
    """
    if campaign.code_in_mail == CodeInMail.NONE:
        raise NoMessage("This campaign sends no mail. Choose how the code arrives first.")
    subject, body = mailing.message_of(campaign)
    if problems := messages.check(subject, body, campaign.code_in_mail):
        raise NoMessage(f"The message cannot be sent as it is. {problems[0]}")
    business = campaign.business
    example = f"{settings.SITE_URL}/v/reveal/sample"
    values = sample_values(
        Business__name=business.name, Event__campaignName=campaign.name, Links__reveal=example
    )
    context = {
        "subject": f"Test: {messages.render_subject(subject, values)}",
        "blocks": [asdict(block) for block in messages.blocks(body, values)],
        **mailing.sender_of(business),
    }
    for address in addresses:
        mail.queue(
            kind=KIND,
            key=f"{KIND}:{campaign.pk}:{key}:{address}",
            to=address,
            template="vouchers/voucher",
            context=context,
            at=at,
            link="/v/reveal/sample",
            owner_id=business.pk,
            from_name=business.name,
        )
    return len(addresses)
