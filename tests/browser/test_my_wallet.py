"""The recipients' portal in a real browser: a phone, a thumb, no account."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock, mail
from core.models import Mail
from directory.models import ContactEmail
from directory.views.portal_pages import COOKIE
from events.conditions import ConditionSet, LocationCondition, TimeCondition
from events.conditions.time import WORKDAYS, TimeRow
from events.services import conditions
from tests.factories.floor import make_cafe
from tests.factories.incentives import make_desk, make_offer
from tests.incentives.group_stage import mailed
from tests.kit import browser as kit
from tests.wallet import money
from tests.wallet.portal import award_until, session_of
from wallet.choices import AccountKind, RedemptionMode
from wallet.models import Lot, Wallet
from wallet.services import pools

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = ("light", "dark")
ADDRESS = "ana@home.example"


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    return page


@pytest.fixture
def ana() -> Wallet:
    """Ana at Coffee Club: two pools of rewards, one of them for workday afternoons at a venue."""
    cafe = make_cafe()
    pools.ensure_default(business=cafe.business, at=money.NOW)
    money.choose(
        cafe.business,
        redemption_mode=RedemptionMode.ACTIVATED_POOLS,
        top_up_amounts=[1_000, 2_000, 5_000],
    )
    ana = money.wallet(cafe.business, "Ana", email=ADDRESS)
    afternoon = TimeRow(weekdays=WORKDAYS, start_minute=15 * 60, end_minute=18 * 60)
    rules = conditions.create(
        business=cafe.business,
        rules=ConditionSet(
            location=LocationCondition(venue_ids=frozenset({cafe.v1.pk})),
            time=TimeCondition((afternoon,)),
        ),
        at=money.NOW,
    )
    award_until(ana, 450, 5, money.pool(cafe.business, "Afternoon coffee", conditions=rules))
    award_until(ana, 1_200, 5)
    award_until(ana, 1_275, 70)
    money.top_up(ana, 800)
    return ana


def come_in(page: Page, wallet: Wallet) -> None:
    """Give the browser the session that the mailed link would have begun."""
    base = page.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    page.context.add_cookies(
        [{"name": COOKIE, "value": session_of(wallet.contact), "url": f"{base}/me"}]
    )


def assert_sound(page: Page, name: str = "") -> None:
    if folder := os.environ.get("SHOTS"):
        look = page.evaluate("document.documentElement.dataset.bsTheme")
        page.screenshot(path=Path(folder) / f"{name}-{look}.png", full_page=True)
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


def is_for_thumbs(page: Page) -> bool:
    """Tell whether everything to press is at least 44 px high."""
    heights = page.eval_on_selector_all(
        "main a, main button, main summary, .recipient-foot button",
        "nodes => nodes.filter(node => node.offsetParent)"
        ".map(node => node.getBoundingClientRect().height)",
    )
    return bool(heights) and min(heights) >= 43.9


@pytest.mark.parametrize("look", LOOKS)
def test_a_mailed_link_opens_the_pages_and_a_button_closes_them(
    phone: Page, ana: Wallet, look: str
) -> None:
    kit.choose_look(phone, look)
    phone.goto(reverse("portal_home"))
    phone.get_by_label("Your email address").fill(ADDRESS)
    assert_sound(phone, "ask")
    phone.get_by_role("button", name="Send me the link").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    assert_sound(phone, "asked")
    link = mail.link_of(Mail.objects.get(kind="portal-link"))
    phone.goto(link[link.index("/me/") :])
    assert_sound(phone, "open")
    phone.get_by_role("button", name="Open my pages").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("My pages")
    assert_sound(phone, "home")
    assert is_for_thumbs(phone)
    phone.get_by_role("button", name="Sign out here").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Open my pages")
    assert kit.console_errors(phone) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_wallet_is_read_and_a_reward_switched_on(phone: Page, ana: Wallet, look: str) -> None:
    kit.choose_look(phone, look)
    come_in(phone, ana)
    phone.goto(reverse("my_wallet"))
    expect(phone.locator(".wallet-total")).to_have_text("€37.25")
    assert_sound(phone, "wallet")
    assert is_for_thumbs(phone)
    card = phone.locator("article", has_text="Afternoon coffee")
    card.get_by_role("button", name="Use for my next purchase").click()
    expect(card).to_contain_text("On for your next purchase")
    expect(card.locator("[data-countdown]")).to_have_text("60 minutes")
    assert_sound(phone, "active")
    card.get_by_role("link", name="Where can I use this now?").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Afternoon coffee")
    expect(phone.locator(".wallet-spots")).to_contain_text("V1, Nicosia")
    assert_sound(phone, "pool")
    assert is_for_thumbs(phone)


@pytest.mark.parametrize("look", LOOKS)
def test_the_code_is_shown_and_one_that_pays_made(phone: Page, ana: Wallet, look: str) -> None:
    kit.choose_look(phone, look)
    come_in(phone, ana)
    phone.goto(reverse("my_code"))
    expect(phone.get_by_role("img", name="My wallet code as a QR code")).to_be_visible()
    assert_sound(phone, "code")
    phone.get_by_label("At most").fill("5")
    phone.get_by_role("button", name="Make a code that pays").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Pay up to €5.00")
    assert_sound(phone, "pay")


@pytest.mark.parametrize("look", LOOKS)
def test_money_is_sent_and_its_reason_read(phone: Page, ana: Wallet, look: str) -> None:
    ben = money.wallet(ana.business, "Ben")
    kit.choose_look(phone, look)
    come_in(phone, ana)
    phone.goto(reverse("my_send"))
    phone.get_by_label("Wallet code of the other person").fill(ben.holder.code)
    phone.get_by_label("Amount").first.fill("3")
    assert_sound(phone, "send")
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Send €3.00 to Ben E.?")
    assert_sound(phone, "send-check")
    phone.get_by_role("button", name="Send €3.00").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You sent money to Ben E.")
    assert_sound(phone, "entry")
    assert money.balance(ben, AccountKind.BUSINESS) == 300
    phone.get_by_role("link", name="History").click()
    expect(phone.locator(".wallet-history")).to_contain_text("−€3.00")
    assert_sound(phone, "history")
    assert is_for_thumbs(phone)


@pytest.mark.parametrize("look", LOOKS)
def test_a_top_up_is_chosen_and_paid(phone: Page, ana: Wallet, look: str) -> None:
    kit.choose_look(phone, look)
    come_in(phone, ana)
    phone.goto(reverse("my_top_up"))
    phone.get_by_label("€20.00").check()
    assert_sound(phone, "top-up")
    phone.get_by_role("button", name="Go on to pay").click()
    assert_sound(phone, "top-up-pay")
    phone.get_by_role("button", name="Pay €20.00").click()
    expect(phone.locator(".wallet-total")).to_have_text("€57.25")
    assert_sound(phone, "topped-up")


def test_the_wallet_looks_right_on_a_desk_too(page: Page, ana: Wallet) -> None:
    come_in(page, ana)
    page.goto(reverse("my_wallet"))
    assert_sound(page, "wallet-desk")
    assert Lot.objects.filter(wallet=ana).count() == 3


@pytest.mark.parametrize("look", LOOKS)
def test_offers_and_places_in_groups_are_cards_to_press(phone: Page, look: str) -> None:
    desk = make_desk(at=clock.now())
    mailed(desk, "Ana", "Ben")
    make_offer(program=desk.program, status="rejected", recipient_email=ADDRESS)
    email = ContactEmail.objects.select_related("contact").get(business=desk.business)
    ContactEmail.objects.filter(pk=email.pk).update(verified_at=clock.now())
    base = phone.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    session = {"name": COOKIE, "value": session_of(email.contact), "url": f"{base}/me"}
    phone.context.add_cookies([session])
    kit.choose_look(phone, look)
    phone.goto(reverse("my_offers"))
    expect(phone.locator(".card")).to_have_count(2)
    expect(phone.locator(".card").first).to_contain_text("You are invited to a group")
    assert_sound(phone, "offers")
    assert is_for_thumbs(phone)
    phone.get_by_role("button", name="Join the group").click()
    expect(phone).to_have_url(re.compile("claim"))
