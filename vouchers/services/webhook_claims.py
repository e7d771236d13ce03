"""Whose turn it is: endpoints taken for one call each, and let go after it (vouchers.md 6.4).

An endpoint is called for one message at a time. However many of its messages wait, and however long it
keeps a caller waiting, it never holds more than one line; whoever was called longest ago comes first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from core import batches
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.outside_choices import EndpointState, MessageState

# Longer than the longest call with its look-up of the name.
LEASE = timedelta(minutes=2)


def claim(*, at: datetime, limit: int) -> list[WebhookMessage]:
    """Take up to that many endpoints which have something due, and return a message of each.

    The oldest message goes first, so that each gets its tries at the documented times however many
    wait behind it. The claim counts as the try, so that none is tried for ever; a killed worker's
    endpoint and message are free again when the lease is over.
    """
    if limit <= 0:
        return []
    with transaction.atomic():
        taken = [endpoint.pk for endpoint in batches.claim(_in_turn(at), limit=limit)]
        # Asked once the endpoints are locked: what another worker settled just before is seen.
        oldest = _pending().filter(next_attempt_at__lte=at).order_by("pk")
        firsts = WebhookEndpoint.objects.filter(pk__in=taken).values_list(
            Subquery(oldest.values("pk")[:1]), flat=True
        )
        messages = list(
            WebhookMessage.objects.filter(pk__in=[pk for pk in firsts if pk]).select_related(
                "endpoint__business"
            )
        )
        WebhookMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
            tries=F("tries") + 1, next_attempt_at=at + LEASE
        )
        called = [message.endpoint_id for message in messages]
        WebhookEndpoint.objects.filter(pk__in=called).update(busy_until=at + LEASE)
    for message in messages:
        message.tries += 1
    return messages


def let_go(*, endpoint: WebhookEndpoint, claimed_at: datetime) -> None:
    """Free the endpoint for its next message, unless the claim ran out and somebody else has it."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk, busy_until=claimed_at + LEASE).update(
        busy_until=claimed_at
    )


def _in_turn(at: datetime) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints that may be called and have something due, in the order of their turns."""
    is_free = Q(busy_until=None) | Q(busy_until__lte=at)
    may_be_called = Q(slowed_until=None) | Q(slowed_until__lte=at)
    # The earliest alone: whether any is due would be asked of every message that waits.
    earliest = _pending().order_by("next_attempt_at").values("next_attempt_at")[:1]
    return (
        WebhookEndpoint.objects.filter(is_free, may_be_called, state=EndpointState.ACTIVE)
        .alias(due_at=Subquery(earliest))
        .filter(due_at__lte=at)
        .order_by(F("busy_until").asc(nulls_first=True), "pk")
    )


def _pending() -> QuerySet[WebhookMessage]:
    return WebhookMessage.objects.filter(endpoint=OuterRef("pk"), state=MessageState.PENDING)
