"""The feed of a conversation: reading, newer and earlier messages, what a page costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import Message, Offer, Program
from incentives.services import messages
from incentives.services.actors import provider
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.incentives.test_messages import move, page_of


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Winter panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def test_opening_the_page_changes_nothing_and_reading_is_a_post(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="counter")
    unread = Message.objects.filter(offer=offer, sender_kind="referent", read_at=None)
    assert "New" in ada.get(page_of(offer)).content.decode()
    assert unread.exists()
    assert ada.post(reverse("offer_messages_read", args=[offer.pk])).status_code == 204
    assert not unread.exists()


def test_the_feed_asks_only_for_newer_messages(ada: Client, program: Program, cast: Cast) -> None:
    offer = make_offer(program=program, status="approved")
    last = Message.objects.filter(offer=offer).latest("pk")
    messages.post(
        subject=offer, actor=provider(cast.oscar), body="A word from Oscar", at=clock.now()
    )
    fresh = Offer.objects.get(pk=offer.pk)
    answer = ada.get(
        page_of(offer), {"after": last.pk, "version": fresh.version}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert "A word from Oscar" in text
    assert f'id="message-{last.pk}"' not in text
    assert "composer" not in text, "what is half typed stays as it is"
    assert "3 messages" in text


def test_the_feed_tells_when_the_offer_moved_on(ada: Client, program: Program, cast: Cast) -> None:
    offer = make_offer(program=program, status="approved")
    seen = offer.version
    move(offer, cast, "provider", "needs_info")
    answer = ada.get(page_of(offer), {"after": 0, "version": seen}, headers={"HX-Request": "true"})
    assert "it is Needs Info now" in answer.content.decode()


def test_long_conversations_are_loaded_in_pieces_of_fifty(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    at = clock.now()
    Message.objects.bulk_create(
        Message(
            business=offer.business,
            offer=offer,
            sender_kind="referent",
            sender_name="Noor",
            body=f"Word {number}.",
            status_at_send="approved",
            created_at=at,
        )
        for number in range(60)
    )
    page = ada.get(page_of(offer)).content.decode()
    assert page.count('<article id="message-') == 50
    assert "Word 59." in page
    first = re.search(r"before=(\d+)", page)
    assert first
    earlier = ada.get(
        page_of(offer), {"before": first.group(1)}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Thank you for your trust" in earlier
    assert "Load earlier" not in earlier
    plain = ada.get(page_of(offer), {"before": first.group(1)}).content.decode()
    assert "Back to the newest messages" in plain


def test_the_page_and_its_fragment_cost_a_fixed_number_of_queries(
    ada: Client, program: Program, django_assert_max_num_queries: Any
) -> None:
    offer = make_offer(program=program, status="approved")
    Message.objects.bulk_create(
        Message(
            business=offer.business,
            offer=offer,
            sender_kind="referent",
            sender_name="Noor",
            body="Again.",
            status_at_send="approved",
            created_at=clock.now(),
        )
        for _ in range(40)
    )
    with django_assert_max_num_queries(12):
        ada.get(page_of(offer))
