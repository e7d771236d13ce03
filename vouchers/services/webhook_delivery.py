"""Telling endpoints what happened: messages made from the outbox, sent, retried, given up, sent again.

An endpoint is claimed for one message at a time, in a short transaction, and called outside of it: no
lock is held while the other side thinks, a killed worker's message is taken again, and
`webhook-timestamp` is the time of the very try. A turn calls many endpoints at once, each on a line of
its own, so that one which keeps its caller waiting delays nobody else's messages; one that does not
answer is then left alone for a while by all of its messages. Receivers know a second delivery by
`webhook-id`, which stays over every try.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from core import jobs, outbox
from core.errors import Conflict, DomainError
from core.statements import insert_once
from vouchers import outbound
from vouchers.happenings import HAPPENINGS, REWARDED, iso
from vouchers.masking import masked
from vouchers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from vouchers.outbound import Answer
from vouchers.outside_choices import EndpointState, MessageState
from vouchers.selectors.telling import Telling, telling_of
from vouchers.services import webhook_claims, webhook_give_up, webhooks
from vouchers.services.webhook_requests import code_for, request_of
from vouchers.webhook_rules import (
    GONE,
    PAUSES,
    SLOW_DOWN,
    SLOW_PAUSE,
    pause_after,
    wish_of,
)

# How many endpoints a turn calls at once: more than a business may have.
LINES = 32
# A turn takes on nothing new after that, so that its worker can be asked to end.
TURN = timedelta(minutes=1)
# Seconds between two looks at what has become due while all that runs is waiting for answers.
LOOK = 1.0
OURS = "Something went wrong here, not at the receiver. It is tried again."
SAMPLE_CODE = "SAMPLE-0000"

logger = structlog.get_logger(__name__)
Post = Callable[..., Answer]
Chance = Callable[[], float]


class EndpointIsOff(Conflict):
    """Nothing is sent to an endpoint that is switched off."""

    code = "endpoint_off"


def fan_out(*, event_id: int, at: datetime) -> int:
    """Make a message for every active endpoint that chose the event, and return how many there are.

    Twice for one event makes nothing new. A partner's endpoint hears of its own lists only, and
    nothing of recipients.
    """
    listening = WebhookEndpoint.objects.filter(
        business=outbox.payload_of(event_id)["business_id"], state=EndpointState.ACTIVE
    )
    telling = telling_of(event_id) if listening.exists() else None
    if telling is None:
        return 0
    mine = Q(partner__isnull=True)
    if telling.partner_id is not None:
        mine |= Q(partner=telling.partner_id)
    endpoints = listening.filter(mine, event_types__contains=[telling.name])
    rows = [_message(endpoint, telling, at) for endpoint in endpoints]
    insert_once(rows)
    if rows:
        jobs.enqueue("vouchers.deliver_webhooks")
    return len(rows)


def send_test(*, endpoint: WebhookEndpoint, at: datetime) -> WebhookMessage:
    """Queue a message with sample data and `data.test = true`; it uses no code.

    Raises `EndpointIsOff`.
    """
    _require_on(endpoint)
    name = REWARDED if REWARDED in endpoint.event_types else endpoint.event_types[0]
    message = WebhookMessage.objects.create(
        endpoint=endpoint,
        event_type=name,
        event_id=f"test:{uuid.uuid4()}",
        occurred_at=at,
        data={
            "test": True,
            "systemSource": "Partner vouchers",
            "eventTimestamp": iso(at),
            "listName": "Sample list",
            "partner": "Sample partner",
            "voucherCode": SAMPLE_CODE,
            "about": HAPPENINGS[name],
        },
        is_test=True,
        next_attempt_at=at,
        created_at=at,
        updated_at=at,
    )
    jobs.enqueue("vouchers.deliver_webhooks")
    return message


def send_again(*, message: WebhookMessage, at: datetime) -> None:
    """Begin a new round of tries with the same `webhook-id`. Raises `EndpointIsOff`."""
    _require_on(message.endpoint)
    _again(WebhookMessage.objects.filter(pk=message.pk), at)


def send_failed_since(*, endpoint: WebhookEndpoint, since: datetime, at: datetime) -> int:
    """Send everything again that was given up and happened since then; return how many.

    Raises `EndpointIsOff`.
    """
    _require_on(endpoint)
    return _again(endpoint.messages.filter(occurred_at__gte=since, is_test=False), at)


def deliver_due(
    *,
    clock: Callable[[], datetime],
    post: Post = outbound.post,
    chance: Chance = random.random,
) -> int:
    """Deliver what is due, each endpoint on a line of its own, and return how many tries it took.

    The clock is read for every try: its time is signed. Ends when nothing is due any more, or when
    the turn is over and all calls have come back.
    """
    over, done = clock() + TURN, 0
    calls: dict[Future[Answer], _Try] = {}
    with ThreadPoolExecutor(LINES) as lines:
        while True:
            at = clock()
            for one in _tries(at, LINES - len(calls) if at < over else 0):
                calls[lines.submit(one.call, post)] = one
            if not calls:
                return done
            for call in wait(calls, LOOK, FIRST_COMPLETED).done:
                _settle(calls.pop(call), call.result(), chance=chance)
                done += 1


def deliver_next(
    *, at: datetime, post: Post = outbound.post, chance: Chance = random.random
) -> bool:
    """Try one message of the endpoint whose turn it is and return whether there was one."""
    for one in _tries(at, 1):
        _settle(one, one.call(post), chance=chance)
        return True
    return False


def forget(*, at: datetime) -> int:
    """Delete messages that ended more than 90 days ago and return how many rows went."""
    old = WebhookMessage.objects.filter(ended_at__lt=at - timedelta(days=90))
    return old.delete()[0]


def _message(endpoint: WebhookEndpoint, telling: Telling, at: datetime) -> WebhookMessage:
    return WebhookMessage(
        endpoint=endpoint,
        event_type=telling.name,
        event_id=telling.event_id,
        occurred_at=telling.occurred_at,
        data=telling.data if endpoint.partner_id is None else telling.without_people(),
        issuance=telling.issuance,
        next_attempt_at=at,
        created_at=at,
        updated_at=at,
    )


def _require_on(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ACTIVE:
        raise EndpointIsOff("This endpoint is switched off. Switch it on first.")


def _again(messages: Any, at: datetime) -> int:
    changed = messages.filter(state=MessageState.FAILED).update(
        state=MessageState.PENDING, tries=0, next_attempt_at=at, ended_at=None, updated_at=at
    )
    if changed:
        jobs.enqueue("vouchers.deliver_webhooks")
    return int(changed)


@dataclass(frozen=True, slots=True)
class _Try:
    """One try that is ready to be made, with nothing left to be read from the database."""

    message: WebhookMessage
    url: str
    at: datetime
    code: str | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    # Why nothing can be sent, where it cannot even be signed.
    refusal: str = ""

    def call(self, post: Post) -> Answer:
        """Send the message and return what came back; runs beside the calls of other endpoints."""
        if self.refusal:
            return Answer(error=self.refusal)
        try:
            return post(url=self.url, body=self.body, headers=self.headers)
        except Exception:
            logger.exception("webhook_not_sent", webhook=str(self.message))
            return Answer(error=OURS)


def _tries(at: datetime, limit: int) -> Iterator[_Try]:
    """Yield a try for each endpoint whose turn it is; whatever fails is that one's failure alone."""
    for message in webhook_claims.claim(at=at, limit=limit):
        ready = partial(_Try, message, message.endpoint.url, at)
        code = None
        try:
            code = code_for(message, at)
            body, headers = request_of(message, code=code, at=at)
        except DomainError as error:
            yield ready(code, refusal=error.message)
        except Exception:
            logger.exception("webhook_not_made", webhook=str(message))
            yield ready(code, refusal=OURS)
        else:
            yield ready(code, body, headers)


