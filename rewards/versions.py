"""What an offer said, as JSON and back: enough to judge by it again years later (rewards.md 11.5).

Every value of `rewards.configuration.Offer` is a frozen dataclass of plain values, so one pair of
functions serves them all, the terms of a type that does not exist yet included. Sets become sorted
lists, decimals and dates become text, and names of the conditions come along for the sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from events.conditions import Names
from rewards import offer_types
from rewards.configuration import Offer

# What is no part of the definition: the key is the row's, the rest is looked up by it.
_APART = ("type", "terms", "version_id", "public_id")


def dump(offer: Offer) -> dict[str, Any]:
    """Return the offer as JSON values."""
    found = {
        field.name: plain(getattr(offer, field.name))
        for field in fields(offer)
        if field.name not in _APART
    }
    return found | {"type": offer.type.key, "terms": plain(offer.terms)}


def load(stored: Mapping[str, Any]) -> Offer:
    """Return the offer that was dumped."""
    kind = offer_types.get(stored["type"])
    values = {
        name: _read(hint, stored[name])
        for name, hint in _hints(Offer).items()
        if name in stored and name not in _APART
    }
    return Offer(type=kind, terms=load_terms(kind, stored.get("terms")), **values)


def load_terms(kind: offer_types.OfferType, stored: Mapping[str, Any] | None) -> Any:
    """Return what only the type has, with its defaults for whatever is missing; None where nothing is.

    Raises ValueError for values that the type cannot read.
    """
    if kind.terms_type is None or stored is None:
        return None
    return _read(kind.terms_type, stored)


def plain(value: Any) -> Any:
    """Return the value in what JSON has."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, value: Any) -> Any:
    """Return the value that `plain` made of one of that type."""
    if value is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _read(next(one for one in inner if one is not NoneType), value)
    if hint is Names:
        return _names(value)
    if origin is frozenset:
        return frozenset(_read(inner[0], one) for one in value)
    if origin is tuple:
        return _tuple(inner, value)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(
            **{
                field.name: _read(hints[field.name], value[field.name])
                for field in fields(hint)
                if field.name in value
            }
        )
    return _scalar(hint, value)


def _tuple(inner: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    kinds = [inner[0]] * len(value) if inner[1:] == (...,) else list(inner)
    return tuple(_read(kind, one) for kind, one in zip(kinds, value, strict=True))


def _scalar(hint: Any, value: Any) -> Any:
    if hint in (datetime, date, time):
        return hint.fromisoformat(value)
    if hint is Decimal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return cast("Callable[[Any], Any]", hint)(value)
    return value


def _names(value: Mapping[str, Any]) -> Names:
    """Return the labels; ids were numbers before JSON made texts of them."""
    return Names(
        {
            kind: {int(key) if key.isdecimal() else key: label for key, label in labels.items()}
            for kind, labels in value["labels"].items()
        }
    )
