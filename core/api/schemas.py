"""Strict shapes for what is sent and told: unknown fields are refused, money is a string.

Typing errors never lose data (rewards.md 11.2): a field that nobody knows answers 422, and a number
where an amount belongs does too, since JSON has no decimals, only floats.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from core.errors import Invalid
from core.money import Money, NotMoney

FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(9000, 1, 1, tzinfo=UTC)


class Sent(BaseModel):
    """A body or a part of one as callers send it; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(extra="forbid")


def _writable(value: str) -> str:
    """Refuse what no database column of text can hold: NUL and halves of surrogate pairs."""
    if "\x00" in value or not value.isprintable():
        for letter in value:
            if letter == "\x00" or "\ud800" <= letter <= "\udfff":
                raise PydanticCustomError(
                    "text", "This holds a character that no text has. Leave it out."
                )
    return value


def _only_text(sentence: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value is not None and not isinstance(value, str):
            raise PydanticCustomError("string_type", "{sentence}", {"sentence": sentence})
        return value

    return check


def _moment(value: datetime) -> datetime:
    if not FIRST_DAY <= value < LAST_DAY:
        raise PydanticCustomError("moment", "Give a moment from 2000 to 8999.")
    return value.astimezone(UTC)


def _iso(value: Any) -> Any:
    if not isinstance(value, str) or "-" not in value[1:]:
        raise PydanticCustomError(
            "moment", "Write the moment in ISO 8601 with its offset, 2026-05-04T15:10:00+03:00."
        )
    return value


_READABLE = AfterValidator(_writable)

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), _READABLE
]
"""A code or number that names something: 1 to 64 characters."""

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), _READABLE
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _READABLE]
Notes = Annotated[str, StringConstraints(max_length=500), _READABLE]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254), _READABLE
]
"""An e-mail address or a phone number."""

Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,4})?$"),
    BeforeValidator(_only_text('Money is a string such as "12.34".')),
    Field(description="A decimal string in the units of the currency", examples=["12.34"]),
]
Quantity = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,8}(\.[0-9]{1,3})?$"),
    BeforeValidator(_only_text('A quantity is a string such as "2" or "0.375".')),
    Field(description="A decimal string with up to three decimals", examples=["2"]),
]
Currency = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    Field(description="ISO 4217", examples=["EUR"]),
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_iso),
    AfterValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    Field(examples=["2026-05-04T15:10:00+03:00"]),
]


def minor_of(amount: str, currency: str, path: str) -> int:
    """Return the amount in minor units; raises `Invalid` at the path for too many decimals."""
    try:
        return Money.parse(amount, currency).minor
    except NotMoney as error:
        raise Invalid(str(error), fields={path: str(error)}) from error


def told(minor: int, currency: str) -> str:
    """Return the amount as the API tells it: a decimal string with the currency's decimals."""
    return str(Money(minor, currency).amount)
