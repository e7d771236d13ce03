"""What every criterion of a segment has in common (rewards.md 2.7).

A criterion is a frozen value that says by itself who meets it (`holds`), in plain words what it asks
for (`words`), and what a form must ask for to make one (`FIELDS`). The database's way of finding
everybody who meets it stands in the selectors and must agree with `holds`; a test draws contacts and
criteria at random to see that it does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

from core.calendar import local

MOST_DAYS = 3_650
FieldKind = Literal["number", "date", "words", "choices", "references", "money"]


class Unusable(ValueError):
    """The values make no criterion: `field` and a sentence."""

    def __init__(self, field_name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field_name, self.sentence = field_name, sentence


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a criterion's form. `source` names where the choices of references come from."""

    name: str
    label: str
    kind: FieldKind
    hint: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    source: str = ""
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment at which membership is asked, and the business's time zone."""

    at: datetime
    zone: str

    @property
    def today(self) -> date:
        return local(self.at, self.zone).date()

    def day_of(self, moment: datetime) -> date:
        """Return the business's date of a moment."""
        return local(moment, self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A standing purchase, as far as segments look at it; `category_ids` is closed upwards."""

    at: datetime
    currency: str
    total_minor: int
    venue_id: int | None = None
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that a criterion may look at."""

    id: int
    registered_at: datetime
    gender: str = ""
    birth: tuple[int, int] | None = None
    birth_year: int | None = None
    name_day: tuple[int, int] | None = None
    towns: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    purchases: tuple[Bought, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """What the ids of references are called: `Labels({"category": {3: "Hot drinks"}})`."""

    by_source: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)

    def of(self, source: str, key: Any) -> str:
        return self.by_source.get(source, {}).get(key) or f"{source} {key}"

    def either(self, source: str, keys: Sequence[Any]) -> str:
        return either([self.of(source, key) for key in keys])


class Criterion(ABC):
    """One kind of criterion; subclasses are frozen dataclasses whose fields are named in `FIELDS`."""

    __slots__ = ()

    KIND: ClassVar[str]
    LABEL: ClassVar[str]
    FIELDS: ClassVar[tuple[Field, ...]]
    # Whether the contact's own row is all that it looks at.
    IS_OF_ROW: ClassVar[bool] = False

    @abstractmethod
    def holds(self, person: Person, now: AsOf) -> bool:
        """Tell whether the person meets it at that moment."""

    @abstractmethod
    def words(self, labels: Labels) -> str:
        """Say it as the rest of a sentence about them: "are 18 or older"."""

    def check(self) -> None:  # noqa: B027 - most kinds have nothing to hold together
        """Raise `Unusable` for values that do not go together."""

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Read what `values_of` has written; raises `Unusable` for what cannot be meant."""
        arguments = {}
        for one in cls.FIELDS:
            value = values.get(one.name)
            if one.required and value in (None, "", [], ()):
                raise Unusable(one.name, f"{one.label}: fill this in.")
            if value not in (None, "", [], ()):
                arguments[one.name] = _read(one, value)
        made = cls(**arguments)
        made.check()
        return made

    def values(self) -> dict[str, Any]:
        """Return the criterion as JSON can hold it."""
        found = {}
        for one in fields(self):  # type: ignore[arg-type]
            value = getattr(self, one.name)
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, tuple):
                value = list(value)
            if value not in (None, []):
                found[one.name] = value
        return found


def _read(one: Field, value: Any) -> Any:
    try:
        return READERS[one.kind](one, value)
    except (TypeError, ValueError) as error:
        if isinstance(error, Unusable):
            raise
        raise Unusable(one.name, f"{one.label}: this cannot be read.") from error


def _number(one: Field, value: Any) -> int:
    number = int(value)
    if not 0 <= number <= one.most:
        raise Unusable(one.name, f"{one.label}: between 0 and {one.most}.")
    return number


def _date(one: Field, value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _words(one: Field, value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(word).strip() for word in value if str(word).strip()))


def _choices(one: Field, value: Any) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(str(key) for key in value))
    if one.choices and not set(chosen) <= {key for key, _ in one.choices}:
        raise Unusable(one.name, f"{one.label}: choose from the list.")
    return chosen


def _references(one: Field, value: Any) -> tuple[int, ...]:
    return tuple(sorted({int(key) for key in value}))


def _money(one: Field, value: Any) -> tuple[int, str]:
    minor, currency = value
    return int(minor), str(currency)


READERS = {
    "number": _number,
    "date": _date,
    "words": _words,
    "choices": _choices,
    "references": _references,
    "money": _money,
}


def either(items: Sequence[str]) -> str:
    """Join with commas and a last "or"."""
    *head, last = items or [""]
    return f"{', '.join(head)} or {last}" if head else last


def day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def days_words(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def bounds_check(low: int | None, high: int | None, *, field_name: str) -> None:
    """Raise `Unusable` when neither bound is given, or the upper one lies below the lower one."""
    if low is None and high is None:
        raise Unusable(field_name, "Give at least one of the two bounds.")
    if low is not None and high is not None and high < low:
        raise Unusable(field_name, "The upper bound lies below the lower one.")
