"""A group offer as tests drive it: people join by link or by invitation, the lead answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core import references
from incentives.guards import Payload
from incentives.models import GroupMember, Offer
from incentives.selectors import offer_of
from incentives.services import claims, groups, links, offers, statuses
from tests.factories.incentives import Desk, newest_secret, offer_values

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def address(name: str) -> str:
    """Return the address of a person of the tests: Anna's is anna@home.example."""
    return f"{name.split()[0].lower()}@home.example"


@dataclass
class Group:
    """A group offer of a desk; `at` moves on by a minute with everything that happens."""

    desk: Desk
    offer: Offer
    at: datetime = START + DAY

    def fresh(self) -> Offer:
        return offer_of(business=self.desk.business, pk=self.offer.pk)

    def tick(self) -> datetime:
        self.at += MINUTE
        return self.at

    def ask(self, name: str) -> str:
        """Wish for a place on the link's page; return the secret of the mailed confirmation."""
        wish = links.request_place(
            offer=self.fresh(), name=name, email=address(name), at=self.tick()
        )
        return newest_secret(references.reference("incentives.intent", wish.pk), "verify")

    def join(self, *names: str) -> Group:
        """Join by the shared link, one after the other."""
        for name in names:
            links.confirm(secret=self.ask(name), at=self.tick())
        return self

    def accept(self, *names: str) -> Group:
        """Press *Join* on the page of an e-mailed invitation."""
        for name in names:
            groups.accept_invitation(member=self.member(name), name=name, at=self.tick())
        return self

    def member(self, name: str) -> GroupMember:
        return GroupMember.objects.select_related("offer").get(
            offer=self.offer, email=address(name)
        )

    def secret(self, name: str) -> str:
        """Return the secret of the newest link that the person got."""
        subject = references.reference("incentives.member", self.member(name).pk)
        return newest_secret(subject, "member", "access")

    def says(self, name: str, to: str, text: str = "", **payload: Any) -> Offer:
        """Let somebody answer by their own link."""
        return claims.answer(
            secret=self.secret(name), to=to, payload=Payload(text=text, **payload), at=self.tick()
        )

    def provider(self, to: str, *, tick: bool = False, text: str = "As agreed.") -> Offer:
        """Let the desk set a status, with or without the tick for a group that is not full."""
        return statuses.transition(
            offer=self.fresh(),
            to=to,
            actor=self.desk.actor,
            payload=Payload(text=text, short_group_ok=tick),
            at=self.tick(),
        )

    def confirmed(self, *names: str) -> Group:
        """Let them join, the first of them accept, and the desk confirm."""
        self.join(*names)
        self.says(names[0], "pre_claimed")
        self.provider("approved_confirmed", tick=True)
        return self

    def roles(self) -> dict[str, tuple[str, str]]:
        """Return role and status of everybody, by address before the @."""
        rows = GroupMember.objects.filter(offer=self.offer).order_by("pk")
        return {row.email.partition("@")[0]: (row.role, row.status) for row in rows}

    def notes(self) -> list[str]:
        """Return what the system wrote into the thread."""
        rows = self.offer.messages.filter(sender_kind="system").order_by("pk")
        return list(rows.values_list("body", flat=True))


def linked(desk: Desk, places: int = 3, **fields: Any) -> Group:
    """Save a group offer with a link to share."""
    return _sent(desk, places, delivery_method="link", **fields)


def mailed(desk: Desk, *names: str, places: int = 3, **fields: Any) -> Group:
    """Send a group offer by e-mail; the first named leads."""
    addresses = tuple(address(name) for name in names)
    return _sent(
        desk, places, recipient_email=addresses[0], recipient_name="",
        member_addresses=addresses, **fields,
    )  # fmt: skip


def _sent(desk: Desk, places: int, **fields: Any) -> Group:
    values = offer_values(
        desk.program, at=START, offer_type="group", max_required_members=places, **fields
    )
    offer = offers.create_and_send(
        business=desk.business, values=values, actor=desk.actor, at=START
    )
    return Group(desk, offer)
