"""What every page needs to draw itself: the chosen look, the keys, the demo's banner, the menu."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import banners, bells, navigation, preferences
from core.navigation import address

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """Return the chosen look: this browser's cookie first, then the user's preference, then `auto`."""
    chosen = request.COOKIES.get(THEME_COOKIE) or preferences.get(
        getattr(request, "user", None), "theme", "auto"
    )
    return chosen if chosen in THEMES else "auto"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the names that the layouts read, without a query of its own."""
    user = getattr(request, "user", None)
    return {
        "theme": theme_of(request),
        "hotkeys_on": not preferences.get(user, "hotkeys_off", False),
        "demo": settings.DEMO,
        "demo_overview_url": address("demo_overview") if settings.DEMO else "",
        "demo_outbox_url": address("outbox") if settings.DEMO else "",
        "navigation": partial(navigation.sections, request),
        "banners": partial(banners.of, request),
        "bells": partial(bells.of, request),
    }
