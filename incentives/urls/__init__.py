"""The addresses of the incentive side: flat names, one module for each audience."""

from incentives.urls import (
    acknowledgements,
    desk,
    groups,
    mine,
    offers,
    public,
    recipient,
    records,
    requests,
    templates,
)

urlpatterns = [
    *acknowledgements.urlpatterns,
    *offers.urlpatterns,
    *desk.urlpatterns,
    # Before the recipients' pages: one of theirs takes any word after "claim/".
    *groups.urlpatterns,
    *recipient.urlpatterns,
    *templates.urlpatterns,
    *public.urlpatterns,
    *mine.urlpatterns,
    *records.urlpatterns,
    *requests.urlpatterns,
]
