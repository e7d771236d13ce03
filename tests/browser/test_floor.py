"""The desks of network, catalogue and segments, and the condition editor, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from directory.models import Organisation, User
from directory.segments import Age, Tagged
from directory.services import terms
from directory.services.terms import TermsData
from events.services import classifications
from tests.factories.directory import MORNING
from tests.factories.floor import Cafe, make_cafe, make_person, make_segment
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cafe(acme: Organisation) -> Cafe:
    cafe = make_cafe(acme)
    terms.agree(
        business=acme,
        organisation=cafe.merchant,
        data=TermsData(method="on_award"),
        actor=None,
        at=MORNING,
    )
    classifications.create(business=acme, kind="purchase", name="Dine in", at=MORNING)
    make_person(acme, born=(1990, 5, 1), tags=["vip"])
    make_segment(acme, Age(min_years=18), Tagged(tags=("vip",)))
    return cafe


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_every_page_is_accessible_in_both_looks_and_widths(
    page: Page, ada: User, cafe: Cafe
) -> None:
    segment = cafe.business.segments.get()
    paths = {
        "network": "/settings/network",
        "terms": f"/settings/network/{cafe.merchant.pk}/terms",
        "catalogue": "/catalogue",
        "product": f"/catalogue/{cafe.cake.pk}/edit",
        "import": "/catalogue/import",
        "categories": "/catalogue/categories",
        "segments": "/segments",
        "segment": f"/segments/{segment.pk}",
        "segment-edit": f"/segments/{segment.pk}/edit",
        "classifications": "/settings/classifications",
    }
    kit.login(page, ada)
    for size, look in ((kit.DESK, "light"), (kit.PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths.items():
            page.goto(path)
            picture(page, f"{name}-{size['width']}-{look}")
            assert kit.axe(page) == [], path
            assert kit.no_overflow(page), path
    assert kit.console_errors(page) == []


def test_the_segment_editor_counts_while_one_writes(page: Page, ada: User, cafe: Cafe) -> None:
    kit.login(page, ada)
    page.goto("/segments/add")
    page.get_by_label("Name", exact=True).fill("Regulars")
    page.locator("#id_new").select_option("age")
    page.get_by_role("button", name="Add criterion").click()
    page.get_by_label("At least (years)").fill("18")
    preview = page.locator("#segment-preview")
    expect(preview).to_contain_text("They are 18 or older.")
    expect(preview).to_contain_text("1 of 1 active contact")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Regulars")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", name="Regulars")).to_be_visible()
    assert kit.console_errors(page) == []


@pytest.mark.urls("tests.browser.condition_page")
def test_the_condition_editor_says_its_rules_while_one_writes(
    page: Page, ada: User, cafe: Cafe
) -> None:
    kit.login(page, ada)
    page.goto("/conditions/page")
    words = page.locator("#condition-words")
    expect(words).to_contain_text("No conditions: every event counts.")
    page.get_by_role("button", name="Add a time").click()
    page.get_by_label("Mon", exact=True).check()
    page.get_by_label("From", exact=True).fill("15:00")
    page.get_by_label("Until (excluded)").fill("18:00")
    expect(words).to_contain_text("Only on Mondays from 15:00 until 18:00 (18:00 excluded)")
    page.get_by_label("At least", exact=True).fill("20")
    expect(words).to_contain_text("Only when the purchase comes to €20.00 or more.")
    picture(page, "conditions-1440-light")
    assert kit.axe(page) == []
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    assert kit.no_overflow(page)
    picture(page, "conditions-390-light")
    page.get_by_role("button", name="Remove time 1").click()
    expect(page.get_by_text("At any time.")).to_be_visible()
    assert kit.console_errors(page) == []
