"""The desk's pages of link templates."""

from __future__ import annotations

from django.urls import path

from incentives.views import link_templates, template_sharing
from incentives.views.link_templates import TemplateList

TEMPLATES = "provider/incentive-offers/link-templates"

urlpatterns = [
    path(TEMPLATES, TemplateList.as_view(), name="link_templates"),
    path(f"{TEMPLATES}/add", link_templates.link_template_add, name="link_template_add"),
    path(
        f"{TEMPLATES}/add/<slug:part>",
        link_templates.link_template_part,
        name="link_template_add_part",
    ),
    path(
        f"{TEMPLATES}/edit/<int:pk>", link_templates.link_template_edit, name="link_template_edit"
    ),
    path(
        f"{TEMPLATES}/edit/<int:pk>/<slug:part>",
        link_templates.link_template_part,
        name="link_template_edit_part",
    ),
    path(
        f"{TEMPLATES}/activate/<int:pk>",
        link_templates.link_template_activate,
        name="link_template_activate",
    ),
    path(
        f"{TEMPLATES}/deactivate/<int:pk>",
        link_templates.link_template_deactivate,
        name="link_template_deactivate",
    ),
    path(
        f"{TEMPLATES}/duplicate/<int:pk>",
        link_templates.link_template_duplicate,
        name="link_template_duplicate",
    ),
    path(
        f"{TEMPLATES}/share/<int:pk>",
        template_sharing.link_template_share,
        name="link_template_share",
    ),
    path(
        f"{TEMPLATES}/qr/<int:pk>",
        template_sharing.link_template_code,
        name="link_template_code",
    ),
    path(
        f"{TEMPLATES}/qr/<int:pk>.<str:kind>",
        template_sharing.link_template_qr,
        name="link_template_qr",
    ),
    path(f"{TEMPLATES}/qr-sheet", template_sharing.link_template_sheet, name="link_template_sheet"),
]
