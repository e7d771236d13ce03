"""What staff may do with a campaign in each status (vouchers.md 3), for menus and pages alike.

The transition table says which changes exist; this says how people call them, and adds what changes
no status: editing, copying, deleting a draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from vouchers.choices import CampaignStatus
from vouchers.workflow import CAMPAIGNS, STAFF


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: its name in addresses, its words, and what it does to the campaign."""

    name: str
    label: str
    icon: str
    consequences: tuple[str, ...] = ()
    is_danger: bool = False


PUBLISH = Act("publish", "Publish", "speakerphone")
EDIT = Act("edit", "Edit", "pencil")
COPY = Act("copy", "Copy", "copy")
CANCEL = Act(
    "cancel", "Cancel", "arrow-back-up",
    ("It is a draft again and keeps all its settings.", "Nobody was given a code yet."),
)  # fmt: skip
PAUSE = Act(
    "pause", "Pause", "player-pause",
    (
        "Nothing is given out until you resume it.",
        "What happens meanwhile is written down as “campaign paused” and not caught up.",
        "Codes that people have stay theirs; reservations keep running.",
    ),
)  # fmt: skip
RESUME = Act(
    "resume", "Resume", "player-play",
    ("Codes are given out again.", "People on the wait list are served first, in their order."),
)  # fmt: skip
END = Act(
    "end", "End", "power",
    (
        "Nothing is given out any more, and it cannot be started again; it can be copied.",
        "Reservations are released and the wait list ends.",
        "Codes that people have stay theirs.",
    ),
    is_danger=True,
)  # fmt: skip
ARCHIVE = Act(
    "archive", "Archive", "archive", ("It leaves the list. Its record and its figures stay.",)
)
DELETE = Act(
    "delete", "Delete", "trash",
    ("The draft and its conditions are gone.", "This cannot be undone."), is_danger=True,
)  # fmt: skip
# By the status that a change of staff leads to, and from where.
_BY_TARGET = {
    ("draft", "scheduled"): PUBLISH,
    ("draft", "running"): PUBLISH,
    ("scheduled", "draft"): CANCEL,
    ("scheduled", "paused"): PAUSE,
    ("running", "paused"): PAUSE,
    ("running", "ended"): END,
    ("paused", "running"): RESUME,
    ("paused", "scheduled"): RESUME,
    ("paused", "ended"): END,
    ("exhausted", "running"): RESUME,
    ("exhausted", "ended"): END,
    ("ended", "archived"): ARCHIVE,
}
EDITABLE = frozenset(
    {
        CampaignStatus.DRAFT,
        CampaignStatus.SCHEDULED,
        CampaignStatus.RUNNING,
        CampaignStatus.PAUSED,
        CampaignStatus.EXHAUSTED,
    }
)
# Already giving out: what was promised to people cannot be changed, only message, end, lists, limits up.
STARTED = frozenset({CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED})
BY_NAME = {
    act.name: act for act in (CANCEL, PAUSE, RESUME, END, ARCHIVE, DELETE, PUBLISH, EDIT, COPY)
}


def acts_of(status: str, set_by: str) -> list[Act]:
    """Return what staff may do with a campaign in the status, the usual first."""
    found = [EDIT] if status in EDITABLE else []
    for row in CAMPAIGNS.available(status=status, actor=STAFF, set_by=set_by):
        act = _BY_TARGET[status, row.target]
        if act not in found:
            found.append(act)
    if status == CampaignStatus.DRAFT:
        found.append(DELETE)
    if status == CampaignStatus.ENDED:
        found.append(COPY)
    return found
