"""Addresses of the small choices that a person makes about the page itself, and of the demo's outbox."""

from __future__ import annotations

from django.urls import path

from core import outbox_views, preference_views

urlpatterns = [
    path("ui/theme", preference_views.theme_set, name="theme_set"),
    path("ui/hotkeys", preference_views.hotkeys_set, name="hotkeys_set"),
    path("ui/tours/<str:key>/seen", preference_views.tour_seen, name="tour_seen"),
    path("outbox", outbox_views.outbox, name="outbox"),
    path("outbox/<int:pk>", outbox_views.outbox_mail, name="outbox_mail"),
    path("outbox/<int:pk>/html", outbox_views.outbox_html, name="outbox_html"),
]
