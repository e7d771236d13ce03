"""Rewards › Offers: the list and one offer (rewards.md 2.12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import navigation
from core.charts import Chart, Series
from core.clock import now
from core.money import Money
from core.views import Empty, PageAction, TableView
from directory.history import history_of
from directory.permissions import access, may
from directory.sessions import DeskRequest
from rewards import words
from rewards.filters.offers import RewardOfferFilter
from rewards.models import OfferVersion, RewardOffer
from rewards.selectors import desk
from rewards.selectors.definitions import definition_at
from rewards.selectors.naming import labels_of, pool_words_of, words_of
from rewards.services.offer_data import data_of
from rewards.tables.offers import RewardOfferTable
from rewards.views.desk import business_of, offer_of
from rewards.views.wizard import Problem, problems_for

TITLE = "Reward Offers"


class RewardOfferList(TableView):
    """The offers of the business, or of the merchant that one acts for."""

    access = "rewards.read"
    title = TITLE
    subtitle = "What contacts are awarded, for what, and when."
    table_class = RewardOfferTable
    filter_class = RewardOfferFilter
    actions = (
        PageAction("Try a purchase", "reward_try", "rewards.try", "player-play"),
        PageAction("Create offer", "reward_offer_new", "rewards.write", "plus", primary=True),
    )
    empty = Empty(
        icon="award",
        title="No reward offers yet",
        text="An offer says what a contact gets for what: 5% back on every purchase, a free coffee"
        " on a birthday, €1 for bringing a friend. It is inactive until you activate it, so nothing"
        " can go wrong while you try things.",
        action_label="Create offer",
        action_url_name="reward_offer_new",
        permission="rewards.write",
    )
    no_match = "No reward offers match your search"
    noun = ("offer", "offers")
    export_name = "reward-offers"
    tour = "rewards.offers"
    template_name = "rewards/offers/list.html"

    def get_queryset(self) -> QuerySet[RewardOffer]:
        request = cast("DeskRequest", self.request)
        return desk.offers_listed(
            business=business_of(request), acting=request.organisation, at=now()
        )


@access("rewards.read")
@require_safe
def offer_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show an offer: its words, its figures, what happens next, and everything it ever said."""
    offer = offer_of(request, pk)
    at = now()
    figures = desk.figures_of(offer=offer, at=at)
    problems = [] if offer.is_active else problems_for(offer)
    events = navigation.address("reward_events")
    data = data_of(offer)
    context = {
        "offer": offer,
        "lines": words_of(offer, data.rules),
        "condition_lines": data.rules.describe(),
        "figures": figures,
        "chart": _chart(figures),
        "problems": problems,
        "next_steps": next_steps(offer, problems, at),
        "versions": _versions(offer),
        "history": history_of(offer),
        "events_url": f"{events}?offer={offer.pk}" if events else "",
        "crumbs": [(TITLE, reverse("reward_offers")), (offer.title, "")],
        "writes": may(request, "rewards.write"),
        "activates": may(request, "rewards.activate"),
        "deletes": may(request, "rewards.delete"),
        "grant_url": _grant_url(request, offer),
    }
    return render(request, "rewards/offers/detail.html", context)


def next_steps(offer: RewardOffer, problems: Sequence[Problem], at: Any) -> list[str]:
    """Say what happens next with the offer, and what somebody must do for it."""
    scheme = offer.scheme
    if problems:
        return ["It cannot be activated yet: something is missing. Nothing is awarded until then."]
    if not offer.is_active:
        return ["Activate it. Until then no contact sees it and nothing is awarded."]
    if offer.available_to is not None and offer.available_to <= at:
        return [
            "It has ended, so nothing is awarded any more. Give it a later end, or deactivate it."
        ]
    found = []
    if scheme is not None and not scheme.is_active:
        found.append(f"Activate its scheme {scheme.name}. Until then nothing is awarded.")
    if offer.available_from is not None and offer.available_from > at:
        found.append("It begins with its availability; purchases before do not count.")
    if offer.requires_pass:
        found.append("Give out passes: only purchases that quote one earn it.")
    return found or ["Nothing to do: whoever meets the conditions is awarded."]


def _grant_url(request: DeskRequest, offer: RewardOffer) -> str:
    """Return the page on which a gift is granted now, where the installation has one."""
    if offer.type != "GIFT" or not offer.is_active or not may(request, "gifts.grant"):
        return ""
    return navigation.address("gift_grant", offer.pk)


def _chart(figures: desk.Figures) -> Chart:
    currency = figures.amount.currency
    amounts = [Money(minor, currency) for minor in figures.amounts]
    return Chart(
        id="awards-by-day",
        title=f"Awards of the last {desk.CHART_DAYS} days, in {currency}",
        label="Day",
        labels=[f"{day.day} {day:%b}" for day in figures.days],
        series=[
            Series("Amount", tuple(float(amount.amount) for amount in amounts)),
            Series("Awards", figures.counts, tone=3),
        ],
        shown=[
            [amount.format() for amount in amounts],
            [f"{count:,}" for count in figures.counts],
        ],
    )


def _versions(offer: RewardOffer) -> list[dict[str, Any]]:
    """Return what the offer said, newest first, each in its own words."""
    pool_words = pool_words_of(offer)
    return [
        {"row": version, "lines": _said(offer, version, pool_words)}
        for version in desk.versions_of(offer=offer)
    ]


def _said(offer: RewardOffer, version: OfferVersion, pool_words: tuple[str, ...]) -> list[str]:
    pure = definition_at(version=version)
    labels = labels_of(offer, pool_words)
    if pure.award.product_id != offer.award_product_id:
        labels = words.Labels(scheme=labels.scheme, pool=labels.pool, zone=labels.zone)
    return words.describe(pure, labels)
