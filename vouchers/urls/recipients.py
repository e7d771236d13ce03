"""Addresses of recipients: behind mailed links, and in their portal."""

from __future__ import annotations

from django.urls import path

from vouchers.views import my_vouchers, recipient_links

urlpatterns = [
    path("v/<str:secret>", recipient_links.voucher_claim, name="voucher_claim"),
    path("v/reveal/<str:secret>", recipient_links.voucher_reveal, name="voucher_reveal"),
    path("my/vouchers/<str:secret>", recipient_links.voucher_tray, name="voucher_tray"),
    path(
        "my/vouchers/<str:secret>/mails",
        recipient_links.voucher_tray_mails,
        name="voucher_tray_mails",
    ),
    path(
        "my/vouchers/<str:secret>/<uuid:public_id>",
        recipient_links.voucher_tray_show,
        name="voucher_tray_show",
    ),
    path("me/vouchers", my_vouchers.my_vouchers, name="my_vouchers"),
    path("me/vouchers/<uuid:public_id>", my_vouchers.my_voucher_show, name="my_voucher_show"),
]
