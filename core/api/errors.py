"""The one error body of the API (rewards.md 11.11), whatever refuses.

`{"error": {"code", "message", "fields"}}`: `code` is for programs and never changes its meaning,
`message` is for people and holds no data of others, `fields` maps dotted paths of the request to
sentences. A number that exists already is told with the `id` of what carries it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as PydanticError
from pydantic.json_schema import SkipJsonSchema

from core.errors import Conflict, DomainError

log = logging.getLogger("django.request")

# What the framework refuses by its status alone.
CODES = {
    400: "BAD_JSON",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_LARGE",
    415: "NOT_JSON",
    429: "RATE_LIMITED",
}
# The framework's own words for a body that is no JSON.
NOT_PARSED = "Cannot parse request body"
UNFIT = "The request does not fit the schema. Correct what `fields` names, and send it again."
NOTHING_THERE = "Nothing is at this address. Look it up in /api/v1/docs."
# What the framework says in two words, said so that one knows what to do.
SENTENCES = {
    "Unauthorized": "Send a key as Authorization: Bearer <key>.",
    NOT_PARSED: "The body is not plain JSON. Check its brackets, commas and names.",
}
# General words of the desk that have a name of their own here.
RENAMED = {
    "invalid": "VALIDATION",
    "too_many": "RATE_LIMITED",
    "idempotency_key_reused": "KEY_REUSED",
}


class ErrorDetail(BaseModel):
    """Why the call was refused."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(
        description="For programs; never changes its meaning", examples=["VALIDATION"]
    )
    message: str = Field(description="For people; says why, and what to do next")
    fields: dict[str, list[str]] = Field(
        description="Sentences by dotted path", examples=[{"lines.0.total": ["Field required"]}]
    )
    id: UUID | SkipJsonSchema[None] = Field(
        default=None, description="What carries the number already, where that is the reason"
    )


class ErrorBody(BaseModel):
    """The body of every refusal."""

    model_config = ConfigDict(extra="forbid")

    error: ErrorDetail


# What any call with a key may be refused with, and what a call that writes may be besides.
REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429), ErrorBody)
REFUSED_WRITES: dict[int, Any] = REFUSALS | dict.fromkeys((409, 410, 413, 415, 503), ErrorBody)


class KeyRequired(DomainError):
    """A call that writes comes without a usable Idempotency-Key."""

    code = "KEY_REQUIRED"
    status = 400


class Busy(Conflict):
    """The first call with this key is still running."""

    code = "BUSY"
    is_kept: ClassVar[bool] = False
    retry_after = 1


class Overloaded(DomainError):
    """Others were in the way five times; nothing was written."""

    code = "BUSY"
    status = 503
    is_kept: ClassVar[bool] = False
    retry_after = 1


def body_of(error: DomainError) -> dict[str, Any]:
    """Return the error body of a refusal by rule."""
    told: dict[str, Any] = {
        "code": RENAMED.get(error.code, error.code.upper()),
        "message": error.message,
        "fields": {name: [sentence] for name, sentence in error.fields.items()},
    }
    existing = getattr(error, "existing", None)
    if existing is not None:
        told["id"] = str(existing.public_id)
    return {"error": told}


def refusal(
    *,
    status: int,
    code: str,
    message: str,
    fields: Mapping[str, Sequence[str]] | None = None,
) -> HttpResponse:
    """Return the answer for what is refused before any rule is asked."""
    error = {"code": code, "message": message, "fields": dict(fields or {})}
    return _response({"error": error}, status=status)


def refused_by_a_rule(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer with the rule's own status, code and sentence."""
    response = _response(body_of(error), status=error.status)
    if wait := getattr(error, "retry_after", 1 if error.status in {429, 503} else None):
        response.headers["Retry-After"] = str(wait)
    return response


def refused_by_the_schema(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 422 with a sentence at each path that does not fit the schema."""
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        fields.setdefault(path_of(found["loc"]), []).append(str(found["msg"]))
    return refusal(
        status=422,
        code="VALIDATION",
        message=UNFIT,
        fields=fields,
    )


def schema_refusal(error: PydanticError) -> str:
    """Return the error body, as JSON, of a part of a request that does not fit its schema."""
    fields: dict[str, list[str]] = {}
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(step) for step in found["loc"])
        fields.setdefault(path, []).append(found["msg"])
    told = {"code": "VALIDATION", "message": UNFIT, "fields": fields}
    return json.dumps({"error": told})


def path_of(location: Sequence[str | int]) -> str:
    """Return `lines.0.total` for the location `("body", <parameter>, "lines", 0, "total")`."""
    source, *path = location
    if source == "body" and len(path) > 1:
        path = path[1:]
    return ".".join(str(step) for step in path)


def refused_by_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer in our own words what the framework refuses."""
    code = CODES.get(error.status_code, "REFUSED")
    # In DEBUG the framework adds the parser's own words in brackets.
    known = [text for word, text in SENTENCES.items() if error.message.startswith(word)]
    return refusal(status=error.status_code, code=code, message=(known or [error.message])[0])


def nothing_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer 404 without repeating what was asked for."""
    return refusal(status=404, code=CODES[404], message=NOTHING_THERE)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 500 in the one body; what went wrong is for the log alone."""
    if settings.DEBUG_PROPAGATE_EXCEPTIONS:
        raise error
    log.error("API call failed: %s", request.path, exc_info=error, extra={"request": request})
    return refusal(
        status=500,
        code="INTERNAL",
        message="Something went wrong here. Nothing was written; try again with the same key.",
    )


def install(api: NinjaAPI) -> None:
    """Have the API answer every refusal in the one body."""
    for kind, handler in (
        (DomainError, refused_by_a_rule),
        (ValidationError, refused_by_the_schema),
        (HttpError, refused_by_http),
        (Http404, nothing_there),
        (Exception, broken),
    ):
        api.add_exception_handler(kind, handler)  # type: ignore[arg-type]


def _response(body: Mapping[str, Any], *, status: int) -> HttpResponse:
    return JsonResponse(body, status=status)
