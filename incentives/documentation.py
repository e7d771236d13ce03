"""The workflow of offers as a page to read: a diagram and the table, both made from the code."""

from __future__ import annotations

from collections.abc import Iterable

from core.transitions import Transition
from incentives.choices import FACES, OfferStatus
from incentives.workflow import OFFER

HEAD = """\
# Workflow of an incentive offer

Made from `incentives/workflow.py` by `python manage.py document_workflow`; a test fails when it is
out of date. The rules behind it stand in [incentives.md](incentives.md), section 4.

An offer's status changes only as listed here. *By* is the side that may do it; "after provider" or
"after recipient" restricts the row to a status that this side set. A *guard* is judged on what is
stored and sent, *needs* are parts that must be sent along ("terms?" may be), *effects* follow in the
same transaction; mails (E01 to E14) leave once it has committed.
"""
SIDES = {"provider": "Provider", "recipient": "Recipient", "system": "System"}


def page() -> str:
    """Return the whole page as Markdown."""
    return "\n".join([HEAD, "## Statuses\n", *_statuses(), "", "## Diagram\n", *_diagram(), "",
                      "## Transitions\n", *_table(OFFER), ""])  # fmt: skip


def _statuses() -> Iterable[str]:
    yield "| Status | Code | Meaning | Set by | Waits for |"
    yield "| --- | --- | --- | --- | --- |"
    for status in OfferStatus:
        face = FACES[status]
        waits = {"": "–", "other": "the other side"}.get(face.waits_for, face.waits_for)
        yield f"| {status.label} | `{status.value}` | {face.meaning} | {face.set_by} | {waits} |"


def _diagram() -> Iterable[str]:
    """Draw one arrow for each pair of statuses, named by the rows behind it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in OFFER:
        arrows.setdefault((row.source or "[*]", row.target), []).append(row.code)
    yield "```mermaid"
    yield "stateDiagram-v2"
    for (source, target), codes in arrows.items():
        yield f"    {source} --> {target}: {' '.join(codes)}"
    left = {row.source for row in OFFER}
    for status in OfferStatus:
        if status.value not in left:
            yield f"    {status.value} --> [*]"
    yield "```"


def _table(rows: Iterable[Transition]) -> Iterable[str]:
    yield "| # | From | To | By | Guards | Needs | Effects |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        source = f"`{row.source}`" if row.source else "(none)"
        by = SIDES[row.actor] + (f", after {row.after}" if row.after else "")
        cells = [row.code, source, f"`{row.target}`", by]
        cells += [", ".join(names) or "–" for names in (row.guards, row.needs, row.effects)]
        yield f"| {' | '.join(cells)} |"
