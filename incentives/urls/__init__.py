"""The addresses of the incentive side: flat names, one module for each audience."""

from incentives.urls import desk, offers, recipient

urlpatterns = [*offers.urlpatterns, *desk.urlpatterns, *recipient.urlpatterns]
