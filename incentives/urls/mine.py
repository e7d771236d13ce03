"""Addresses of the recipients' portal."""

from django.urls import path

from incentives.views import my_offers

urlpatterns = [
    path("me/offers", my_offers.my_offers, name="my_offers"),
    path("me/offers/<int:pk>/open", my_offers.my_offer_open, name="my_offer_open"),
    path("me/offers/groups/<int:pk>/open", my_offers.my_place_open, name="my_place_open"),
]
