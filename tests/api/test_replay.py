"""A file of purchases, sent here or over HTTP, again and again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.models import BusinessEvent
from rewards.purchase_files import BadFile, read
from rewards.till_client import NoAnswer, Till
from tests.api.shop import Shop

HEAD = "tap,reference_number,performed_at,currency,contact_code,sku,quantity,net,tax,total"


def rows(shop: Shop, *more: str) -> str:
    ann = shop.ann.code
    return "\n".join(
        [
            HEAD,
            f"POS-7,F-1,2026-05-04T15:00:00+03:00,EUR,{ann},ESP,2,4.20,0.80,5.00",
            f"POS-7,F-1,2026-05-04T15:00:00+03:00,EUR,{ann},CAKE,1,12.61,2.39,15.00",
            f"POS-7,F-2,2026-05-04T15:01:00+03:00,EUR,{ann},CAKE,1,10.00,0.00,10.00",
            *more,
        ]
    )


def replay(path: Path, **options: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("replay_purchases", str(path), stdout=out, stderr=err, **options)
    return out.getvalue().strip(), err.getvalue()


def test_a_file_is_sent_once_however_often_it_is_sent(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "purchases.csv"
    file.write_text(rows(shop))
    slug = shop.cafe.business.slug
    assert replay(file, business=slug)[0] == "2 posted"
    first = BusinessEvent.objects.select_related("purchase").get(reference_number="F-1")
    assert first.purchase.total_minor == 2000
    assert [line.product.sku for line in first.purchase.lines.all()] == ["ESP", "CAKE"]
    unknown = "POS-9,F-3,2026-05-04T15:01:00+03:00,EUR,,CAKE,1,1.00,0.00,1.00"
    file.write_text(rows(shop, unknown))
    said, refused = replay(file, business=slug)
    assert said == "2 there before, 1 refused TAP_NOT_FOUND"
    assert "Row 5, F-3: TAP_NOT_FOUND" in refused
    assert BusinessEvent.objects.count() == 2


def test_a_file_goes_over_http_to_another_house(
    shop: Shop, tmp_path: Path, live_server: Any
) -> None:
    file = tmp_path / "purchases.csv"
    file.write_text(rows(shop))
    options = {"url": live_server.url, "key": shop.till.secret}
    assert replay(file, **options)[0] == "2 posted"
    assert replay(file, **options)[0] == "2 there before"
    assert BusinessEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reference_number,sku\nF-1,ESP", "Columns missing"),
        (HEAD + ",colour\n", "columns unknown: ['colour']"),
        (HEAD + "\nPOS-7,F-1,2026-05-04T15:00:00Z,EUR,,ESP,1,x,0,1", "Row 2: 'x' is no amount"),
        (HEAD + "\nPOS-7,F-1", "Row 2 has another number of columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, reason: str) -> None:
    with pytest.raises(BadFile, match=reason.replace("[", r"\[").replace("]", r"\]")):
        list(read(text.splitlines()))


def test_the_command_needs_to_know_whose_purchases_they_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--business"):
        replay(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="--key"):
        replay(tmp_path / "none.csv", url="http://localhost:1")


def test_a_till_without_a_network_says_so_and_may_try_again_later() -> None:
    till = Till("http://127.0.0.1:9", "lg_x", pause=0)
    with pytest.raises(NoAnswer):
        till.post("/events/purchases", {}, key="k1")
