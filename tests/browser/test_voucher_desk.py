"""Every page of campaigns, issued vouchers, alerts and reports, wide and narrow, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from directory.models import Organisation, User
from tests.browser.voucher_town import make_town, paths_of
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("size", "look"), [(kit.DESK, "light"), (kit.PHONE, "dark")], ids=["1440-light", "390-dark"]
)
def test_every_page_is_accessible_and_fits(
    page: Page, ada: User, acme: Organisation, size: dict[str, int], look: str
) -> None:
    town = make_town(acme)
    kit.login(page, ada)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    kit.choose_look(page, look)
    wrong = []
    for name, path in paths_of(town).items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        picture(page, f"{name}-{size['width']}-{look}")
        wrong += [f"{path}: {line}" for line in kit.axe(page)]
        wrong += [] if kit.no_overflow(page) else [f"{path} is too wide at {size['width']}"]
    assert wrong == []
    assert kit.console_errors(page) == []
