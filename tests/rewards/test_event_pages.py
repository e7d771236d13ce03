"""Rewards › Reward Events, one event, one award, cancels and returns by staff (rewards.md 10, 11)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.errors import NotFound
from directory.choices import Role
from directory.models import Membership, Organisation
from directory.segments import kinds
from events.conditions import ConditionSet, SegmentCondition
from events.models import BusinessEvent
from rewards.choices import AwardStatus, LogType
from rewards.models import Award, EvaluationTrace, RewardEvent
from rewards.selectors import log
from rewards.views.events import masked
from tests.cast import client_of
from tests.factories.directory import make_business, make_user
from tests.factories.floor import make_segment
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy, cancel, line, local

pytestmark = pytest.mark.django_db
LIST = "/rewards/events"


def member(organisation: Organisation, role: str = Role.ADMIN) -> Client:
    """Return a browser in which somebody of the organisation is signed in."""
    user = make_user()
    Membership.objects.create(
        organisation=organisation, user=user, role=role, created_at=NOW, updated_at=NOW
    )
    return client_of(user)


@pytest.fixture
def desk(club: Club) -> Client:
    return member(club.business)


def rows(answer: Any) -> list[RewardEvent]:
    """Return what the list shows, in order."""
    return list(answer.context["table"].data)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def event_of(result: Any) -> BusinessEvent:
    assert result.event is not None
    event: BusinessEvent = result.event
    return event


def page(event: BusinessEvent) -> str:
    return f"{LIST}/{event.pk}"


class TestList:
    @pytest.mark.scenario("RWD-150")
    def test_reversals_of_a_contact_point_to_their_awards(self, club: Club, desk: Client) -> None:
        make_offer(club.s1, percentage="5")
        bought = buy(club, "100.00")
        buy(club, "40.00", by=till.person(club.business, "Bob Other"))
        cancel(bought, at=NOW + timedelta(hours=1))
        (row,) = rows(desk.get(LIST, {"type": LogType.REVERSAL, "q": "Ann"}))
        assert till.euros(row.amount_minor) == "-5.00"
        assert row.award == Award.objects.get(event=bought.event)
        assert f"/rewards/awards/{row.award_id}" in text(desk.get(LIST, {"type": "REVERSAL"}))

    @pytest.mark.scenario("RWD-153")
    def test_posted_to_a_day_ends_before_that_day_by_the_clock_of_the_business(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, percentage="5")
        for moment in ("2026-05-03 23:59", "2026-05-04 00:00", "2026-05-04 23:59"):
            buy(club, at=local(moment), received=local(moment))
        midnight = local("2026-05-05 00:00")
        buy(club, at=midnight, received=midnight)
        asked = {"posted_after": "2026-05-04", "posted_before": "2026-05-05", "sort": "posted_at"}
        found = [row.posted_at for row in rows(desk.get(LIST, asked))]
        assert found == [local("2026-05-04 00:00"), local("2026-05-04 23:59")]

    @pytest.mark.scenario("RWD-154")
    def test_export_has_exactly_the_filtered_rows_in_their_order(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, percentage="5")
        bob = till.person(club.business, "Bob Other")
        for total in ("30.00", "10.00", "20.00"):
            buy(club, total)
            buy(club, total, by=bob)
        asked = {"q": "Ann", "type": "AWARD", "sort": "-amount"}
        shown = rows(desk.get(LIST, asked))
        answer = desk.get(LIST, {**asked, "export": "csv"})
        body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        exported = list(csv.DictReader(io.StringIO(body)))
        assert [row["Code"] for row in exported] == [row.code for row in shown]
        assert [row["Amount"] for row in exported] == ["1.50", "1.00", "0.50"]
        assert exported[0]["Scheme"] == "S1"

    def test_who_acts_for_a_merchant_sees_only_what_happened_there(self, club: Club) -> None:
        make_offer(club.s1, percentage="5")
        here, elsewhere = event_of(buy(club)), event_of(buy(club, place=club.business))
        scope = {"business": club.business, "acting": club.cafe.merchant}
        assert {row.event for row in log.log_of(**scope)} == {here}
        assert log.event(**scope, pk=here.pk) == here
        with pytest.raises(NotFound):
            log.event(**scope, pk=elsewhere.pk)
        with pytest.raises(NotFound):
            log.award(**scope, pk=Award.objects.get(event=elsewhere).pk)

    def test_another_business_sees_nothing_of_it(self, club: Club) -> None:
        make_offer(club.s1, percentage="5")
        event = event_of(buy(club))
        stranger = member(make_business("Bright Bikes"))
        assert rows(stranger.get(LIST, {"q": ""})) == []
        assert stranger.get(page(event)).status_code == 404
        assert stranger.get(f"/contacts/{club.ann.pk}?tab=rewards").status_code == 404

    def test_bare_address_shows_the_last_30_days_and_says_so(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, percentage="5")
        buy(club)
        answer = desk.get(LIST)
        assert rows(answer) == []
        assert "Performed" in text(answer)
        assert "?q=" in text(answer)
        assert len(rows(desk.get(LIST, {"q": ""}))) > 0

    def test_filters_are_combined(self, club: Club, desk: Client) -> None:
        five, three = make_offer(club.s1, percentage="5"), make_offer(club.s2, amount="3.00")
        till_of_ann = buy(club, "20.00", reference_number="R-77")
        asked = [
            ({"offer": five.pk, "type": "AWARD"}, 1),
            ({"offer": three.pk}, 0),
            ({"reference": "R-77", "least": "1.00", "most": "1.00", "type": "AWARD"}, 1),
            ({"reference": "R-77", "least": "1.01", "type": "AWARD"}, 0),
            ({"state": "CANCELLED"}, 0),
            ({"late": "true"}, 0),
            ({"merchant": club.cafe.merchant.pk, "venue": club.cafe.v1.pk, "type": "AWARD"}, 1),
            ({"goal": "SPEND", "offer_type": "DISCOUNT", "type": "AWARD"}, 1),
            ({"currency": "USD"}, 0),
        ]
        assert [len(rows(desk.get(LIST, query))) for query, _ in asked] == [
            count for _, count in asked
        ]
        cancel(till_of_ann, at=NOW + timedelta(hours=1))
        assert len(rows(desk.get(LIST, {"state": "CANCELLED"}))) == 1

    def test_list_asks_as_much_for_many_rows_as_for_few(self, club: Club, desk: Client) -> None:
        make_offer(club.s1, percentage="5")
        buy(club)
        desk.get(LIST, {"q": ""})
        with CaptureQueriesContext(
            connection,
        ) as few:
            desk.get(LIST, {"q": ""})
        for _ in range(5):
            buy(club)
        with CaptureQueriesContext(connection) as many:
            desk.get(LIST, {"q": ""})
        assert len(many) == len(few)


class TestEvent:
    @pytest.mark.scenario("RWD-151")
    def test_page_says_of_every_offer_why_not_and_what_to_do(
        self, club: Club, desk: Client
    ) -> None:
        vip = make_segment(club.business, kinds["tags"].from_values({"tags": ["vip"]}))
        rules = ConditionSet(segments=SegmentCondition(segment_ids=frozenset({vip.pk})))
        offer = make_offer(club.s1, "For VIPs", percentage="5", rules=rules)
        answer = desk.get(page(event_of(buy(club))))
        (row,) = answer.context["traces"]
        assert (row["offer"], row["why"]) == (offer, "SEGMENT")
        failed = [verdict for _, verdict in row["checks"] if not verdict.passed]
        assert [verdict.code for verdict in failed] == ["SEGMENT"]
        assert "Not in the segments" in text(answer)
        assert row["why"].next_step in text(answer)

    def test_every_amount_leads_to_its_award_and_to_the_entry_of_the_wallet(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, percentage="5")
        bought = buy(club, "100.00")
        answer = text(desk.get(page(event_of(bought))))
        award = Award.objects.get(event=bought.event)
        assert f'href="/rewards/awards/{award.pk}"' in answer
        assert f'href="/wallet/lots/{award.lot_id}"' in answer
        assert 'href="/wallet/ledger/entries/' in answer

    def test_page_asks_as_much_for_many_offers_as_for_one(self, club: Club, desk: Client) -> None:
        make_offer(club.s1, percentage="5")
        first = page(event_of(buy(club)))
        for _ in range(6):
            make_offer(club.s1, percentage="4")
        second = page(event_of(buy(club, lines=(line("CAKE", "5.00"), line("TEA", "15.00")))))
        desk.get(first)
        with CaptureQueriesContext(connection) as few:
            desk.get(first)
        with CaptureQueriesContext(connection) as many:
            desk.get(second)
        assert len(many) == len(few)

    def test_purchase_without_contact_says_that_it_can_be_claimed(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, percentage="5")
        answer = text(desk.get(page(event_of(buy(club, nobody=True)))))
        assert "An event needs a contact to be awarded." in answer

    def test_payload_is_shown_without_what_is_personal(self) -> None:
        sent = {"contact": {"email": "ann@home.example"}, "lines": [{"sku": "CAKE"}]}
        assert masked(sent) == {"contact": {"email": "a…e"}, "lines": [{"sku": "CAKE"}]}


class TestCancel:
    def test_confirmation_names_what_is_taken_back_and_cancelling_does_it(
        self, club: Club, desk: Client
    ) -> None:
        make_offer(club.s1, "Five percent", percentage="5")
        event = event_of(buy(club, "100.00"))
        asked = desk.get(f"{page(event)}/cancel")
        assert "€5.00 of “Five percent” is taken back from Ann Example." in text(asked)
        answer = desk.post(
            f"{page(event)}/cancel",
            {"reason": "Rung up twice", "nonce": asked.context["form"]["nonce"].value()},
        )
        assert answer["Location"] == page(event)
        event.refresh_from_db()
        assert (event.status, event.status_reason) == ("cancelled", "Rung up twice")
        assert Award.objects.get(event=event).status == AwardStatus.CANCELLED
        assert till.commerce(club.ann) == "0.00"
        assert desk.get(f"{page(event)}/cancel").status_code == 409

    def test_reason_is_asked_for(self, club: Club, desk: Client) -> None:
        event = event_of(buy(club))
        assert desk.post(f"{page(event)}/cancel", {"nonce": "n"}).status_code == 422
        event.refresh_from_db()
        assert event.is_posted

    def test_analyst_may_look_but_neither_cancel_nor_return(self, club: Club) -> None:
        event, ana = event_of(buy(club)), member(club.business, Role.ANALYST)
        looked = ana.get(page(event))
        assert looked.status_code == 200
        assert f"{page(event)}/cancel" not in text(looked)
        assert ana.post(f"{page(event)}/cancel", {"reason": "x"}).status_code == 403
        assert ana.post(f"{page(event)}/return").status_code == 403


class TestReturn:
    def send(self, desk: Client, event: BusinessEvent, action: str, **quantities: str) -> Any:
        asked = desk.get(f"{page(event)}/return")
        names = {product.sku: name for name, product in asked.context["form"].products.items()}
        data = {names[sku]: value for sku, value in quantities.items()}
        nonce = asked.context["form"]["nonce"].value()
        return desk.post(f"{page(event)}/return", {**data, "nonce": nonce, "action": action})

    def test_what_falls_back_is_shown_before_it_does(self, club: Club, desk: Client) -> None:
        make_offer(club.s1, "Five percent", percentage="5")
        lines = (line("CAKE", "60.00"), line("TEA", "40.00", "2"))
        event = event_of(buy(club, "100.00", lines=lines))
        shown = self.send(desk, event, "preview", TEA="2")
        assert "Goods worth €40.00 come back" in text(shown)
        assert "−€2.00" in text(shown)
        assert Award.objects.get(event=event).reversed_minor == 0
        assert self.send(desk, event, "return", TEA="2").status_code in {302, 303}
        assert Award.objects.get(event=event).reversed_minor == 200
        assert "2 × Tea" in text(desk.get(page(event))) or "came back" in text(
            desk.get(page(event))
        )

    def test_more_than_is_left_is_refused(self, club: Club, desk: Client) -> None:
        event = event_of(buy(club))
        assert self.send(desk, event, "return", CAKE="2").status_code == 422
        assert self.send(desk, event, "return").status_code == 422
        assert self.send(desk, event, "return", CAKE="1").status_code in {302, 303}
        assert "Everything came back already" in text(desk.get(f"{page(event)}/return"))


class TestAward:
    def test_amount_is_told_step_by_step(self, club: Club, desk: Client) -> None:
        make_offer(club.s1, "Capped", percentage="12.5", max_award_minor=200)
        bought = buy(club, "19.99")
        award = Award.objects.get(event=bought.event)
        answer = desk.get(f"/rewards/awards/{award.pk}")
        steps = {step.label: step for step in answer.context["steps"]}
        assert steps["Base"].result.format() == "€19.99"
        assert "2.49875" in steps["Percentage"].text
        assert steps["Percentage"].result.format() == "€2.50"
        assert "never more than €2.00" in steps["Cap"].text
        assert "no other offer was dropped" in steps["Resolution"].text
        assert "Members of S1 get" in text(answer)

    def test_award_tells_what_it_won_against_and_what_fell_back(
        self, club: Club, desk: Client
    ) -> None:
        till.choose(club, mode="BEST")
        make_offer(club.s1, percentage="5")
        make_offer(club.s1, percentage="4")
        bought = buy(club, "100.00")
        award = Award.objects.get(event=bought.event)
        url = f"/rewards/awards/{award.pk}"
        assert "1 other matching offer was dropped" in text(desk.get(url))
        cancel(bought, at=NOW + timedelta(hours=1))
        assert "€5.00 fell back" in text(desk.get(url))

    def test_trace_keeps_more_than_the_first_failure(self, club: Club) -> None:
        make_offer(club.s1, percentage="5")
        (trace,) = EvaluationTrace.objects.get(event=buy(club).event).told
        assert trace["verdicts"]


@pytest.mark.django_db
def test_an_exported_moment_is_that_of_the_business_s_clock(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    buy(club, at=local("2026-05-04 23:30"), received=local("2026-05-04 23:30"))
    answer = member(club.business).get(LIST, {"q": "", "type": "AWARD", "export": "csv"})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(body))
    assert row["Performed"] == "2026-05-04 23:30:00"
