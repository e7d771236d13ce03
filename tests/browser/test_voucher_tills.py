"""Redeeming at the desk, in a real browser: a code is asked about, redeemed, and taken back."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from directory.models import Organisation, User
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.kit import browser as kit
from tests.vouchers.spending import give, redeem
from vouchers.choices import CodeState, PartnerKind
from vouchers.models import Redemption, VoucherCode, VoucherList
from vouchers.outside_choices import RedemptionResult
from vouchers.services import redemption_uploads

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST = "LONG-" + "7H2KQ4XR" * 7 + "END"


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    at = clock.now()
    own = make_partner(acme, "The Acme company of Northern Europe", kind=PartnerKind.INTERNAL)
    made = make_list(
        own, "sale", at=at, name="Summer sale", description="5.00 off a purchase of 20.00 or more."
    )
    campaign = make_campaign(made, "Welcome")
    for code in ("SUN-7701-A", "SUN-7702-B", LONGEST):
        give(made, code, campaign=campaign, at=at)
    make_codes(made, codes=["LEAK-9000"])
    return made


def test_the_pages_of_redemptions_are_sound_in_both_looks_and_widths(
    page: Page, ada: User, acme: Organisation, sale: VoucherList
) -> None:
    at = clock.now()
    redeem(acme, LONGEST, reference="R-" + "4711" * 20, location="High Street", at=at)
    redeem(acme, "SUN-7702-B", reference="R-2", at=at)
    redeem(acme, "LEAK-9000", reference="R-3", at=at)
    text = "code,reference\nSUN-7701-A,R-9\nNOSUCH-01,R-10\nSUN-7702-B,R-11\n"
    file = redemption_uploads.receive(
        business=acme, file=ContentFile(text.encode(), name="week.csv"), name="Ada", at=at
    )
    waiting = redemption_uploads.receive(
        business=acme, file=ContentFile(b"code\nA-1\n", name="new.csv"), name="Ada", at=at
    )
    redemption_uploads.work(at=at, portions=1)
    done = Redemption.objects.filter(result=RedemptionResult.REDEEMED).earliest("pk")
    kit.login(page, ada)
    paths = {
        "redemptions": reverse("voucher_redemptions"),
        "redeem": reverse("voucher_redeem"),
        "redemption-upload": reverse("voucher_redemption_upload"),
        "redemption-files": reverse("voucher_redemption_files"),
        "redemption-file": reverse("voucher_redemption_file", args=[file.number]),
        "redemption-file-waiting": reverse("voucher_redemption_file", args=[waiting.number]),
        "reverse": reverse("voucher_redemption_reverse", args=[done.public_id]),
    }
    assert kit.faults_on(page, paths) == []
    assert kit.console_errors(page) == []


def test_a_code_is_checked_redeemed_and_taken_back(
    page: Page, ada: User, sale: VoucherList
) -> None:
    kit.login(page, ada)
    page.goto(reverse("voucher_redemptions"))
    page.get_by_role("link", name="Redeem a code").click()
    page.get_by_label("Code", exact=True).fill("SUN-7701-A")
    page.get_by_role("button", name="Only check the code").click()
    answer = page.locator("#answer")
    expect(answer).to_contain_text("It can be redeemed")
    expect(answer).to_contain_text("5.00 off a purchase of 20.00 or more.")
    expect(answer).to_be_focused()
    kit.picture(page, "checked-1440-light")
    assert kit.axe(page) == []
    assert VoucherCode.objects.get(code="SUN-7701-A").state == CodeState.ISSUED
    assert page.get_by_label("Code", exact=True).input_value() == "SUN-7701-A"
    page.get_by_label("Reference").fill("R-1")
    page.get_by_role("button", name="Redeem", exact=True).click()
    expect(page.get_by_text("SU••••••-A of Summer sale is redeemed.")).to_be_visible()
    page.goto(reverse("voucher_redeem"))
    page.get_by_label("Code", exact=True).fill("SUN-7701-A")
    page.get_by_label("Reference").fill("R-2")
    page.get_by_role("button", name="Redeem", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This code was redeemed on")
    assert page.get_by_label("Reference").input_value() == "R-2"
    kit.picture(page, "redeemed-before-1440-light")
    assert kit.axe(page) == []
    answer.get_by_role("link", name="Reverse that redemption").click()
    page.get_by_role("button", name="Reverse", exact=True).click()
    expect(page.get_by_text("The redemption is reversed.")).to_be_visible()
    assert VoucherCode.objects.get(code="SUN-7701-A").state == CodeState.ISSUED
    assert kit.console_errors(page) == []


def test_asking_about_a_code_that_nobody_was_given_leaves_it_as_it_is(
    page: Page, ada: User, sale: VoucherList
) -> None:
    kit.login(page, ada)
    page.goto(reverse("voucher_redeem"))
    page.get_by_label("Code", exact=True).fill("LEAK-9000")
    page.get_by_role("button", name="Only check the code").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody was given this code")
    assert VoucherCode.objects.get(code="LEAK-9000").state == CodeState.AVAILABLE
    page.get_by_label("Code", exact=True).fill("NO-SUCH-CODE")
    page.get_by_role("button", name="Only check the code").click()
    expect(page.get_by_role("alert")).to_contain_text("None of your lists has this code")
    assert kit.axe(page) == []
    assert kit.console_errors(page) == []
