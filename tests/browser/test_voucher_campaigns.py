"""Campaigns, issued vouchers, alerts, reports and the dashboard's figures, in a real browser."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from directory.models import Organisation, User
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.kit import browser as kit
from tests.vouchers.campaigning import ask, person
from vouchers.choices import (
    CampaignStatus,
    CodeState,
    Delivery,
    OnExhaustion,
    Qualification,
    RunState,
)
from vouchers.models import AudienceRun, Campaign, Issuance, RunPerson, VoucherList
from vouchers.recipients import of_contact
from vouchers.services import alerts

pytestmark = pytest.mark.django_db(transaction=True)

TOURS = {
    "lists": 5,
    "list": 6,
    "campaigns": 3,
    "overview": 6,
    "step-who": 4,
    "step-message": 3,
    "issued": 4,
    "voucher": 2,
    "report": 3,
}


@dataclass
class Town:
    """What the pages below are about."""

    sale: VoucherList
    live: Campaign
    audience: Campaign
    draft: Campaign
    given: Issuance


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def town(acme: Organisation) -> Town:
    """A list that runs low, a live campaign, one for an audience with people who wait, and a draft."""
    at = clock.now()
    puma = make_partner(acme, "Puma", contact_email="codes@puma.example")
    sale = make_list(puma, "summer-sale", at=at, name="Summer sale in all shops of the coast")
    make_codes(sale, 4, at=at)
    make_codes(sale, 20, state=CodeState.REDEEMED, at=at - timedelta(days=2))
    live = make_campaign(sale, "Thank you", max_total=40, description="For a good word.")
    anna = make_contact(acme, "Anna Andersson", email="anna@home.example")
    given = ask(live, of_contact(anna, email="anna@home.example"), at=at).issuance
    ask(live, of_contact(anna, email="anna@home.example"), at=at)
    audience = make_campaign(
        sale, "Welcome", qualification=Qualification.AUDIENCE, on_exhaustion=OnExhaustion.WAITLIST
    )
    run = AudienceRun.objects.create(
        campaign=audience, seed=1, size=3, state=RunState.DONE, ended_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    for place, name in enumerate(("one", "two", "three", "four")):
        outcome = ask(audience, person(name), at=at).outcome
        RunPerson.objects.create(run=run, place=place, recipient_key=name, outcome=outcome)
    draft = make_campaign(sale, "Autumn", status=CampaignStatus.DRAFT)
    alerts.look_around(at=at)
    assert given is not None
    Issuance.objects.filter(pk=given.pk).update(delivery_status=Delivery.BOUNCED)
    return Town(sale, live, audience, draft, given)


def paths_of(town: Town) -> dict[str, str]:
    one = f"/vouchers/campaigns/{town.live.pk}"
    other = f"/vouchers/campaigns/{town.audience.pk}"
    draft = f"/vouchers/campaigns/{town.draft.pk}"
    issued = f"/vouchers/issuances/{town.given.public_id}"
    steps = ("start", "who", "what", "when", "message", "review")
    return {
        "dashboard": reverse("dashboard"),
        "lists": "/vouchers/lists",
        "list": f"/vouchers/lists/{town.sale.list_id}",
        "ask": f"/vouchers/lists/{town.sale.list_id}/ask",
        "campaigns": "/vouchers/campaigns",
        "new": "/vouchers/campaigns/new",
        **{f"step-{name}": f"{draft}/edit/{name}" for name in steps},
        "overview": one,
        "sources": f"{one}/lists",
        "recipients": f"{one}/recipients",
        "waiting": f"{other}/waiting",
        "decisions": f"{one}/decisions",
        "runs": f"{other}/runs",
        "run": f"{other}/runs/new",
        "message": f"{one}/message",
        "settings": f"{one}/settings",
        "activity": f"{one}/activity",
        "pause": f"{one}/pause",
        "give": f"{one}/give",
        "links": f"{one}/claim-links",
        "test": f"{one}/send-test",
        "people": "/vouchers/people/new",
        "issued": "/vouchers/issuances",
        "voucher": issued,
        "resend": f"{issued}/resend",
        "revoke": f"{issued}/revoke",
        "alerts": "/vouchers/alerts",
        "thresholds": "/vouchers/settings",
        "report": "/vouchers/reports",
        "report-lists": "/vouchers/reports?by=list",
        "report-waiting": "/vouchers/reports?by=waiting",
    }


@pytest.mark.parametrize(
    ("size", "look"), [(kit.DESK, "light"), (kit.PHONE, "dark")], ids=["1440-light", "390-dark"]
)
def test_every_page_is_accessible_and_fits(
    page: Page, ada: User, town: Town, size: dict[str, int], look: str
) -> None:
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


def test_tours_find_every_step(page: Page, ada: User, town: Town) -> None:
    kit.login(page, ada)
    found = {}
    for name in TOURS:
        page.goto(f"{paths_of(town)[name]}?tour=1")
        card = page.locator(".tour-card")
        progress = card.locator(".driver-popover-progress-text")
        expect(progress).to_be_visible()
        found[name] = int(progress.inner_text().rpartition(" ")[2])
    assert found == TOURS


def test_a_campaign_is_built_published_gives_by_hand_and_says_why_somebody_got_nothing(
    page: Page, ada: User, town: Town
) -> None:
    make_contact(town.sale.business, "Bela Lugo", email="bela@home.example")
    kit.login(page, ada)
    page.goto("/vouchers/campaigns")
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name", exact=True).fill("Sorry for the delay")
    page.get_by_label("Live", exact=False).check()
    page.get_by_role("button", name="Save and continue to who").click()
    conditions_come_and_go(page)
    page.get_by_role("button", name="Continue to what").click()
    page.get_by_label("List", exact=True).select_option(
        label="Puma · summer-sale · Summer sale in all shops of the coast (1 left)"
    )
    page.get_by_label("At most", exact=True).fill("1")
    expect(page.locator("#campaign-words")).to_contain_text("(at most 1)")
    page.get_by_role("button", name="Continue to when").click()
    page.get_by_role("button", name="Continue to message").click()
    a_wrong_tag_is_mended(page)
    page.get_by_role("button", name="Continue to review").click()
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Sorry for the delay", level=1)).to_be_visible()
    give(page, "Parcel came a week late")
    expect(page.get_by_role("heading", name="Voucher of Bela Lugo")).to_be_visible()
    made = Issuance.objects.get(campaign__name="Sorry for the delay")
    assert (made.reason, made.created_by) == ("Parcel came a week late", ada)
    page.get_by_role("main").get_by_role("link", name="Sorry for the delay").click()
    give(page, "Another parcel")
    expect(page.locator(".error-summary")).to_contain_text("as many codes as the campaign allows")
    assert page.get_by_label("Why").input_value() == "Another parcel"
    page.get_by_role("link", name="Sorry for the delay").click()
    page.get_by_role("navigation", name="About Sorry").get_by_role("link", name="Decisions").click()
    page.get_by_label("Why did this person get no code?").fill("bela")
    refused = page.get_by_role("row").filter(has_text="Has as many as allowed")
    expect(refused).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="Code given")).to_have_count(1)
    assert kit.console_errors(page) == []


def conditions_come_and_go(page: Page) -> None:
    """Add a condition, read it back, see nobody meet it, and take it away again."""
    people = page.locator("#campaign-people")
    page.get_by_label("Add a condition", exact=True).select_option(label="Something they did")
    page.get_by_role("button", name="Add a condition to group 1").click()
    leaf = page.locator("#tree-leaf-0-0")
    leaf.get_by_label("In the last days").fill("90")
    expect(page.locator("#campaign-words")).to_contain_text("90 days")
    expect(people).to_contain_text("0 contacts")
    leaf.get_by_role("button", name="Remove").click()
    expect(leaf).to_have_count(0)
    expect(people).to_contain_text("2 contacts")


def a_wrong_tag_is_mended(page: Page) -> None:
    """Type a tag that does not exist, be told which was meant, and insert one by its button."""
    text = page.get_by_label("Text", exact=True)
    wrong = "Dear customer, {{ Event.vouchercode }}"
    text.fill(wrong)
    expect(page.locator("#mail-preview")).to_contain_text("Did you mean")
    page.get_by_role("button", name="Continue to review").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert text.input_value() == wrong
    text.fill("Dear customer, take this:\n\n")
    page.get_by_role("button", name="Link that shows the code", exact=True).click()
    assert text.input_value().endswith("{{ Links.reveal }}")


def give(page: Page, reason: str) -> None:
    """Give Bela a code of the campaign that is open, by hand."""
    page.get_by_role("link", name="Give a code").click()
    page.get_by_label("To whom").fill("bela@home.example")
    page.get_by_label("Why").fill(reason)
    page.get_by_role("button", name="Give a code").click()


def test_bell_leads_to_the_alerts_and_falls_silent_when_they_are_acknowledged(
    page: Page, ada: User, town: Town
) -> None:
    kit.login(page, ada)
    page.goto("/vouchers/campaigns")
    bell = page.locator(".sidebar .bell")
    loud = int(bell.inner_text())
    assert loud > 0
    bell.click()
    rows = page.locator("tr[data-row]")
    expect(rows).to_have_count(loud)
    for left in range(loud - 1, -1, -1):
        rows.first.locator(".row-menu summary").click()
        rows.first.get_by_role("button", name="Acknowledge").click()
        expect(bell).to_have_text(str(left) if left else "")
        bell.click() if left else None
    expect(bell).to_have_attribute("aria-label", "No voucher alert waits for you")
