"""Mails to people who wait for a code: that they are on the list, and that it came to nothing."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from core import mail
from core.models import Mail
from vouchers.choices import WaitState
from vouchers.models import WaitEntry
from vouchers.services import mailing

WAITING, SORRY = "voucher-waiting", "voucher-sorry"


def on_the_list(*, entry_id: int, at: datetime) -> bool:
    """Tell somebody that they wait and will get a code by themselves, if the campaign tells so."""
    entry = _entry(entry_id)
    return (
        entry is not None
        and entry.state == WaitState.WAITING
        and _post(entry, kind=WAITING, template="vouchers/waiting", at=at)
    )


def sorry(*, entry_id: int, at: datetime) -> bool:
    """Tell somebody that the campaign ended before a code was there for them."""
    entry = _entry(entry_id)
    return (
        entry is not None
        and entry.state == WaitState.EXPIRED
        and _post(entry, kind=SORRY, template="vouchers/sorry", at=at)
    )


def sorry_due(*, at: datetime, limit: int = 500) -> int:
    """Write to those whose waiting ended with their campaign within a day; return how many were told.

    The key of a mail keeps it from going out twice, however often this runs.
    """
    told = Mail.objects.filter(
        key=Concat(Value(f"{SORRY}:"), Cast(OuterRef("pk"), output_field=CharField()))
    )
    ended = WaitEntry.objects.filter(
        ~Exists(told),
        state=WaitState.EXPIRED,
        ended_at__gt=at - mailing.DAY,
        campaign__mails_waiting=True,
    ).exclude(email="")
    keys = list(ended.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(sorry(entry_id=pk, at=at) for pk in keys)


def _entry(entry_id: int) -> WaitEntry | None:
    return (
        WaitEntry.objects.select_related("campaign__business__provider_profile", "contact")
        .filter(pk=entry_id)
        .first()
    )


def _post(entry: WaitEntry, *, kind: str, template: str, at: datetime) -> bool:
    campaign = entry.campaign
    business = campaign.business
    wanted = mailing.wants_mails(business=business, address=entry.email)
    if not campaign.mails_waiting or not entry.email or not wanted:
        return False
    profile = getattr(business, "provider_profile", None)
    mail.queue(
        kind=kind,
        key=f"{kind}:{entry.pk}",
        to=entry.email,
        template=template,
        context={
            **mailing.sender_of(business),
            "recipient_name": entry.contact.first_name if entry.contact else "",
            "campaign": campaign.name,
        },
        at=at,
        owner_id=business.pk,
        reply_to=profile.email if profile else "",
        from_name=business.name,
    )
    return True
