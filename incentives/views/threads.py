"""A conversation as either side sees it: bubbles with their files, changed terms and what may be done.

Both the desk's page and the recipient's page draw the same bubbles; they differ in the addresses of
files and in who may edit what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from incentives import selectors
from incentives.choices import OfferStatus, SenderKind
from incentives.choices.requests import RequestStatus
from incentives.forms.messages import ComposerForm
from incentives.models import Message, OfferStatusChange, RequestStatusChange, Subject
from incentives.services import messages as message_services
from incentives.services.actors import Actor
from incentives.terms import Terms

PAGE = 50


@dataclass(frozen=True, slots=True)
class TermChange:
    """One part of the terms that a message changed."""

    label: str
    before: str
    after: str
    difference: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file of a message and where it is downloaded."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads the thread, and where the things in it lie for them.

    `file_url` takes a file's key; `edit_url` and `delete_url` take a message's id and are None where
    this side has no such page.
    """

    actor: Actor
    file_url: Callable[[str], str]
    edit_url: Callable[[int], str] | None = None
    delete_url: Callable[[int], str] | None = None


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it is shown, with the face of the status that it was sent in."""

    message: Message
    status: OfferStatus | RequestStatus
    mine: bool
    unread: bool
    files: tuple[FileLink, ...] = ()
    changes: tuple[TermChange, ...] = ()
    edit_url: str = ""
    delete_url: str = ""

    @property
    def side(self) -> str:
        """`vendor` (right, orange), `referent` (left, blue) or `system` (yellow).

        In the chat of a group, one's own messages stand where the provider's stand.
        """
        if self.message.sender_kind == SenderKind.MEMBER:
            return SenderKind.VENDOR if self.mine else SenderKind.REFERENT
        return self.message.sender_kind

    @property
    def shows_status(self) -> bool:
        """Members talk among themselves whatever the status; there it would only distract."""
        return self.message.sender_kind != SenderKind.MEMBER


@dataclass(frozen=True, slots=True)
class Thread:
    """A piece of the conversation, oldest first, and where more of it is."""

    bubbles: list[Bubble]
    total: int
    earlier: int | None = None
    """The id before which more messages lie, or None at the beginning."""
    last: int = 0
    """The id after which newer messages will come."""
    has_unread: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Composer:
    """The composer as one side finds it now; without a form there is a reason why it is closed."""

    form: ComposerForm | None
    reason: str = ""
    unsent: str = ""
    """What was typed when the conversation closed meanwhile."""

    @property
    def badges(self) -> list[Badge]:
        """The valid next statuses, for the quick badges."""
        if self.form is None:
            return []
        return [
            Badge(row.status, row.label, row.meaning, row.reason, row.icon)
            for row in self.form.statuses
        ]


@dataclass(frozen=True, slots=True)
class Badge:
    """A status that may be chosen now, with what it means and why it cannot be set yet, if so."""

    status: str
    label: str
    meaning: str
    reason: str
    icon: str


def thread_of(
    *,
    subject: Subject,
    viewer: Viewer,
    at: datetime,
    before: int | None = None,
    after: int | None = None,
    among_members: bool = False,
) -> Thread:
    """Return the newest messages of the thread, or those before or after one, ready to be shown."""
    # One more than a page tells whether "Load earlier" leads anywhere.
    messages = selectors.thread(
        subject=subject, before=before, after=after, limit=PAGE + 1, among_members=among_members
    )
    more = len(messages) > PAGE and after is None
    shown = messages[1:] if more else messages
    bubbles = bubbles_of(subject=subject, messages=shown, viewer=viewer, at=at)
    return Thread(
        bubbles=bubbles,
        total=selectors.message_count(subject=subject, among_members=among_members),
        earlier=shown[0].pk if more else None,
        last=max([after or 0, *(message.pk for message in shown)]),
        has_unread=any(bubble.unread for bubble in bubbles),
    )


def bubbles_of(
    *, subject: Subject, messages: Sequence[Message], viewer: Viewer, at: datetime
) -> list[Bubble]:
    """Return the messages as bubbles; the changes of terms cost one query, and none without messages."""
    if not messages:
        return []
    changes = term_changes(subject.status_changes.select_related("terms"))
    face = type(subject.status_face)
    return [_bubble(message, face, viewer, changes.get(message.pk, ()), at) for message in messages]


def _bubble(
    message: Message,
    face: type[OfferStatus] | type[RequestStatus],
    viewer: Viewer,
    changes: tuple[TermChange, ...],
    at: datetime,
) -> Bubble:
    mine = _is_mine(message, viewer.actor)
    may_change = message_services.may_change(message=message, actor=viewer.actor, at=at)
    gone = message.deleted_at is not None
    return Bubble(
        message=message,
        status=face(message.status_at_send),
        mine=mine,
        unread=not mine and not message.is_from_system and message.read_at is None,
        files=()
        if gone
        else tuple(
            FileLink(file.name, file.size, viewer.file_url(file.key))
            for file in message.attachments.all()
        ),
        changes=changes,
        edit_url=viewer.edit_url(message.pk) if may_change and viewer.edit_url else "",
        delete_url=viewer.delete_url(message.pk) if may_change and viewer.delete_url else "",
    )


def _is_mine(message: Message, actor: Actor) -> bool:
    """Tell whether the reader's side wrote it; in a group's chat, whether the reader did."""
    if message.sender_kind == SenderKind.MEMBER:
        return actor.member is not None and message.sender_member_id == actor.member.pk
    return message.sender_kind == actor.sender_kind


def term_changes(
    history: Iterable[OfferStatusChange | RequestStatusChange],
) -> dict[int, tuple[TermChange, ...]]:
    """Return, by message, which parts of the terms each counter-offer, grant or re-offer changed."""
    found: dict[int, tuple[TermChange, ...]] = {}
    table: Terms | None = None
    for change in sorted(history, key=lambda row: (row.at, row.pk)):
        if change.terms is None:
            continue
        terms = change.terms.value
        if table is not None and change.message_id and terms != table:
            found[change.message_id] = compare(table, terms)
        table = terms
    return found


def compare(before: Terms, after: Terms) -> tuple[TermChange, ...]:
    """Return the parts in which two proposals differ, with the difference where both are numbers."""
    changes = []
    if before.value_text != after.value_text:
        changes.append(
            TermChange(
                "Value",
                before.value_text or "–",
                after.value_text or "–",
                _difference(before, after),
            )
        )
    if before.description != after.description:
        changes.append(
            TermChange("Description", before.description or "–", after.description or "–")
        )
    return tuple(changes)


def _difference(before: Terms, after: Terms) -> str:
    """Write the difference of two values of one kind with its sign: `+€20.00`, `−2.5 points`."""
    old, new = before.amount, after.amount
    if old is not None and new is not None and old.currency == new.currency:
        gap = new - old
        return f"{'−' if gap.minor < 0 else '+'}{(gap if gap.minor >= 0 else -gap).format()}"
    if before.percent is not None and after.percent is not None:
        points: Decimal = after.percent - before.percent
        return f"{'−' if points < 0 else '+'}{abs(points).normalize():f} points"
    return ""
