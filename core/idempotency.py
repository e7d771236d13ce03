"""One key, one effect, one answer: for the API's Idempotency-Key and the hidden nonce of forms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from core.codes import fit
from core.errors import Conflict
from core.models import IdempotencyKey

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the effect returned, and whether this call only repeats it."""

    result: str
    replayed: bool


class KeyReused(Conflict):
    """The key was used before with another request."""

    code = "idempotency_key_reused"


def fingerprint_of(text: str) -> str:
    """Return the digest by which two requests are told apart."""
    return hashlib.sha256(text.encode()).hexdigest()


def run_once(
    *, scope: str, key: str, at: datetime, effect: Callable[[], str], fingerprint: str = ""
) -> Outcome:
    """Run the effect unless the key was used before; then return the first result.

    The key is inserted in the transaction of the effect: a second caller at the same moment waits
    for the first to commit and then reads its result, and an effect that fails frees the key. An
    empty key runs the effect as it is.
    """
    if not key:
        with transaction.atomic():
            return Outcome(effect(), replayed=False)
    key = fit(key, 100)
    with transaction.atomic():
        if not _insert(scope=scope, key=key, at=at, fingerprint=fingerprint):
            first = IdempotencyKey.objects.get(scope=scope, key=key)
            if first.fingerprint != fingerprint:
                raise KeyReused("This key was used for another request. Use a new one.")
            return Outcome(first.result, replayed=True)
        result = effect()
        IdempotencyKey.objects.filter(scope=scope, key=key).update(result=result)
        return Outcome(result, replayed=False)


def _insert(*, scope: str, key: str, at: datetime, fingerprint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (scope, key, fingerprint, result, created_at)"
            " VALUES (%s, %s, %s, '', %s) ON CONFLICT (scope, key) DO NOTHING",
            [scope, key, fingerprint, at],
        )
        return bool(cursor.rowcount)


def forget(*, at: datetime) -> int:
    """Delete keys older than their lifetime and return how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - LIFETIME).delete()[0]
