"""Addresses of webhooks."""

from __future__ import annotations

from django.urls import path

from vouchers.views import webhooks

ONE = "vouchers/webhooks/<uuid:pk>"

urlpatterns = [
    path("vouchers/webhooks", webhooks.EndpointList.as_view(), name="voucher_webhooks"),
    path("vouchers/webhooks/new", webhooks.voucher_webhook_new, name="voucher_webhook_new"),
    path(ONE, webhooks.voucher_webhook, name="voucher_webhook"),
    path(f"{ONE}/edit", webhooks.voucher_webhook_edit, name="voucher_webhook_edit"),
    path(f"{ONE}/rotate", webhooks.voucher_webhook_rotate, name="voucher_webhook_rotate"),
    path(f"{ONE}/test", webhooks.voucher_webhook_test, name="voucher_webhook_test"),
    path(f"{ONE}/disable", webhooks.voucher_webhook_disable, name="voucher_webhook_disable"),
    path(f"{ONE}/enable", webhooks.voucher_webhook_enable, name="voucher_webhook_enable"),
    path(f"{ONE}/failed", webhooks.voucher_webhook_failed, name="voucher_webhook_failed"),
    path(f"{ONE}/deliveries", webhooks.MessageList.as_view(), name="voucher_webhook_deliveries"),
    path(
        f"{ONE}/deliveries/<uuid:message_pk>",
        webhooks.voucher_webhook_message,
        name="voucher_webhook_message",
    ),
    path(
        f"{ONE}/deliveries/<uuid:message_pk>/again",
        webhooks.voucher_webhook_again,
        name="voucher_webhook_again",
    ),
]
