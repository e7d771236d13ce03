"""The address of the reports."""

from __future__ import annotations

from django.urls import path

from vouchers.views import reports

urlpatterns = [path("vouchers/reports", reports.voucher_reports, name="voucher_reports")]
