"""Addresses of rewards. No trailing slashes (decision D15)."""

from __future__ import annotations

from django.urls import path

from rewards.views import (
    awards,
    contacts,
    events,
    gifts,
    joining,
    members,
    my_schemes,
    offer_acts,
    offers,
    passes,
    reversals,
    schemes,
    settings,
    trying,
    wizard,
)

urlpatterns = [
    path("rewards/offers", offers.RewardOfferList.as_view(), name="reward_offers"),
    path("rewards/offers/new", wizard.offer_new, name="reward_offer_new"),
    path("rewards/offers/new/<str:goal>", wizard.offer_type, name="reward_offer_type"),
    path("rewards/offers/<int:pk>", offers.offer_page, name="reward_offer"),
    path("rewards/offers/<int:pk>/edit/<str:step>", wizard.offer_step, name="reward_offer_step"),
    path(
        "rewards/offers/<int:pk>/edit/<str:step>/words",
        wizard.offer_words,
        name="reward_offer_words",
    ),
    path("rewards/offers/<int:pk>/try", trying.offer_try, name="reward_offer_try"),
    path(
        "rewards/offers/<int:pk>/activate",
        offer_acts.offer_activate,
        name="reward_offer_activate",
    ),
    path(
        "rewards/offers/<int:pk>/deactivate",
        offer_acts.offer_deactivate,
        name="reward_offer_deactivate",
    ),
    path("rewards/offers/<int:pk>/copy", offer_acts.offer_copy, name="reward_offer_copy"),
    path("rewards/offers/<int:pk>/delete", offer_acts.offer_delete, name="reward_offer_delete"),
    path("rewards/offers/<int:pk>/passes", passes.PassList.as_view(), name="reward_passes"),
    path("rewards/offers/<int:pk>/passes/add", passes.pass_add, name="reward_pass_add"),
    path(
        "rewards/offers/<int:pk>/passes/<int:pass_pk>/switch",
        passes.pass_switch,
        name="reward_pass_switch",
    ),
    path(
        "rewards/offers/<int:pk>/passes/<int:pass_pk>/delete",
        passes.pass_delete,
        name="reward_pass_delete",
    ),
    path("rewards/offers/<int:pk>/grant", gifts.gift_grant, name="gift_grant"),
    path("rewards/gift-runs/<int:pk>", gifts.gift_run, name="gift_run"),
    path("rewards/events", events.RewardEventList.as_view(), name="reward_events"),
    path("rewards/events/<int:pk>", events.event_page, name="reward_event"),
    path("rewards/events/<int:pk>/cancel", reversals.event_cancel, name="reward_event_cancel"),
    path("rewards/events/<int:pk>/return", reversals.event_return, name="reward_event_return"),
    path("rewards/awards/<int:pk>", awards.award_page, name="reward_award"),
    path("rewards/contacts/<int:pk>/why", contacts.contact_why, name="contact_why"),
    path(
        "rewards/contacts/<int:pk>/schemes/<int:scheme_pk>/join",
        contacts.contact_join,
        name="contact_scheme_join",
    ),
    path(
        "rewards/contacts/<int:pk>/schemes/<int:scheme_pk>/leave",
        contacts.contact_leave,
        name="contact_scheme_leave",
    ),
    path("rewards/try", trying.purchase_try, name="reward_try"),
    path("rewards/schemes", schemes.SchemeList.as_view(), name="reward_schemes"),
    path("rewards/schemes/add", schemes.scheme_add, name="reward_scheme_add"),
    path("rewards/schemes/<int:pk>", schemes.scheme_page, name="reward_scheme"),
    path("rewards/schemes/<int:pk>/edit", schemes.scheme_edit, name="reward_scheme_edit"),
    path(
        "rewards/schemes/<int:pk>/activate",
        schemes.scheme_activate,
        name="reward_scheme_activate",
    ),
    path(
        "rewards/schemes/<int:pk>/deactivate",
        schemes.scheme_deactivate,
        name="reward_scheme_deactivate",
    ),
    path("rewards/schemes/<int:pk>/delete", schemes.scheme_delete, name="reward_scheme_delete"),
    path("rewards/schemes/<int:pk>/members", members.MemberList.as_view(), name="reward_members"),
    path("rewards/schemes/<int:pk>/members/add", members.member_add, name="reward_member_add"),
    path(
        "rewards/schemes/<int:pk>/members/<int:contact_pk>/leave",
        members.member_leave,
        name="reward_member_leave",
    ),
    path("rewards/schemes/<int:pk>/codes", members.CodeList.as_view(), name="reward_codes"),
    path("rewards/schemes/<int:pk>/codes/import", members.codes_import, name="reward_codes_import"),
    path("me/schemes", my_schemes.my_schemes, name="my_schemes"),
    path("me/schemes/<int:pk>/join", my_schemes.my_scheme_join, name="my_scheme_join"),
    path("me/schemes/<int:pk>/leave", my_schemes.my_scheme_leave, name="my_scheme_leave"),
    path("me/schemes/join", joining.scheme_join, name="scheme_join"),
    path("settings/rewards", settings.reward_settings, name="reward_settings"),
    path(
        "settings/rewards/example",
        settings.resolution_example,
        name="reward_settings_example",
    ),
]
