"""What staff may do with a list in each status, for menus and pages alike (vouchers.md 3).

The transition table says which changes exist; this says how people call them, and adds what changes
no status: editing, uploading, generating.
"""

from __future__ import annotations

from dataclasses import dataclass

from vouchers.choices import ListStatus, PartnerKind


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: the page that does it, its words, and whether it acts at once."""

    url_name: str
    label: str
    icon: str
    is_post: bool = False
    is_danger: bool = False


PAUSE = Act("voucher_list_pause", "Pause", "player-pause", is_post=True)
ACTIVATE = Act("voucher_list_activate", "Activate", "player-play", is_post=True)
EDIT = Act("voucher_list_edit", "Edit", "pencil")
UPLOAD = Act("voucher_upload", "Upload codes", "upload")
GENERATE = Act("voucher_generate", "Generate codes", "refresh")
ARCHIVE = Act("voucher_list_archive", "Archive", "archive", is_danger=True)
ACTS = {
    ListStatus.ACTIVE: (PAUSE, EDIT, UPLOAD, ARCHIVE),
    ListStatus.PAUSED: (ACTIVATE, EDIT, UPLOAD, ARCHIVE),
    ListStatus.EXPIRED: (EDIT, ARCHIVE),
    ListStatus.ARCHIVED: (),
}


def acts_of(status: str, kind: str) -> tuple[Act, ...]:
    """Return what the status allows; where codes can be uploaded, an own engine generates them too."""
    acts = ACTS[ListStatus(status)]
    if kind != PartnerKind.INTERNAL or UPLOAD not in acts:
        return acts
    place = acts.index(UPLOAD) + 1
    return (*acts[:place], GENERATE, *acts[place:])
