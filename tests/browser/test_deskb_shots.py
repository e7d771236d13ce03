import pytest, os
from pathlib import Path
from datetime import timedelta
from django.urls import reverse
from core import clock
from core.money import Money
from incentives.guards import Payload
from incentives.services import statuses, claims, messages
from incentives.selectors import offer_of
from incentives.terms import Terms
from tests.factories.incentives import *
from tests.kit.browser import *
OUT = Path("/tmp/shots_b"); OUT.mkdir(exist_ok=True)

@pytest.mark.django_db(transaction=True)
def test_shots(page, live_server):
    desk = make_desk("Acme Solar")
    at = clock.now()
    counter = make_offer(program=desk.program, status="counter")
    statuses.transition(offer=offer_of(business=desk.business, pk=counter.pk), to="partial_granted", actor=desk.actor, at=at, payload=Payload(text="We can go up to sixty, as a thank you for your patience.", granted=Terms.money(Money(6000,"EUR"), "Paid to your bank account within 14 days")))
    c = offer_of(business=desk.business, pk=counter.pk)
    statuses.transition
    claims.answer(secret=claim_secret(c, at=at), to="needs_info", payload=Payload(text="Which bank account will you use?\nI moved house last month."), at=at)
    claimed = make_offer(program=desk.program, status="claimed")
    group_rows(desk, claimed)
    approved = make_offer(program=desk.program, status="approved")
    link = make_offer(program=desk.program, status="offered", delivery="link")
    draft = make_offer(program=desk.program, status="draft")
    login(page, desk.user)
    which = os.environ.get("SHOTS", "detail,messages,approved,dist,link").split(",")
    urls = {"detail": reverse("offer_detail", args=[counter.pk]), "messages": reverse("offer_messages", args=[counter.pk]),
        "approved": reverse("offer_messages", args=[approved.pk]) + "?status=partial_granted", "dist": reverse("offer_distributions", args=[claimed.pk]), "link": reverse("offer_detail", args=[link.pk]),
        "empty": reverse("offer_distributions", args=[approved.pk]), "draft": reverse("offer_messages", args=[draft.pk])}
    for look in ("light", "dark"):
        choose_look(page, look)
        for name in which:
            for vp in (DESK, PHONE):
                page.set_viewport_size(vp)
                page.goto(urls[name]); page.wait_for_timeout(300)
                if name == "dist":
                    boxes = page.locator("[data-select-row]"); 
                    boxes.nth(0).check(); boxes.nth(2).check()
                    page.locator("textarea:visible").first.fill("Bank transfer on 12 November 2026, reference 8841-A, to the account ending 2210. Confirmed by phone.")
                    if vp is DESK: 
                        page.locator(".unit-input:visible input").nth(1).fill("-4")
                        page.get_by_role("button", name="Update Selected").click(); page.wait_for_timeout(800)
                page.screenshot(path=str(OUT / f"{name}-{vp['width']}-{look}.png"), full_page=True)
                print(name, vp["width"], look, "axe:", axe(page), "overflow ok:", no_overflow(page), console_errors(page))

def group_rows(desk, offer):
    from incentives.models import Distribution, GroupMember
    at = clock.now()
    first = Distribution.objects.get(offer=offer)
    for n, (who, st) in enumerate([("j.papadopoulos@example.com","pending"),("a-very-long-address.with.dots@subdomain.example.com","pending"),("li.wei@example.com","failed"),("sam@example.com","pending"),("noor@example.com","success")]):
        m = GroupMember.objects.create(offer=offer, email=who, name=who.split("@")[0], invited_at=at, status="claimed")
        Distribution.objects.create(business=desk.business, offer=offer, group_member=m, recipient_email=who, unit="currency", value_minor=5000+n*1000, currency="EUR", description="" if st=="pending" else "Gift card, number ending 2231", status=st, created_at=at-timedelta(days=n), updated_at=at-timedelta(hours=n), succeeded_at=at if st=="success" else None)
    from incentives.services import distributions
    from incentives.services.distributions import Edit
    from decimal import Decimal
    row = Distribution.objects.get(recipient_email="li.wei@example.com")
    distributions.update_batch(offer=offer, edits=[Edit(row.pk, row.version, Decimal("75"), "Discount code emailed", "success")], actor=desk.actor, at=at)
