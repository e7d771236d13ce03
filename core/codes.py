"""Codes for people (no look-alikes) and slugs for machines (at least 128 bits)."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L


def human_code(length: int) -> str:
    """Return a random code that can be read aloud; uniqueness is left to the database."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped_code(prefix: str) -> str:
    """Return a short reference such as "OF-7H2K-93P"."""
    return f"{prefix}-{human_code(4)}-{human_code(3)}"


def fit(text: str, length: int) -> str:
    """Return the text if it is short enough, else its beginning and a digest of all of it.

    For keys in columns of limited length: two long keys that begin alike stay two keys.
    """
    if len(text) <= length:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f"{text[: length - 33]}~{digest}"


def slug() -> str:
    """Return a URL-safe random name of 128 bits that cannot be guessed."""
    return secrets.token_urlsafe(16)


def time_ordered_uuid() -> uuid.UUID:
    """Return a UUID of version 7: milliseconds of the clock, then 74 random bits (RFC 9562).

    Rows made together stand together in the index of such a key, and still nobody can guess one.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(secrets.token_bytes(10))
    value = value & ~(0xF << 76) | (7 << 76)
    return uuid.UUID(int=value & ~(3 << 62) | (2 << 62))
