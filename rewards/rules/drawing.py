"""Drawing a lottery: fair, repeatable, and checkable by anybody afterwards (rewards.md 8.3).

The seed is committed to before the first entry and revealed with the result. The entries are frozen into
a digest, and each pick is an HMAC of that digest, so nobody can have changed entries, seed or result
after the freeze. Whoever knows the seed before the freeze and can add entries could search for a good
list; the beacon, a public value known only after the freeze, closes that.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SPACE = 2**256
SEED_BYTES = 32
CODE = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One valid entry. Contact codes are letters, digits and hyphens, so lines are unambiguous."""

    number: int
    contact_code: str

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.contact_code):
            raise ValueError(f"{self.contact_code!r} is no contact code.")

    @property
    def line(self) -> str:
        return f"{self.number}|{self.contact_code}\n"


@dataclass(frozen=True, slots=True)
class Pick:
    """One winner, with all that is needed to follow the pick by hand."""

    entry: Entry
    counter: int
    mac: bytes
    remaining: int
    index: int


def commitment(seed: bytes) -> str:
    """Return what is published when the round opens: hex(SHA-256(seed))."""
    return hashlib.sha256(seed).hexdigest()


def digest(entries: Iterable[Entry]) -> bytes:
    """Return D, the digest of the frozen entries in the order of their numbers."""
    lines = "".join(entry.line for entry in sorted(entries, key=lambda entry: entry.number))
    return hashlib.sha256(lines.encode()).digest()


def context(*, offer_id: int, draw: int) -> str:
    """Return what ties the draw to its offer and round."""
    return f"offer={offer_id};draw={draw}"


def draw(
    entries: Sequence[Entry], *, seed: bytes, ctx: str, beacon: str = "", winners: int
) -> tuple[Pick, ...]:
    """Return the winners in the order in which they were drawn.

    A contact with k of n entries has the chance k/n at the first pick, and wins once at most: with a
    winner all their entries leave. Fewer contacts than winners: all of them win.
    """
    head = digest(entries) + _sized(beacon) + _sized(ctx)
    remaining = sorted(entries, key=lambda entry: entry.number)
    picks: list[Pick] = []
    counter = 0
    while remaining and len(picks) < winners:
        pick = _pick(remaining, seed=seed, head=head, counter=counter)
        counter = pick.counter + 1
        picks.append(pick)
        winner = pick.entry.contact_code
        remaining = [entry for entry in remaining if entry.contact_code != winner]
    return tuple(picks)


def _pick(remaining: Sequence[Entry], *, seed: bytes, head: bytes, counter: int) -> Pick:
    """Take the first counter whose number is below the largest multiple of what remains.

    The numbers above it would favour the first entries by a hair, so they are passed over.
    """
    count = len(remaining)
    fair = count * (SPACE // count)
    while True:
        mac = hmac.new(seed, head + counter.to_bytes(8, "big"), hashlib.sha256).digest()
        number = int.from_bytes(mac, "big")
        if number < fair:
            index = number % count
            return Pick(remaining[index], counter, mac, count, index)
        counter += 1


def _sized(text: str) -> bytes:
    """Return the UTF-8 text after its length in two bytes."""
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the round has published: the commitment at its opening, the digest at the freeze."""

    commitment: str
    digest: str
    winners: tuple[int, ...]


def discrepancies(
    published: Published,
    entries: Sequence[Entry],
    *,
    seed: bytes,
    ctx: str,
    beacon: str = "",
    wanted: int,
) -> tuple[str, ...]:
    """Recompute everything; return what does not agree, by name ("seed", "D", "winners").

    With another list of entries the winners say nothing any more, so they are not compared then.
    """
    found = []
    if commitment(seed) != published.commitment:
        found.append("seed")
    if digest(entries).hex() != published.digest:
        return (*found, "D")
    picks = draw(entries, seed=seed, ctx=ctx, beacon=beacon, winners=wanted)
    if tuple(pick.entry.number for pick in picks) != published.winners:
        found.append("winners")
    return tuple(found)
