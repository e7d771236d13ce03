"""The time zones, currencies and countries that forms offer."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_currency_name

LOCALE = "en_GB"
# Aliases that only exist for old programs.
LEGACY_AREAS = (
    "Etc/",
    "SystemV/",
    "US/",
    "Brazil/",
    "Canada/",
    "Chile/",
    "Mexico/",
    "posix/",
    "right/",
)


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """Return the zones named by continent and city, and UTC, as choices."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(LEGACY_AREAS)
    )
    return tuple((name, name.replace("_", " ")) for name in ("UTC", *names))


@cache
def currencies() -> tuple[tuple[str, str], ...]:
    """Return the currencies that are legal tender somewhere now, by code, as choices."""
    codes = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if tender and end is None
    }
    return tuple(
        (code, f"{code} – {get_currency_name(code, locale=LOCALE)}") for code in sorted(codes)
    )
