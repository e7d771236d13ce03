"""Status machines as data: one row for each allowed change, pure, readable by a person.

The same table feeds the engine (`core.workflow.perform`), the menus, the composer, the documentation
and the test of every status × target × actor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed change.

    `source` None is creation. `after` restricts the row to a status that was last set by that side.
    `guards`, `needs` and `effects` are names: guards are looked up by the service that performs the
    change, needs are parts of the payload that must be present, effects are documentation.
    """

    code: str
    source: str | None
    target: str
    actor: str
    after: str | None = None
    guards: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()

    def allows(self, *, status: str | None, actor: str, set_by: str | None) -> bool:
        """Tell whether the row applies to a status set by that side, for that actor."""
        return (
            self.source == status
            and self.actor == actor
            and (self.after is None or self.after == set_by)
        )


class Machine:
    """The transitions of one kind of object. A status with no way out is final."""

    def __init__(self, name: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        codes = [row.code for row in self.transitions]
        if len(codes) != len(set(codes)):
            raise ValueError(f"{name}: a transition code stands twice.")
        self._by_code = {row.code: row for row in self.transitions}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions)

    def __getitem__(self, code: str) -> Transition:
        return self._by_code[code]

    def available(
        self, *, status: str | None, actor: str, set_by: str | None
    ) -> tuple[Transition, ...]:
        """Return the rows that the actor may use now, in table order."""
        return tuple(
            row for row in self.transitions if row.allows(status=status, actor=actor, set_by=set_by)
        )

    def find(
        self, *, status: str | None, target: str, actor: str, set_by: str | None
    ) -> Transition | None:
        """Return the row that leads to `target`, or None when it is forbidden."""
        for row in self.available(status=status, actor=actor, set_by=set_by):
            if row.target == target:
                return row
        return None
