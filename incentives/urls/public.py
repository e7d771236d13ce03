"""Pages for everybody: link templates, programs, providers."""

from __future__ import annotations

from django.urls import path

from incentives.views import public, template_links

TEMPLATE = "incentive-offers/template/<str:slug>"

urlpatterns = [
    path(TEMPLATE, template_links.template_link, name="template_link"),
    path(f"{TEMPLATE}/sent", template_links.template_link_sent, name="template_link_sent"),
    path(
        f"{TEMPLATE}/<slug:answer>",
        template_links.template_link_answer,
        name="template_link_answer",
    ),
    path("programs/<str:slug>", public.program_public, name="program_public"),
    path("programs/<str:slug>/view", public.program_view, name="program_view"),
    path("providers/<str:slug>", public.provider_public, name="provider_public"),
]
