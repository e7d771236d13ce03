"""Addresses of uploads and of the generator."""

from __future__ import annotations

from django.urls import path

from vouchers.views import generating, uploads

LIST = "vouchers/lists/<str:list_id>"
UPLOAD = f"{LIST}/uploads/<int:number>"

urlpatterns = [
    path("vouchers/upload-sample.csv", uploads.voucher_upload_sample, name="voucher_upload_sample"),
    path(f"{LIST}/upload", uploads.voucher_upload, name="voucher_upload"),
    path(f"{LIST}/generate", generating.voucher_generate, name="voucher_generate"),
    path(
        f"{LIST}/generate/capacity",
        generating.voucher_generate_capacity,
        name="voucher_generate_capacity",
    ),
    path(UPLOAD, uploads.voucher_upload_detail, name="voucher_upload_detail"),
    path(f"{UPLOAD}/start", uploads.voucher_upload_start, name="voucher_upload_start"),
    path(f"{UPLOAD}/anyway", uploads.voucher_upload_anyway, name="voucher_upload_anyway"),
    path(f"{UPLOAD}/again", uploads.voucher_upload_again, name="voucher_upload_again"),
    path(f"{UPLOAD}/cancel", uploads.voucher_upload_cancel, name="voucher_upload_cancel"),
    path(f"{UPLOAD}/withdraw", uploads.voucher_upload_withdraw, name="voucher_upload_withdraw"),
    path(f"{UPLOAD}/file/<str:kind>", uploads.voucher_upload_file, name="voucher_upload_file"),
]
