"""Calls that write: the Idempotency-Key of the request, the effect, and the answer that is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from core.api.answers import LONGEST_KEY, Answer, fingerprint_of, once
from core.api.door import sent_with
from core.api.errors import KeyRequired
from core.clock import now

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
# For `openapi_extra` of every operation that writes.
WITH_KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": True,
            "description": (
                "1 to 64 printable ASCII characters, made before the first attempt and kept over"
                " retries. The same key with the same body gets the same answer again."
            ),
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_KEY,
                "pattern": "^[!-~]+$",
            },
        }
    ]
}

Made = tuple[int, BaseModel]


def answer_of(made: Made) -> Answer:
    """Return status and model as the answer that is stored."""
    status, model = made
    return Answer(status, model.model_dump_json(exclude_unset=True))


def key_of(request: HttpRequest) -> str:
    """Return the request's key; raises `KeyRequired` where there is none that may be used."""
    return checked_key(request.headers.get(HEADER, ""))


def checked_key(key: str) -> str:
    """Return the key; raises `KeyRequired` unless it has 1 to 64 printable ASCII characters."""
    if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise KeyRequired(
            f"Send {HEADER} with 1 to {LONGEST_KEY} printable ASCII characters, made before the"
            " first attempt and kept over retries."
        )
    return key


def write_once(
    request: HttpRequest, effect: Callable[[datetime], Made], *, caller: str, path: str = ""
) -> HttpResponse:
    """Carry out the effect once for the request's key and answer, now and whenever it comes again.

    `caller` names whose keys these are; keys of other callers and paths never meet this one.
    """
    at = now()
    answer = once(
        scope=f"{caller} {path or request.path}"[:200],
        key=key_of(request),
        fingerprint=fingerprint_of(sent_with(request)),
        at=at,
        effect=lambda: answer_of(effect(at)),
    )
    return response_of(answer)


def response_of(answer: Answer) -> HttpResponse:
    """Return the answer as it goes out, a repeated one with `Idempotent-Replayed: true`."""
    response = HttpResponse(answer.body, content_type="application/json", status=answer.status)
    if answer.replayed:
        response.headers[REPLAYED] = "true"
    return response
