"""The desk's pages about one offer: details, conversation, files, distributions."""

from django.urls import path

from incentives.views import (
    attachments,
    details,
    distributions,
    fulfilments,
    messages,
    offer_acts,
    own_messages,
)

OFFER = "provider/incentive-offers"

urlpatterns = [
    path(f"{OFFER}/detail/<int:pk>", details.offer_detail, name="offer_detail"),
    path(f"{OFFER}/detail/<int:pk>/send", offer_acts.offer_send, name="offer_send"),
    path(f"{OFFER}/detail/<int:pk>/resend", offer_acts.offer_resend, name="offer_resend"),
    path(f"{OFFER}/detail/<int:pk>/cancel", offer_acts.offer_cancel, name="offer_cancel"),
    path(f"{OFFER}/detail/<int:pk>/delete", offer_acts.offer_delete, name="offer_delete"),
    path(
        f"{OFFER}/detail/<int:pk>/emails/<int:mail_pk>/retry",
        offer_acts.offer_mail_retry,
        name="offer_mail_retry",
    ),
    path(f"{OFFER}/message/<int:pk>", messages.offer_messages, name="offer_messages"),
    path(
        f"{OFFER}/message/<int:pk>/read", messages.offer_messages_read, name="offer_messages_read"
    ),
    path(
        f"{OFFER}/message/<int:pk>/<int:message_pk>/edit",
        own_messages.offer_message_edit,
        name="offer_message_edit",
    ),
    path(
        f"{OFFER}/message/<int:pk>/<int:message_pk>/delete",
        own_messages.offer_message_delete,
        name="offer_message_delete",
    ),
    path(
        f"{OFFER}/message/<int:pk>/files/<str:key>",
        attachments.offer_attachment,
        name="offer_attachment",
    ),
    path("incentive-offers/files/<str:key>", attachments.attachment, name="attachment"),
    path(
        f"{OFFER}/incentive-distributions/<int:pk>",
        distributions.OfferDistributions.as_view(),
        name="offer_distributions",
    ),
    path(
        f"{OFFER}/incentive-distributions/<int:pk>/changes.csv",
        distributions.offer_distribution_trail,
        name="offer_distribution_trail",
    ),
    path(
        f"{OFFER}/incentive-distributions/<int:pk>/voucher-codes",
        fulfilments.offer_distribution_codes,
        name="offer_distribution_codes",
    ),
]
