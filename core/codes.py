"""Codes for people (no look-alikes) and slugs for machines (at least 128 bits)."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L


def human_code(length: int) -> str:
    """Return a random code that can be read aloud; uniqueness is left to the database."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped_code(prefix: str) -> str:
    """Return a short reference such as "OF-7H2K-93P"."""
    return f"{prefix}-{human_code(4)}-{human_code(3)}"


def slug() -> str:
    """Return a URL-safe random name of 128 bits that cannot be guessed."""
    return secrets.token_urlsafe(16)
