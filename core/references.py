"""Opaque references ("incentives.offer:42"): a lower layer can point at what it must not import.

The app that owns the noun registers at start how a reference becomes a link and what is to be done
when a mail about it was sent, or cannot be delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Noun:
    """What can be done with a reference of one kind."""

    url: Callable[[int], str] | None = None
    on_mail_failed: Callable[[int, str, datetime], None] | None = None
    on_mail_sent: Callable[[int, str, datetime], None] | None = None


nouns: Registry[Noun] = Registry("references")


def reference(kind: str, pk: int) -> str:
    """Return the reference to one row, e.g. `reference("incentives.offer", 42)`."""
    return f"{kind}:{pk}"


def parse(text: str) -> tuple[str, int]:
    """Split a reference into its kind and key; raises ValueError on anything else."""
    kind, _, pk = text.rpartition(":")
    return kind, int(pk)


def url_for(text: str) -> str:
    """Return the address of the page that explains the reference, or an empty text."""
    if not text:
        return ""
    kind, pk = parse(text)
    noun = nouns.get(kind)
    return noun.url(pk) if noun and noun.url else ""
