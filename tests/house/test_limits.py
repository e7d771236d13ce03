"""What strangers send is limited on every public address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from core import clock, ratelimit
from core.http import HOUR, public
from tests.house.test_urls import own_addresses

PUBLIC = [
    (route, view)
    for route, view in own_addresses()
    if str(getattr(view, "access", "")).startswith("public: ")
]
HERE = "127.0.0.1"


def test_every_public_address_declares_how_often_strangers_may_send() -> None:
    assert len(PUBLIC) > 20
    assert [route for route, view in PUBLIC if not getattr(view, "posts_per_hour", 0)] == []


def test_no_two_public_pages_share_one_count() -> None:
    buckets = {view.bucket: view for _, view in PUBLIC}  # type: ignore[attr-defined]
    pages = {id(view): view.bucket for _, view in PUBLIC}  # type: ignore[attr-defined]
    assert len(buckets) == len(set(pages.values()))


def exhaust(bucket: str, limit: int, *, left: int) -> None:
    """Count that many acts of this address, up to the limit."""
    at = clock.now()
    for _ in range(left):
        ratelimit.hit(bucket=f"{bucket}:{HERE}", limit=limit, per=HOUR, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["theme_set", "offer_claim", "offer_verify", "acknowledge", "offer_new_link"]
)
def test_who_sends_too_often_is_told_to_wait(name: str, client: Client) -> None:
    url = reverse(name)
    view: Any = next(view for route, view in PUBLIC if f"/{route}" == url)
    assert client.post(url).status_code != 429
    exhaust(view.bucket, view.posts_per_hour, left=view.posts_per_hour - 1)
    refused = client.post(url)
    assert refused.status_code == 429
    assert "too often" in refused.content.decode()
    assert client.get(url).status_code != 429


@pytest.mark.django_db
def test_one_who_sends_too_often_keeps_nobody_else_out(rf: RequestFactory) -> None:
    seen: list[str] = []

    @public("a page of this test", posts_per_hour=1)
    def page(request: Any) -> Any:
        seen.append(request.META["REMOTE_ADDR"])
        return None

    page(rf.post("/", REMOTE_ADDR="192.0.2.1"))
    with pytest.raises(ratelimit.TooMany):
        page(rf.post("/", REMOTE_ADDR="192.0.2.1"))
    page(rf.post("/", REMOTE_ADDR="192.0.2.2"))
    assert seen == ["192.0.2.1", "192.0.2.2"]
