"""Addresses of the small choices that a person makes about the page itself."""

from __future__ import annotations

from django.urls import path

from core import preference_views

urlpatterns = [
    path("ui/theme", preference_views.theme_set, name="theme_set"),
    path("ui/hotkeys", preference_views.hotkeys_set, name="hotkeys_set"),
    path("ui/tours/<str:key>/seen", preference_views.tour_seen, name="tour_seen"),
]
