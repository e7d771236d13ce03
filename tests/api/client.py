"""A till for tests: it speaks to the API through the whole stack."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from django.test import Client

from core.clock import now
from directory.models import Organisation
from directory.services import api_keys

ALL = tuple(api_keys.SCOPES)
_numbers = count(1)


class Till:
    """A caller with a key of the organisation; every POST has a key of its own unless one is given."""

    def __init__(self, organisation: Organisation, *scopes: str) -> None:
        self.key, self.secret = api_keys.create(
            organisation=organisation, name="Till", scopes=scopes or ALL, actor=None, at=now()
        )

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """Post the body as JSON; an empty `key` sends none."""
        key = f"key-{next(_numbers)}" if key is None else key
        sent = {"Authorization": f"Bearer {self.secret}", **headers}
        if key:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, str | bytes) else json.dumps(body if body else {})
        return Client(raise_request_exception=False).post(
            f"/api/v1{path}", data=data, content_type="application/json", headers=sent
        )

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        return Client(raise_request_exception=False).get(
            f"/api/v1{path}", query or {}, headers=headers
        )


def error_of(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert that the answer is that refusal in the one error body, and return its `error`."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert {"code", "message", "fields"} <= set(error) <= {"code", "message", "fields", "id"}
    assert error["code"] == code
    assert error["message"].endswith((".", "!"))
    return error
