"""How a command runs (wallet.md 3.7, 3.8): one key, one effect, one answer.

The command's row is inserted in the transaction of its effect, so that a second caller with the key
waits for the first and then reads its answer. A refusal by rule undoes the effect and is stored in its
place; a technical failure stores nothing. What only failed because of somebody else's timing is tried
again.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection

from core.prepared import prepared
from core.transactions import is_indivisible, nested
from directory.models import Organisation, User
from wallet.choices import CommandOutcome
from wallet.errors import Busy, KeyRequired, KeyReused, LedgerFrozen, Refusal, from_json, to_json
from wallet.models import Command

ATTEMPTS = 5
LONGEST_KEY = 64
# Serialization failure, deadlock, lock not available: somebody else was in the way.
_PASSING = frozenset({"40001", "40P01", "55P03"})
_VERSION_TAKEN = ("wallet_posting_source_version", "wallet_posting_target_version")

Response = dict[str, Any]
Effect = Callable[[Command], Response]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: `name` tells callers apart ("user:5", "till:3", "system"); staff have a user."""

    name: str
    user: User | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The stored answer of a command, and whether this call only repeats it."""

    response: Response
    replayed: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A command before it runs. `parameters` are what must be equal when the key comes again."""

    business: Organisation
    operation: str
    key: str
    actor: Actor
    parameters: Mapping[str, Any]

    @property
    def scope(self) -> str:
        """Whose keys these are: keys of other callers or operations never meet this one."""
        return f"{self.actor.name}/{self.operation}"[:100]

    @property
    def fingerprint(self) -> str:
        canonical = json.dumps(
            [self.operation, self.parameters], sort_keys=True, separators=(",", ":"), default=str
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


def run(request: Request, effect: Effect) -> Outcome:
    """Carry out the effect once for the request's key and return its answer.

    Raises `KeyRequired` without a key of 1 to 64 characters, `KeyReused` when the key came with other
    parameters, `LedgerFrozen` while the books are under review, `Busy` when others were in the way
    five times, and whatever `Refusal` the effect raised, now or when the key came first.
    """
    if not 1 <= len(request.key) <= LONGEST_KEY:
        raise KeyRequired
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.01, 0.2))  # noqa: S311 - only to step out of the way
        try:
            return _attempt(request, effect)
        except (OperationalError, IntegrityError) as error:
            if not _is_passing(error):
                raise
            if connection.in_atomic_block:
                # The transaction is somebody else's; only they can begin it anew.
                raise Busy from error
    raise Busy


def _attempt(request: Request, effect: Effect) -> Outcome:
    try:
        with nested():
            command, is_frozen = _insert(request, CommandOutcome.RUNNING, {})
            if command is None:
                return _replay(request)
            if is_frozen:
                raise LedgerFrozen
            response = effect(command)
            _answer(command, response)
            return Outcome(response, replayed=False)
    except Refusal as refusal:
        if not refusal.is_kept or refusal.is_replayed or is_indivisible():
            raise
        kept, _ = _insert(request, CommandOutcome.REFUSED, to_json(refusal))
        if kept is None:
            return _replay(request)
        raise


def _insert(
    request: Request, outcome: CommandOutcome, response: Response
) -> tuple[Command | None, bool]:
    """Insert the command unless its key is taken, and tell whether the books are frozen.

    The statement also sets for how long this transaction waits for locks, which saves a round trip.
    """
    with prepared() as cursor:
        cursor.execute(
            "WITH patience AS (SELECT set_config('lock_timeout', %s, true))"
            " INSERT INTO wallet_command"
            " (business_id, scope, key, fingerprint, operation, outcome, response)"
            " SELECT %s, %s, %s, %s, %s, %s, %s::jsonb FROM patience"
            " ON CONFLICT (business_id, scope, key) DO NOTHING"
            " RETURNING id, EXISTS (SELECT FROM wallet_ledgerfreeze"
            " WHERE business_id = %s AND released_at IS NULL)",
            [
                f"{settings.WALLET_LOCK_WAIT_MS}ms",
                request.business.pk,
                request.scope,
                request.key,
                request.fingerprint,
                request.operation,
                outcome,
                json.dumps(response),
                request.business.pk,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return None, False
    return Command(pk=row[0], business=request.business, operation=request.operation), row[1]


def _answer(command: Command, response: Response) -> None:
    with prepared() as cursor:
        cursor.execute(
            "UPDATE wallet_command SET outcome = %s, response = %s::jsonb WHERE id = %s",
            [CommandOutcome.DONE, json.dumps(response), command.pk],
        )


def _replay(request: Request) -> Outcome:
    stored = Command.objects.get(business=request.business, scope=request.scope, key=request.key)
    if stored.fingerprint != request.fingerprint:
        raise KeyReused
    if stored.outcome == CommandOutcome.REFUSED:
        raise from_json(stored.response)
    return Outcome(stored.response, replayed=True)


def _is_passing(error: OperationalError | IntegrityError) -> bool:
    """Tell whether the same transaction may well succeed when it is begun anew."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _PASSING:
        return True
    diagnosis = getattr(cause, "diag", None)
    return getattr(diagnosis, "constraint_name", None) in _VERSION_TAKEN
