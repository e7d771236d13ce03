"""The demo town is built through the services alone, so building it is a story through all of them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client, override_settings

from config import demo
from config.demo import voucher_links
from config.demo.groups import GROUPS
from config.demo.link_templates import VISITORS
from config.demo.scripts import STORIES
from core import clock
from core.models import Mail
from directory.models import Contact
from incentives.choices import OfferStatus
from incentives.models import Distribution, Offer
from vouchers.models import Issuance

pytestmark = pytest.mark.django_db
OUTBOX = "core.outbox_mail.DemoBackend"


@override_settings(DEMO=True, EMAIL_BACKEND=OUTBOX)
def test_the_town_shows_every_status_and_reads_like_a_business() -> None:
    demo.build(at=clock.now())
    statuses = Counter(Offer.objects.values_list("status", flat=True))
    assert set(statuses) == set(OfferStatus.values)
    assert sum(statuses.values()) == len(STORIES) + 1 + GROUPS + len(VISITORS) >= 41
    assert Contact.objects.count() >= 300
    waiting = Counter(
        Distribution.objects.filter(offer__offer_type="group").values_list("status", flat=True)
    )
    # Five of the long street, and two who were confirmed together.
    assert waiting == {"pending": 7, "success": 5, "failed": 1}
    assert not Mail.objects.exclude(status=Mail.Status.SENT).exists()
    threads = Offer.objects.filter(proposals__kind="counter").exclude(messages=None).distinct()
    assert threads.count() >= 4
    check_links()
    check_voucher_link()
    check_overview()


def check_links() -> None:
    links = demo.claim_links()
    answers = {}
    for label, link in links.items():
        answers[label] = Client().get(link)
    assert {label: answer.status_code for label, answer in answers.items()} == {
        "open": 200,
        "expired": 410,
        "answered": 200,
    }
    said = demo.summary(site="http://localhost:8001")
    assert demo.PASSWORD in said
    assert f"http://localhost:8001{links['open']}" in said


def check_voucher_link() -> None:
    """Somebody is invited to take a voucher, and somebody holds two."""
    path = voucher_links.claim_path(clock.now())
    assert "Get my voucher" in Client().get(path).content.decode()
    held = Issuance.objects.filter(campaign__name=voucher_links.CAMPAIGN)
    assert list(held.values_list("delivery_status", flat=True)) == ["sent", "sent"]


def check_overview() -> None:
    page = Client().get("/demo")
    assert page.status_code == 200
    tasks = page.context["tasks"]
    assert len(tasks) == 5
    assert not any(task.done for task in tasks)


def test_the_overview_does_not_exist_outside_of_the_demo(client: Client) -> None:
    assert client.get("/demo").status_code == 404
