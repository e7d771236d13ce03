"""Many events in one call: each with its own key, its own transaction and its own result, in order."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from core.api.answers import Answer, fingerprint_of, once, refused
from core.api.calls import answer_of, checked_key
from core.api.errors import schema_refusal
from core.api.schemas import Told
from core.errors import DomainError
from events.api.places import Caller
from rewards.api.intake import KINDS, Sender
from rewards.api.schemas import BatchItem

log = logging.getLogger("django.request")


class ItemOut(Told):
    """What the single call would have answered."""

    status: int
    replayed: bool
    body: dict[str, Any]


class BatchOut(Told):
    """One result for each event, in the order in which they were sent."""

    results: list[ItemOut]


def run(*, caller: Caller, items: list[BatchItem], path: str, at: datetime) -> str:
    """Carry out the events one after the other and return the answer's JSON.

    One that is refused or fails does not stop the others. Keys are those of the single calls: an event
    that came by itself is not repeated here, nor the other way round.
    """
    answers = [answer_to(caller=caller, item=item, path=path, at=at) for item in items]
    return '{"results":[' + ",".join(_told(answer) for answer in answers) + "]}"


def answer_to(*, caller: Caller, item: BatchItem, path: str, at: datetime) -> Answer:
    """Carry out one event as its single call would, refusals included."""
    try:
        key = checked_key(item.idempotency_key)
        shape, handler = KINDS[item.kind]
        body = shape.model_validate(item.body)
        return once(
            scope=f"{caller.name} {path}/{item.kind}"[:200],
            key=key,
            fingerprint=fingerprint_of(item.body),
            at=at,
            effect=lambda: answer_of(handler(Sender(caller, item.body, at), body)),
        )
    except ValidationError as error:
        return Answer(422, schema_refusal(error))
    except DomainError as error:
        return refused(error)
    except Exception as error:
        if settings.DEBUG_PROPAGATE_EXCEPTIONS:
            raise
        log.error("Event of a batch failed: %s", item.kind, exc_info=error)
        return Answer(500, BROKEN)


# What the single call would answer; nothing of the event was written, and the others go on.
BROKEN = json.dumps(
    {
        "error": {
            "code": "INTERNAL",
            "message": "Something went wrong here. Nothing of this event was written; send it again"
            " with the same key.",
            "fields": {},
        }
    }
)


def _told(answer: Answer) -> str:
    replayed = "true" if answer.replayed else "false"
    return f'{{"status":{answer.status},"replayed":{replayed},"body":{answer.body}}}'
