"""Addresses of the partner portal, and of the keys of partners."""

from __future__ import annotations

from django.urls import path

from vouchers.views import partner_keys, partner_portal

AT = "partner/vouchers"

urlpatterns = [
    path(
        "vouchers/partners/<int:pk>/keys/new",
        partner_keys.partner_key_new,
        name="voucher_partner_key_new",
    ),
    path(AT, partner_portal.partner_portal_home, name="partner_portal"),
    path(f"{AT}/ask", partner_portal.partner_portal_ask, name="partner_portal_ask"),
    path(f"{AT}/asked", partner_portal.partner_portal_asked, name="partner_portal_asked"),
    path(f"{AT}/open", partner_portal.partner_portal_open, name="partner_portal_open"),
    path(f"{AT}/leave", partner_portal.partner_portal_leave, name="partner_portal_leave"),
    path(
        f"{AT}/lists/<str:list_id>/codes",
        partner_portal.partner_portal_codes,
        name="partner_portal_codes",
    ),
    path(
        f"{AT}/lists/<str:list_id>/uploads/<int:number>",
        partner_portal.partner_portal_upload,
        name="partner_portal_upload",
    ),
    path(
        f"{AT}/lists/<str:list_id>/uploads/<int:number>/file/<str:kind>",
        partner_portal.partner_portal_upload_file,
        name="partner_portal_upload_file",
    ),
    path(
        f"{AT}/redemptions",
        partner_portal.partner_portal_redemptions,
        name="partner_portal_redemptions",
    ),
    path(
        f"{AT}/redemptions/<int:number>",
        partner_portal.partner_portal_file,
        name="partner_portal_file",
    ),
    path(
        f"{AT}/redemptions/<int:number>/report",
        partner_portal.partner_portal_report,
        name="partner_portal_report",
    ),
]
