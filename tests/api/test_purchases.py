"""Posting purchases: once, as printed, within the network, in a batch, and what was estimated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import Product
from directory.services import network
from directory.services.network import PlaceData
from events.models import BusinessEvent
from rewards.api import intake
from rewards.models import Award, EvaluationTrace, PassUse
from tests.api.client import Till, error_of
from tests.api.shop import Shop, as_printed, basket, of
from tests.factories.directory import make_business, make_contact
from tests.factories.floor import AFTERNOON, make_person, make_product
from tests.factories.rewards import give_pass, make_offer
from tests.wallet import money
from wallet.choices import AccountKind
from wallet.models import Account
from wallet.services import wallets

PURCHASES = "/events/purchases"
# A purchase is 25 statements, and two more at the till of a merchant: for the till and the terms. Within
# the test's transaction the call's own is a savepoint and its release.
MOST = 29


def amounts(answer: Any) -> list[str]:
    return [award["amount"] for award in answer.json()["awards"]]


def test_the_printed_purchase_gets_the_printed_answer(shop: Shop) -> None:
    money.choose(shop.cafe.business, reduction="FRONT_END")
    happy = make_offer(shop.scheme, "Happy Hour", percentage="20", redeem_method="INSTANT")
    answer = shop.till.post(PURCHASES, as_printed(shop.ann))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    event = BusinessEvent.objects.get()
    by_name = {award["offer"]["name"]: award for award in told.pop("awards")}
    awarded = {award.offer.name: award for award in Award.objects.select_related("offer")}
    pool = shop.cashback.commerce_pool
    assert by_name == {
        "Happy Hour": {
            "id": str(awarded["Happy Hour"].public_id),
            "offer": {"id": str(happy.public_id), "name": "Happy Hour"},
            "amount": "4.00",
            "redeem_method": "INSTANT",
        },
        "5% Cashback": {
            "id": str(awarded["5% Cashback"].public_id),
            "offer": {"id": str(shop.cashback.public_id), "name": "5% Cashback"},
            "amount": "1.00",
            "redeem_method": "DEFERRED",
            "commerce_pool": {"id": str(pool.public_id), "name": pool.name},
            "expires_at": awarded["5% Cashback"].expires_at.isoformat().replace("+00:00", "Z"),
        },
    }
    told.pop("wallet", None)
    assert told == {
        "id": str(event.public_id),
        "state": "POSTED",
        "evaluation_state": "DONE",
        "late": False,
        "instant_discount_total": "4.00",
        "amount_due": "16.00",
        "donations": [],
        "lottery_entries": 0,
        "value_units": "0.00",
    }


@pytest.mark.scenario("RWD-131")
def test_the_same_key_and_body_give_the_same_purchase(shop: Shop) -> None:
    body = of(shop.ann)
    first = shop.till.post(PURCHASES, body, key="k1")
    again = shop.till.post(PURCHASES, body, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert amounts(first) == ["1.00"]
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert BusinessEvent.objects.count() == 1


@pytest.mark.scenario("RWD-132")
def test_the_same_key_with_another_total_is_refused(shop: Shop) -> None:
    body = of(shop.ann)
    shop.till.post(PURCHASES, body, key="k1")
    other = {**of(shop.ann, "21.00"), "reference_number": body["reference_number"]}
    error_of(shop.till.post(PURCHASES, other, key="k1"), 409, "KEY_REUSED")
    assert BusinessEvent.objects.count() == 1


@pytest.mark.scenario("RWD-133")
def test_a_number_is_used_once_at_its_place_whatever_the_key_and_the_till(shop: Shop) -> None:
    network.add_tap(place=shop.cafe.v1, code="POS-8", at=AFTERNOON)
    body = of(shop.ann)
    first = shop.till.post(PURCHASES, body).json()
    for tap in ("POS-7", "POS-8"):
        answer = shop.till.post(PURCHASES, {**body, "tap": {"code": tap}})
        error = error_of(answer, 409, "DUPLICATE_REFERENCE")
        assert error["id"] == first["id"]
    assert BusinessEvent.objects.count() == 1


@pytest.mark.scenario("RWD-135")
def test_a_total_that_is_not_net_plus_tax_is_refused(shop: Shop) -> None:
    body = as_printed(shop.ann)
    body["amounts"]["total"] = "20.01"
    error = error_of(shop.till.post(PURCHASES, body), 422, "AMOUNTS_MISMATCH")
    assert list(error["fields"]) == ["amounts.total"]
    assert not BusinessEvent.objects.exists()


@pytest.mark.scenario("RWD-136")
def test_money_sent_as_a_number_is_refused(shop: Shop) -> None:
    body = as_printed(shop.ann)
    body["amounts"]["total"] = 20.1
    error = error_of(shop.till.post(PURCHASES, body), 422, "VALIDATION")
    assert error["fields"] == {"amounts.total": ['Money is a string such as "12.34".']}
    assert not BusinessEvent.objects.exists()


@pytest.mark.scenario("RWD-137")
def test_a_purchase_six_minutes_ahead_is_refused(shop: Shop) -> None:
    ahead = of(shop.ann, performed_at=(AFTERNOON + timedelta(minutes=6)).isoformat())
    error = error_of(shop.till.post(PURCHASES, ahead), 422, "FUTURE_EVENT")
    assert list(error["fields"]) == ["performed_at"]
    assert not BusinessEvent.objects.exists()


@pytest.mark.scenario("RWD-144")
def test_a_purchase_without_contact_waits_to_be_reclaimed_once(
    shop: Shop, time_machine: Any
) -> None:
    posted = shop.till.post(PURCHASES, basket()).json()
    assert (posted["evaluation_state"], posted["reason"]) == ("SKIPPED", "NO_CONTACT")
    assert posted["awards"] == []
    time_machine.move_to(AFTERNOON + timedelta(days=3), tick=False)
    make_offer(shop.scheme, "Later", amount="9.00", at=AFTERNOON + timedelta(days=1))
    claim = {"contact": {"code": shop.ann.code}}
    claimed = shop.till.post(f"{PURCHASES}/{posted['id']}/reclaim", claim)
    assert claimed.status_code == 200, claimed.content
    assert amounts(claimed) == ["1.00"]
    assert Award.objects.get().performed_at == AFTERNOON
    again = shop.till.post(f"{PURCHASES}/{posted['id']}/reclaim", claim)
    error_of(again, 409, "ALREADY_CLAIMED")
    assert Award.objects.count() == 1


def test_a_receipt_that_nobody_posted_creates_the_purchase(shop: Shop) -> None:
    receipt = basket()
    claim = {
        "contact": {"code": shop.ann.code},
        "tap": {"code": "POS-7"},
        "reference_number": receipt["reference_number"],
    }
    missing = shop.till.post(f"{PURCHASES}/reclaim", claim)
    error_of(missing, 404, "EVENT_NOT_FOUND")
    made = shop.till.post(f"{PURCHASES}/reclaim", {**claim, "receipt": receipt})
    assert made.status_code == 201, made.content
    assert amounts(made) == ["1.00"]
    again = shop.till.post(f"{PURCHASES}/reclaim", {**claim, "receipt": receipt})
    error_of(again, 409, "ALREADY_CLAIMED")


@pytest.mark.scenario("RWD-146")
def test_a_merchants_key_cannot_post_for_another_merchants_till(shop: Shop) -> None:
    business = shop.cafe.business
    n = network.add_merchant(
        business=business, data=PlaceData(name="N", country="CY", town="Limassol"), at=AFTERNOON
    )
    network.add_tap(place=n, code="POS-N", at=AFTERNOON)
    till_of_m = Till(shop.cafe.merchant)
    refused = till_of_m.post(PURCHASES, of(shop.ann, tap={"code": "POS-N"}), key="k1")
    error_of(refused, 403, "FORBIDDEN_ORGANISATION")
    assert not BusinessEvent.objects.exists()
    own = till_of_m.post(PURCHASES, of(shop.ann), key="k1")
    assert own.status_code == 201
    error_of(Till(n).get(f"/events/{own.json()['id']}"), 404, "EVENT_NOT_FOUND")
    assert till_of_m.get(f"/events/{own.json()['id']}").status_code == 200


def test_a_till_of_another_business_is_not_there(shop: Shop) -> None:
    elsewhere = Till(make_business("Tea House"))
    error_of(elsewhere.post(PURCHASES, basket()), 404, "TAP_NOT_FOUND")


@pytest.mark.scenario("RWD-147")
def test_an_estimate_tells_the_amounts_and_leaves_nothing_behind(shop: Shop) -> None:
    locked = make_offer(shop.scheme, "With a pass", amount="3.00", requires_pass=True)
    give_pass(locked, "PASS-1")
    body = of(shop.ann, pass_code="PASS-1")
    before = _rows()
    estimated = shop.till.post(f"{PURCHASES}/estimate", body, key="")
    assert estimated.status_code == 200, estimated.content
    assert _rows() == before
    assert not PassUse.objects.exists()
    posted = shop.till.post(PURCHASES, body)
    assert sorted(amounts(estimated)) == sorted(amounts(posted)) == ["1.00", "3.00"]
    told = estimated.json()
    assert "id" not in told
    assert all("id" not in award for award in told["awards"])
    for name in ("instant_discount_total", "amount_due", "evaluation_state", "late"):
        assert told[name] == posted.json()[name]
    assert PassUse.objects.count() == 1


def _rows() -> list[int]:
    tables = (BusinessEvent, Award, EvaluationTrace, PassUse, Account, Product)
    return [table.objects.count() for table in tables]  # type: ignore[attr-defined]


@pytest.mark.scenario("RWD-149")
def test_a_batch_answers_each_in_order(shop: Shop) -> None:
    items = [
        {"kind": "purchases", "idempotency_key": "b1", "body": of(shop.ann)},
        {"kind": "purchases", "idempotency_key": "b2", "body": {**of(shop.ann), "colour": "red"}},
        {"kind": "purchases", "idempotency_key": "b3", "body": of(shop.ann, "40.00")},
    ]
    answer = shop.till.post("/events/batch", {"events": items}, key="")
    assert answer.status_code == 207, answer.content
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 422, 201]
    assert list(results[1]["body"]["error"]["fields"]) == ["colour"]
    assert [result["body"]["awards"][0]["amount"] for result in results[::2]] == ["1.00", "2.00"]
    again = shop.till.post("/events/batch", {"events": items}, key="").json()["results"]
    assert [result["replayed"] for result in again] == [True, False, True]
    single = shop.till.post(PURCHASES, items[0]["body"], key="b1")
    assert single.headers["Idempotent-Replayed"] == "true"
    assert BusinessEvent.objects.count() == 2


def test_an_event_that_breaks_does_not_stop_the_batch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Nothing known breaks one; a unit price of nothing stands for what nobody thought of."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False

    def broken(sender: Any, body: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(intake.KINDS, "achievements", (intake.KINDS["contacts"][0], broken))
    change = {"contact": {"code": shop.ann.code}, "kind": "PROFILE_UPDATED"}
    items = [
        {"kind": "achievements", "idempotency_key": "b1", "body": change},
        {"kind": "purchases", "idempotency_key": "b2", "body": of(shop.ann)},
    ]
    answer = shop.till.post("/events/batch", {"events": items}, key="")
    results = answer.json()["results"]
    assert (answer.status_code, [one["status"] for one in results]) == (207, [500, 201])
    assert results[0]["body"]["error"]["code"] == "INTERNAL"


def test_a_batch_holds_at_most_a_thousand(shop: Shop) -> None:
    item = {"kind": "contacts", "idempotency_key": "k", "body": {}}
    too_many = shop.till.post("/events/batch", {"events": [item] * 1_001}, key="")
    error = error_of(too_many, 422, "VALIDATION")
    assert list(error["fields"]) == ["events"]


def test_an_asynchronous_purchase_is_stored_and_left_to_a_worker(shop: Shop) -> None:
    answer = shop.till.post(f"{PURCHASES}?mode=async", of(shop.ann))
    assert answer.status_code == 202, answer.content
    event = BusinessEvent.objects.get()
    assert answer.json() == {
        "id": str(event.public_id),
        "state": "POSTED",
        "evaluation_state": "PENDING",
        "late": False,
    }
    assert not Award.objects.exists()


@pytest.mark.parametrize("kind", ["id", "wallet_code", "cim", "email", "phone"])
def test_a_contact_is_named_in_any_one_way(shop: Shop, kind: str) -> None:
    bea = make_contact(shop.cafe.business, email="bea@example.org", phone="+35799123456")
    names = {
        "id": str(bea.public_id),
        "wallet_code": wallets.register(contact=bea, at=AFTERNOON).holder.code,
        "cim": "BEA@example.org",
        "email": "bea@example.org",
        "phone": "+357 99 123456",
    }
    answer = shop.till.post(PURCHASES, basket(contact={kind: names[kind]}))
    assert answer.status_code == 201, answer.content
    assert BusinessEvent.objects.get().contact == bea


def test_what_the_contact_asks_to_spend_is_paid_in_the_same_call(shop: Shop) -> None:
    wallet = wallets.register(contact=shop.ann, at=AFTERNOON)
    money.top_up(wallet, 600, at=AFTERNOON)
    answer = shop.till.post(PURCHASES, of(shop.ann, spend={"amount": "10.00"}))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["wallet"]["paid"], told["wallet"]["requested"]) == ("6.00", "10.00")
    assert told["amount_due"] == "14.00"
    exact = of(shop.ann, spend={"amount": "10.00", "exact": True})
    error_of(shop.till.post(PURCHASES, exact), 409, "INSUFFICIENT_FUNDS")
    assert money.balance(wallet, AccountKind.BUSINESS) == 0
    assert BusinessEvent.objects.count() == 1


def test_a_cancel_takes_everything_back_and_answers_the_same_again(shop: Shop) -> None:
    body = of(shop.ann, "100.00")
    posted = shop.till.post(PURCHASES, body).json()
    first = shop.till.post(f"{PURCHASES}/{posted['id']}/cancel", {"reason": "void"})
    assert first.status_code == 200, first.content
    told = first.json()
    assert (told["state"], told["reverted_total"]) == ("CANCELLED", "5.00")
    number = {"tap": {"code": "POS-7"}, "reference_number": body["reference_number"]}
    again = shop.till.post(f"{PURCHASES}/cancel", number)
    assert (again.status_code, again.json()) == (200, told)
    read = shop.till.get(f"/events/{posted['id']}").json()
    assert (read["state"], read["awards"][0]["state"]) == ("CANCELLED", "CANCELLED")


def test_goods_that_come_back_take_their_part_of_the_award(shop: Shop) -> None:
    posted = shop.till.post(PURCHASES, of(shop.ann, "100.00")).json()
    path = f"{PURCHASES}/{posted['id']}/returns"
    first = shop.till.post(path, {"reference_number": "RET-1", "amount": "40.00"})
    assert first.status_code == 201, first.content
    assert first.json()["reverted_total"] == "2.00"
    over = shop.till.post(path, {"reference_number": "RET-2", "amount": "60.01"})
    error_of(over, 422, "RETURN_EXCEEDS_PURCHASE")


def test_a_purchase_takes_the_same_queries_at_any_size(shop: Shop) -> None:
    shop.till.post(PURCHASES, of(shop.ann))
    few = _queries(shop, lines=1)
    for number in range(8):
        make_offer(shop.scheme, f"Offer {number}", amount="1.00", minimum="999.00")
    shop.till.post(PURCHASES, of(shop.ann))
    many = _queries(shop, lines=12)
    assert many == few <= MOST, f"{few} and {many} queries"


def _queries(shop: Shop, *, lines: int) -> int:
    for number in range(lines):
        if not Product.objects.filter(sku=f"L{number}").exists():
            make_product(shop.cafe.business, f"L{number}")
    line = {"quantity": "1", "net": "2.00", "tax": "0.00", "total": "2.00"}
    total = f"{2 * lines}.00"
    body = of(shop.ann, total, lines=[{"sku": f"L{number}", **line} for number in range(lines)])
    with CaptureQueriesContext(connection) as seen:
        assert shop.till.post(PURCHASES, body).status_code == 201
    return len(seen)


def test_a_person_of_another_business_is_not_there(shop: Shop) -> None:
    stranger = make_person(make_business("Tea House"), first_name="Zoe")
    error_of(shop.till.post(PURCHASES, of(stranger)), 404, "CONTACT_NOT_FOUND")
