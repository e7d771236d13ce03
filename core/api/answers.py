"""One key, one effect, one answer, for ever (rewards.md 11.2, wallet.md 3.8).

The answer is stored in the transaction of its effect. While that runs, whoever comes with the same key
is told `BUSY` at once instead of being kept waiting; afterwards they get the stored answer, letter by
letter. A refusal by rule undoes the effect and is stored in its place; a technical failure stores
nothing, so that the same key may be tried again.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection

from core.api.errors import Busy, Overloaded, body_of
from core.errors import DomainError
from core.idempotency import KeyReused
from core.models import ApiAnswer
from core.prepared import prepared
from core.transactions import indivisible

ATTEMPTS = 5
LONGEST_KEY = 64
# Serialization failure, deadlock, lock not available: somebody else was in the way.
_PASSING = frozenset({"40001", "40P01", "55P03"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer, and whether this call only repeats it."""

    status: int
    body: str
    replayed: bool = False


Effect = Callable[[], Answer]


def fingerprint_of(sent: Any) -> str:
    """Return the digest of the canonical JSON: order of names and blanks make no difference."""
    canonical = json.dumps(sent, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def refused(error: DomainError) -> Answer:
    """Return a refusal as an answer."""
    return Answer(error.status, json.dumps(body_of(error)))


def once(*, scope: str, key: str, fingerprint: str, at: datetime, effect: Effect) -> Answer:
    """Carry out the effect once for the key and return its answer, or the one it had before.

    A refusal that is kept is returned as an answer too. Raises `KeyReused` when the key came with
    another body, `Busy` while the first call runs, `Overloaded` when others were in the way five
    times, and refusals that are not kept.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.01, 0.1) * attempt)  # noqa: S311 - only to step aside
        try:
            return _attempt(scope, key, fingerprint, at, effect)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _PASSING:
                raise
            if connection.in_atomic_block:
                raise Overloaded(_OVERLOADED) from error
        except DomainError as error:
            # A service below met the same in its own words.
            if error.status != 503 or error.code != Overloaded.code or connection.in_atomic_block:
                raise
    raise Overloaded(_OVERLOADED)


_OVERLOADED = "Too much is going on with this contact. Nothing was written; try again soon."


def _attempt(scope: str, key: str, fingerprint: str, at: datetime, effect: Effect) -> Answer:
    try:
        with indivisible():
            if not _begin(scope, key, fingerprint, at):
                return _first(scope, key, fingerprint)
            answer = effect()
            _keep(scope, key, answer)
            return answer
    except DomainError as error:
        if not _is_kept(error):
            raise
        answer = refused(error)
        kept = ApiAnswer(
            scope=scope,
            key=key,
            fingerprint=fingerprint,
            status=answer.status,
            body=answer.body,
            created_at=at,
        )
        ApiAnswer.objects.bulk_create([kept], ignore_conflicts=True)
        return answer


def _is_kept(error: DomainError) -> bool:
    return error.status < 500 and bool(getattr(error, "is_kept", True))


def _begin(scope: str, key: str, fingerprint: str, at: datetime) -> bool:
    """Insert the key unless it is taken, or another transaction is about to take it."""
    digest = hashlib.sha256(f"{scope} {key}".encode()).digest()
    with prepared() as cursor:
        cursor.execute(
            "INSERT INTO core_apianswer (scope, key, fingerprint, status, body, created_at)"
            " SELECT %s, %s, %s, 0, '', %s WHERE pg_try_advisory_xact_lock(%s)"
            " ON CONFLICT (scope, key) DO NOTHING",
            [scope, key, fingerprint, at, int.from_bytes(digest[:8], "big", signed=True)],
        )
        return bool(cursor.rowcount)


def _keep(scope: str, key: str, answer: Answer) -> None:
    with prepared() as cursor:
        cursor.execute(
            "UPDATE core_apianswer SET status = %s, body = %s WHERE scope = %s AND key = %s",
            [answer.status, answer.body, scope, key],
        )


def _first(scope: str, key: str, fingerprint: str) -> Answer:
    """Return the stored answer, marked as replayed."""
    stored = ApiAnswer.objects.filter(scope=scope, key=key).first()
    if stored is None:
        raise Busy("The first call with this key is still running. Try again in a second.")
    if stored.fingerprint != fingerprint:
        raise KeyReused("This key was used for another request. Use a new one.")
    return Answer(stored.status, stored.body, replayed=True)
