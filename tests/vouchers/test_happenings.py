"""What is told of happenings: all properties, the right types, times in UTC (vouchers.md 6.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.models import OutboxEvent
from directory.models import Organisation
from tests.factories.directory import make_contact
from tests.factories.vouchers import (
    MORNING,
    make_batch,
    make_campaign,
    make_codes,
    make_list,
    make_partner,
)
from tests.vouchers.spending import give, redeem
from vouchers import happenings
from vouchers.choices import Source
from vouchers.models import VoucherList
from vouchers.recipients import of_contact, of_email
from vouchers.selectors.telling import telling_of
from vouchers.services import issuing

TYPES: dict[str, type | tuple[type, ...]] = {
    "eventId": str, "schemaVersion": int, "systemSource": str, "source": str,
    "eventTimestamp": str, "eventTimestampEpoch": int, "campaignId": str, "campaignName": str,
    "voucherListId": str, "listTag": str, "listName": str, "listDescription": str,
    "listExpiry": str, "listExpiryEpoch": int, "partner": str, "partnerKind": str,
    "redemptionUrl": str, "redemptionInstructions": str, "voucherCode": str, "redeemUntil": str,
    "issuanceId": str, "recipientId": str, "recipientEmail": str, "ordinal": int,
    "triggerRef": str, "isFallback": bool,
}  # fmt: skip


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    partner = make_partner(
        acme,
        "Puma",
        redemption_url="https://puma.example/pay",
        redemption_instructions="At the till",
    )
    return make_list(partner, "sale", description="500 off above 2000")


def told(topic: str) -> dict[str, Any]:
    event = OutboxEvent.objects.filter(topic=topic).latest("pk")
    telling = telling_of(event.pk)
    assert telling is not None
    return telling.data


@pytest.mark.scenario("VCH-63")
def test_the_event_holds_every_property_with_its_type(
    acme: Organisation, sale: VoucherList
) -> None:
    make_codes(sale, codes=["PM500FF"])
    campaign = make_campaign(sale, "Winter")
    made = issuing.issue(
        campaign=campaign, recipient=of_email("ann@example.org"), idempotency_key="k",
        source=Source.API, trigger_ref="order:7", at=MORNING,
    )  # fmt: skip
    row = made.issuance
    assert row is not None
    data = happenings.properties_of(row, at=MORNING, code=happenings.code_of(row))
    assert set(data) == set(TYPES)
    for name, kind in TYPES.items():
        assert isinstance(data[name], kind), name
    assert (data["eventTimestamp"], data["eventTimestampEpoch"]) == (
        "2026-03-04T09:30:00Z", int(MORNING.timestamp()),
    )  # fmt: skip
    assert data["listExpiry"] == "2027-03-04T09:30:00Z"
    assert datetime.fromisoformat(data["redeemUntil"]) == row.redeem_until
    assert (data["source"], data["systemSource"]) == ("API", "Partner vouchers")
    assert (data["campaignId"], data["voucherCode"]) == (campaign.reference, "PM500FF")
    assert UUID(data["eventId"]) == row.event_id
    assert (data["schemaVersion"], data["ordinal"], data["isFallback"]) == (1, 1, False)


def test_a_contact_is_named_by_the_public_id(acme: Organisation, sale: VoucherList) -> None:
    ann = make_contact(acme, "Ann", email="ann@example.org")
    make_codes(sale)
    made = issuing.issue(
        campaign=make_campaign(sale), recipient=of_contact(ann), idempotency_key="k",
        source=Source.API, at=MORNING,
    )  # fmt: skip
    assert made.issuance is not None
    data = happenings.properties_of(made.issuance, at=MORNING)
    assert data["recipientId"] == str(ann.public_id)


def test_the_code_for_everybody_tells_of_no_list(acme: Organisation) -> None:
    empty = make_list(make_partner(acme))
    campaign = make_campaign(empty, on_exhaustion="fallback_code", fallback_code="WELCOME10")
    made = issuing.issue(
        campaign=campaign, recipient=of_contact(make_contact(acme, "Ann")), idempotency_key="k",
        source=Source.API, at=MORNING,
    )  # fmt: skip
    assert made.issuance is not None
    data = happenings.properties_of(made.issuance, at=MORNING, code="WELCOME10")
    assert set(data) == set(TYPES)
    assert (data["isFallback"], data["voucherListId"], data["listExpiry"]) == (True, None, None)


def test_no_happening_carries_a_code_in_the_outbox(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "MARK-1234-X")
    redeem(acme, "MARK-1234-X", reference="R-1")
    rows = OutboxEvent.objects.values_list("topic", "key", "payload")
    assert {topic for topic, _, _ in rows} >= {happenings.REWARDED, happenings.REDEEMED}
    assert "MARK-1234-X" not in repr(list(rows))


def test_the_same_event_has_the_same_id_for_every_receiver(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "SUN-0001")
    redeem(acme, "SUN-0001", reference="R-1", amount_minor=250, currency="EUR")
    first, second = told(happenings.REDEEMED), told(happenings.REDEEMED)
    assert first == second
    assert first["eventId"] != told(happenings.REWARDED)["eventId"]
    assert (first["reference"], first["amount"], first["channel"]) == ("R-1", "2.50", "api")


def test_lists_and_uploads_are_told_with_their_figures(sale: VoucherList) -> None:
    happenings.of_list(happenings.LIST_LOW, sale, MORNING, value=812, threshold=80)
    low = told(happenings.LIST_LOW)
    assert (low["voucherListId"], low["value"], low["threshold"]) == (sale.list_id, 812, 80)
    batch = make_batch(sale, accepted_count=5, row_count=7, rejected_count=2)
    happenings.of_batch(happenings.UPLOAD_COMPLETED, batch, MORNING)
    done = told(happenings.UPLOAD_COMPLETED)
    assert (done["accepted"], done["rejected"], done["upload"]) == (5, 2, batch.number)


def test_a_happening_that_nobody_knows_is_a_mistake(sale: VoucherList) -> None:
    with pytest.raises(ValueError, match="Nobody knows"):
        happenings.of_list("voucher_list.gone", sale, MORNING)


def test_times_are_told_in_utc_whatever_their_zone() -> None:
    local = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Asia/Nicosia"))
    assert happenings.iso(local) == "2026-07-01T09:00:00Z"
    assert happenings.iso(local + timedelta(microseconds=7)) == "2026-07-01T09:00:00Z"
    assert happenings.iso(None) is None
    assert happenings.iso(datetime(2026, 7, 1, tzinfo=UTC)) == "2026-07-01T00:00:00Z"
