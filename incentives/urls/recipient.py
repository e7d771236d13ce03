"""The recipients' pages: opened by a link, without signing in."""

from django.urls import path

from incentives.views import acknowledgements, claim_messages, claims, links, new_links

urlpatterns = [
    path("incentive-offers/claim", claims.offer_claim, name="offer_claim"),
    path("incentive-offers/claim/message", claims.offer_message, name="offer_message"),
    path(
        "incentive-offers/claim/message/<int:pk>/edit",
        claim_messages.offer_own_message_edit,
        name="offer_own_message_edit",
    ),
    path(
        "incentive-offers/claim/message/<int:pk>/delete",
        claim_messages.offer_own_message_delete,
        name="offer_own_message_delete",
    ),
    path("incentive-offers/claim/read", claims.offer_read, name="offer_read"),
    path("incentive-offers/claim/new-link", new_links.offer_new_link, name="offer_new_link"),
    path("incentive-offers/claim/<slug:slug>", claims.offer_answer, name="offer_answer"),
    path("incentive-offers/link/<str:slug>", links.offer_link, name="offer_link"),
    path("incentive-offers/link/<str:slug>/sent", links.offer_link_sent, name="offer_link_sent"),
    path(
        "incentive-offers/link/<str:slug>/<slug:answer>",
        links.offer_link_answer,
        name="offer_link_answer",
    ),
    path("incentive-offers/verify", links.offer_verify, name="offer_verify"),
    path(
        "incentive-offers/verify/access-again",
        new_links.offer_access_again,
        name="offer_access_again",
    ),
    path(
        "incentive-acknowledgements/acknowledge",
        acknowledgements.acknowledge,
        name="acknowledge",
    ),
]
