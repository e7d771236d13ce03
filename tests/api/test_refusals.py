"""The table of rewards.md 11.11: every code, its status, in the one body, told by a call that earns it.

The codes are read from the specification itself, so that a code of it that nobody can be told, or one
that is told with another status, fails here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from directory.services import network
from tests.api.client import Till, error_of
from tests.api.shop import Shop, basket, of
from tests.factories.directory import make_contact
from tests.factories.floor import AFTERNOON
from tests.kit.processes import ROOT
from vouchers.api.issuing import GIVEN
from vouchers.choices import Outcome
from vouchers.outside_choices import Refusal

PURCHASES = "/events/purchases"
REFERRALS = "/events/referrals"
SPECIFICATION = ROOT / "docs" / "specification" / "rewards.md"
GUIDE = ROOT / "docs" / "api.md"
ROW = re.compile(r"^\| ([\d /]+) \| (.*) \|$", re.MULTILINE)


def specified(document: Path) -> dict[str, set[int]]:
    """Return the codes of 11.11 with the statuses of their row."""
    text = document.read_text().partition("### 11.11 Errors")[2].partition("\n---")[0]
    found = {}
    for statuses, words in ROW.findall(text):
        for code in re.findall(r"`([A-Z_]+)`", words):
            found[code] = {int(status) for status in statuses.split(" / ")}
    return found


def advised(document: Path) -> dict[str, str]:
    """Return what the guide says to do, by the code."""
    text = document.read_text().partition("## Refusals")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return {
        code: advice.strip()
        for _, codes, advice in rows
        for code in re.findall(r"`([A-Z_]+)`", codes)
    }


def raw(shop: Shop, data: bytes, content_type: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {shop.till.secret}", "Idempotency-Key": "raw"}
    url = f"/api/v1{PURCHASES}"
    return Client().post(url, data=data, content_type=content_type, headers=headers)


def purchase(shop: Shop, **changes: Any) -> Any:
    return shop.till.post(PURCHASES, {**of(shop.ann), **changes})


def refer(shop: Shop, *, hours: int = 1, twice: bool = False, **changes: Any) -> Any:
    """Refer somebody who registered so many hours ago."""
    new = make_contact(shop.cafe.business, at=AFTERNOON - timedelta(hours=hours))
    body = {"referral_code": shop.ann.referral_code, "contact": {"code": new.code}, **changes}
    if twice:
        shop.till.post(REFERRALS, body)
    return shop.till.post(REFERRALS, body)


def while_the_first_is_running(shop: Shop) -> Any:
    """Post while another connection holds the key, as the first call does until it is answered."""
    digest = hashlib.sha256(f"key:{shop.till.key.pk} /api/v1{PURCHASES} busy".encode()).digest()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            number = int.from_bytes(digest[:8], "big", signed=True)
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            return shop.till.post(PURCHASES, of(shop.ann), key="busy")
    finally:
        other.close()


def with_one_key(shop: Shop) -> Any:
    shop.till.post(PURCHASES, of(shop.ann), key="k1")
    return shop.till.post(PURCHASES, of(shop.ann), key="k1")


def at_another_till(shop: Shop) -> Any:
    """Post with a merchant's key for a till of its business."""
    network.add_tap(place=shop.cafe.v2, code="POS-9", at=AFTERNOON)
    return Till(shop.cafe.merchant).post(PURCHASES, of(shop.ann, tap={"code": "POS-9"}))


def too_often(shop: Shop) -> Any:
    for _ in range(51):
        answer = shop.till.get("/me")
    return answer


def posted(shop: Shop, then: str, body: dict[str, Any], *, cancelled: bool = False) -> Any:
    """Post a purchase without a contact and do something more with it, twice where it is a claim."""
    made = shop.till.post(PURCHASES, basket()).json()
    if cancelled:
        shop.till.post(f"{PURCHASES}/{made['id']}/cancel")
    if then == "reclaim":
        shop.till.post(f"{PURCHASES}/{made['id']}/{then}", body)
    return shop.till.post(f"{PURCHASES}/{made['id']}/{then}", body)


def goods(quantity: str) -> dict[str, Any]:
    return {"reference_number": "RET-1", "lines": [{"sku": "CAKE", "quantity": quantity}]}


