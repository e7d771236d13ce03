"""The bell in the desk's header and vouchers on the dashboard (vouchers.md 7.2, 7.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.bells import Bell
from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_codes, make_list, make_partner
from vouchers.choices import AlertKind, AlertState, CodeState, ListStatus
from vouchers.models import Alert
from vouchers.services import alerts

pytestmark = pytest.mark.django_db
SILENT = "No voucher alert waits for you"


@pytest.fixture
def desk(ana: User) -> Client:
    return client_of(ana)


def raise_alerts(business: Organisation, count: int) -> list[Alert]:
    first = Alert.objects.count()
    for place in range(count):
        alerts.raise_happening(
            kind=AlertKind.MISMATCH, business=business, key=f"mismatch:{first + place}",
            subject="Sale", at=now(),
        )  # fmt: skip
    return list(Alert.objects.filter(business=business).order_by("pk"))


def labels(desk: Client) -> set[str]:
    """Return what the bells of a page say; the same in the side bar and on phones."""
    page = desk.get(reverse("voucher_campaigns"))
    return {bell.label for bell in page.context["bells"]()}


def test_bell_counts_what_is_open_and_neither_seen_nor_snoozed(
    desk: Client, acme: Organisation, ada: User, bright_bikes: Organisation
) -> None:
    raise_alerts(bright_bikes, 1)
    assert labels(desk) == {SILENT}
    first, second, third = raise_alerts(acme, 3)
    assert labels(desk) == {"3 voucher alerts wait for you"}
    alerts.snooze(alert=second, days=2, at=now())
    assert labels(desk) == {"2 voucher alerts wait for you"}
    alerts.acknowledge(alert=first, actor=ada, at=now())
    assert labels(desk) == {"1 voucher alert waits for you"}
    Alert.objects.filter(pk=second.pk).update(snoozed_until=now() - timedelta(minutes=1))
    Alert.objects.filter(pk=third.pk).update(state=AlertState.RESOLVED, resolved_at=now())
    assert labels(desk) == {"1 voucher alert waits for you"}


def test_bell_is_read_along_with_the_membership_however_many_alerts_there_are(
    desk: Client, acme: Organisation
) -> None:
    for more in (0, 120):
        raise_alerts(acme, more)
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("contact_list"))
        (asked,) = [row["sql"] for row in queries if "vouchers_alert" in row["sql"]]
        assert "directory_membership" in asked


@pytest.mark.parametrize(("count", "shown"), [(1, "1"), (99, "99"), (100, "99+")])
def test_mark_of_the_bell_shows_at_most_two_digits(count: int, shown: str) -> None:
    assert Bell(count, "/", "").shown == shown


def test_who_belongs_to_no_business_hears_no_bell(nils: User) -> None:
    assert 'class="bell' not in client_of(nils).get("/").content.decode()


def dashboard(desk: Client) -> Any:
    return desk.get(reverse("dashboard")).context["vouchers"]


def test_dashboard_of_a_business_without_lists_says_nothing_of_vouchers(desk: Client) -> None:
    assert dashboard(desk) is None


def test_dashboard_shows_issued_against_uploaded_of_the_lists_in_use(
    desk: Client, acme: Organisation, bright_bikes: Organisation
) -> None:
    partner = make_partner(acme)
    made = {
        tag: make_list(partner, tag, status=status, at=now())
        for tag, status in (
            ("busy", ListStatus.ACTIVE),
            ("quiet", ListStatus.PAUSED),
            ("gone", ListStatus.ARCHIVED),
        )
    }
    for tag, issued, left in (("busy", 3, 1), ("quiet", 1, 5), ("gone", 9, 9)):
        make_codes(made[tag], issued, state=CodeState.ISSUED)
        make_codes(made[tag], left)
    make_codes(make_list(make_partner(bright_bikes), at=now()), 50)
    shown = dashboard(desk)
    assert (shown["issued"], shown["uploaded"]) == (4, 10)
    assert shown["utilisation"] == 40
    chart = shown["chart"]
    assert list(chart.labels) == ["List busy", "List quiet"]
    assert [series.values for series in chart.series] == [(3, 1), (1, 5)]
    page = desk.get(reverse("dashboard")).content.decode()
    assert reverse("voucher_list", args=[made["busy"].list_id]) in page


def test_dashboard_names_the_loud_alerts_in_words(desk: Client, acme: Organisation) -> None:
    sale = make_list(make_partner(acme), "sale", at=now())
    alerts.raise_happening(
        kind=AlertKind.LEAK, business=acme, key="leak:1", subject="List sale", at=now(),
        voucher_list=sale,
    )  # fmt: skip
    (shown,) = dashboard(desk)["alerts"]
    assert shown["sentence"].startswith("A code was redeemed that nobody had been given")
    alerts.snooze(alert=Alert.objects.get(), days=1, at=now())
    assert dashboard(desk)["alerts"] == []


def test_vouchers_on_the_dashboard_take_a_fixed_number_of_queries(
    desk: Client, acme: Organisation
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            dashboard(desk)
        return len(queries)

    partner = make_partner(acme)
    make_codes(make_list(partner, at=now()), 2)
    asked()
    few = asked()
    for _ in range(12):
        make_codes(make_list(partner, at=now()), 2)
    raise_alerts(acme, 6)
    assert asked() == few
