"""Alerts: raised when a line is crossed, once; over when it is crossed back (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import Invalid, StaleStatus
from core.models import Mail, OutboxEvent
from directory.models import Organisation, User
from tests.factories.vouchers import (
    MORNING,
    link_list,
    make_campaign,
    make_codes,
    make_list,
    make_partner,
)
from tests.kit.concurrency import together
from vouchers.choices import AlertKind, AlertState, WaitState
from vouchers.models import Alert, Issuance, VoucherList, WaitEntry
from vouchers.services import alerts, counting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def quiet_list(business: Organisation, **changes: Any) -> VoucherList:
    """Return a list that warns of nothing but what the test sets."""
    off: dict[str, Any] = dict.fromkeys(
        ("warn_used_percent", "warn_remaining", "warn_days_left", "warn_waiting")
    )
    return make_list(make_partner(business), **{**off, **changes})


def give(voucher_list: VoucherList, count: int) -> None:
    counting.count(voucher_list.pk, issued=count)


def look(voucher_list: VoucherList) -> int:
    return alerts.look(voucher_list_id=voucher_list.pk, at=MORNING)


def kinds_open(voucher_list: VoucherList) -> list[str]:
    rows = Alert.objects.filter(voucher_list=voucher_list, resolved_at=None)
    return sorted(rows.values_list("kind", flat=True))


@pytest.mark.scenario("VCH-69")
def test_used_share_is_told_once_when_crossed_and_again_after_a_top_up(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_used_percent=80)
    counting.count(sale.pk, uploaded=1_000)
    give(sale, 799)
    assert look(sale) == 0
    give(sale, 1)
    assert look(sale) == 1
    give(sale, 1)
    assert look(sale) == 0
    assert kinds_open(sale) == [AlertKind.USED_SHARE]
    counting.count(sale.pk, uploaded=1_000)
    assert look(sale) == 0
    assert kinds_open(sale) == []
    give(sale, 798)
    assert look(sale) == 0
    give(sale, 1)
    assert look(sale) == 1
    assert Alert.objects.filter(voucher_list=sale).count() == 2


@pytest.mark.scenario("VCH-69")
@pytest.mark.django_db(transaction=True)
def test_fifty_issues_across_the_line_at_once_raise_one_alert(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_used_percent=80)
    counting.count(sale.pk, uploaded=1_000)
    give(sale, 780)

    def issue() -> None:
        give(sale, 1)
        look(sale)

    outcomes = together(*[issue] * 50)
    assert outcomes == [None] * 50
    assert Alert.objects.filter(voucher_list=sale).count() == 1
    assert Mail.objects.filter(kind="vouchers_alert").count() == 1


@pytest.mark.scenario("VCH-70")
def test_slow_kinds_fire_once_snoozed_ones_stay_quiet_reminders_come_daily_until_acknowledged(
    acme: Organisation, ada: User
) -> None:
    sale = quiet_list(
        acme, warn_days_left=7, warn_days_to_expiry=[14, 3], expires_at=MORNING + 2 * DAY,
        warn_addresses=["stock@acme.example"],
    )  # fmt: skip
    given(sale, 70)
    for _ in range(2):
        alerts.look_around(at=MORNING)
    assert kinds_open(sale) == sorted(
        [AlertKind.DAYS_LEFT, *[AlertKind.DAYS_TO_EXPIRY] * 2, AlertKind.EXHAUSTED]
    )
    ends = Alert.objects.filter(voucher_list=sale, kind=AlertKind.DAYS_TO_EXPIRY)
    assert set(ends.values_list("threshold", flat=True)) == {3, 14}

    rows = Alert.objects.filter(voucher_list=sale)
    exhausted, left = rows.get(kind=AlertKind.EXHAUSTED), rows.get(kind=AlertKind.DAYS_LEFT)
    rows.exclude(pk__in=[exhausted.pk, left.pk]).delete()
    Mail.objects.all().delete()
    alerts.snooze(alert=exhausted, days=2, at=MORNING)
    alerts.remind(at=MORNING + timedelta(hours=23))
    assert mailed() == []
    alerts.remind(at=MORNING + DAY)
    alerts.remind(at=MORNING + DAY)
    assert mailed() == [left.pk]
    alerts.acknowledge(alert=left, actor=ada, at=MORNING + DAY)
    alerts.remind(at=MORNING + 2 * DAY)
    assert mailed() == [left.pk, exhausted.pk]
    alerts.remind(at=MORNING + 3 * DAY)
    assert mailed() == [left.pk, exhausted.pk, exhausted.pk]


def given(voucher_list: VoucherList, count: int) -> None:
    """Give out so many codes of the list within the last days, and leave none."""
    campaign = make_campaign(voucher_list)
    codes = make_codes(voucher_list, count, state="issued")
    Issuance.objects.bulk_create(
        Issuance(
            business=voucher_list.business, campaign=campaign, voucher_list=voucher_list, code=code,
            recipient_key=f"email:{code.pk}@home.example", ordinal=1, idempotency_key=str(code.pk),
            source="Campaign", status="issued", issued_at=MORNING - DAY, created_at=MORNING,
            updated_at=MORNING,
        )
        for code in codes
    )  # fmt: skip


def mailed() -> list[int]:
    """Return the alerts of which reminders were queued, in order."""
    rows = Mail.objects.filter(kind="vouchers_alert_reminder").order_by("pk")
    return [
        int(reference.partition(":")[2]) for reference in rows.values_list("reference", flat=True)
    ]


def test_few_codes_left_and_none_left_are_two_alerts(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_remaining=10)
    counting.count(sale.pk, uploaded=50)
    give(sale, 40)
    look(sale)
    assert kinds_open(sale) == [AlertKind.REMAINING]
    give(sale, 10)
    look(sale)
    assert kinds_open(sale) == [AlertKind.EXHAUSTED, AlertKind.REMAINING]


def test_a_list_without_codes_or_past_its_end_is_not_called_exhausted(acme: Organisation) -> None:
    empty = quiet_list(acme)
    over = quiet_list(acme, expires_at=MORNING - DAY)
    counting.count(over.pk, uploaded=1, issued=1)
    assert look(empty) == look(over) == 0


def test_days_left_are_not_foretold_of_a_paused_list(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_days_left=7)
    given(sale, 70)
    make_codes(sale, 10)
    VoucherList.objects.filter(pk=sale.pk).update(status="paused")
    alerts.look_around(at=MORNING)
    assert kinds_open(sale) == []
    VoucherList.objects.filter(pk=sale.pk).update(status="active")
    alerts.look_around(at=MORNING)
    assert kinds_open(sale) == [AlertKind.DAYS_LEFT]


def test_people_who_wait_are_told_of_on_every_list_of_their_campaign(acme: Organisation) -> None:
    first, second = quiet_list(acme, warn_waiting=2), quiet_list(acme, warn_waiting=3)
    campaign = make_campaign(first)
    link_list(campaign, second)
    for name in ("ann", "ben"):
        WaitEntry.objects.create(
            campaign=campaign, recipient_key=f"email:{name}@home.example", qualified_at=MORNING,
            idempotency_key=name, source="API", created_at=MORNING, updated_at=MORNING,
        )  # fmt: skip
    alerts.look_around(at=MORNING)
    assert kinds_open(first) == [AlertKind.WAITING]
    assert kinds_open(second) == []
    WaitEntry.objects.update(state=WaitState.SERVED)
    alerts.look_around(at=MORNING)
    assert kinds_open(first) == []


def test_archiving_a_list_ends_its_alerts(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_remaining=10)
    counting.count(sale.pk, uploaded=5)
    look(sale)
    VoucherList.objects.filter(pk=sale.pk).update(status="archived")
    alerts.look_around(at=MORNING)
    assert kinds_open(sale) == []


def test_owner_and_addresses_of_the_list_are_written_to_once_each(
    acme: Organisation, mara: User
) -> None:
    sale = quiet_list(
        acme, warn_remaining=10, created_by=mara, warn_addresses=["stock@acme.example", mara.email]
    )
    counting.count(sale.pk, uploaded=5)
    look(sale)
    mails = Mail.objects.filter(kind="vouchers_alert").values_list("to", flat=True)
    assert sorted(mails) == sorted([mara.email, "stock@acme.example"])
    assert OutboxEvent.objects.get(topic="voucher_list.low").payload["value"] == 5


def test_the_partner_is_asked_for_thirty_days_of_codes(acme: Organisation) -> None:
    partner = make_partner(
        acme, "Puma", contact_email="codes@puma.example", is_told_of_low_stock=True
    )
    sale = make_list(partner, warn_used_percent=50, warn_days_left=None, warn_waiting=None)
    given(sale, 70)
    look(sale)
    mail = Mail.objects.get(kind="vouchers_top_up_request")
    assert mail.to == "codes@puma.example"
    assert mail.context["wanted"] == 300


def test_a_partner_who_did_not_ask_to_be_told_is_left_in_peace(acme: Organisation) -> None:
    sale = quiet_list(acme, warn_remaining=10)
    counting.count(sale.pk, uploaded=5)
    look(sale)
    assert not Mail.objects.filter(kind="vouchers_top_up_request").exists()


def test_a_happening_is_told_once_and_ends_when_somebody_has_seen_it(
    acme: Organisation, ada: User
) -> None:
    for _ in range(2):
        alerts.raise_happening(
            kind=AlertKind.LEAK, business=acme, key="leak:1", subject="Sale", at=MORNING
        )
    leak = Alert.objects.get()
    alerts.acknowledge(alert=leak, actor=ada, at=MORNING)
    assert leak.state == AlertState.RESOLVED
    with pytest.raises(StaleStatus, match="Resolved"):
        alerts.acknowledge(alert=leak, actor=ada, at=MORNING)


def test_an_alert_is_snoozed_for_one_to_thirty_days(acme: Organisation) -> None:
    alerts.raise_happening(
        kind=AlertKind.LEAK, business=acme, key="leak:1", subject="Sale", at=MORNING
    )
    leak = Alert.objects.get()
    for days in (0, 31):
        with pytest.raises(Invalid):
            alerts.snooze(alert=leak, days=days, at=MORNING)
    assert alerts.snooze(alert=leak, days=30, at=MORNING).snoozed_until == MORNING + 30 * DAY


def test_looking_after_a_code_is_one_query_until_a_line_is_crossed(
    acme: Organisation, django_assert_num_queries: Any
) -> None:
    sale = quiet_list(acme, warn_used_percent=80)
    counting.count(sale.pk, uploaded=10, issued=7)
    with django_assert_num_queries(1):
        assert look(sale) == 0
    give(sale, 1)
    assert look(sale) == 1
    with django_assert_num_queries(1):
        assert look(sale) == 0
