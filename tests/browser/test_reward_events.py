"""The reward events, a contact's rewards and gifts, in a real browser."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import clock
from directory.models import Organisation, User
from events.models import BusinessEvent
from rewards.models import Award, RewardOffer
from rewards.services import cancelling, gifts, purchases
from tests.factories.directory import make_contact
from tests.factories.floor import make_cafe
from tests.factories.rewards import make_offer, make_scheme
from tests.kit import browser as kit
from tests.rewards.till import basket, line

pytestmark = pytest.mark.django_db(transaction=True)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def bought(acme: Organisation) -> BusinessEvent:
    """Ann's purchase that earned one offer and failed another, beside a cancelled one."""
    cafe, at = make_cafe(acme), clock.now()
    scheme = make_scheme(acme, "Coffee Club")
    ann = make_contact(acme, "Ann Example", email="ann@home.example")
    make_offer(scheme, "5% Cashback on all Purchases", percentage="5", max_award_minor=400)
    make_offer(scheme, "€3 on big baskets", amount="3.00", minimum="500.00")
    gift = make_offer(scheme, "Thank you", type="GIFT", amount="2.00")
    run = gifts.grant_now(offer=gift, actor=None, at=at)
    gifts.carry_out(run=run, at=at)
    events = []
    for hours in (2, 1):
        result = purchases.post(
            business=acme,
            place=cafe.v1,
            data=basket(
                "100.00",
                at=at - timedelta(hours=hours),
                lines=(line("CAKE", "60.00"), line("ESP", "40.00", "2")),
            ),
            contact=ann,
            at=at - timedelta(hours=hours),
        )
        assert result.event is not None
        events.append(result.event)
    cancelling.cancel(event=events[0], by="staff", reason="Rung up twice", at=at)
    return events[1]


def paths_of(event: BusinessEvent) -> dict[str, str]:
    offer = RewardOffer.objects.get(name__startswith="€3")
    gift = RewardOffer.objects.get(type="GIFT")
    award = Award.objects.get(event=event)
    return {
        "list": "/rewards/events",
        "event": f"/rewards/events/{event.pk}",
        "cancel": f"/rewards/events/{event.pk}/cancel",
        "return": f"/rewards/events/{event.pk}/return",
        "award": f"/rewards/awards/{award.pk}",
        "contact": f"/contacts/{event.contact_id}?tab=rewards",
        "why": f"/rewards/contacts/{event.contact_id}/why?event={event.pk}&offer={offer.pk}",
        "gift": f"/rewards/offers/{gift.pk}/grant",
        "run": f"/rewards/gift-runs/{gift.gift_runs.get().pk}",
    }


def test_every_page_is_accessible_in_both_looks_and_widths(
    page: Page, ada: User, bought: BusinessEvent
) -> None:
    kit.login(page, ada)
    wrong = []
    for size, look in ((kit.DESK, "light"), (kit.PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths_of(bought).items():
            page.goto(path)
            picture(page, f"events-{name}-{size['width']}-{look}")
            wrong += [f"{path}: {line}" for line in kit.axe(page)]
            wrong += [] if kit.no_overflow(page) else [f"{path} is too wide at {size['width']}"]
    assert wrong == []
    assert kit.console_errors(page) == []


def test_goods_come_back_after_what_falls_back_was_read(
    page: Page, ada: User, bought: BusinessEvent
) -> None:
    kit.login(page, ada)
    page.goto(f"/rewards/events/{bought.pk}")
    page.get_by_role("link", name="Return goods").click()
    page.get_by_label("ESP").fill("2")
    page.get_by_role("button", name="Show what falls back").click()
    expect(page.locator("#preview")).to_contain_text("Goods worth €40.00 come back")
    page.get_by_role("button", name="Return the goods").click()
    expect(page.locator("#returns")).to_contain_text("€40.00")
    assert kit.console_errors(page) == []
