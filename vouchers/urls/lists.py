"""The addresses of voucher lists, their codes and partners (vouchers.md 8)."""

from __future__ import annotations

from django.urls import path

from vouchers.views import codes, list_acts, list_tabs, lists, partners, top_up_requests, voiding

urlpatterns = [
    path("vouchers/lists", lists.ListList.as_view(), name="voucher_lists"),
    path("vouchers/lists/new", lists.voucher_list_new, name="voucher_list_new"),
    path("vouchers/lists/new/tag", lists.voucher_list_tag, name="voucher_list_tag"),
    path("vouchers/lists/<str:list_id>", lists.voucher_list_page, name="voucher_list"),
    path("vouchers/lists/<str:list_id>/edit", lists.voucher_list_edit, name="voucher_list_edit"),
    path(
        "vouchers/lists/<str:list_id>/ask",
        top_up_requests.voucher_list_ask,
        name="voucher_list_ask",
    ),
    path(
        "vouchers/lists/<str:list_id>/codes",
        list_tabs.CodeList.as_view(),
        name="voucher_list_codes",
    ),
    path(
        "vouchers/lists/<str:list_id>/codes/look-up",
        codes.code_look_up,
        name="voucher_code_look_up",
    ),
    path(
        "vouchers/lists/<str:list_id>/codes/void",
        voiding.voucher_codes_void,
        name="voucher_codes_void",
    ),
    path(
        "vouchers/lists/<str:list_id>/uploads",
        list_tabs.BatchList.as_view(),
        name="voucher_list_uploads",
    ),
    path(
        "vouchers/lists/<str:list_id>/campaigns",
        list_tabs.voucher_list_campaigns,
        name="voucher_list_campaigns",
    ),
    path(
        "vouchers/lists/<str:list_id>/campaigns/link",
        list_tabs.list_link,
        name="voucher_list_link",
    ),
    path(
        "vouchers/lists/<str:list_id>/campaigns/<int:pk>/unlink",
        list_acts.voucher_list_unlink,
        name="voucher_list_unlink",
    ),
    path(
        "vouchers/lists/<str:list_id>/alerts",
        list_tabs.voucher_list_alerts,
        name="voucher_list_alerts",
    ),
    path(
        "vouchers/lists/<str:list_id>/thresholds",
        list_tabs.voucher_list_thresholds,
        name="voucher_list_thresholds",
    ),
    path(
        "vouchers/lists/<str:list_id>/activity",
        list_tabs.voucher_list_activity,
        name="voucher_list_activity",
    ),
    path(
        "vouchers/lists/<str:list_id>/pause",
        list_acts.voucher_list_pause,
        name="voucher_list_pause",
    ),
    path(
        "vouchers/lists/<str:list_id>/activate",
        list_acts.voucher_list_activate,
        name="voucher_list_activate",
    ),
    path(
        "vouchers/lists/<str:list_id>/archive",
        list_acts.voucher_list_archive,
        name="voucher_list_archive",
    ),
    path(
        "vouchers/lists/<str:list_id>/delete",
        list_acts.voucher_list_delete,
        name="voucher_list_delete",
    ),
    path("vouchers/codes/<uuid:pk>", codes.code_page, name="voucher_code"),
    path("vouchers/codes/<uuid:pk>/reveal", codes.code_reveal, name="voucher_code_reveal"),
    path("vouchers/codes/<uuid:pk>/void", codes.code_void, name="voucher_code_void"),
    path("vouchers/partners", partners.PartnerList.as_view(), name="voucher_partners"),
    path("vouchers/partners/new", partners.partner_new, name="voucher_partner_new"),
    path("vouchers/partners/<int:pk>", partners.partner_page, name="voucher_partner"),
    path("vouchers/partners/<int:pk>/edit", partners.partner_edit, name="voucher_partner_edit"),
    path(
        "vouchers/partners/<int:pk>/switch", partners.partner_switch, name="voucher_partner_switch"
    ),
    path(
        "vouchers/partners/<int:pk>/delete", partners.partner_delete, name="voucher_partner_delete"
    ),
    path(
        "vouchers/partners/<int:pk>/contacts",
        partners.partner_contact_add,
        name="voucher_partner_contact_add",
    ),
    path(
        "vouchers/partners/<int:pk>/contacts/<int:contact_pk>/remove",
        partners.partner_contact_remove,
        name="voucher_partner_contact_remove",
    ),
]
