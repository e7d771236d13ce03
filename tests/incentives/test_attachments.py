"""Files of a conversation: who may download them, and how they are served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import MessageAttachment, Offer
from incentives.services import messages
from incentives.services.actors import provider
from tests.cast import Cast, client_of
from tests.factories.incentives import claim_secret, make_offer, make_program

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def offer(cast: Cast) -> Offer:
    return make_offer(program=make_program(cast.acme), status="approved")


@pytest.fixture
def attached(cast: Cast, offer: Offer) -> MessageAttachment:
    """A PDF that the provider sent along with a message."""
    file = SimpleUploadedFile("Terms & <i>conditions.pdf", PDF, content_type="text/html")
    messages.post(
        subject=offer,
        actor=provider(cast.ada),
        body="See here.",
        attachments=[file],
        at=clock.now(),
    )
    return MessageAttachment.objects.get(message__offer=offer)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_both_sides_download_the_file_as_it_was_sent(
    cast: Cast, offer: Offer, attached: MessageAttachment
) -> None:
    desk = reverse("offer_attachment", args=[offer.pk, attached.key])
    mine = client_of(cast.ada).get(desk)
    secret = claim_secret(offer, at=clock.now())
    theirs = Client().get(reverse("attachment", args=[attached.key]), {"token": secret})
    for answer in (mine, theirs):
        assert answer.status_code == 200
        assert body_of(answer) == PDF
        assert answer.headers["Content-Type"] == "application/pdf", "by content, not as claimed"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.scenario("INC-55")
def test_without_the_right_token_or_business_there_is_no_file(
    cast: Cast, offer: Offer, attached: MessageAttachment
) -> None:
    other = make_offer(program=offer.program, status="approved")
    address = reverse("attachment", args=[attached.key])
    wrong = claim_secret(other, at=clock.now())
    for query in ({}, {"token": ""}, {"token": "made-up"}, {"token": wrong}):
        assert Client().get(address, query).status_code == 404
    desk = reverse("offer_attachment", args=[offer.pk, attached.key])
    assert client_of(cast.boris).get(desk).status_code == 404
    through_another = reverse("offer_attachment", args=[other.pk, attached.key])
    assert client_of(cast.ada).get(through_another).status_code == 404
    assert Client().get(desk).status_code == 302, "signed out: to the sign-in page"


def test_a_deleted_messages_file_is_gone_for_both(
    cast: Cast, offer: Offer, attached: MessageAttachment
) -> None:
    messages.delete(message=attached.message, actor=provider(cast.ada), at=clock.now())
    desk = reverse("offer_attachment", args=[offer.pk, attached.key])
    assert client_of(cast.ada).get(desk).status_code == 404
    secret = claim_secret(offer, at=clock.now())
    address = reverse("attachment", args=[attached.key])
    assert Client().get(address, {"token": secret}).status_code == 404


def test_the_file_is_stored_under_a_name_that_nobody_can_guess(
    attached: MessageAttachment,
) -> None:
    assert "conditions" not in attached.file.name
    assert attached.key in attached.file.name
    assert len(attached.key) >= 22


def test_the_thread_links_to_the_file_with_its_name_escaped(
    cast: Cast, offer: Offer, attached: MessageAttachment
) -> None:
    page = client_of(cast.ada).get(reverse("offer_messages", args=[offer.pk])).content.decode()
    assert reverse("offer_attachment", args=[offer.pk, attached.key]) in page
    assert "Terms &amp; &lt;i&gt;conditions.pdf" in page
    assert "<i>conditions" not in page
