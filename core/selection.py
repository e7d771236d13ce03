"""What a batch on rows passes between a form and a service: refusals and result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import Invalid


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
