"""How codes look where they must not be read (vouchers.md 2.3)."""

from __future__ import annotations

DOTS = "••••••"
SHOWN = 2
SHORTEST = 6


def masked(code: str) -> str:
    """Return the code's first and last two characters around dots; all dots below six characters."""
    if len(code) < SHORTEST:
        return DOTS
    return f"{code[:SHOWN]}{DOTS}{code[-SHOWN:]}"
