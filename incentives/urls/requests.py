"""Incentive requests: the desk's pages, and the pages of those who ask."""

from __future__ import annotations

from django.urls import path

from incentives.views import (
    asking,
    attachments,
    distributions,
    fulfilments,
    group_chat,
    messages,
    my_request_messages,
    my_requests,
    own_messages,
    request_groups,
    requests,
)

DESK = "provider/incentive-requests"
OWN = "incentive-requests"

desk = [
    path(DESK, requests.RequestList.as_view(), name="requests"),
    path(f"{DESK}/detail/<int:pk>", requests.request_detail, name="request_detail"),
    path(f"{DESK}/message/<int:pk>", messages.request_messages, name="request_messages"),
    path(
        f"{DESK}/message/<int:pk>/read",
        messages.request_messages_read,
        name="request_messages_read",
    ),
    path(
        f"{DESK}/message/<int:pk>/<int:message_pk>/edit",
        own_messages.request_message_edit,
        name="request_message_edit",
    ),
    path(
        f"{DESK}/message/<int:pk>/<int:message_pk>/delete",
        own_messages.request_message_delete,
        name="request_message_delete",
    ),
    path(
        f"{DESK}/message/<int:pk>/files/<str:key>",
        attachments.request_attachment,
        name="request_attachment",
    ),
    path(
        f"{DESK}/group-members/<int:pk>",
        requests.RequestMembers.as_view(),
        name="request_members",
    ),
    path(
        f"{DESK}/incentive-distributions/<int:pk>",
        distributions.RequestDistributions.as_view(),
        name="request_distributions",
    ),
    path(
        f"{DESK}/incentive-distributions/<int:pk>/changes.csv",
        distributions.request_distribution_trail,
        name="request_distribution_trail",
    ),
    path(
        f"{DESK}/incentive-distributions/<int:pk>/voucher-codes",
        fulfilments.request_distribution_codes,
        name="request_distribution_codes",
    ),
]
public = [
    path("programs/<str:slug>/request", asking.program_request, name="program_request"),
    path("providers/<str:slug>/request", asking.provider_request, name="provider_request"),
    path(f"{OWN}/sent/<str:slug>", asking.request_sent, name="request_sent"),
    path(f"{OWN}/verify", asking.request_verify, name="request_verify"),
    path(f"{OWN}/access", asking.request_access, name="request_access"),
    path(f"{OWN}/link/<str:slug>", request_groups.request_link, name="request_link"),
    path(f"{OWN}/join", request_groups.request_join_confirm, name="request_join_confirm"),
]
own = [
    path(OWN, my_requests.my_requests, name="my_requests"),
    path(f"{OWN}/<int:pk>", my_requests.my_request, name="my_request"),
    path(f"{OWN}/<int:pk>/new", asking.request_again, name="request_again"),
    path(f"{OWN}/<int:pk>/edit", my_requests.my_request_edit, name="my_request_edit"),
    path(f"{OWN}/<int:pk>/send", my_requests.my_request_send, name="my_request_send"),
    path(
        f"{OWN}/<int:pk>/message", my_request_messages.my_request_message, name="my_request_message"
    ),
    path(f"{OWN}/<int:pk>/read", my_request_messages.my_request_read, name="my_request_read"),
    path(f"{OWN}/<int:pk>/act/<slug:slug>", my_requests.my_request_act, name="my_request_act"),
    path(
        f"{OWN}/<int:pk>/message/<int:message_pk>/edit",
        my_request_messages.my_request_message_edit,
        name="my_request_message_edit",
    ),
    path(
        f"{OWN}/<int:pk>/message/<int:message_pk>/delete",
        my_request_messages.my_request_message_delete,
        name="my_request_message_delete",
    ),
    path(
        f"{OWN}/<int:pk>/files/<str:key>",
        attachments.my_request_attachment,
        name="my_request_attachment",
    ),
    path(f"{OWN}/member", request_groups.request_member, name="request_member"),
    path(f"{OWN}/<int:pk>/group-messages", group_chat.group_messages, name="group_messages"),
    path(
        f"{OWN}/<int:pk>/group-messages/files/<str:key>",
        attachments.group_attachment,
        name="group_attachment",
    ),
]
urlpatterns = [*desk, *public, *own]
