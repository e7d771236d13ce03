import os
import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.kit import browser as kit
from tests.factories.incentives import make_offer, make_program, every_status
from core import clock

OUT = "/tmp/deska"


def shoot(page, name, url, acts=None):
    for look in ("light", "dark"):
        kit.choose_look(page, look)
        for label, size in (("1440", kit.DESK), ("390", kit.PHONE)):
            page.set_viewport_size(size)
            page.goto(url)
            page.wait_for_load_state("networkidle")
            if acts:
                acts(page)
            bad = kit.axe(page)
            print(name, look, label, "AXE", len(bad), *bad[:6], sep="\n   ") if bad else print(
                name, look, label, "ok"
            )
            if not kit.no_overflow(page):
                print("   OVERFLOW", name, look, label)
            page.screenshot(path=f"{OUT}/{name}-{look}-{label}.png", full_page=True)
    print("   CONSOLE", kit.console_errors(page), kit.no_csp_messages(page))


@pytest.mark.django_db(transaction=True)
def test_shots(page: Page, cast):
    which = os.environ.get("SHOTS", "list,form,dash,prog,share").split(",")
    program = make_program(cast.acme, "Rooftop panels with battery")
    make_program(cast.acme, "Heat pump service", types=["cashback"])
    make_program(cast.acme, "Old boilers", active=False)
    names = ["Noor Haddad", "Sam Okafor", "Lena Brandt", "Yannis Pappas"]
    for n, (status, delivery) in enumerate(every_status()):
        if n % 2:
            continue
        kw = (
            {}
            if delivery == "link"
            else {
                "recipient_name": names[n % 4],
                "recipient_email": f"{names[n % 4].split()[0].lower()}{n}@home.example",
            }
        )
        make_offer(program=program, status=status, delivery=delivery, **kw)
    link = make_offer(program=program, status="offered", delivery="link")
    draft = make_offer(program=program, status="draft")
    twin = make_offer(program=program, recipient_email="twin@home.example")
    kit.login(page, cast.ada)
    if "list" in which:
        shoot(page, "list", reverse("offers"))
    if "form" in which:
        shoot(page, "form", reverse("offer_add") + f"?program={program.pk}")

        def err(p):
            p.get_by_role("button", name="Send Incentive Offer").click()
            p.wait_for_selector(".error-summary")

        shoot(page, "form-errors", reverse("offer_add"), err)

        def fill(p):
            p.get_by_label("Individual").check()
            p.get_by_label("Existing Customer").check()
            p.get_by_label("Cashback").check()
            p.locator("#id_amount_amount").fill("50")
            p.get_by_label("Value description").fill("paid to your bank account within 14 days")
            p.get_by_label("e-mail address").first.fill("twin@home.example")
            p.get_by_label("Offer message").fill("Thank you for choosing us.")
            p.wait_for_timeout(900)

        shoot(page, "form-filled", reverse("offer_add") + f"?program={program.pk}", fill)

        def twin_(p):
            fill(p)
            p.get_by_role("button", name="Send Incentive Offer").click()
            p.wait_for_selector("#possible-duplicate")

        shoot(page, "form-twin", reverse("offer_add") + f"?program={program.pk}", twin_)
        shoot(page, "edit-link", reverse("offer_edit", args=[link.pk]))
        shoot(page, "edit-draft", reverse("offer_edit", args=[draft.pk]))
    if "dash" in which:
        shoot(page, "dash", reverse("dashboard"))
    if "prog" in which:
        shoot(page, "programs", reverse("programs"))
        shoot(page, "program", reverse("program_detail", args=[program.pk]))
        shoot(page, "program-edit", reverse("program_edit", args=[program.pk]))
        shoot(page, "program-add", reverse("program_add"))
        shoot(page, "deactivate", reverse("program_deactivate", args=[program.pk]))
    if "share" in which:

        def wait(p):
            p.wait_for_selector("#share-dialog")

        shoot(page, "share", reverse("offers") + f"?share={link.pk}", wait)
        shoot(page, "share-page", reverse("offer_share", args=[link.pk]))
