"""Addresses of the directory. No trailing slashes (decision D15)."""

from __future__ import annotations

from django.urls import path

from directory.views import (
    accounts,
    api_keys,
    catalogue,
    categories,
    contacts,
    imports,
    network,
    products,
    profile,
    segments,
    team,
)

urlpatterns = [
    path("", accounts.home, name="home"),
    path("account/link", accounts.account_link, name="account_link"),
    path("register-business", accounts.business_register, name="business_register"),
    path("invitations/accept", team.invitation_accept, name="invitation_accept"),
    path("settings/account", accounts.account_settings, name="account_settings"),
    path("settings/organisation", accounts.organisation_switch, name="organisation_switch"),
    path("settings/team", team.TeamList.as_view(), name="team_list"),
    path("settings/team/invite", team.team_invite, name="team_invite"),
    path("settings/team/<int:pk>/role", team.team_role, name="team_role"),
    path("settings/team/<int:pk>/deactivate", team.team_deactivate, name="team_deactivate"),
    path("settings/team/<int:pk>/reactivate", team.team_reactivate, name="team_reactivate"),
    path(
        "settings/team/invitations/<int:pk>/resend",
        team.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "settings/team/invitations/<int:pk>/revoke",
        team.invitation_revoke,
        name="invitation_revoke",
    ),
    path("settings/api-keys", api_keys.api_key_list, name="api_key_list"),
    path("settings/api-keys/add", api_keys.api_key_add, name="api_key_add"),
    path("settings/api-keys/<int:pk>/revoke", api_keys.api_key_revoke, name="api_key_revoke"),
    path("provider/provider-profile", profile.provider_profile, name="provider_profile"),
    path("provider/settings", profile.provider_settings, name="provider_settings"),
    path("providers/<slug:slug>/logo", profile.provider_logo, name="provider_logo"),
    path("provider/product-services", products.ProductList.as_view(), name="product_list"),
    path("provider/product-services/add", products.product_add, name="product_add"),
    path("provider/product-services/edit/<int:pk>", products.product_edit, name="product_edit"),
    path(
        "provider/product-services/delete/<int:pk>", products.product_delete, name="product_delete"
    ),
    path(
        "provider/product-services/<int:pk>/images/<int:image_pk>",
        products.product_image,
        name="product_image",
    ),
    path("contacts", contacts.ContactList.as_view(), name="contact_list"),
    path("contacts/add", contacts.contact_add, name="contact_add"),
    path("contacts/<int:pk>", contacts.contact_detail, name="contact_detail"),
    path("contacts/<int:pk>/edit", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/terminate", contacts.contact_terminate, name="contact_terminate"),
    path("contacts/<int:pk>/restore", contacts.contact_restore, name="contact_restore"),
    path("contacts/import", imports.import_upload, name="contact_import"),
    path("contacts/import/template.csv", imports.import_template, name="contact_import_template"),
    path("contacts/import/<int:pk>", imports.import_detail, name="contact_import_detail"),
    path("contacts/import/<int:pk>/start", imports.import_start, name="contact_import_start"),
    path("contacts/import/<int:pk>/cancel", imports.import_cancel, name="contact_import_cancel"),
    path("contacts/import/<int:pk>/result", imports.import_result, name="contact_import_result"),
    path("settings/network", network.network, name="network"),
    path("settings/network/merchants/add", network.merchant_add, name="merchant_add"),
    path("settings/network/venues/add", network.venue_add, name="venue_add"),
    path("settings/network/<int:pk>/edit", network.place_edit, name="place_edit"),
    path("settings/network/<int:pk>/close", network.place_close, name="place_close"),
    path("settings/network/<int:pk>/reopen", network.place_reopen, name="place_reopen"),
    path("settings/network/<int:pk>/tills", network.tap_add, name="tap_add"),
    path("settings/network/tills/<int:pk>/switch", network.tap_switch, name="tap_switch"),
    path("settings/network/<int:pk>/terms", network.terms_edit, name="terms_edit"),
    path("catalogue", catalogue.CatalogueList.as_view(), name="catalogue_list"),
    path("catalogue/add", catalogue.catalogue_add, name="catalogue_add"),
    path("catalogue/<int:pk>/edit", catalogue.catalogue_edit, name="catalogue_edit"),
    path("catalogue/<int:pk>/delete", catalogue.catalogue_delete, name="catalogue_delete"),
    path("catalogue/import", catalogue.import_upload, name="catalogue_import"),
    path("catalogue/import/example.csv", catalogue.import_example, name="catalogue_example"),
    path("catalogue/import/<int:pk>", catalogue.import_detail, name="catalogue_import_detail"),
    path("catalogue/import/<int:pk>/start", catalogue.import_start, name="catalogue_import_start"),
    path(
        "catalogue/import/<int:pk>/cancel", catalogue.import_cancel, name="catalogue_import_cancel"
    ),
    path("catalogue/categories", categories.category_list, name="category_list"),
    path("catalogue/categories/add", categories.category_add, name="category_add"),
    path("catalogue/categories/<int:pk>/edit", categories.category_edit, name="category_edit"),
    path(
        "catalogue/categories/<int:pk>/delete", categories.category_delete, name="category_delete"
    ),
    path("segments", segments.SegmentList.as_view(), name="segment_list"),
    path("segments/add", segments.segment_add, name="segment_add"),
    path("segments/preview", segments.segment_preview, name="segment_preview"),
    path("segments/<int:pk>", segments.segment_detail, name="segment_detail"),
    path("segments/<int:pk>/edit", segments.segment_edit, name="segment_edit"),
    path("segments/<int:pk>/delete", segments.segment_delete, name="segment_delete"),
]
