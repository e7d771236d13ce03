"""A campaign from its first step to a refusal, the tours, and the bell, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from directory.models import Organisation, User
from tests.browser.voucher_town import Town, make_town, paths_of
from tests.factories.directory import make_contact
from tests.kit import browser as kit
from vouchers.models import Issuance

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


@pytest.fixture
def town(acme: Organisation) -> Town:
    return make_town(acme)


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
    go_on(page, "Continue to what")
    page.get_by_label("List", exact=True).select_option(
        label="Puma · summer-sale · Summer sale in all shops of the coast (1 left)"
    )
    page.get_by_label("At most", exact=True).fill("1")
    expect(page.locator("#campaign-words")).to_contain_text("(at most 1)")
    go_on(page, "Continue to when")
    go_on(page, "Continue to message")
    a_wrong_tag_is_mended(page)
    go_on(page, "Continue to review")
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


def go_on(page: Page, label: str) -> None:
    """Press the button once the words beside the form have arrived."""
    kit.settle(page)
    page.get_by_role("button", name=label).click()


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
    go_on(page, "Continue to review")
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
