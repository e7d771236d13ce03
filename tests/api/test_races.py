"""Twenty tills at one moment: one key, one event; one number, one event."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from events.models import BusinessEvent
from rewards.models import Award
from tests.api.shop import make_shop, of
from tests.kit.concurrency import split, together
from wallet.verification import verify

PURCHASES = "/events/purchases"


def codes(answers: list[Any]) -> Counter[tuple[int, str]]:
    return Counter(
        (answer.status_code, answer.json().get("error", {}).get("code", "")) for answer in answers
    )


@pytest.mark.scenario("RWD-134")
def test_twenty_posts_with_one_key_are_one_purchase(transactional_db: None) -> None:
    shop = make_shop()
    body = of(shop.ann)
    answers, raised = split(
        together(*[lambda: shop.till.post(PURCHASES, body, key="k1") for _ in range(20)])
    )
    assert raised == []
    seen = codes(answers)
    assert set(seen) <= {(201, ""), (409, "BUSY")}, seen
    fresh = [
        answer
        for answer in answers
        if answer.status_code == 201 and "Idempotent-Replayed" not in answer.headers
    ]
    assert len(fresh) == 1
    assert {answer.content for answer in answers if answer.status_code == 201} == {fresh[0].content}
    busy = [answer for answer in answers if answer.status_code == 409]
    assert {answer.headers["Retry-After"] for answer in busy} <= {"1"}
    assert BusinessEvent.objects.count() == 1
    assert Award.objects.count() == 1
    assert shop.till.post(PURCHASES, body, key="k1").content == fresh[0].content
    assert verify() == []


def test_one_number_under_many_keys_is_one_purchase(transactional_db: None) -> None:
    shop = make_shop()
    body = of(shop.ann)
    answers, raised = split(together(*[lambda: shop.till.post(PURCHASES, body) for _ in range(8)]))
    assert raised == []
    seen = codes(answers)
    assert seen[(201, "")] == 1
    assert seen[(409, "DUPLICATE_REFERENCE")] == 7
    assert BusinessEvent.objects.count() == 1
    assert verify() == []