def _settle(one: _Try, answer: Answer, *, chance: Chance) -> None:
    """Write the try down and decide what becomes of the message and its endpoint."""
    message, endpoint = one.message, one.message.endpoint
    attempt = _attempt(message, answer, one.code, one.at)
    over = one.at + timedelta(milliseconds=answer.took_ms)
    with transaction.atomic():
        attempt.save()
        if attempt.is_success:
            _delivered(message, over)
        elif answer.status == GONE:
            _end(message, over)
            webhooks.disable(endpoint=endpoint, reason="The receiver answered 410 Gone.", at=over)
            webhook_give_up.tell_owner(endpoint=endpoint, at=over)
        else:
            _try_later(message, answer, over, chance())
        webhook_claims.let_go(endpoint=endpoint, claimed_at=one.at)


def _attempt(
    message: WebhookMessage, answer: Answer, code: str | None, at: datetime
) -> WebhookAttempt:
    text, error = answer.text, answer.error
    if code:
        text, error = text.replace(code, masked(code)), error.replace(code, masked(code))
    return WebhookAttempt(
        message=message,
        at=at,
        status=answer.status,
        answer=text[:2_048],
        error=error[:300],
        took_ms=answer.took_ms,
    )


def _delivered(message: WebhookMessage, at: datetime) -> None:
    WebhookMessage.objects.filter(pk=message.pk).update(
        state=MessageState.DELIVERED, ended_at=at, updated_at=at
    )
    WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(
        given_up_in_a_row=0, last_success_at=at, slowed_until=None
    )


def _end(message: WebhookMessage, at: datetime) -> None:
    WebhookMessage.objects.filter(pk=message.pk).update(
        state=MessageState.FAILED, ended_at=at, updated_at=at
    )


def _try_later(message: WebhookMessage, answer: Answer, at: datetime, chance: float) -> None:
    rest = wish_of(answer.retry_after, at=at)
    if answer.status is None or answer.status in SLOW_DOWN:
        # Otherwise each of its messages would wait in vain for as long as this one did.
        rest = max(rest, SLOW_PAUSE)
        WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(slowed_until=at + rest)
    pause = pause_after(message.tries, chance=chance)
    if pause is None:
        _end(message, at)
        _give_up(message.endpoint, at)
        return
    WebhookMessage.objects.filter(pk=message.pk).update(
        next_attempt_at=at + max(pause, rest), updated_at=at
    )


def _give_up(endpoint: WebhookEndpoint, at: datetime) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        given_up_in_a_row=F("given_up_in_a_row") + 1
    )
    endpoint.refresh_from_db(fields=["given_up_in_a_row"])
    webhook_give_up.judge(endpoint=endpoint, tries=len(PAUSES), at=at)
