"""The machine's door: one API, one error body, one router per app.

Every refusal has the body `{"error": {"code", "message", "fields"}}` (rewards.md 11.11). `code` is for
programs and never changes its meaning; `message` is for people and holds no data of others; `fields`
maps dotted paths of the request to sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError

from core.errors import DomainError
from core.http import public
from directory.api import router as directory_router

CODES = {
    400: "BAD_JSON",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN_ORGANISATION",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_LARGE",
    415: "NOT_JSON",
    429: "RATE_LIMITED",
}

api = NinjaAPI(
    title="Largesse",
    version="1",
    description="Events in, awards and balances out. Money is a decimal string beside its currency.",
    urls_namespace="api",
    docs=Swagger(settings={"validatorUrl": None, "persistAuthorization": False}),
    docs_decorator=public("the description of the API holds no data"),
)


def refusal(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    message: str,
    fields: Mapping[str, Sequence[str]] | None = None,
) -> HttpResponse:
    """Return the one error body of the API."""
    error: dict[str, Any] = {"code": code, "message": message, "fields": dict(fields or {})}
    return api.create_response(request, {"error": error}, status=status)


@api.exception_handler(DomainError)
def refused_by_a_rule(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer with the rule's own status, code and sentence."""
    return refusal(
        request,
        status=error.status,
        code=error.code.upper(),
        message=error.message,
        fields={name: [sentence] for name, sentence in error.fields.items()},
    )


@api.exception_handler(ValidationError)
def refused_by_the_schema(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer 422 with a sentence at each path that does not fit the schema."""
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        fields.setdefault(path_of(found["loc"]), []).append(str(found["msg"]))
    return refusal(
        request,
        status=422,
        code="VALIDATION",
        message="The request does not fit the schema; see `fields`.",
        fields=fields,
    )


def path_of(location: Sequence[str | int]) -> str:
    """Return `lines.0.total` for the location `("body", <parameter>, "lines", 0, "total")`."""
    source, *path = location
    if source == "body" and len(path) > 1:
        path = path[1:]
    return ".".join(str(step) for step in path)


@api.exception_handler(HttpError)
def refused_by_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = CODES.get(error.status_code, "REFUSED")
    return refusal(request, status=error.status_code, code=code, message=error.message)


@api.exception_handler(Http404)
def nothing_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer 404 without repeating what was asked for."""
    return refusal(request, status=404, code=CODES[404], message="Nothing is at this address.")


@csrf_exempt
@public("says only that nothing is there")
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a machine that asks at no known address in the words that it can read."""
    return nothing_there(request, Http404())


api.add_router("", directory_router)
