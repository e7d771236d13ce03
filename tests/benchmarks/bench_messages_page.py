"""The conversation of an offer: a page of it costs the same however long it has become.

Fifty messages are shown at a time, so threads of five hundred and more are judged against one of
exactly fifty; one of five must cost less.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from incentives.models import Message, Offer
from tests.benchmarks import harness
from tests.factories.incentives import Desk, make_desk, make_offer

SIZES = (5, 50, 500, 5_000) if harness.FULL else (5, 50, 500)
SHOWN = 50


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk("Acme Solar")


def thread(desk: Desk, size: int) -> Offer:
    """Make an offer in conversation with that many messages."""
    offer = make_offer(program=desk.program, status="counter")
    said = Message.objects.filter(offer=offer).count()
    at = clock.now()
    Message.objects.bulk_create(
        Message(
            business=desk.business,
            offer=offer,
            sender_kind="referent" if number % 2 else "vendor",
            sender_name="Noor Haddad" if number % 2 else "Ada Lowe",
            body=f"Word {number}: thank you for the quick answer, that helps a lot.",
            status_at_send="counter",
            created_at=at,
            read_at=at,
        )
        for number in range(size - said)
    )
    return offer


def test_a_long_conversation_opens_like_a_short_one(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)
    reads: dict[int, Callable[[], object]] = {}
    asked: dict[int, int] = {}
    for size in SIZES:
        offer = thread(desk, size)
        reads[size] = _reader(client, offer, min(size, SHOWN))
        reads[size]()
        with CaptureQueriesContext(connection) as queries:
            reads[size]()
        asked[size] = len(queries)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE incentives_message")
    assert len(set(asked.values())) == 1
    rows, ratios = [], {}
    for size in SIZES:
        pair = harness.paired(reads[SHOWN], reads[size], inner=3)
        ratios[size] = pair.ratio
        shown, queries_asked = str(min(size, SHOWN)), str(asked[size])
        times = [f"{pair.reference_ms:.1f}", f"{pair.product_ms:.1f}", f"{pair.ratio:.2f}"]
        rows.append([f"{size:,}", shown, queries_asked, *times])
    worst = max(ratio for size, ratio in ratios.items() if size > SHOWN)
    harness.write(
        "messages_page",
        "13. Opening a conversation",
        f"""The page of a conversation shows the newest fifty messages; each length beside one of exactly
fifty. Goals: a longer one at most 1.2 times (worst here {worst:.2f}), the same number of queries at
every length (here {asked[SHOWN]}).""",
        ["messages", "shown", "queries", "fifty ms", "ours ms", "ratio"],
        rows,
    )
    assert worst <= 1.2
    assert ratios[5] < 1


def _reader(client: Client, offer: Offer, shown: int) -> Callable[[], object]:
    url = reverse("offer_messages", args=[offer.pk])

    def read() -> None:
        page = client.get(url).content.decode()
        assert page.count('<article id="message-') == shown

    return read
