"""The workflows of offers and requests as pages to read: a diagram and the table, made from the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.transitions import Machine, Transition
from incentives.choices import FACES, OfferStatus, StatusFace
from incentives.choices.requests import REQUEST_FACES, RequestStatus
from incentives.workflow.offers import OFFER
from incentives.workflow.requests import REQUEST

OFFER_HEAD = """\
# Workflow of an incentive offer

Made from `incentives/workflow/offers.py` by `python manage.py document_workflow`; a test fails when
it is out of date. The rules behind it stand in [incentives.md](incentives.md), section 4.

An offer's status changes only as listed here. *By* is the side that may do it; "after provider" or
"after recipient" restricts the row to a status that this side set. A *guard* is judged on what is
stored and sent, *needs* are parts that must be sent along ("terms?" may be), *effects* follow in the
same transaction; mails (E01 to E14) leave once it has committed.
"""
REQUEST_HEAD = """\
# Workflow of an incentive request

Made from `incentives/workflow/requests.py` by `python manage.py document_workflow`; a test fails when
it is out of date. The rules behind it stand in [incentives.md](incentives.md), section 8.2.

A request's status changes only as listed here. *By* is the side that may do it; the recipient is the
one who asks. "After provider" restricts the row to a status that the provider set. A *guard* is judged
on what is stored and sent, *needs* are parts that must be sent along, *effects* follow in the same
transaction; mails leave once it has committed. What the recipient wished for counts as agreed from the
moment of sending; whatever the provider proposes instead has to be agreed to.
"""
SIDES = {"provider": "Provider", "recipient": "Recipient", "system": "System"}


@dataclass(frozen=True, slots=True)
class Workflow:
    """One status machine with what its page says besides the table."""

    file: str
    head: str
    machine: Machine
    statuses: Iterable[OfferStatus | RequestStatus]
    faces: Mapping[Any, StatusFace]

    def page(self) -> str:
        """Return the whole page as Markdown."""
        parts = [self.head, "## Statuses\n", *self._statuses(), ""]
        parts += ["## Diagram\n", *self._diagram(), "", "## Transitions\n", *self._table(), ""]
        return "\n".join(parts)

    def _statuses(self) -> Iterable[str]:
        yield "| Status | Code | Meaning | Set by | Waits for |"
        yield "| --- | --- | --- | --- | --- |"
        for status in self.statuses:
            face = self.faces[status]
            waits = {"": "–", "other": "the other side"}.get(face.waits_for, face.waits_for)
            cells = (str(status.label), f"`{status.value}`", face.meaning, face.set_by, waits)
            yield f"| {' | '.join(cells)} |"

    def _diagram(self) -> Iterable[str]:
        """Draw one arrow for each pair of statuses, named by the rows behind it."""
        arrows: dict[tuple[str, str], list[str]] = {}
        for row in self.machine:
            arrows.setdefault((row.source or "[*]", row.target), []).append(row.code)
        yield "```mermaid"
        yield "stateDiagram-v2"
        for (source, target), codes in arrows.items():
            yield f"    {source} --> {target}: {' '.join(codes)}"
        left = {row.source for row in self.machine}
        for status in self.statuses:
            if status.value not in left:
                yield f"    {status.value} --> [*]"
        yield "```"

    def _table(self) -> Iterable[str]:
        yield "| # | From | To | By | Guards | Needs | Effects |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from map(_line, self.machine)


def _line(row: Transition) -> str:
    source = f"`{row.source}`" if row.source else "(none)"
    by = SIDES[row.actor] + (f", after {row.after}" if row.after else "")
    cells = [row.code, source, f"`{row.target}`", by]
    cells += [", ".join(names) or "–" for names in (row.guards, row.needs, row.effects)]
    return f"| {' | '.join(cells)} |"


WORKFLOWS = (
    Workflow("offer-workflow.md", OFFER_HEAD, OFFER, OfferStatus, FACES),
    Workflow("request-workflow.md", REQUEST_HEAD, REQUEST, RequestStatus, REQUEST_FACES),
)
