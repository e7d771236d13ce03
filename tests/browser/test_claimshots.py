from __future__ import annotations
import os
from typing import Any
import pytest
from django.urls import reverse
from playwright.sync_api import Page
from core import clock
from incentives.guards import Payload
from incentives.services import links, statuses
from incentives.services.actors import provider
from tests.factories.incentives import claim_secret, make_desk, make_offer
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)


def test_shots(page: Page, settings: Any) -> None:
    settings.DEMO = True
    desk = make_desk("Acme Solar")
    offer = make_offer(
        program=desk.program,
        message="Thanks for booking with us, Maria. Tell us if the date does not suit you.",
        recipient_email="maria.k@example.com",
        recipient_name="Maria Kirsch",
    )
    first = secret_in(mails("E01")[-1])
    asked = make_offer(program=desk.program, status="counter")
    statuses.transition(
        offer=asked,
        to="needs_info",
        actor=provider(desk.user),
        payload=Payload(
            text="We could do €60.00. Which account should it go to, and when is the survey?"
        ),
        at=clock.now(),
    )
    two = claim_secret(asked, at=clock.now())
    confirmed = claim_secret(
        make_offer(program=desk.program, status="approved_confirmed"), at=clock.now()
    )
    done_offer = make_offer(program=desk.program, status="completed")
    done = claim_secret(done_offer, at=clock.now())
    ack = secret_in(mails("E08")[-1])
    shared = make_offer(program=desk.program, delivery="link")
    links.request(
        offer=shared,
        target="needs_info",
        name="Sam Okafor",
        email="sam@home.example",
        payload=Payload(text="Is it for tenants too?"),
        at=clock.now(),
    )
    verify = secret_in(mails("E02")[-1])
    pages = {
        "offer": f"{reverse('offer_claim')}?token={first}",
        "asked": f"{reverse('offer_claim')}?token={two}",
        "confirmed": f"{reverse('offer_claim')}?token={confirmed}",
        "done": f"{reverse('offer_claim')}?token={done}",
        "counter": f"{reverse('offer_answer', args=['counter'])}?token={first}",
        "decline": f"{reverse('offer_answer', args=['decline'])}?token={first}",
        "refused": f"{reverse('offer_claim')}?token=xxx",
        "link": reverse("offer_link", args=[shared.link_slug]),
        "linkask": reverse("offer_link_answer", args=[shared.link_slug, "ask"]),
        "sent": reverse("offer_link_sent", args=[shared.link_slug]),
        "verify": f"{reverse('offer_verify')}?token={verify}",
        "ack": f"{reverse('acknowledge')}?token={ack}",
        "outbox": reverse("outbox"),
        "mail": reverse("outbox_mail", args=[mails("E01")[0].pk]),
    }
    for kind in ("E02", "E04", "E05", "E07"):
        pages[f"mail{kind}"] = reverse("outbox_html", args=[mails(kind)[-1].pk])
    pages["mailE01"] = reverse("outbox_html", args=[mails("E01")[0].pk])
    only = os.environ.get("ONLY")
    out = "/tmp/claimshots"
    os.makedirs(out, exist_ok=True)
    for look in ("light", "dark"):
        kit.choose_look(page, look)
        page.emulate_media(color_scheme=look)
        for name, url in pages.items():
            if only and name not in only.split(","):
                continue
            for width, size in (("390", kit.PHONE), ("1440", kit.DESK)):
                if width == "1440" and name not in (
                    "offer",
                    "asked",
                    "link",
                    "outbox",
                    "mail",
                    "refused",
                ):
                    continue
                page.set_viewport_size(size)
                page.goto(url)
                page.wait_for_timeout(150)
                page.screenshot(path=f"{out}/{name}-{look}-{width}.png", full_page=True)
                if not name.startswith("mailE"):
                    bad = kit.axe(page)
                    if bad or not kit.no_overflow(page):
                        print(
                            name,
                            look,
                            width,
                            "OVERFLOW" if not kit.no_overflow(page) else "",
                            *bad,
                            sep="\n  ",
                        )
    print("CSP", kit.no_csp_messages(page), kit.console_errors(page)[:5])
