"""A till's side of the API in one small module, for those who program tills.

It needs nothing but Python. What it does is what any till must do: make the idempotency key before the
first attempt, keep it over retries, try again when there was no answer, on 409 `BUSY`, 429 and 5xx, and
never on any other refusal.

    till = Till("https://largesse.example", "lg_...")
    answer = till.post("/events/purchases", purchase, key="till-7-R-1001")
    if answer.status == 201:
        print("to pay:", answer.body["amount_due"])
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

ATTEMPTS = 6
LONGEST_PAUSE = 30.0
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said: the HTTP status, the JSON, and whether it only repeated itself."""

    status: int
    body: dict[str, Any]
    replayed: bool = False

    @property
    def is_final(self) -> bool:
        """Whether sending the same again could not change anything."""
        code = self.body.get("error", {}).get("code")
        return self.status < 500 and self.status != 429 and code != "BUSY"


class NoAnswer(Exception):
    """The API could not be reached in all attempts; the same call may be sent again later."""


class Till:
    """Speaks to one Largesse with one key."""

    def __init__(self, url: str, key: str, *, pause: float = 1.0) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("The address begins with https:// or http://.")
        self.base = url.rstrip("/") + "/api/v1"
        self.secret = key
        self.pause = pause

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Answer:
        """Send the body until there is a final answer; raises `NoAnswer` after all attempts.

        `key` is the idempotency key: it must be the same for every attempt of the same thing, and
        another one for everything else.
        """
        last: Answer | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(min(self.pause * 2 ** (attempt - 1), LONGEST_PAUSE))
            last = self._once(path, body, key)
            if last is not None and last.is_final:
                return last
        if last is None:
            raise NoAnswer(f"No answer from {self.base} in {ATTEMPTS} attempts.")
        return last

    def _once(self, path: str, body: dict[str, Any], key: str) -> Answer | None:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            self.base + path,
            data=json.dumps(body).encode(),
            method="POST",
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                return _answer(response)
        except urllib.error.HTTPError as refusal:
            return _answer(refusal)
        except OSError:
            return None


def _answer(response: Any) -> Answer:
    text = response.read()
    try:
        body = json.loads(text)
    except ValueError:
        # A proxy between here and there may say so in HTML.
        body = {}
    replayed = response.headers.get("Idempotent-Replayed") == "true"
    return Answer(response.status, body if isinstance(body, dict) else {}, replayed)
