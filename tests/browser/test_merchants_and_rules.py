"""A merchant's desk, limits and fees, and My schemes in a real browser: both looks, both widths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from directory.choices import Role
from directory.models import Organisation, User
from directory.views.portal_pages import COOKIE
from tests.cast import Cast
from tests.factories.directory import add_member, make_user
from tests.factories.rewards import make_offer, make_scheme
from tests.kit import browser as kit
from tests.rewards.till import Club, buy, make_club
from tests.wallet.portal import session_of
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.services import fees, limits
from wallet.services.fees import Fee
from wallet.services.limits import Limit

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = ((kit.DESK, "light"), (kit.PHONE, "dark"), (kit.PHONE, "light"))


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faults_of(page: Page, paths: dict[str, str]) -> list[str]:
    """Open every page in every size and look, and return what is wrong with them."""
    found = []
    for size, look in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths.items():
            page.goto(path)
            picture(page, f"{name}-{size['width']}-{look}")
            found += [f"{name} {look}: {fault}" for fault in kit.axe(page)]
            if not kit.no_overflow(page):
                found.append(f"{name} {look}: wider than the window")
    return found


def member_of(organisation: Organisation) -> User:
    user = make_user("max", first_name="Max", last_name="Marinos")
    add_member(organisation, user, Role.ADMIN)
    return user


@pytest.fixture
def club(transactional_db: None) -> Club:
    return make_club()


def test_a_merchants_pages_are_accessible_and_name_nothing_else(page: Page, club: Club) -> None:
    merchant = club.cafe.merchant
    make_offer(club.s1, "Ours", percentage="5", owner_id=merchant.pk)
    make_offer(club.s1, "Theirs", percentage="1")
    bought = buy(club, "40.00")
    assert bought.event is not None
    kit.login(page, member_of(merchant))
    paths = {
        "merchant-offers": reverse("reward_offers"),
        "merchant-events": f"{reverse('reward_events')}?q=",
        "merchant-event": reverse("reward_event", args=[bought.event.pk]),
        "merchant-team": reverse("team_list"),
        "merchant-refused": reverse("contact_list"),
    }
    assert faults_of(page, paths) == []
    page.set_viewport_size(kit.DESK)  # type: ignore[arg-type]
    page.goto(reverse("home"))
    menu = page.get_by_role("navigation", name="Main")
    assert menu.get_by_role("link").all_inner_texts() == ["Reward Offers", "Reward Events", "Team"]
    page.goto(reverse("contact_list"))
    expect(page.locator("main, body").first).to_contain_text("people of Coffee Club")


def test_a_business_invites_people_of_a_merchant(page: Page, club: Club) -> None:
    admin = club.business.memberships.get().user
    kit.login(page, admin)
    page.goto(reverse("network"))
    page.get_by_role("link", name="Team of M", exact=True).click()
    page.get_by_role("link", name="Invite somebody").first.click()
    page.get_by_label("E-mail address").fill("max@m.example")
    page.get_by_label("Admin").check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("heading", name="Team of M")).to_be_visible()
    expect(page.locator("main")).to_contain_text("max@m.example")
    paths = {
        "team-of-merchant": reverse("merchant_team", args=[club.cafe.merchant.pk]),
        "invite-to-merchant": reverse("merchant_invite", args=[club.cafe.merchant.pk]),
        "network": reverse("network"),
    }
    assert faults_of(page, paths) == []
    assert kit.console_errors(page) == []


def test_limits_and_fees_are_worked_through_while_one_types(page: Page, cast: Cast) -> None:
    at = clock.now()
    rule = limits.set_for_all(
        business=cast.acme,
        limit=Limit(LimitOn.TRANSFER, LimitPeriod.WEEKLY, 20_000, 3),
        at=at,
    )
    fee = fees.add(business=cast.acme, fee=Fee("Card", ChargedOn.CREDIT, fixed_minor=30), at=at)
    kit.login(page, cast.finn)
    paths = {
        "charges": reverse("charge_list"),
        "limit-add": reverse("limit_add"),
        "fee-add": reverse("fee_add"),
        "limit-remove": reverse("limit_remove", args=[rule.pk]),
        "fee-remove": reverse("fee_remove", args=[fee.pk]),
    }
    assert faults_of(page, paths) == []
    page.set_viewport_size(kit.DESK)  # type: ignore[arg-type]
    page.goto(reverse("fee_add"))
    page.get_by_label("Name").fill("Percentage")
    page.get_by_label("Share of the amount").fill("2")
    worked = page.locator("#worked")
    expect(worked).to_contain_text("On €20.00 the contact pays €0.70 besides")
    picture(page, "fee-typed")
    page.goto(reverse("limit_add"))
    page.locator("[name=most_amount]").fill("100")
    expect(worked).to_contain_text("€20.00 more is let through")
    assert kit.console_errors(page) == []


def test_a_contact_joins_and_leaves_schemes_on_the_phone(page: Page, club: Club) -> None:
    make_scheme(
        club.business, "Staff card", option="CLOSED_LOOP", sign_up_method="CODE",
        description="For who works here.",
    )  # fmt: skip
    address = page.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    page.context.add_cookies(
        [{"name": COOKIE, "value": session_of(club.ann), "url": f"{address}/me"}]
    )
    paths = {
        "my-pages": reverse("portal_home"),
        "my-schemes": reverse("my_schemes"),
        "my-scheme-leave": reverse("my_scheme_leave", args=[club.s1.pk]),
    }
    assert faults_of(page, paths) == []
    page.goto(reverse("my_schemes"))
    page.get_by_role("button", name="Join S2").click()
    expect(page.locator("body")).to_contain_text("You are in S2.")
    page.get_by_label("Your code").fill("WRONG-1")
    page.get_by_role("button", name="Join Staff card").click()
    expect(page.get_by_role("alert").first).to_contain_text("does not exist or was used already")
    assert kit.axe(page) == []
    picture(page, "my-schemes-refused")
    page.get_by_role("link", name="Leave S2").click()
    page.get_by_role("button", name="Leave the scheme").click()
    expect(page.locator("body")).to_contain_text("You left S2.")
    assert kit.console_errors(page) == []
