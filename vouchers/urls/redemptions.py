"""Addresses of redemptions."""

from __future__ import annotations

from django.urls import path

from vouchers.views import redeeming, redemptions

urlpatterns = [
    path("vouchers/redemptions", redemptions.RedemptionList.as_view(), name="voucher_redemptions"),
    path("vouchers/redemptions/redeem", redeeming.voucher_redeem, name="voucher_redeem"),
    path(
        "vouchers/redemptions/upload",
        redemptions.voucher_redemption_upload,
        name="voucher_redemption_upload",
    ),
    path(
        "vouchers/redemptions/uploads",
        redemptions.RedemptionFileList.as_view(),
        name="voucher_redemption_files",
    ),
    path(
        "vouchers/redemptions/uploads/<int:pk>",
        redemptions.voucher_redemption_file,
        name="voucher_redemption_file",
    ),
    path(
        "vouchers/redemptions/uploads/<int:pk>/report",
        redemptions.voucher_redemption_report,
        name="voucher_redemption_report",
    ),
    path(
        "vouchers/redemptions/<uuid:pk>/reverse",
        redeeming.voucher_redemption_reverse,
        name="voucher_redemption_reverse",
    ),
]
