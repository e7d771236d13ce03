"""The wizard, the offers' desk, trying a purchase and the settings, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from directory.models import Organisation, User
from rewards.choices import SignUpOption
from rewards.models import RewardOffer
from tests.factories.floor import make_cafe, make_person
from tests.factories.rewards import SINCE, give_award, give_pass, make_offer, make_scheme
from tests.kit import browser as kit
from wallet.services import pools

pytestmark = pytest.mark.django_db(transaction=True)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def draft(acme: Organisation) -> RewardOffer:
    make_cafe(acme)
    pools.ensure_default(business=acme, at=SINCE)
    scheme = make_scheme(acme, "Coffee Club")
    person = make_person(acme)
    give_award(make_offer(scheme, "5% Cashback on all Purchases", featured=True), person)
    make_offer(scheme, "€3 at once", amount="3.00", redeem_method="INSTANT", minimum="20.00")
    passes = make_offer(scheme, "With a pass", requires_pass=True)
    give_pass(passes)
    make_scheme(acme, "Staff", option=SignUpOption.CLOSED_LOOP, sign_up_method="CODE", active=False)
    return make_offer(scheme, "Quiet hours", type="HAPPYHOUR", active=False)


def paths_of(draft: RewardOffer) -> dict[str, str]:
    start, scheme = f"/rewards/offers/{draft.pk}", f"/rewards/schemes/{draft.scheme_id}"
    steps = {
        f"step-{name}": f"{start}/edit/{name}"
        for name in ("details", "conditions", "award", "redeem", "review")
    }
    given = RewardOffer.objects.get(name__startswith="5%")
    passes = RewardOffer.objects.get(requires_pass=True)
    return {
        "list": "/rewards/offers",
        "goal": "/rewards/offers/new",
        "type": "/rewards/offers/new/SPEND",
        **steps,
        "offer": f"/rewards/offers/{given.pk}",
        "activate": f"{start}/activate",
        "copy": f"{start}/copy",
        "try": f"{start}/try",
        "passes": f"/rewards/offers/{passes.pk}/passes",
        "passes-add": f"/rewards/offers/{passes.pk}/passes/add",
        "schemes": "/rewards/schemes",
        "scheme": scheme,
        "scheme-edit": f"{scheme}/edit",
        "members": f"{scheme}/members",
        "settings": "/settings/rewards",
    }


def test_every_page_is_accessible_in_both_looks_and_widths(
    page: Page, ada: User, draft: RewardOffer
) -> None:
    kit.login(page, ada)
    wrong = []
    for size, look in ((kit.DESK, "light"), (kit.PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths_of(draft).items():
            page.goto(path)
            picture(page, f"{name}-{size['width']}-{look}")
            wrong += [f"{path}: {line}" for line in kit.axe(page)]
            wrong += [] if kit.no_overflow(page) else [f"{path} is too wide at {size['width']}"]
    assert wrong == []
    assert kit.console_errors(page) == []


def test_an_offer_is_made_from_goal_to_activation_with_its_words_beside_it(
    page: Page, ada: User, draft: RewardOffer
) -> None:
    kit.login(page, ada)
    page.goto("/rewards/offers/new")
    page.get_by_role("link", name="Increase Spend").click()
    page.get_by_role("button", name="Monetary Discount").click()
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_label("Scheme").select_option(label="Coffee Club")
    words = page.locator("#offer-words")
    expect(words).to_contain_text("Members of Coffee Club")
    page.get_by_role("button", name="Continue to target conditions").click()
    page.get_by_label("At least", exact=True).fill("20")
    expect(words).to_contain_text("20.00 or more")
    page.get_by_role("button", name="Continue to award").click()
    page.get_by_label("Percentage", exact=True).first.check()
    page.locator("#id_award_percentage").fill("7.5")
    expect(words).to_contain_text("7.5% of the whole purchase")
    expect(page.locator("#offer-reach")).to_contain_text("Eligible contacts now")
    page.get_by_role("button", name="Continue to redeem").click()
    page.get_by_role("button", name="Continue to review").click()
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    page.get_by_role("link", name="Activate the offer").click()
    page.get_by_role("button", name="Activate", exact=True).click()
    expect(page.get_by_role("heading", name="Spring", level=1)).to_be_visible()
    assert RewardOffer.objects.get(name="Spring").is_active
    assert kit.console_errors(page) == []


def test_a_purchase_is_tried_with_every_condition_ticked_or_crossed(
    page: Page, ada: User, draft: RewardOffer
) -> None:
    kit.login(page, ada)
    page.goto("/rewards/try")
    page.get_by_label("Product").select_option(label="Cake (CAKE)")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Try it").last.click()
    bill = page.locator("#bill")
    expect(bill).to_contain_text("8.40")
    expect(bill).to_contain_text("0.42")
    picture(page, "tried-1440-light")
    lost = page.locator("details.tried", has_text="€3 at once")
    lost.locator("summary").click()
    expect(lost.locator(".check-failed")).to_contain_text("Purchase amount")
    picture(page, "tried-open-1440-light")
    assert kit.axe(page) == []
    assert kit.console_errors(page) == []


def test_the_worked_example_follows_the_choice(page: Page, ada: User, draft: RewardOffer) -> None:
    kit.login(page, ada)
    page.goto("/settings/rewards")
    page.get_by_label("The best offer from each scheme", exact=False).check()
    chosen = page.locator("#resolution-example tr[data-chosen]").first
    expect(chosen).to_contain_text("The best offer from each scheme")
    expect(chosen).to_contain_text("4.00")
    assert kit.console_errors(page) == []
