"""Switching an endpoint off that nobody answers at, and telling whoever set it up (vouchers.md 6.4)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core import mail
from vouchers.choices import AlertKind
from vouchers.models import Alert, WebhookEndpoint
from vouchers.services import alert_mail, alerts, webhooks
from vouchers.webhook_rules import GIVE_UPS


def judge(*, endpoint: WebhookEndpoint, tries: int, at: datetime) -> None:
    """Switch the endpoint off after three messages in a row that were given up."""
    if endpoint.given_up_in_a_row < GIVE_UPS:
        return
    reason = f"{GIVE_UPS} messages in a row were given up after {tries} tries each."
    webhooks.disable(endpoint=endpoint, reason=reason, at=at)
    tell_owner(endpoint=endpoint, at=at)


def tell_owner(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Raise the alert and write to the owner, unless the alert's own mail reaches them already."""
    endpoint.refresh_from_db()
    if endpoint.disabled_at is None:
        return
    key = webhooks.alert_key(endpoint)
    alerts.raise_happening(
        kind=AlertKind.ENDPOINT_DISABLED,
        business=endpoint.business,
        key=key,
        subject=f"Webhook {endpoint.url}"[:160],
        note=endpoint.disabled_reason,
        reference=f"vouchers.webhook:{endpoint.pk}",
        at=at,
    )
    owner = endpoint.owner
    alert = Alert.objects.filter(business=endpoint.business, key=key).order_by("-pk").first()
    told = alert_mail.addresses_of(alert) if alert is not None else []
    if owner is None or owner.email.lower() in told:
        return
    mail.queue(
        kind="vouchers_webhook_off",
        key=f"vouchers_webhook_off:{endpoint.pk}:{endpoint.disabled_at.isoformat()}",
        to=owner.email,
        template="vouchers/webhook_off",
        context={
            "url": endpoint.url,
            "reason": endpoint.disabled_reason,
            "business": endpoint.business.name,
        },
        at=at,
        link=reverse("voucher_webhook", args=[endpoint.public_id]),
        owner_id=endpoint.business_id,
    )
