"""Filters and tags that every template has without loading them: money, time, icons, badges, queries.

Nothing here knows a noun of the business. A status is shown by what it says of itself: an enum member
(or any object) with `label` and, where it cares, `tone`, `icon` and `hint`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core import clock, navigation, tours
from core.forms import summary_of
from core.money import Money

register = template.Library()

TONES = {"neutral", "info", "progress", "success", "warning", "danger"}
LOCALE = "en_GB"
MINUTE, HOUR, DAY = 60, 3600, 86_400


@register.filter
def money(value: Money | None, style: str = "") -> str:
    """Write an amount in the reader's form, or a dash where there is none.

    With `style="code"` the ISO code is added, for places where several currencies meet.
    """
    if value is None:
        return "–"
    text = value.format(LOCALE)
    return f"{text} {value.currency}" if style == "code" else text


def _zone_suffix(value: dt.datetime) -> str:
    """Name UTC, so that a reader without a zone of their own knows whose time is meant."""
    return " UTC" if timezone.get_current_timezone_name() == "UTC" else ""


def _exact(value: dt.datetime) -> str:
    local = timezone.localtime(value)
    return f"{date_format(local, 'j M Y, H:i')}{_zone_suffix(value)}"


@register.filter
def when(value: dt.datetime | dt.date | None, style: str = "") -> SafeString | str:
    """Write a moment as `24 Nov 2026, 09:12` in the active time zone, inside `<time>`.

    A plain date is written without an hour. `style="text"` leaves the element away (for attributes
    and mails); `style="date"` leaves the hour away; `style="long"` writes the zone's name out.
    """
    if value is None:
        return "–"
    if not isinstance(value, dt.datetime):
        text = date_format(value, "j M Y")
    elif style == "date":
        text = date_format(timezone.localtime(value), "j M Y")
    elif style == "long":
        zone = timezone.get_current_timezone_name()
        text = f"{date_format(timezone.localtime(value), 'j M Y, H:i')} ({zone})"
    else:
        text = _exact(value)
    if style == "text":
        return text
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def relative(value: dt.datetime, at: dt.datetime) -> str:
    """Say how far a moment lies from `at`: `in 3 hours`, `5 minutes ago`, or the day beyond a week."""
    seconds = round((value - at).total_seconds())
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    if size >= 7 * DAY:
        return date_format(timezone.localtime(value), "j M Y")
    unit, word = next(
        (unit, word)
        for unit, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
        if size >= unit
    )
    count = size // unit
    amount = f"{count} {word}{'' if count == 1 else 's'}"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


@register.filter
def ago(value: dt.datetime | None) -> SafeString | str:
    """Write a moment relative to now, with the exact one on hover, on focus and for screen readers."""
    if value is None:
        return "–"
    exact = _exact(value)
    return format_html(
        '<time class="ago" datetime="{}" data-exact="{}" tabindex="0">{}'
        '<span class="visually-hidden"> ({})</span></time>',
        value.isoformat(),
        exact,
        relative(value, clock.now()),
        exact,
    )


@register.filter
def initials(name: object) -> str:
    """Return up to two capital letters for an avatar: `Acme Solar` gives `AS`."""
    words = [word for word in str(name or "").replace("&", " ").split() if word[0].isalnum()]
    letters = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))
    return letters.upper() or "?"


@register.filter
def plural(count: int, words: str) -> str:
    """Return `1 offer` or `3 offers` from the words `offer,offers`, the count with thousands marks."""
    one, many = words.split(",")
    return f"{count:,} {one if count == 1 else many}"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon of our sprite; silent for screen readers unless it has a label of its own."""
    if not label:
        return _silent_icon(name, css)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
        f"icon {css}".strip(),
        label,
        static("icons.svg"),
        name,
    )


@lru_cache(maxsize=512)
def _silent_icon(name: str, css: str) -> SafeString:
    """Draw an icon without a label; a list's page holds about two hundred of a few kinds."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {css}".strip(),
        static("icons.svg"),
        name,
    )


DEFAULT_ICONS = {
    "neutral": "circle-dashed",
    "info": "info-circle",
    "progress": "clock",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-circle",
}


def badge_facts(choice: Any) -> dict[str, str]:
    """Return label, tone, icon and hint of a status, with safe values for what it leaves open."""
    tone = str(getattr(choice, "tone", "neutral"))
    tone = tone if tone in TONES else "neutral"
    return {
        "label": str(getattr(choice, "label", choice)),
        "tone": tone,
        "icon": str(getattr(choice, "icon", "") or DEFAULT_ICONS[tone]),
        "hint": str(getattr(choice, "hint", "") or ""),
    }


@register.inclusion_tag("components/_badge.html")
def status_badge(choice: Any, hint: str = "") -> dict[str, str]:
    """Show a status as word, icon and colour together; its hint says who moves next."""
    facts = badge_facts(choice)
    return {**facts, "hint": hint or facts["hint"]}


@register.inclusion_tag("components/_plain_words.html")
def plain_words(lines: Iterable[Any], title: str = "In plain words") -> dict[str, Any]:
    """Show rules as sentences in the box that stands beside a form and on a detail page."""
    return {"lines": list(lines), "title": title}


def replaced(query: QueryDict, changes: Mapping[str, Any]) -> str:
    """Return the query string with some keys set, and those set to nothing taken out."""
    result = query.copy()
    for key, value in changes.items():
        if value is None or value == "":
            result.pop(key, None)
        elif isinstance(value, list | tuple):
            result.setlist(key, [str(item) for item in value])
        else:
            result[key] = str(value)
    return f"?{result.urlencode()}" if result else "?"


@register.simple_tag(takes_context=True)
def query_replace(context: template.Context, **changes: Any) -> str:
    """Return the page's own query with some keys changed: `{% query_replace page=2 %}`."""
    return replaced(context["request"].GET, changes)


@register.filter
def join_words(items: Iterable[Any], word: str = "and") -> SafeString:
    """Join items as a sentence does: `Mon, Tue and Wed`."""
    parts = [conditional_escape(item) for item in items]
    if len(parts) < 2:
        return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above
    return mark_safe(f"{', '.join(parts[:-1])} {conditional_escape(word)} {parts[-1]}")  # noqa: S308


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return one entry of a mapping by a key that only the template knows, or nothing."""
    return mapping.get(key) if mapping is not None else None


@register.simple_tag(takes_context=True)
def tour_facts(context: template.Context) -> dict[str, Any]:
    """Return the tour of the page (its view names it as `tour`), or an empty mapping without one."""
    tour = tours.find(str(context.get("tour") or ""))
    request = context.get("request")
    if tour is None or request is None:
        return {}
    return tours.facts(
        tour=tour,
        user=getattr(request, "user", None),
        asked=request.GET.get("tour") == "1",
    )


@register.simple_tag
def address(url_name: str) -> str:
    """Return the address of a page, or nothing where this installation lacks it."""
    return navigation.address(url_name)


@register.simple_tag
def error_entries(*forms: Any) -> list[dict[str, str]]:
    """Return the entries of the error summary over one or several forms or formsets."""
    entries: list[dict[str, str]] = []
    for form in forms:
        if hasattr(form, "non_form_errors"):
            entries += [{"message": str(text), "anchor": ""} for text in form.non_form_errors()]
            entries += [entry for row in form for entry in summary_of(row)]
        elif form:
            entries += summary_of(form)
    return entries
