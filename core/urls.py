"""Addresses of the page's own small choices, and of the style guide where it may be seen."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from core import preference_views, styleguide

urlpatterns = [
    path("ui/theme", preference_views.theme_set, name="theme_set"),
    path("ui/hotkeys", preference_views.hotkeys_set, name="hotkeys_set"),
    path("ui/tours/<str:key>/seen", preference_views.tour_seen, name="tour_seen"),
]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide", styleguide.styleguide, name="styleguide"),
        path("styleguide/form", styleguide.sample_form, name="styleguide_form"),
        path("styleguide/claim", styleguide.claim, name="styleguide_claim"),
        path("styleguide/batch", styleguide.batch, name="styleguide_batch"),
        path("styleguide/dialog", styleguide.dialog, name="styleguide_dialog"),
    ]
