"""Drawing codes at random (vouchers.md 9.5): the recipe, its arithmetic and the draw. Pure.

Randomness is cryptographic; nothing is counted up. Whether a code is there already is left to the
database, and what collides is drawn again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase, digits
from typing import Any

PLACE = "#"
# A code that can be read aloud: without 0 O 1 I L 8 B.
READABLE = "".join(sign for sign in ascii_uppercase + digits if sign not in "0O1IL8B")
SETS: dict[str, str] = {
    "readable": READABLE,
    "alphanumeric": ascii_uppercase + digits,
    "letters": ascii_uppercase,
    "digits": digits,
    "hex": digits + "ABCDEF",
}
# Fewer combinations for each code than the first are refused; than the second, warned of.
LEAST_SHARE = 10
SAFE_SHARE = 1_000_000
# So many draws show whether a recipe yields a code at all.
SAMPLE = 1_000
BLOCKED = (
    "ANUS", "ARSE", "CLIT", "COCK", "COON", "CRAP", "CUM", "CUNT", "DICK", "DYKE", "FAG", "FUCK",
    "FUK", "HELL", "HOMO", "KKK", "NAZI", "NIG", "PISS", "PORN", "PUSSY", "RAPE", "SEX", "SHIT",
    "SLUT", "TIT", "TURD", "TWAT", "WANK", "WHORE",
)  # fmt: skip
_FORBIDDEN = re.compile(r"[^!$-+\--:<-~#]").search


@dataclass(frozen=True)
class Recipe:
    """A pattern in which every `#` is drawn from the set, and what a code must not contain."""

    pattern: str
    signs: str
    quantity: int
    has_check: bool = False
    blocked: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Recipe:
        """Return the recipe that was kept with a batch."""
        return cls(**{**stored, "blocked": tuple(stored["blocked"])})

    def stored(self) -> dict[str, Any]:
        """Return what is kept with a batch."""
        return {
            "pattern": self.pattern,
            "signs": self.signs,
            "quantity": self.quantity,
            "has_check": self.has_check,
            "blocked": list(self.blocked),
        }

    @property
    def places(self) -> int:
        return self.pattern.count(PLACE)

    @property
    def length(self) -> int:
        return len(self.pattern) + self.has_check

    @property
    def combinations(self) -> int:
        """How many different codes the pattern allows."""
        return int(len(self.signs) ** self.places)

    @cached_property
    def _blocked(self) -> re.Pattern[str] | None:
        words = [re.escape(word.upper()) for word in self.blocked if word]
        return re.compile("|".join(words)) if words else None

    def is_blocked(self, code: str) -> bool:
        """Tell whether the code holds a word of the block list, in capitals or not."""
        return self._blocked is not None and self._blocked.search(code.upper()) is not None

    def draw(self, count: int) -> Iterator[str]:
        """Yield `count` random codes; two of them may be the same.

        Call it for a recipe without faults: where every code is blocked it would draw for ever.
        """
        drawn = 0
        while drawn < count:
            for code in self._candidates(count - drawn):
                if not self.is_blocked(code):
                    drawn += 1
                    yield code

    def yields_none(self) -> bool:
        """Tell whether a thousand draws bring no code without a blocked word."""
        return all(self.is_blocked(code) for code in self._candidates(SAMPLE))

    def _candidates(self, count: int) -> Iterator[str]:
        shape, places = self.pattern.replace("%", "%%").replace(PLACE, "%s"), self.places
        signs = _random_signs(self.signs, count * places)
        for begin in range(0, len(signs), places):
            code = shape % tuple(signs[begin : begin + places])
            yield code + check_character(code, self.signs) if self.has_check else code


@dataclass(frozen=True, slots=True)
class Capacity:
    """The arithmetic of a recipe beside what is there already."""

    combinations: int
    wanted: int
    existing: int = 0

    @property
    def total(self) -> int:
        return self.wanted + self.existing

    @property
    def is_too_small(self) -> bool:
        """Fewer than ten combinations a code, existing ones included: refused."""
        return self.combinations < LEAST_SHARE * self.total

    @property
    def is_guessable(self) -> bool:
        """Fewer than a million combinations a code: somebody who tries will find one."""
        return self.combinations < SAFE_SHARE * self.total

    def words(self) -> str:
        """Say the arithmetic: what the pattern allows beside what is asked of it."""
        asked = f"{self.wanted:,} codes"
        if self.existing:
            asked += f" and {self.existing:,} existing ones"
        least = LEAST_SHARE * self.total
        if self.is_too_small:
            return (
                f"The pattern allows {self.combinations:,} combinations; {asked} need at least"
                f" {least:,} (10 for each). Add random places or use a larger set."
            )
        return f"{self.combinations:,} combinations for {asked}."


def faults_of(recipe: Recipe) -> dict[str, str]:
    """Return what is wrong with the recipe by its field, or nothing."""
    found = {"pattern": _pattern_fault(recipe), "signs": _signs_fault(recipe), "quantity": ""}
    if recipe.quantity < 1:
        found["quantity"] = "Ask for at least one code."
    if not any(found.values()) and recipe.yields_none():
        found["pattern"] = "Every code of this pattern holds a word that no code may contain."
    return {name: words for name, words in found.items() if words}


def _pattern_fault(recipe: Recipe) -> str:
    if not recipe.places:
        return "Write at least one # for a random character."
    if recipe.length > 255:
        return "A code has at most 255 characters."
    if found := _FORBIDDEN(recipe.pattern):
        return f"A code has no “{found[0]}”."
    return "A code does not begin with “=”." if recipe.pattern.startswith("=") else ""


def _signs_fault(recipe: Recipe) -> str:
    if len(set(recipe.signs)) < 2:
        return "Give at least two different characters."
    found = _FORBIDDEN(recipe.signs)
    return f"A code has no “{found[0]}”." if found else ""


def check_character(code: str, signs: str) -> str:
    """Return the last character by Luhn's rule for any set: a wrong or swapped one is noticed.

    Characters outside the set (the pattern's own) are not looked at.
    """
    size, total, factor = len(signs), 0, 2
    for sign in reversed(code):
        value = signs.find(sign)
        if value >= 0:
            doubled = value * factor
            total += doubled // size + doubled % size
            factor = 3 - factor
    return signs[-total % size]


def _random_signs(signs: str, count: int) -> str:
    """Return random signs of the set, each as likely as any other."""
    size = len(signs)
    fair = 256 - 256 % size
    table = bytes(ord(signs[number % size]) for number in range(256))
    unfair = bytes(range(fair, 256))
    drawn = b""
    while len(drawn) < count:
        drawn += secrets.token_bytes(count - len(drawn) + 16).translate(table, unfair)
    return drawn[:count].decode("ascii")
