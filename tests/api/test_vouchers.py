"""Vouchers by machine: lists, uploads, issuing, redeeming (vouchers.md 8.1, 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import ApiAnswer
from directory.models import ApiKey, Organisation
from tests.api.client import Till, error_of
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from vouchers.choices import CodeState
from vouchers.models import Campaign, Issuance, UploadBatch, VoucherCode, VoucherList
from vouchers.services import counting

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANN = {"recipient": {"email": "ann@example.org"}}


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def till(acme: Organisation) -> Till:
    return Till(acme)


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    made = make_list(make_partner(acme, "Puma"), "sale", description="500 off above 2000")
    make_codes(made, codes=["SUN-0001", "SUN-0002"])
    return made


@pytest.fixture
def campaign(sale: VoucherList) -> Campaign:
    return make_campaign(sale)


def partner_till(voucher_list: VoucherList) -> Till:
    till = Till(voucher_list.business)
    reference = f"vouchers.partner:{voucher_list.partner_id}"
    ApiKey.objects.filter(pk=till.key.pk).update(limited_to=reference)
    return till


def issue(till: Till, campaign: Campaign, body: Any = None, key: str | None = None) -> Any:
    return till.post(f"/voucher-campaigns/{campaign.reference}/issue", body or ANN, key=key)


def test_lists_come_with_their_counters(till: Till, sale: VoucherList) -> None:
    answer = till.get("/voucher-lists").json()
    assert answer["next_page"] is None
    (told,) = answer["lists"]
    assert (told["list_id"], told["partner"], told["status"]) == (sale.list_id, "Puma", "active")
    assert told["counts"]["distributable"] == 2
    assert till.get(f"/voucher-lists/{sale.list_id}").json() == told
    error_of(till.get("/voucher-lists/VL-0000000000"), 404, "NOT_FOUND")


def test_foreign_lists_and_campaigns_are_not_there(
    bright_bikes: Organisation, sale: VoucherList, campaign: Campaign
) -> None:
    stranger = Till(bright_bikes)
    assert stranger.get("/voucher-lists").json()["lists"] == []
    error_of(stranger.get(f"/voucher-lists/{sale.list_id}"), 404, "NOT_FOUND")
    error_of(issue(stranger, campaign), 404, "CAMPAIGN_NOT_FOUND")
    path = f"/voucher-lists/{sale.list_id}/uploads"
    error_of(stranger.post(path, {"codes": ["A-1000"]}), 404, "NOT_FOUND")


def test_codes_are_uploaded_as_json_once_for_a_key(till: Till, sale: VoucherList) -> None:
    path = f"/voucher-lists/{sale.list_id}/uploads"
    first = till.post(path, {"codes": ["NEW-0001", "NEW-0002"]}, key="up-1")
    assert first.status_code == 202
    again = till.post(path, {"codes": ["NEW-0001", "NEW-0002"]}, key="up-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    batch = UploadBatch.objects.get(number=first.json()["upload"], voucher_list=sale)
    assert (batch.kind, batch.uploaded_by_name) == ("api", "Till")
    progress = till.get(f"{path}/{batch.number}").json()
    assert progress["status"] == "in_progress"
    report = till.get(f"{path}/{batch.number}/report")
    assert report.headers["Content-Type"].startswith("text/csv")
    assert b"reason_code" in b"".join(report.streaming_content)


def test_a_file_is_uploaded_in_a_form(till: Till, sale: VoucherList) -> None:
    def send(text: bytes, key: str) -> Any:
        return Client().post(
            f"/api/v1/voucher-lists/{sale.list_id}/uploads",
            {"file": SimpleUploadedFile("codes.csv", text), "mode": "strict"},
            headers={"Authorization": f"Bearer {till.secret}", "Idempotency-Key": key},
        )

    first = send(b"code\nNEW-0001\n", "form-1")
    assert first.status_code == 202, first.content
    assert send(b"code\nNEW-0001\n", "form-1").headers["Idempotent-Replayed"] == "true"
    error_of(send(b"code\nOTHER-1\n", "form-1"), 409, "KEY_REUSED")


@pytest.mark.parametrize(
    "body",
    [{"codes": []}, {"codes": ["two words"]}, {"codes": ["A-1"], "more": 1}, {"codes": "A-1"}, []],
)
def test_codes_that_do_not_fit_the_schema_are_refused(
    till: Till, sale: VoucherList, body: Any
) -> None:
    raw = body if body else "[]"
    error_of(till.post(f"/voucher-lists/{sale.list_id}/uploads", raw), 422, "VALIDATION")


def test_codes_that_are_no_json_are_refused_as_everywhere(till: Till, sale: VoucherList) -> None:
    answer = Client().post(
        f"/api/v1/voucher-lists/{sale.list_id}/uploads",
        data=b"{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {till.secret}", "Idempotency-Key": "no-json"},
    )
    error = error_of(answer, 400, "BAD_JSON")
    assert "not plain JSON" in error["message"]


def test_ten_thousand_codes_fit_in_one_call_and_one_more_does_not(
    till: Till, sale: VoucherList
) -> None:
    path = f"/voucher-lists/{sale.list_id}/uploads"
    codes = [f"MANY-{number:06d}" for number in range(10_001)]
    assert till.post(path, {"codes": codes[:10_000]}).status_code == 202
    error_of(till.post(path, {"codes": codes}), 422, "VALIDATION")


def test_the_same_key_is_answered_by_the_same_code(till: Till, campaign: Campaign) -> None:
    first = issue(till, campaign, key="order-1")
    assert (first.status_code, first.json()["outcome"]) == (201, "issued")
    assert first.json()["voucher_code"] == "SUN-0001"
    again = issue(till, campaign, key="order-1")
    assert (again.status_code, again.json()["outcome"]) == (200, "already_issued")
    assert again.json()["voucher_code"] == "SUN-0001"
    other = {"recipient": {"email": "ben@example.org"}}
    error_of(issue(till, campaign, other, key="order-1"), 409, "KEY_REUSED")
    assert Issuance.objects.get().exposed_at == NOON


def test_answers_that_are_kept_hold_no_code(till: Till, campaign: Campaign) -> None:
    code = issue(till, campaign).json()["voucher_code"]
    till.post("/vouchers/redeem", {"code": code, "reference": "R-1"})
    kept = " ".join(ApiAnswer.objects.values_list("body", flat=True))
    assert "redemption_id" in kept
    assert code not in kept


def test_refusals_say_why_and_leave_the_key_free(till: Till, campaign: Campaign) -> None:
    issue(till, campaign)
    error_of(issue(till, campaign, key="second"), 422, "LIMIT_REACHED")
    Campaign.objects.filter(pk=campaign.pk).update(max_per_recipient=2)
    assert issue(till, campaign, key="second").status_code == 201
    ben = {"recipient": {"email": "ben@example.org"}}
    waiting = issue(till, campaign, ben)
    assert (waiting.status_code, waiting.json()["outcome"]) == (202, "waitlisted")
    Campaign.objects.filter(pk=campaign.pk).update(status="paused")
    error_of(issue(till, campaign, {"recipient": {"email": "c@d.org"}}), 422, "NOT_RUNNING")


def test_a_reservation_tells_no_code_until_it_is_confirmed(till: Till, campaign: Campaign) -> None:
    held = till.post(f"/voucher-campaigns/{campaign.public_id}/reserve", ANN)
    assert (held.status_code, held.json()["voucher_code"]) == (201, None)
    assert b"SUN-" not in held.content
    path = f"/reservations/{held.json()['issuance_id']}"
    confirmed = till.post(f"{path}/confirm")
    assert (confirmed.status_code, confirmed.json()["voucher_code"]) == (201, "SUN-0001")
    assert till.post(f"{path}/confirm").status_code == 200
    error_of(till.post(f"{path}/release"), 409, "RESERVATION_OVER")


def test_a_released_reservation_gives_everything_back(till: Till, campaign: Campaign) -> None:
    held = till.post(f"/voucher-campaigns/{campaign.public_id}/reserve", ANN).json()
    path = f"/reservations/{held['issuance_id']}/release"
    assert till.post(path).json()["outcome"] == "released"
    assert set(VoucherCode.objects.values_list("state", flat=True)) == {CodeState.AVAILABLE}
    assert issue(till, campaign).status_code == 201


def test_vouchers_of_a_person(till: Till, campaign: Campaign, sale: VoucherList) -> None:
    issue(till, campaign)
    (told,) = till.get("/vouchers", {"identity": "Ann@Example.org"}).json()["vouchers"]
    assert told["voucher_code"] == "SUN-0001"
    assert (told["partner"], told["list_tag"], told["status"]) == ("Puma", "sale", "issued")
    assert told["campaign_id"] == campaign.reference
    assert told["list_description"] == "500 off above 2000"
    assert till.get("/vouchers", {"identity": "ben@example.org"}).json() == {"vouchers": []}


def test_a_till_checks_redeems_and_reverses(
    till: Till, campaign: Campaign, sale: VoucherList
) -> None:
    code = issue(till, campaign).json()["voucher_code"]
    checked = till.post("/vouchers/check", {"code": code}).json()
    assert (checked["is_redeemable"], checked["list_id"]) == (True, sale.list_id)
    body = {"code": code, "reference": "R-1", "amount": "12.50", "currency": "EUR"}
    done = till.post("/vouchers/redeem", body)
    assert (done.status_code, done.json()["amount"]) == (201, "12.50")
    again = till.post("/vouchers/redeem", body)
    assert (again.status_code, again.json()["is_repeat"]) == (200, True)
    error_of(
        till.post("/vouchers/redeem", {"code": code, "reference": "R-2"}), 409, "ALREADY_REDEEMED"
    )
    checked = till.post("/vouchers/check", {"code": code}).json()
    assert (checked["is_redeemable"], checked["reason"]) == (False, "ALREADY_REDEEMED")
    reversed_ = till.post("/vouchers/reverse", {"code": code, "reference": "R-1"})
    assert (reversed_.status_code, reversed_.json()["status"]) == (200, "reversed")
    assert not counting.compare(sale).differs


def test_a_leak_is_refused_and_the_code_stays_dead(till: Till, sale: VoucherList) -> None:
    body = {"code": "SUN-0002", "reference": "R-1"}
    error_of(till.post("/vouchers/redeem", body), 422, "NOT_ISSUED")
    assert VoucherCode.objects.get(code="SUN-0002").state == CodeState.VOID
    error_of(till.post("/vouchers/redeem", body), 422, "VOID")


def test_guessing_is_counted_though_every_guess_is_refused(
    till: Till, sale: VoucherList, time_machine: Any
) -> None:
    for number in range(20):
        body = {"code": f"GUESS-{number}", "reference": "R"}
        error_of(till.post("/vouchers/redeem", body), 404, "UNKNOWN_CODE")
    blocked = till.post("/vouchers/check", {"code": "SUN-0001"})
    error_of(blocked, 429, "GUESSING_BLOCKED")
    assert int(blocked.headers["Retry-After"]) == 15 * 60
    time_machine.move_to(NOON + timedelta(minutes=16), tick=False)
    assert till.post("/vouchers/check", {"code": "SUN-0001"}).status_code == 200


def test_a_code_of_the_own_engine_is_held_for_a_cart(till: Till, acme: Organisation) -> None:
    own = make_list(make_partner(acme, kind="internal"))
    make_codes(own, codes=["CART-001"])
    issue(till, make_campaign(own))
    held = till.post("/vouchers/hold", {"code": "CART-001"})
    assert held.status_code == 201
    body = {"code": "CART-001", "reference": "R-1"}
    error_of(till.post("/vouchers/redeem", body), 409, "HELD")
    body["hold_id"] = held.json()["hold_id"]
    assert till.post("/vouchers/redeem", body).status_code == 201


def test_a_partners_key_reaches_its_own_lists_and_nothing_else(
    acme: Organisation, sale: VoucherList, campaign: Campaign, till: Till
) -> None:
    other = make_list(make_partner(acme, "Adidas"), "other")
    partner = partner_till(sale)
    assert [one["list_id"] for one in partner.get("/voucher-lists").json()["lists"]] == [
        sale.list_id
    ]
    error_of(partner.get(f"/voucher-lists/{other.list_id}"), 404, "NOT_FOUND")
    path = f"/voucher-lists/{other.list_id}/uploads"
    error_of(partner.post(path, {"codes": ["A-1000"]}), 404, "NOT_FOUND")
    error_of(issue(partner, campaign), 403, "FORBIDDEN_ORGANISATION")
    error_of(partner.get("/vouchers", {"identity": "a@b.org"}), 403, "FORBIDDEN_ORGANISATION")
    error_of(partner.get("/contacts", {"email": "a@b.org"}), 403, "FORBIDDEN_ORGANISATION")
    code = issue(till, campaign).json()["voucher_code"]
    stranger = partner_till(other)
    body = {"code": code, "reference": "R-1"}
    error_of(stranger.post("/vouchers/redeem", body), 404, "UNKNOWN_CODE")
    assert partner.post("/vouchers/redeem", body).status_code == 201


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("vouchers:issue", "/voucher-campaigns/CMP-000001/issue"),
        ("vouchers:redeem", "/vouchers/redeem"),
        ("vouchers:upload", "/voucher-lists/VL-0000000000/uploads"),
    ],
)
def test_each_call_needs_its_scope(acme: Organisation, scope: str, path: str) -> None:
    others = {"vouchers:issue", "vouchers:read", "vouchers:redeem", "vouchers:upload"} - {scope}
    error_of(Till(acme, *others).post(path, {}), 403, "MISSING_SCOPE")


def test_a_key_has_a_hundred_calls_at_once_and_twenty_a_second(till: Till) -> None:
    assert {till.get("/voucher-lists").status_code for _ in range(100)} == {200}
    answer = till.get("/voucher-lists")
    error_of(answer, 429, "RATE_LIMITED")
    assert answer.headers["Retry-After"] == "5"


def test_writing_needs_an_idempotency_key(till: Till, campaign: Campaign) -> None:
    error_of(issue(till, campaign, key=""), 400, "KEY_REQUIRED")
    error_of(
        till.post("/vouchers/redeem", {"code": "A", "reference": "R"}, key=""), 400, "KEY_REQUIRED"
    )
