"""Campaigns that wait for what must not follow, codes of a file made void, the columns of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.clock import now
from directory.models import User
from tests.factories.directory import make_business, make_user
from tests.factories.rewards import make_offer, make_scheme
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.kit import browser as kit
from vouchers.models import Campaign, VoucherCode, VoucherList

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clara(settings: Any, tmp_path: Any) -> User:
    settings.MEDIA_ROOT = tmp_path
    return make_user("clara")


@pytest.fixture
def sale(clara: User) -> VoucherList:
    club = make_business("Coffee Club", admin=clara)
    made = make_list(make_partner(club, "Puma"), "sale", expires_at=now() + timedelta(days=300))
    make_codes(made, codes=[f"PUMA-MARKER-{number}" for number in range(8)], at=now())
    return made


@pytest.fixture
def desk(page: Page, clara: User, sale: VoucherList) -> Iterator[Page]:
    kit.login(page, clara)
    yield page
    kit.settle(page)
    assert kit.console_errors(page) == []


def assert_sound(page: Page, name: str) -> None:
    """Look at the page wide and narrow, light and dark."""
    for size in (kit.DESK, kit.PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for look in ("light", "dark"):
            page.evaluate("look => document.documentElement.dataset.bsTheme = look", look)
            kit.picture(page, f"{name}-{size['width']}-{look}")
            assert kit.axe(page) == []
            assert kit.no_overflow(page)
    page.set_viewport_size(kit.DESK)  # type: ignore[arg-type]
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")


def told(page: Page, change: Callable[[], object]) -> None:
    """Change something, and wait until the words beside the form have followed."""
    with page.expect_response(lambda answer: "/words" in answer.url):
        change()
    kit.settle(page)


def test_a_campaign_is_told_what_must_not_follow_and_what_to_ask_of_rewards(
    desk: Page, sale: VoucherList
) -> None:
    make_offer(make_scheme(sale.business), "Happy hour")
    desk.goto(reverse("voucher_campaign_new"))
    desk.get_by_label("Name", exact=True).fill("Come back")
    within = desk.get_by_label("Within", exact=True)
    expect(within).to_be_hidden()
    desk.get_by_label("When this happens").select_option("events.purchase")
    desk.get_by_label("And this does not follow").select_option("events.purchase")
    expect(within).to_be_visible()
    within.fill("21")
    assert_sound(desk, "campaign-absence")
    desk.get_by_role("button", name="Save and continue to who").click()

    add = desk.get_by_label("Add a condition", exact=True)
    adds = desk.get_by_role("button", name="Add a condition to group 1")
    told(desk, lambda: add.select_option("reward_earned"))
    adds.click()
    told(desk, lambda: desk.get_by_label("Of the offer").select_option("Happy hour"))
    told(desk, lambda: add.select_option("offer_status"))
    adds.click()
    told(desk, lambda: desk.get_by_label("Claimed", exact=True).check())
    words = desk.locator("#campaign-side")
    expect(words).to_contain_text("no purchase follows within 21 days")
    expect(words).to_contain_text("earned an award of Happy hour")
    expect(words).to_contain_text("have an incentive offer that is Claimed")
    assert_sound(desk, "campaign-questions")
    kit.settle(desk)
    desk.get_by_role("button", name="Continue to what").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Which codes, and how many?")
    assert Campaign.objects.get(name="Come back").absent_hours == 21 * 24


def test_codes_of_a_file_are_looked_at_and_made_void(desk: Page, sale: VoucherList) -> None:
    desk.goto(reverse("voucher_list_codes", args=[sale.list_id]))
    desk.get_by_role("link", name="Make codes void by file").click()
    lines = "PUMA-MARKER-1\nPUMA-MARKER-2\nELSEWHERE-77\n"
    desk.get_by_label("File of codes").set_input_files(
        {"name": "recalled.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    desk.get_by_label("Recalled by the partner").check()
    desk.get_by_label("In your words").fill("Puma took them back")
    assert_sound(desk, "void-form")
    desk.get_by_role("button", name="Check the file").click()
    expect(desk.get_by_text("2 become void")).to_be_visible()
    expect(desk.get_by_text("This list holds no such code.")).to_be_visible()
    assert "PUMA-MARKER-1" not in desk.content()
    assert_sound(desk, "void-looked")
    desk.get_by_role("button", name="Make 2 codes void").click()
    expect(desk.get_by_text("2 codes are void now.")).to_be_visible()
    assert VoucherCode.objects.filter(state="void").count() == 2


def test_columns_are_chosen_and_stay_chosen(desk: Page, sale: VoucherList) -> None:
    make_campaign(sale)
    desk.goto(reverse("voucher_lists"))
    heading = desk.get_by_role("columnheader", name="List tag")
    expect(heading).to_be_visible()
    desk.get_by_text("Columns", exact=True).click()
    kit.picture(desk, "columns-open")
    assert kit.axe(desk) == []
    desk.locator(".column-choice").get_by_label("List tag").uncheck()
    desk.get_by_role("button", name="Show", exact=True).click()
    expect(heading).to_have_count(0)
    desk.reload()
    expect(heading).to_have_count(0)
    assert_sound(desk, "columns-chosen")
    desk.get_by_text("Columns", exact=True).click()
    desk.get_by_role("button", name="Show all").click()
    expect(heading).to_be_visible()


def test_settings_and_activity_are_sound(desk: Page, sale: VoucherList) -> None:
    desk.goto(reverse("voucher_settings"))
    desk.get_by_label("Ignore +tags of e-mail addresses").check()
    assert_sound(desk, "voucher-settings")
    desk.get_by_role("button", name="Save settings").click()
    desk.goto(reverse("voucher_list_edit", args=[sale.list_id]))
    desk.get_by_label("List name").fill("Summer sale")
    desk.get_by_role("button", name="Save").first.click()
    desk.goto(reverse("voucher_list_activity", args=[sale.list_id]))
    expect(desk.get_by_text("→ Summer sale")).to_be_visible()
    assert_sound(desk, "list-activity")
