"""Addresses of the directory. No trailing slashes (decision D15)."""

from __future__ import annotations

from django.urls import path

from directory.views import accounts, api_keys, contacts, imports, products, profile, team

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
]
