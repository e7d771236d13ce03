"""The desk's pages over all offers, the programs, and the dashboard."""

from __future__ import annotations

from django.urls import path

from incentives.views import dashboard, offer_forms, programs, sharing
from incentives.views.offers import OfferList

OFFER = "provider/incentive-offers"
PROGRAM = "provider/incentive-programs"

urlpatterns = [
    path("provider/dashboard", dashboard.provider_dashboard, name="dashboard"),
    path(OFFER, OfferList.as_view(), name="offers"),
    path(f"{OFFER}/add", offer_forms.offer_add, name="offer_add"),
    path(f"{OFFER}/add/<slug:part>", offer_forms.offer_part, name="offer_add_part"),
    path(f"{OFFER}/edit/<int:pk>", offer_forms.offer_edit, name="offer_edit"),
    path(f"{OFFER}/edit/<int:pk>/<slug:part>", offer_forms.offer_part, name="offer_edit_part"),
    path(f"{OFFER}/share/<int:pk>", sharing.offer_share, name="offer_share"),
    path(f"{OFFER}/qr/<int:pk>.<str:kind>", sharing.offer_qr, name="offer_qr"),
    path(PROGRAM, programs.ProgramList.as_view(), name="programs"),
    path(f"{PROGRAM}/add", programs.program_add, name="program_add"),
    path(f"{PROGRAM}/edit/<int:pk>", programs.program_edit, name="program_edit"),
    path(f"{PROGRAM}/detail/<int:pk>", programs.program_detail, name="program_detail"),
    path(f"{PROGRAM}/activate/<int:pk>", programs.program_activate, name="program_activate"),
    path(f"{PROGRAM}/deactivate/<int:pk>", programs.program_deactivate, name="program_deactivate"),
]
