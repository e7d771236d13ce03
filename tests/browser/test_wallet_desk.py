"""The wallet's desk in a real browser: accessible in both looks and widths, quick while one types."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.kit import browser as kit
from tests.wallet import money
from tests.wallet.desk import Desk, make_desk
from wallet.services import pools
from wallet.services.pools import PoolRules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.acme, cast.ada)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_every_page_is_accessible_in_both_looks_and_widths(
    page: Page, cast: Cast, desk: Desk
) -> None:
    version = desk.lunch.versions.latest("number")
    money.award(desk.wallet, 300, version)
    pools.revise(pool=desk.lunch, rules=PoolRules(), actor=None, at=money.NOW)
    paths = {name: reverse(name) for name in (
        "wallet_home", "pool_list", "pool_add", "wallet_list", "journal_list", "lot_list",
        "ledger", "account_list", "trial_balance", "redemption_settings",
    )} | {
        name: reverse(name, args=[row.pk])
        for name, row in (
            ("pool_detail", desk.lunch),
            ("pool_move", desk.lunch),
            ("contact_wallet", desk.contact),
            ("contact_wallet_history", desk.contact),
            ("journal_add", desk.contact),
            ("journal_detail", desk.pending),
            ("lot_detail", desk.lot),
            ("hold_detail", desk.hold),
            ("use_detail", desk.use),
            ("entry_detail", desk.entry),
            ("account_detail", desk.lot.accounts.get()),
        )
    }  # fmt: skip
    kit.login(page, cast.ada)
    faults = []
    for size, look in ((kit.DESK, "light"), (kit.PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths.items():
            page.goto(path)
            picture(page, f"{name}-{size['width']}-{look}")
            faults += [f"{name} {look}: {fault}" for fault in kit.axe(page)]
            if not kit.no_overflow(page):
                faults.append(f"{name} {look}: wider than the window")
    assert faults == []
    assert kit.no_csp_messages(page) == []
    assert kit.console_errors(page) == []


def test_example_follows_the_settings_while_one_chooses(page: Page, cast: Cast, desk: Desk) -> None:
    kit.login(page, cast.finn)
    page.goto(reverse("redemption_settings"))
    worked = page.locator("#worked")
    expect(worked).to_contain_text("€95.00 of commerce money pays for the purchase.")
    page.get_by_label("Commerce money pays at most 90 % of a purchase").check()
    expect(worked).to_contain_text("€90.00 of commerce money pays for the purchase.")
    expect(worked).to_contain_text("€3.00 is due by other means.")
    assert kit.console_errors(page) == []


def test_purchase_is_tried_on_a_pool_without_leaving_the_page(
    page: Page, cast: Cast, desk: Desk
) -> None:
    kit.login(page, cast.ada)
    page.goto(reverse("pool_detail", args=[desk.lunch.pk]))
    page.get_by_role("button", name="Try it").click()
    trial = page.locator("#trial")
    expect(trial).to_contain_text("none of the €20.00 would be paid")
    expect(trial).to_contain_text("no such product")
    assert kit.axe(page) == []
    assert kit.console_errors(page) == []
