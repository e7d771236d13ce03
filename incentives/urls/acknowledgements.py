"""Acknowledgements: the desk's pages, the widgets' pages, and what other sites frame."""

from __future__ import annotations

from django.urls import URLPattern, path

from incentives.views import (
    acknowledgement_desk,
    acknowledgement_requests,
    acknowledgement_templates,
    acknowledgements,
    embeds,
    widgets,
)

DESK = "provider/incentive-acknowledgements"
ASKED = f"{DESK}/requests"
TEMPLATES = f"{ASKED}/link-templates"
PUBLIC = "incentive-acknowledgements"


def _widget_paths(prefix: str, kind: str) -> list[URLPattern]:
    """Return the five addresses of one kind of widget page."""
    name = widgets.KINDS[kind].name
    return [
        path(
            f"{prefix}/embed/<int:pk>{f'/{part}' if part else ''}".replace("_", "-"),
            view,
            name=f"{name}_{part}" if part else name,
        )
        for part, view in widgets.views_of(widgets.KINDS[kind]).items()
    ]


urlpatterns = [
    path(DESK, acknowledgement_desk.AcknowledgementList.as_view(), name="acknowledgements"),
    path(
        f"{DESK}/detail/<int:pk>",
        acknowledgement_desk.acknowledgement_detail,
        name="acknowledgement_detail",
    ),
    path(
        f"{DESK}/detail/<int:pk>/publish",
        acknowledgement_desk.acknowledgement_publish,
        name="acknowledgement_publish",
    ),
    path(
        f"{DESK}/detail/<int:pk>/hide",
        acknowledgement_desk.acknowledgement_hide,
        name="acknowledgement_hide",
    ),
    path(
        f"{DESK}/detail/<int:pk>/resend",
        acknowledgement_desk.acknowledgement_resend,
        name="acknowledgement_resend",
    ),
    path(ASKED, acknowledgement_requests.AskedList.as_view(), name="acknowledgement_requests"),
    path(
        f"{ASKED}/add",
        acknowledgement_requests.acknowledgement_request_add,
        name="acknowledgement_request_add",
    ),
    path(
        f"{ASKED}/share/<int:pk>",
        acknowledgement_requests.acknowledgement_request_share,
        name="acknowledgement_request_share",
    ),
    path(
        f"{ASKED}/qr/<int:pk>.<str:kind>",
        acknowledgement_requests.acknowledgement_request_qr,
        name="acknowledgement_request_qr",
    ),
    path(
        f"{ASKED}/cancel/<int:pk>",
        acknowledgement_requests.acknowledgement_request_cancel,
        name="acknowledgement_request_cancel",
    ),
    path(
        TEMPLATES,
        acknowledgement_templates.AcknowledgementTemplateList.as_view(),
        name="acknowledgement_templates",
    ),
    path(
        f"{TEMPLATES}/add",
        acknowledgement_templates.acknowledgement_template_add,
        name="acknowledgement_template_add",
    ),
    path(
        f"{TEMPLATES}/edit/<int:pk>",
        acknowledgement_templates.acknowledgement_template_edit,
        name="acknowledgement_template_edit",
    ),
    path(
        f"{TEMPLATES}/activate/<int:pk>",
        acknowledgement_templates.acknowledgement_template_activate,
        name="acknowledgement_template_activate",
    ),
    path(
        f"{TEMPLATES}/deactivate/<int:pk>",
        acknowledgement_templates.acknowledgement_template_deactivate,
        name="acknowledgement_template_deactivate",
    ),
    path(
        f"{TEMPLATES}/share/<int:pk>",
        acknowledgement_templates.acknowledgement_template_share,
        name="acknowledgement_template_share",
    ),
    path(
        f"{TEMPLATES}/qr/<int:pk>.<str:kind>",
        acknowledgement_templates.acknowledgement_template_qr,
        name="acknowledgement_template_qr",
    ),
    path(
        f"{PUBLIC}/link/<str:slug>",
        acknowledgements.acknowledgement_link,
        name="acknowledgement_link",
    ),
    path(
        f"{PUBLIC}/link/<str:slug>/sent",
        acknowledgements.acknowledgement_link_sent,
        name="acknowledgement_link_sent",
    ),
    path(
        f"{PUBLIC}/template/<str:slug>",
        acknowledgements.acknowledgement_template_link,
        name="acknowledgement_template_link",
    ),
    path(
        f"{PUBLIC}/template/<str:slug>/sent",
        acknowledgements.acknowledgement_template_link_sent,
        name="acknowledgement_template_link_sent",
    ),
    *_widget_paths("provider/incentive-offers", "offer"),
    *_widget_paths(DESK, "acknowledgement"),
    *_widget_paths("provider/incentive-programs", "program"),
    path(
        "embed/acknowledgement/<str:key>",
        embeds.embed_acknowledgement,
        name="embed_acknowledgement",
    ),
    path("embed/program/<str:key>", embeds.embed_program, name="embed_program"),
]
