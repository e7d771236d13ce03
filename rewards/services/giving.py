"""What an event other than a purchase earns: looked at, written, credited and logged in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from directory.models import Contact, User
from events.facts import EventFacts
from events.models import BusinessEvent
from rewards.choices import LogCause
from rewards.services import announcing, awarding, tracing
from rewards.services.awarding import Purse, Source, Written, actor_for
from rewards.services.evaluating import Evaluated, look, only_what_the_wallet_takes
from rewards.services.results import GrantedAward
from wallet.commands import Actor
from wallet.selectors import currencies_of


@dataclass(slots=True)
class Given:
    """Awards that were written and wait to be credited, with what led to them."""

    seen: list[Evaluated] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    source: Source | None = None

    def credit(self, purse: Purse, *, actor: Actor, at: datetime) -> None:
        if self.source is not None:
            awarding.credit(self.written, source=self.source, purse=purse, actor=actor, at=at)


def find(
    *,
    event: BusinessEvent,
    facts: EventFacts,
    cause: LogCause,
    currencies: Mapping[int, str],
    at: datetime,
) -> Given:
    """Evaluate the event and write what it grants; the contacts are locked by the caller.

    `currencies` are those of the wallets of all who may benefit, by contact.
    """
    seen = look(business=event.business, facts=facts, locks=True, at=at)
    seen, pools = only_what_the_wallet_takes(
        seen, business=event.business, currencies=currencies, at=at
    )
    source = Source(
        business=event.business, cause=cause, performed_at=event.performed_at, event=event
    )
    written = awarding.draw_up(source, seen.outcome.awards, pools=pools, at=at)
    return Given([seen], written, source)


def give(
    *,
    event: BusinessEvent,
    facts: EventFacts,
    contacts: Iterable[Contact],
    cause: LogCause,
    actor: User | None,
    at: datetime,
) -> tuple[Evaluated, tuple[GrantedAward, ...]]:
    """Evaluate the event, credit its awards to the locked contacts and keep the traces."""
    people: Sequence[Contact] = list(contacts)
    currencies = currencies_of(business=event.business, contacts=people)
    given = find(event=event, facts=facts, cause=cause, currencies=currencies, at=at)
    granted: tuple[GrantedAward, ...] = ()
    tracing.keep(event, given.seen, at=at)
    if given.written:
        purse = awarding.open_purse(people, at=at)
        given.credit(purse, actor=actor_for(actor), at=at)
        granted = awarding.settle(given.written)
    announcing.evaluated(event, given.seen[0].outcome, given.written, at=at)
    return given.seen[0], granted
