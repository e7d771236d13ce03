"""The dashboard: twelve figures that lead to their rows, who waits, charts and the funnel (2.9)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from incentives.choices import OfferStatus
from incentives.guards import Payload
from incentives.models import Message, Program
from incentives.selectors import dashboard
from incentives.services import messages
from incentives.services.actors import provider, recipient
from incentives.views.dashboard import ANSWER_WITHIN, STAGES
from tests.cast import Cast, client_of
from tests.factories.directory import make_business, make_product, make_user
from tests.factories.incentives import advance, make_offer, make_program

pytestmark = pytest.mark.django_db
PAGE = "/provider/dashboard"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.ada)


def opened(client: Client) -> Any:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer


def figures(answer: Any) -> dict[str, dict[str, int]]:
    return {
        card["label"]: {label: value for label, value, _ in card["figures"]}
        for card in answer.context["cards"]
    }


def test_figures_count_offers_from_their_first_offer_and_incentives_from_their_success(
    desk: Client, program: Program, cast: Cast
) -> None:
    make_offer(program=program, status="completed")
    make_offer(program=program, status="expired")
    make_offer(program=program, status="draft")
    make_offer(program=make_program(cast.bright_bikes), status="completed")
    found = figures(opened(desk))
    assert found["Incentive Offers"] == {"All time": 2, "This month": 1, "Today": 1}
    assert found["Incentives Provided"] == {"All time": 1, "This month": 1, "Today": 1}
    assert found["Incentive Requests"] == {"All time": 0, "This month": 0, "Today": 0}
    assert len(found) == 4
    assert sum(len(group) for group in found.values()) == 12


def test_an_offer_made_anew_is_still_counted_once_from_its_first_day(program: Program) -> None:
    offer = make_offer(program=program, status="requires_revision")
    at = clock.now()
    actor = provider(program.business.memberships.earliest("pk").user)
    advance(offer, (("provider", "offered", Payload(text="Again.")),), actor=actor, at=at)
    offer.refresh_from_db()
    assert offer.status == "offered"
    assert offer.offered_at is not None
    assert offer.offered_at < at
    found = dashboard.figures_of(business=program.business, at=at)["offers"]
    assert found.total == 1


def test_month_and_day_begin_by_the_clock_of_the_vendor() -> None:
    business = make_business("Kiwi Solar", admin=make_user(), zone="Pacific/Auckland")
    program = make_program(business)
    # In Auckland it is 00:30 on 1 March; in UTC still 28 February.
    at = datetime(2026, 2, 28, 11, 30, tzinfo=UTC)
    for made in (at - timedelta(minutes=25), at - timedelta(hours=2), at - timedelta(days=40)):
        make_offer(program=program, at=made)
    found = dashboard.figures_of(business=business, at=at)["offers"]
    assert (found.total, found.month, found.today) == (3, 1, 1)


def test_messages_of_both_sides_count_and_those_of_the_system_do_not(program: Program) -> None:
    offer = make_offer(program=program, status="approved")
    at = clock.now()
    messages.post(subject=offer, actor=recipient(offer), body="One thing more.", at=at)
    said = Message.objects.filter(offer=offer)
    people = said.exclude(sender_kind="system").count()
    assert people >= 2
    make_offer(program=program, status="expired")
    assert Message.objects.filter(sender_kind="system").exists()
    found = dashboard.figures_of(business=program.business, at=at)["messages"]
    assert found.total == Message.objects.exclude(sender_kind="system").count()


def test_every_figure_leads_to_exactly_the_rows_that_it_counts(
    desk: Client, program: Program
) -> None:
    make_offer(program=program, status="completed")
    make_offer(program=program, status="completed", at=clock.now() - timedelta(days=70))
    make_offer(program=program, status="expired")
    make_offer(program=program, status="draft")
    for card in opened(desk).context["cards"]:
        for label, value, url in card["figures"]:
            if card["label"] == "Incentive Requests" and not url:
                continue
            listed = desk.get(url)
            assert listed.status_code == 200, url
            assert listed.context["page"].total.value == value, (card["label"], label, url)


def test_who_waits_longest_stands_first_with_the_day_to_answer_by(
    desk: Client, program: Program, cast: Cast
) -> None:
    now = clock.now()
    fresh = make_offer(program=program, status="counter", recipient_name="Maria Kosta")
    old = make_offer(
        program=program,
        status="approved",
        recipient_name="Li Wei",
        at=now - timedelta(days=4),
        expires_at=now + timedelta(days=3),
    )
    make_offer(program=program, status="offered", recipient_name="Somebody Else")
    make_offer(program=program, status="draft", recipient_name="Nobody Yet")
    make_offer(program=make_program(cast.bright_bikes), status="counter")
    answer = opened(desk)
    waiting = answer.context["waiting"]
    assert [entry["subject"].pk for entry in waiting] == [old.pk, fresh.pk]
    assert [entry["overdue"] for entry in waiting] == [True, False]
    assert waiting[1]["due"] == fresh.status_changed_at + ANSWER_WITHIN
    page = answer.content.decode()
    assert "Overdue" in page
    assert reverse("offer_messages", args=[fresh.pk]) in page
    assert "Somebody Else" not in page
    assert "Nobody Yet" not in page


def test_a_confirmed_offer_waits_for_its_record(desk: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    entry = opened(desk).context["waiting"][0]
    assert entry["label"] == "Record"
    assert entry["answer_url"] == reverse("offer_distributions", args=[offer.pk])


def test_new_messages_of_recipients_are_told_and_listed(desk: Client, program: Program) -> None:
    offer = make_offer(program=program, status="counter")
    unread = Message.objects.filter(sender_kind="referent", read_at__isnull=True).count()
    assert unread == 1
    page = opened(desk)
    assert "1 new message" in page.content.decode()
    listed = desk.get(page.context["unread_url"])
    assert listed.context["page"].total.value == 1
    assert f"{reverse('offer_messages', args=[offer.pk])}#message-" in listed.content.decode()


def test_every_status_stands_in_one_stage_of_the_funnel() -> None:
    placed = [code for _, codes in STAGES for code in codes]
    assert sorted(placed) == sorted(OfferStatus)


def test_each_bar_of_the_funnel_leads_to_its_offers(desk: Client, program: Program) -> None:
    for status in ("draft", "offered", "counter", "approved", "completed", "expired", "rejected"):
        make_offer(program=program, status=status)
    stages = opened(desk).context["stages"]
    assert sum(stage["count"] for stage in stages) == 7
    for stage in stages:
        assert desk.get(stage["url"]).context["page"].total.value == stage["count"], stage["label"]
        for entry in stage["statuses"]:
            listed = desk.get(entry["url"]).context["page"]
            assert listed.total.value == entry["count"]


def test_charts_count_by_the_weeks_and_months_of_the_vendor() -> None:
    business = make_business("Kiwi Solar", admin=make_user(), zone="Pacific/Auckland")
    program = make_program(business)
    # Monday 2 March 2026, 00:10 in Auckland, is Sunday 1 March, 11:10 UTC.
    monday = datetime(2026, 3, 1, 11, 10, tzinfo=UTC)
    make_offer(program=program, at=monday)
    make_offer(program=program, at=monday - timedelta(minutes=20), delivery="link")
    make_offer(program=program, at=monday - timedelta(weeks=13))
    found = dashboard.offers_by_week(business=business, at=monday + timedelta(days=2))
    assert found.days[-1] == date(2026, 3, 2)
    assert found.days[0] == date(2025, 12, 8)
    assert (found.counts["email"][-1], found.counts["link"][-1]) == (1, 0)
    assert (found.counts["email"][-2], found.counts["link"][-2]) == (0, 1)
    assert sum(found.total) == 2
    make_offer(program=program, status="completed", at=monday)
    provided = dashboard.provided_by_month(business=business, at=monday)
    assert provided.days[-1] == date(2026, 3, 1)
    assert provided.counts["cashback"][-1] == 1
    assert sum(provided.total) == 1


def test_each_chart_stands_there_as_a_table_too(desk: Client, program: Program) -> None:
    make_offer(program=program, status="completed")
    answer = opened(desk)
    page = answer.content.decode()
    assert len(answer.context["charts"]) == 3
    for chart in answer.context["charts"]:
        figure = page[page.index(f'id="{chart.id}"') :]
        figure = figure[: figure.index("</figure>")]
        assert figure.count("<tr>") == len(chart.labels) + 1
        assert '<details class="chart-table" open>' in figure
        for row in chart.rows:
            assert row["label"] in figure
            total = sum(int(value) for value in row["values"])
            assert desk.get(row["url"]).context["page"].total.value == total, row


def test_dashboard_costs_the_same_however_much_happens(desk: Client, program: Program) -> None:
    make_offer(program=program, status="counter")
    opened(desk)
    with CaptureQueriesContext(connection) as few:
        opened(desk)
    for _ in range(5):
        make_offer(program=program, status="pre_claimed", delivery="link")
        make_offer(program=program, status="completed")
    with CaptureQueriesContext(connection) as many:
        opened(desk)
    assert len(few) == len(many) <= 15


def test_a_new_business_is_led_to_its_first_offer(desk: Client, cast: Cast) -> None:
    page = opened(desk).content.decode()
    assert "Three steps to your first offer" in page
    assert "Nobody waits for you" in page
    assert "data-chart" not in page
    assert steps(desk) == [False, False, False]
    make_product(cast.acme, "Panels")
    assert steps(desk) == [True, False, False]
    program = make_program(cast.acme)
    assert steps(desk) == [True, True, False]
    make_offer(program=program, status="draft")
    assert steps(desk) == []


def steps(desk: Client) -> list[bool]:
    return [step["done"] for step in opened(desk).context["first_steps"]]


def test_who_may_only_read_is_offered_no_step_that_they_cannot_take(cast: Cast) -> None:
    page = opened(client_of(cast.ana)).content.decode()
    assert "Three steps to your first offer" in page
    assert reverse("offer_add") not in page


def test_another_business_is_not_counted(cast: Cast, program: Program) -> None:
    make_offer(program=program, status="completed")
    found = figures(opened(client_of(cast.boris)))
    assert all(value == 0 for group in found.values() for value in group.values())
    assert not re.search(r"OF-\w{4}", opened(client_of(cast.boris)).content.decode())
