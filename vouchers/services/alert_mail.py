"""Who is written to about an alert: owners and addresses, and the partner for more codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from core import mail, references
from directory.choices import MemberStatus, Role
from directory.models import Membership
from vouchers import thresholds
from vouchers.models import Alert, Campaign, VoucherList, VoucherSettings
from vouchers.selectors.campaign_desk import live_statuses

# What the partner is asked for: as many codes as are used in so many days.
TOP_UP_DAYS = 30


def raised(*, alert: Alert, rate: float, at: datetime) -> None:
    """Write to everybody concerned, and where more codes would help to the partner who wants to know."""
    _post(alert, kind="vouchers_alert", event="raised", at=at)
    voucher_list = alert.voucher_list
    if voucher_list is not None and alert.face.is_of_stock:
        _ask_partner(alert, voucher_list, rate=rate, at=at)


def reminder(*, alert: Alert, at: datetime) -> None:
    """Write again about what is still open; once a day."""
    _post(alert, kind="vouchers_alert_reminder", event=at.date().isoformat(), at=at)


def addresses_of(alert: Alert) -> list[str]:
    """Return who hears of the alert, each address once.

    The addresses of the list and of the business; while they are members, the owner of the list and
    those of the campaigns that it keeps from giving; the administrators where that leaves nobody.
    """
    voucher_list = alert.voucher_list
    shared = VoucherSettings.objects.filter(business=alert.business_id).first()
    found = [*voucher_list.warn_addresses] if voucher_list is not None else []
    found += shared.warn_addresses if shared is not None else []
    members = Membership.objects.filter(
        organisation=alert.business_id, status=MemberStatus.ACTIVE
    ).select_related("user")
    if owners := _owners(alert):
        found += [one.user.email for one in members.filter(user__in=owners).order_by("pk")]
    if not any(found):
        found += [one.user.email for one in members.filter(role=Role.ADMIN)]
    return list(dict.fromkeys(address.lower() for address in found if address))


def _owners(alert: Alert) -> set[int]:
    """Return the users who own the list, and the live campaigns that the alert concerns."""
    voucher_list = alert.voucher_list
    if voucher_list is None:
        return set()
    found = {voucher_list.created_by_id}
    if alert.face.concerns_campaigns:
        campaigns = Campaign.objects.filter(
            status__in=live_statuses(),
            mappings__voucher_list=voucher_list,
            mappings__removed_at__isnull=True,
        )
        found |= set(campaigns.values_list("owner", flat=True))
    return {pk for pk in found if pk is not None}


def _post(alert: Alert, *, kind: str, event: str, at: datetime) -> None:
    for address in addresses_of(alert):
        mail.queue(
            kind=kind,
            key=f"{kind}:{alert.pk}:{event}:{address}",
            to=address,
            template="vouchers/alert",
            context=_context(alert) | {"is_reminder": event != "raised"},
            at=at,
            link=_link(alert),
            reference=references.reference("vouchers.alert", alert.pk),
            owner_id=alert.business_id,
        )


def _ask_partner(alert: Alert, voucher_list: VoucherList, *, rate: float, at: datetime) -> None:
    partner = voucher_list.partner
    if not partner.is_told_of_low_stock or not partner.contact_email:
        return
    mail.queue(
        kind="vouchers_top_up_request",
        # One request for a list and a day, however many of its thresholds are crossed at once.
        key=f"vouchers_top_up_request:{voucher_list.pk}:{at.date().isoformat()}",
        to=partner.contact_email,
        template="vouchers/top_up_request",
        context={
            "provider_name": alert.business.name,
            "partner": partner.name,
            "list_name": voucher_list.name,
            "list_id": voucher_list.list_id,
            "list_tag": voucher_list.list_tag,
            "wanted": thresholds.needed_for(TOP_UP_DAYS, rate),
            "days": TOP_UP_DAYS,
        },
        at=at,
        reference=references.reference("vouchers.alert", alert.pk),
        owner_id=alert.business_id,
        from_name=alert.business.name,
    )


def _context(alert: Alert) -> dict[str, Any]:
    voucher_list = alert.voucher_list
    words = thresholds.sentence(alert.face, value=alert.value, threshold=alert.threshold)
    return {
        "business": alert.business.name,
        "title": alert.face.label,
        "subject": alert.subject,
        "partner": voucher_list.partner.name if voucher_list is not None else "",
        "list_id": voucher_list.list_id if voucher_list is not None else "",
        "sentence": words,
        "note": alert.note,
        "is_of_stock": alert.face.is_of_stock,
    }


def _link(alert: Alert) -> str:
    return f"{reverse('voucher_alerts')}#row-{alert.pk}"
