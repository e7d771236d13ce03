"""Webhook endpoints: made, changed, switched off and on, their secret rotated (vouchers.md 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from core.errors import Conflict, Invalid, StaleVersion
from directory.models import Organisation, User
from vouchers import outbound
from vouchers.happenings import HAPPENINGS
from vouchers.models import Partner, WebhookEndpoint
from vouchers.outside_choices import EndpointState
from vouchers.services import alerts, webhook_secrets
from vouchers.webhook_rules import ROTATION, BadAddress, told_secret

MOST_ENDPOINTS = 20


class TooManyEndpoints(Conflict):
    """The business has as many endpoints as it may."""

    code = "too_many_endpoints"


@dataclass(frozen=True, slots=True)
class EndpointData:
    """What may be chosen for an endpoint; `shows_code` empty takes the default for whose it is."""

    url: str
    event_types: Sequence[str]
    description: str = ""
    partner: Partner | None = None
    shows_code: bool | None = None


def create(
    *, business: Organisation, data: EndpointData, actor: User | None, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint and return it with its secret, which cannot be shown again.

    The code is told whole to the business's endpoints and masked to a partner's, unless chosen
    otherwise. Raises `Invalid` for an address that leads inside, an unknown event or a second
    endpoint with the address, `TooManyEndpoints` beyond 20.
    """
    url = _checked(data)
    salt, digest, secret = webhook_secrets.make()
    shows = data.partner is None if data.shows_code is None else data.shows_code
    try:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=business.pk)
            if WebhookEndpoint.objects.filter(business=business).count() >= MOST_ENDPOINTS:
                raise TooManyEndpoints("A business has at most 20 endpoints. Change one of them.")
            endpoint = WebhookEndpoint.objects.create(
                business=business,
                partner=data.partner,
                url=url,
                description=data.description,
                event_types=list(data.event_types),
                shows_code=shows,
                salt=salt,
                digest=digest,
                owner=actor,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError as error:
        raise _taken() from error
    return endpoint, told_secret(secret)


def update(
    *, endpoint: WebhookEndpoint, data: EndpointData, version: int, at: datetime
) -> WebhookEndpoint:
    """Change address, events and what is told of codes; whose it is never changes.

    Raises `Invalid` as `create` does and `StaleVersion` if somebody saved since the form was opened.
    """
    url = _checked(data)
    shows = endpoint.shows_code if data.shows_code is None else data.shows_code
    try:
        with transaction.atomic():
            row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
            if row.version != version:
                raise StaleVersion(
                    "Somebody else changed this endpoint meanwhile. Look at it again."
                )
            if row.url != url:
                # The silence of the old address says nothing about the new one.
                row.slowed_until = None
            row.url, row.description, row.event_types = (
                url,
                data.description,
                list(data.event_types),
            )
            row.shows_code, row.updated_at = shows, at
            row.version += 1
            row.save()
    except IntegrityError as error:
        raise _taken() from error
    return row


def rotate(*, endpoint: WebhookEndpoint, at: datetime) -> tuple[WebhookEndpoint, str]:
    """Give the endpoint a new secret and return it; for 24 hours the old one signs too."""
    salt, digest, secret = webhook_secrets.make()
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        row.previous_salt, row.previous_digest = row.salt, row.digest
        row.previous_until = at + ROTATION
        row.salt, row.digest, row.updated_at = salt, digest, at
        row.version += 1
        row.save()
    return row, told_secret(secret)


def disable(*, endpoint: WebhookEndpoint, reason: str, at: datetime) -> None:
    """Switch the endpoint off: nothing is made or sent for it; what is on its way is given up."""
    changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, state=EndpointState.ACTIVE).update(
        state=EndpointState.DISABLED,
        disabled_at=at,
        disabled_reason=reason[:200],
        updated_at=at,
        version=F("version") + 1,
    )
    if changed:
        endpoint.messages.filter(state="pending").update(state="failed", ended_at=at, updated_at=at)


def enable(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Switch the endpoint on again; what was missed can be sent from its page."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk, state=EndpointState.DISABLED).update(
        state=EndpointState.ACTIVE,
        disabled_at=None,
        disabled_reason="",
        given_up_in_a_row=0,
        slowed_until=None,
        updated_at=at,
        version=F("version") + 1,
    )
    alerts.resolve(business=endpoint.business, key=alert_key(endpoint), at=at)


def alert_key(endpoint: WebhookEndpoint) -> str:
    """Return the key of the alert that lasts while the endpoint is off."""
    return f"webhook:{endpoint.pk}"


def _checked(data: EndpointData) -> str:
    unknown = set(data.event_types) - set(HAPPENINGS)
    if unknown or not data.event_types:
        sentence = "Choose at least one event."
        raise Invalid(sentence, fields={"event_types": sentence})
    url = data.url.strip()
    try:
        outbound.check(url)
    except BadAddress as error:
        raise Invalid(str(error), fields={"url": str(error)}) from error
    return url


def _taken() -> Invalid:
    sentence = "Another endpoint has this address already. Change that one."
    return Invalid(sentence, fields={"url": sentence})