TWICE = {"reference_number": "R-TWICE"}
EARNED_BY: dict[str, Callable[[Shop], Any]] = {
    "BAD_JSON": lambda shop: raw(shop, b"{"),
    "KEY_REQUIRED": lambda shop: shop.till.post(PURCHASES, of(shop.ann), key=""),
    "UNAUTHENTICATED": lambda shop: Client().get("/api/v1/me"),
    "FORBIDDEN_ORGANISATION": at_another_till,
    "MISSING_SCOPE": lambda shop: Till(shop.cafe.business, "events:read").post(PURCHASES),
    "CONTACT_NOT_FOUND": lambda shop: purchase(shop, contact={"code": "C-NOBODY"}),
    "TAP_NOT_FOUND": lambda shop: purchase(shop, tap={"code": "POS-0"}),
    "EVENT_NOT_FOUND": lambda shop: shop.till.get(f"/events/{uuid4()}"),
    "REFERRAL_CODE_NOT_FOUND": lambda shop: refer(shop, referral_code="NOBODY"),
    "CLASSIFICATION_NOT_FOUND": lambda shop: purchase(shop, classification={"code": "NONE"}),
    "KEY_REUSED": with_one_key,
    "BUSY": while_the_first_is_running,
    "DUPLICATE_REFERENCE": lambda shop: (purchase(shop, **TWICE), purchase(shop, **TWICE))[1],
    "ALREADY_CLAIMED": lambda shop: posted(shop, "reclaim", {"contact": {"code": shop.ann.code}}),
    "ALREADY_REFERRED": lambda shop: refer(shop, twice=True),
    "EVENT_CANCELLED": lambda shop: posted(shop, "returns", goods("1"), cancelled=True),
    "RATE_LIMITED": too_often,
    "VALIDATION": lambda shop: purchase(shop, colour="red"),
    "AMOUNTS_MISMATCH": lambda shop: purchase(
        shop, amounts={"net": "20.00", "tax": "0.01", "total": "20.00"}
    ),
    "FUTURE_EVENT": lambda shop: purchase(shop, performed_at="2026-05-04T16:00:00+03:00"),
    "CURRENCY_NOT_ENABLED": lambda shop: purchase(shop, currency="ZZZ"),
    "SELF_REFERRAL": lambda shop: refer(shop, contact={"code": shop.ann.code}),
    "NOT_NEW_CONTACT": lambda shop: refer(shop, hours=25),
    "RETURN_EXCEEDS_PURCHASE": lambda shop: posted(shop, "returns", goods("2")),
}
STATUSES = specified(SPECIFICATION)


def test_every_code_of_the_specification_is_looked_at() -> None:
    assert set(EARNED_BY) == set(STATUSES)


def test_the_guide_says_of_every_code_what_to_do() -> None:
    guide = advised(GUIDE)
    at_the_till = {one.value.upper() for one in Refusal if one != Refusal.BAD_ROW}
    not_given = {one.value.upper() for one in Outcome if one not in GIVEN}
    assert set(STATUSES) | at_the_till | not_given <= set(guide)
    assert all(guide.values())


@pytest.mark.parametrize("code", EARNED_BY)
def test_a_refusal_has_the_code_and_the_status_of_the_table(
    shop: Shop, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code == "RATE_LIMITED":
        monkeypatch.setattr("directory.api.auth.now", lambda: AFTERNOON)
    answer = EARNED_BY[code](shop)
    assert answer.status_code in STATUSES[code]
    error = error_of(answer, answer.status_code, code)
    assert shop.ann.code not in error["message"]


def test_what_is_too_large_or_no_json_is_refused_unread(shop: Shop) -> None:
    error_of(raw(shop, b" " * (256 * 1024 + 1)), 413, "TOO_LARGE")
    error_of(raw(shop, b"a=1", "application/x-www-form-urlencoded"), 415, "NOT_JSON")


def test_what_is_no_error_is_accepted_and_explained(shop: Shop) -> None:
    shop.cashback.status = "INACTIVE"
    shop.cashback.save(update_fields=["status"])
    answer = purchase(shop)
    assert answer.status_code == 201
    assert answer.json()["awards"] == []
