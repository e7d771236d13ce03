"""Addresses of alerts and of the settings."""

from __future__ import annotations

from django.urls import path

from vouchers.views import alerts

urlpatterns = [
    path("vouchers/alerts", alerts.AlertList.as_view(), name="voucher_alerts"),
    path(
        "vouchers/alerts/<int:pk>/acknowledge",
        alerts.alert_acknowledge,
        name="voucher_alert_acknowledge",
    ),
    path("vouchers/alerts/<int:pk>/snooze", alerts.alert_snooze, name="voucher_alert_snooze"),
    path("vouchers/settings", alerts.voucher_settings, name="voucher_settings"),
]
