"""Dashboard, reports and previews of e-mails in a real browser, at a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from incentives.models import Program
from tests.cast import Cast
from tests.factories.incentives import make_offer, make_program
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
PAGES = {"dashboard": "dashboard", "reports": "reports", "emails": "emails"}


@pytest.fixture
def program(transactional_db: None, cast: Cast) -> Program:
    """A program with offers of several weeks, some of them provided."""
    program = make_program(cast.acme, "Rooftop panels")
    now = clock.now()
    for weeks, status in enumerate(("completed", "completed", "counter", "approved", "claimed")):
        then = now - timedelta(weeks=weeks)
        kind = ("cashback", "gift_card")[weeks % 2]
        make_offer(
            program=program,
            status=status,
            at=then,
            incentive_type=kind,
            expires_at=then + timedelta(days=60),
        )
    return program


@pytest.fixture
def desk(page: Page, cast: Cast, program: Program) -> Page:
    login(page, cast.ada)
    return page


def test_charts_are_drawn_and_turn_into_tables(desk: Page) -> None:
    desk.goto(reverse("dashboard"))
    chart = desk.locator("#offers-by-week")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("table")).to_be_hidden()
    drawn = chart.locator("canvas").evaluate(
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
        ".data.some(value => value > 0)"
    )
    assert drawn
    chart.get_by_text("Show as table").click()
    expect(chart.locator("table")).to_be_visible()
    expect(chart.locator("tbody tr")).to_have_count(13)
    chart.locator("tbody a").last.click()
    expect(desk.locator("#results")).to_be_visible()
    assert console_errors(desk) == []


def test_figures_open_their_rows(desk: Page) -> None:
    desk.goto(reverse("dashboard"))
    desk.get_by_role("link", name="Incentives Provided, all time: 2").click()
    expect(desk.locator("#results tbody tr")).to_have_count(2)


def test_report_changes_with_its_settings_and_keeps_them_in_the_address(desk: Page) -> None:
    desk.goto(reverse("reports"))
    expect(desk.locator("#report-outcomes canvas")).to_be_visible()
    desk.get_by_label("A line for each").select_option("type")
    expect(desk.locator("#report-title")).to_have_text("Fulfilment by incentive type")
    assert "by=type" in desk.url
    expect(desk.locator("#report-outcomes canvas")).to_be_visible()
    desk.locator(".report-lines tbody a").first.click()
    expect(desk.locator("#results")).to_be_visible()
    assert console_errors(desk) == []


def test_preview_shows_the_mail_in_a_frame_that_cannot_run_anything(desk: Page) -> None:
    desk.goto(reverse("email_preview", args=["e01-offer"]))
    frame = desk.frame_locator("iframe")
    expect(frame.get_by_text("on Rooftop panels", exact=True)).to_be_visible()
    assert no_csp_messages(desk) == []


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_and_fit(desk: Page, name: str, width: str, look: str) -> None:
    choose_look(desk, look)
    if width == "phone":
        desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.goto(reverse(PAGES[name]))
    assert axe(desk) == []
    assert no_overflow(desk)
    for summary in desk.locator(".chart-table summary").all():
        summary.click()
    assert axe(desk) == []
    assert no_overflow(desk)
    assert no_csp_messages(desk) == []


@pytest.mark.usefixtures("program")
def test_without_script_every_chart_is_a_table(chromium: Any, live_server: Any, cast: Cast) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        plain = context.new_page()
        login(plain, cast.ada)
        plain.goto(reverse("dashboard"))
        assert plain.locator(".chart-table[open] table").count() == 3
        assert plain.locator("#offers-by-week table").is_visible()
    finally:
        context.close()
