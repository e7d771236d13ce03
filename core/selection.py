"""What a batch on rows passes between a form and a service: scope, refusals, result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from core.errors import Conflict, Invalid

SALT = "core.selection.scope"


class RowsRefused(Invalid):
    """Some rows of a batch cannot be saved, so none was.

    `rows` maps each row's key to its sentences by field; the field `""` is the row as a whole.
    """

    code = "rows_refused"

    def __init__(self, rows: Mapping[int, Mapping[str, str]], message: str = "") -> None:
        super().__init__(message or "Some rows need a change. Nothing has been saved.")
        self.rows = {pk: dict(sentences) for pk, sentences in rows.items()}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch did: the keys of the rows it changed and of those that were sent unchanged."""

    changed: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = field(default=())

    def sentence(self, one: str, many: str) -> str:
        """Return the toast: `2 distributions updated, 1 not changed`."""
        count, same = len(self.changed), len(self.unchanged)
        if not count:
            return f"Nothing to update: {same} {one if same == 1 else many} sent as stored"
        text = f"{count} {one if count == 1 else many} updated"
        return f"{text}, {same} not changed" if same else text


class ScopeChanged(Conflict):
    """The rows that match are no longer as many as the person saw when they said "all"."""

    code = "scope_changed"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(
            f"{now:,} rows match now; it was {seen:,} when you selected them."
            " Nothing was done. Select them again."
        )
        self.seen, self.now = seen, now


class ScopeExpired(Conflict):
    """The selection was made too long ago, or its token was tampered with."""

    code = "scope_expired"

    def __init__(self) -> None:
        super().__init__("The selection is too old. Nothing was done. Select the rows again.")


@dataclass(frozen=True, slots=True)
class Scope:
    """All rows that match a filter, as a person saw them: which list, which query, how many, when.

    It travels through the page as a signed token, bound to its owner (a member, say) so that it is
    worth nothing to anybody else; whoever acts on it counts again.
    """

    list_name: str
    owner: str
    query: str
    count: int
    at: dt.datetime

    def token(self) -> str:
        """Return the scope as text that cannot be altered."""
        body = [self.list_name, self.owner, self.query, self.count, self.at.isoformat()]
        return signing.dumps(body, salt=SALT, compress=True)

    @classmethod
    def read(
        cls, token: str, *, list_name: str, owner: str, at: dt.datetime, lifetime: dt.timedelta
    ) -> Scope:
        """Read a token back; raises ScopeExpired for a false, foreign or old one."""
        try:
            body: list[Any] = signing.loads(token, salt=SALT)
            scope = cls(body[0], body[1], body[2], int(body[3]), dt.datetime.fromisoformat(body[4]))
        except (signing.BadSignature, ValueError, IndexError, TypeError) as error:
            raise ScopeExpired from error
        if (scope.list_name, scope.owner) != (list_name, owner) or at - scope.at > lifetime:
            raise ScopeExpired
        return scope

    def require(self, keys: Iterable[int]) -> list[int]:
        """Return the keys that match now; raises ScopeChanged unless they are as many as seen."""
        found = list(keys)
        if len(found) != self.count:
            raise ScopeChanged(self.count, len(found))
        return found
