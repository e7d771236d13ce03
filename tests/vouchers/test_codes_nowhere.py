"""Codes appear in no log, address, task, audit or error mail (VCH-76): a marker goes through everything,
and then every table, every log line and every message to a worker is searched for it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import outbox
from core.clock import now
from core.models import OutboxEvent
from tests.api.client import Till
from tests.cast import Cast, client_of
from tests.factories.tills import make_endpoint
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.vouchers.spending import reporter
from vouchers import happenings
from vouchers.models import WebhookMessage
from vouchers.outbound import Answer
from vouchers.services import cart_holds, redemption_uploads, webhook_delivery
from vouchers.services.redeeming import Report

MARK = "ZQMARKER"
# Where codes live: the codes themselves, and what waits to become one.
HOMES = {"vouchers_vouchercode", "vouchers_stagedcode"}


def found_in_tables() -> list[str]:
    """Return the tables, besides those where codes live, in which the marker stands."""
    tables = set(connection.introspection.table_names()) - HOMES
    with connection.cursor() as cursor:
        found = []
        for table in sorted(tables):
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} AS t WHERE t::text ILIKE %s)",  # noqa: S608
                [f"%{MARK}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def story(cast: Cast) -> list[str]:
    """Send marked codes through every way in and out; return the addresses that were asked for."""
    acme, at = cast.acme, now()
    sale = make_list(make_partner(acme, kind="internal"), at=at)
    make_codes(sale, codes=[f"{MARK}-{number:04d}" for number in range(9)], at=at)
    campaign = make_campaign(sale, max_per_recipient=9)
    endpoint = make_endpoint(acme, event_types=list(happenings.HAPPENINGS))
    till, asked = Till(acme), []

    def post(path: str, body: Any) -> Any:
        answer = till.post(path, body)
        asked.append(path)
        return answer

    codes = []
    for number in range(3):
        body = {"recipient": {"email": f"p{number}@example.org"}}
        codes.append(
            post(f"/voucher-campaigns/{campaign.reference}/issue", body).json()["voucher_code"]
        )
    assert all(MARK in code for code in codes)
    post(f"/voucher-campaigns/{campaign.reference}/reserve", {"recipient": {"email": "r@e.org"}})
    post("/vouchers/check", {"code": codes[0]})
    post("/vouchers/redeem", {"code": codes[0], "reference": "R-1"})
    post("/vouchers/redeem", {"code": codes[0], "reference": "R-2"})
    post("/vouchers/reverse", {"code": codes[0], "reference": "R-1"})
    post("/vouchers/redeem", {"code": f"{MARK}-0008", "reference": "R-3"})
    post("/vouchers/redeem", {"code": f"{MARK}-NONE", "reference": "R-4"})
    post("/vouchers/redeem", {"code": f"{MARK} broken", "reference": "R-5"})
    cart_holds.hold(report=Report(code=codes[1]), reporter=reporter(acme), at=at)
    file = SimpleUploadedFile("a.csv", f'code\n{codes[2]}\n{MARK}-GONE\n"{MARK}\n'.encode())
    redemption_uploads.receive(business=acme, file=file, name="Ada", at=at)
    redemption_uploads.work(at=at, portions=9)
    asked += [*desk(cast.mara, codes[0]), *portal()]
    for event in OutboxEvent.objects.filter(topic__in=happenings.HAPPENINGS):
        outbox.payload_of(event.pk)
        webhook_delivery.fan_out(event_id=event.pk, at=at)
    bodies = []

    def echo(**request: Any) -> Answer:
        bodies.append(request["body"].decode())
        return Answer(status=500, text=request["body"].decode())

    while webhook_delivery.deliver_next(at=at, post=echo):
        pass
    assert any(MARK in body for body in bodies)
    assert WebhookMessage.objects.filter(endpoint=endpoint).count() > 5
    return asked


def desk(user: Any, code: str) -> list[str]:
    """Redeem by hand, rightly and wrongly; return the addresses that answered."""
    browser, url = client_of(user), reverse("voucher_redeem")
    browser.post(url, {"code": f"{MARK}-WRONG", "reference": "R-6"})
    answer = browser.post(url, {"code": code, "reference": "R-7"})
    assert answer.status_code == 303
    page = browser.get(reverse("voucher_redemptions"))
    assert MARK not in page.content.decode()
    return [answer.headers["Location"]]


def portal() -> list[str]:
    """Knock at the partner's door with a code for a token."""
    url = reverse("partner_portal_open")
    Client().get(url, {"token": "no-code-but-a-token"})
    return [url]


@pytest.mark.scenario("VCH-76")
def test_a_marked_code_is_found_nowhere_but_where_codes_live(
    transactional_db: None,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    published: list[str] = []

    def note(sender: Any = None, body: Any = None, headers: Any = None, **rest: Any) -> None:
        published.append(f"{sender} {body} {headers}")

    before_task_publish.connect(note, weak=False)
    caplog.set_level(logging.DEBUG)
    try:
        asked = story(request.getfixturevalue("cast"))
    finally:
        before_task_publish.disconnect(note)
    assert published
    assert caplog.records
    assert found_in_tables() == []
    assert MARK.lower() not in caplog.text.lower()
    assert MARK not in " ".join(published)
    assert MARK not in " ".join(asked)
