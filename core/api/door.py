"""The door of the API: what is let in before anything is read, and how bodies are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from ninja.parser import Parser

from core.api.errors import refusal

LARGEST_BODY = 256 * 1024
# A thousand purchases of a usual size; Django itself reads no more than 2.5 MiB.
LARGEST_BATCH = 2 * 1024 * 1024
# A file of 50 MB in a form, with what a form puts around it.
LARGEST_FORM = 51 * 1024 * 1024
FORM = "multipart/form-data"

View = Callable[..., HttpResponseBase]


class NotPlainJson(ValueError):
    """The text is no JSON, or says a name twice, or a number that is none."""


class StrictParser(Parser):
    """Reads a body and keeps it as it was sent, for the fingerprint and the record."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's JSON; raises `ValueError` for anything that is not plain JSON."""
        sent = json.loads(request.body, object_pairs_hook=_once_each, parse_constant=_no_number)
        request.sent = sent  # type: ignore[attr-defined]
        return sent


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotPlainJson("A name stands twice in one object.")
    return found


def _no_number(word: str) -> Any:
    raise NotPlainJson(f"{word} is not JSON.")


def sent_with(request: HttpRequest) -> Any:
    """Return the JSON that the call brought, None without a body."""
    return getattr(request, "sent", None)


def guarded(
    entry: URLPattern, *, larger: Mapping[str, int], files: Mapping[str, int] | None = None
) -> None:
    """Put the door before an address; `larger` names those that take bodies beyond the usual size.

    `files` names those that take a form with a file as well, and up to what size.

    A body that is too large answers 413 and one that is not JSON 415, both unread. Answers are not
    to be stored by anything between here and the caller.
    """
    view: View = entry.callback
    largest = larger.get(entry.name or "", LARGEST_BODY)
    largest_file = (files or {}).get(entry.name or "", 0)

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _refused_unread(request, largest, largest_file) or view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response = _not_allowed(response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    entry.callback = inner


def _refused_unread(request: HttpRequest, largest: int, largest_file: int) -> HttpResponse | None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if not length or request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    if largest_file and request.content_type == FORM:
        largest = largest_file
    elif request.content_type != "application/json":
        return refusal(
            status=415, code="NOT_JSON", message="Send JSON, as Content-Type: application/json."
        )
    if length > largest:
        sentence = f"A body of this call has at most {largest // 1024} KiB. Send it in several."
        return refusal(status=413, code="TOO_LARGE", message=sentence)
    return None


def _not_allowed(plain: HttpResponseNotAllowed) -> HttpResponse:
    allowed = plain.headers["Allow"]
    sentence = f"This address takes {allowed} only."
    response = refusal(status=405, code="METHOD_NOT_ALLOWED", message=sentence)
    response.headers["Allow"] = allowed
    return response
