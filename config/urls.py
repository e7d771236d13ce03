"""The addresses of the assembled application: one include for each app, nothing else."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health
from config.api import addresses, unknown
from config.demo import views as demo_views

urlpatterns = [
    # First: tills call it all day, and whoever comes first is found soonest.
    path("api/v1/", addresses()),
    path("", include("core.urls")),
    path("", include("directory.urls")),
    path("", include("events.urls")),
    path("", include("wallet.urls")),
    path("", include("vouchers.urls")),
    path("", include("rewards.urls")),
    path("", include("incentives.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/<path:rest>", unknown),
    path("admin/", admin.site.urls),
    path("demo", demo_views.overview, name="demo_overview"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
if settings.DEBUG:
    urlpatterns.append(path("", include("config.styleguide")))

handler400 = "core.errors_views.bad_request"
handler403 = "core.errors_views.permission_denied"
handler404 = "core.errors_views.page_not_found"
handler500 = "core.errors_views.server_error"
