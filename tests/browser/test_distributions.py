"""Recording distributions in a real browser, at a desk and on a phone, in both looks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from incentives.models import Distribution, Offer
from tests.cast import Cast
from tests.factories.incentives import make_offer, make_program
from tests.incentives.test_distributions_page import fill
from tests.kit.browser import (
    PHONE,
    axe,
    choose_look,
    console_errors,
    login,
    no_csp_messages,
    no_overflow,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer(transactional_db: None, cast: Cast) -> Offer:
    """A claimed offer with three Pending distributions."""
    offer = make_offer(program=make_program(cast.acme, "Winter panels"), status="claimed")
    fill(offer, 2)
    return offer


@pytest.fixture
def desk(page: Page, cast: Cast, offer: Offer) -> Page:
    """The distributions page, open in Ada's browser."""
    login(page, cast.ada)
    page.goto(reverse("offer_distributions", args=[offer.pk]))
    return page


def row(page: Page, number: int) -> Locator:
    return page.locator("tr[data-row]").nth(number)


def record(row: Locator, value: str, note: str, status: str) -> None:
    """Tick the row and fill it in."""
    row.locator("[data-select-row]").check()
    row.get_by_label("Incentive Value", exact=True).fill(value)
    row.get_by_label("Incentive Value Description").fill(note)
    row.get_by_label("Status").select_option(status)


def update(page: Page) -> Locator:
    return page.locator("[data-update-selected]")


@pytest.mark.scenario("INC-57")
def test_ticked_rows_turn_blue_open_and_are_counted(desk: Page) -> None:
    button = update(desk)
    expect(button).to_have_text("Update Selected (0)")
    expect(button).to_have_attribute("aria-disabled", "true")
    # The driver waits for a button to be enabled; this one stays pressable and explains itself.
    button.click(force=True)
    expect(desk.locator("[data-toast]")).to_contain_text("Select at least one row first")
    plain = row(desk, 0).evaluate("row => getComputedStyle(row.cells[1]).backgroundColor")
    for number in (0, 1):
        row(desk, number).locator("[data-select-row]").check()
    expect(button).to_have_text("Update Selected (2)")
    expect(button).to_have_attribute("aria-disabled", "false")
    for number in (0, 1):
        expect(row(desk, number).locator("textarea")).to_be_visible()
        expect(row(desk, number)).to_have_attribute("aria-selected", "true")
        blue = row(desk, number).evaluate("row => getComputedStyle(row.cells[1]).backgroundColor")
        assert blue != plain
        red, green, shade = (int(part) for part in re.findall(r"\d+", blue)[:3])
        assert shade > green >= red
    expect(row(desk, 2).locator("textarea")).to_be_hidden()


@pytest.mark.scenario("INC-58")
def test_the_head_box_selects_the_visible_rows_only(desk: Page, offer: Offer) -> None:
    fill_more(offer)
    desk.goto(f"{reverse('offer_distributions', args=[offer.pk])}?per_page=5")
    head = desk.locator("[data-select-page]")
    head.check()
    expect(desk.locator("[data-select-row]:checked")).to_have_count(5)
    expect(update(desk)).to_have_text("Update Selected (5)")
    row(desk, 0).locator("[data-select-row]").uncheck()
    assert head.evaluate("box => box.indeterminate")


def fill_more(offer: Offer) -> None:
    """Bring the offer to twelve distributions."""
    for old in Distribution.objects.filter(offer=offer, group_member__isnull=False):
        old.delete()
    offer.members.all().delete()
    fill(offer, 11)


def test_two_rows_are_recorded_and_the_selection_is_cleared(desk: Page, offer: Offer) -> None:
    record(row(desk, 0), "45.50", "Bank transfer on 15 January", "success")
    record(row(desk, 1), "10", "The account was closed", "failed")
    update(desk).click()
    expect(desk.locator("[data-toast]")).to_contain_text("2 distributions updated")
    expect(desk.locator("[data-select-row]:checked")).to_have_count(0)
    expect(update(desk)).to_have_text("Update Selected (0)")
    expect(row(desk, 0)).to_contain_text("Bank transfer on 15 January")
    expect(row(desk, 0)).to_contain_text("€45.50")
    stored = set(Distribution.objects.filter(offer=offer).values_list("status", flat=True))
    assert stored == {"success", "failed", "pending"}
    desk.locator(".row-history summary").first.click()
    expect(desk.locator(".row-history").first).to_contain_text("Ada Lowe")
    assert console_errors(desk) == []


def test_a_bad_row_keeps_everything_typed_and_says_where(desk: Page, offer: Offer) -> None:
    record(row(desk, 0), "45.50", "Bank transfer on 15 January", "success")
    record(row(desk, 1), "-4", "Paid in cash", "success")
    update(desk).click()
    summary = desk.locator(".error-summary")
    expect(summary).to_contain_text("1 of 2 selected rows needs a change")
    expect(summary).to_be_focused()
    expect(desk.locator("[data-select-row]:checked")).to_have_count(2)
    bad = row(desk, 1).get_by_label("Incentive Value", exact=True)
    expect(bad).to_have_value("-4")
    expect(bad).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link").click()
    expect(bad).to_be_focused()
    assert not Distribution.objects.filter(offer=offer, status="success").exists()
    assert axe(desk) == []


def test_deselecting_and_escape_restore_what_is_stored(desk: Page) -> None:
    first = row(desk, 0)
    note = first.get_by_label("Incentive Value Description")
    first.locator("[data-select-row]").check()
    stored = note.input_value()
    note.fill("Something else")
    note.press("Escape")
    expect(note).to_have_value(stored)
    note.fill("Something else")
    first.locator("[data-select-row]").uncheck()
    first.locator("[data-select-row]").check()
    expect(note).to_have_value(stored)


def test_one_choice_sets_the_status_of_all_selected_rows(desk: Page) -> None:
    chooser = desk.get_by_label("Set status of all to")
    expect(chooser).to_be_hidden()
    desk.locator("[data-select-page]").check()
    chooser.select_option("failed")
    for number in range(3):
        expect(row(desk, number).get_by_label("Status")).to_have_value("failed")
    desk.get_by_role("button", name="Clear selection").click()
    expect(desk.locator("[data-select-row]:checked")).to_have_count(0)


def test_leaving_unsaved_edits_by_a_search_asks_first(desk: Page) -> None:
    asked: list[str] = []

    def refuse(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    desk.on("dialog", refuse)
    record(row(desk, 0), "45.50", "Half written", "success")
    desk.locator("#chip-success").click()
    assert asked
    expect(row(desk, 0).locator("textarea")).to_have_value("Half written")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_page_is_accessible_and_fits(desk: Page, look: str, width: str) -> None:
    choose_look(desk, look)
    if width == "phone":
        desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.reload()
    assert axe(desk) == []
    record(row(desk, 0), "45.50", "Bank transfer on 15 January, reference 8841", "success")
    assert axe(desk) == []
    assert no_overflow(desk)
    assert no_csp_messages(desk) == []


def test_on_a_phone_cards_open_when_ticked_and_the_bar_stays_at_the_bottom(
    desk: Page, offer: Offer
) -> None:
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.reload()
    card = row(desk, 0)
    folded = card.bounding_box()
    record(card, "45.50", "Bank transfer on 15 January", "success")
    opened = card.bounding_box()
    assert folded
    assert opened
    assert opened["height"] > folded["height"] * 1.5
    bar = desk.locator("[data-bulk-bar]").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] <= PHONE["height"] + 1
    assert bar["y"] > PHONE["height"] / 2
    update(desk).click()
    expect(desk.locator("[data-toast]")).to_contain_text("1 distribution updated")
    assert Distribution.objects.filter(offer=offer, status="success").count() == 1


def test_without_script_the_same_rows_are_recorded_by_a_plain_form(
    chromium: Any, live_server: Any, cast: Cast, offer: Offer
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        page = context.new_page()
        login(page, cast.ada)
        page.goto(reverse("offer_distributions", args=[offer.pk]))
        record(row(page, 0), "45.50", "Bank transfer on 15 January", "success")
        page.get_by_role("button", name="Update Selected").click()
        expect(page.locator("[data-toast]")).to_contain_text("1 distribution updated")
        assert Distribution.objects.filter(offer=offer, status="success").count() == 1
    finally:
        context.close()
