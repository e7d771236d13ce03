"""A merchant's own people at the desk of rewards (rewards.md 2.10, 2.11, scenarios 17 and 152)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from core.clock import now
from directory.choices import Role
from directory.models import Organisation
from directory.segments import Tagged
from directory.services import network
from directory.services.network import PlaceData
from events.conditions import ConditionSet, LocationCondition, SegmentCondition
from rewards.choices import RedeemMethod
from rewards.models import Award, RewardOffer
from rewards.services import copying, offers, settings
from rewards.services.offer_data import data_of
from rewards.services.refusals import UnknownChoice
from rewards.services.settings import SettingsData
from tests.cast import client_of
from tests.factories.directory import MORNING, add_member, make_user
from tests.factories.floor import make_segment
from tests.factories.rewards import change_offer, make_offer
from tests.rewards.till import Club, buy

pytestmark = pytest.mark.django_db


def of(organisation: Organisation, role: Role = Role.ADMIN) -> Client:
    user = make_user()
    add_member(organisation, user, role)
    return client_of(user)


def text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


@pytest.mark.scenario("RWD-152")
def test_merchants_see_the_reward_events_of_their_own_and_nobody_elses(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    here = buy(club, "100.00", place=club.cafe.v1)
    elsewhere = buy(club, "40.00", place=club.cafe.v2)
    assert here.event is not None
    assert elsewhere.event is not None
    m = of(club.cafe.merchant)
    shown = list(m.get("/rewards/events", {"q": ""}).context["table"].data)
    assert {row.event_id for row in shown} == {here.event.pk}
    assert m.get(f"/rewards/events/{here.event.pk}").status_code == 200
    assert m.get(f"/rewards/events/{elsewhere.event.pk}").status_code == 404
    theirs = Award.objects.get(event=elsewhere.event)
    assert m.get(f"/rewards/awards/{theirs.pk}").status_code == 404
    business = of(club.business)
    assert business.get(f"/rewards/events/{elsewhere.event.pk}").status_code == 200


def test_merchants_see_what_their_own_offers_gave_anywhere(club: Club) -> None:
    make_offer(club.s1, "Ours", percentage="5", owner_id=club.cafe.merchant.pk)
    make_offer(club.s1, "Theirs", percentage="1")
    elsewhere = buy(club, "40.00", place=club.cafe.v2)
    assert elsewhere.event is not None
    m = of(club.cafe.merchant)
    (row,) = m.get("/rewards/events", {"q": ""}).context["table"].data
    assert row.offer.title == "Ours"
    page = text(m.get(f"/rewards/awards/{row.award_id}"))
    assert f"/rewards/events/{elsewhere.event.pk}" not in page


def test_of_a_purchase_merchants_read_only_what_became_of_their_own_offers(club: Club) -> None:
    make_offer(club.s1, "Ours", percentage="5", owner_id=club.cafe.merchant.pk)
    make_offer(club.s1, "Secret", percentage="1", active=False)
    make_offer(club.s1, "Theirs", percentage="1")
    bought = buy(club, "40.00", place=club.cafe.v1)
    assert bought.event is not None
    answer = of(club.cafe.merchant).get(f"/rewards/events/{bought.event.pk}")
    assert [row["offer"].title for row in answer.context["traces"]] == ["Ours"]
    whole = of(club.business).get(f"/rewards/events/{bought.event.pk}")
    assert {row["offer"].title for row in whole.context["traces"]} == {"Ours", "Theirs"}


def test_the_list_of_offers_and_its_filters_name_no_other_merchant(club: Club) -> None:
    other = network.add_merchant(business=club.business, data=PlaceData(name="Rival"), at=MORNING)
    make_offer(club.s1, "Ours", owner_id=club.cafe.merchant.pk)
    make_offer(club.s1, "Theirs", owner_id=other.pk)
    for url in ("/rewards/offers", "/rewards/events?q="):
        page = text(of(club.cafe.merchant).get(url))
        assert "Rival" not in page
        assert "Theirs" not in page
    assert "Rival" in text(of(club.business).get("/rewards/offers"))


def make(client: Client, goal: str, kind: str) -> object:
    """Choose the type on the wizard's page, as its form does."""
    nonce = client.get(f"/rewards/offers/new/{goal}").context["form"]["nonce"].value()
    return client.post(f"/rewards/offers/new/{goal}", {"type": kind, "nonce": nonce})


@pytest.mark.scenario("RWD-17")
def test_merchants_choose_in_the_wizard_from_what_the_business_lets_them(club: Club) -> None:
    data = SettingsData(
        restricts_merchants=True,
        allowed_types=["HAPPYHOUR"],
        allowed_methods=[RedeemMethod.DEFERRED],
    )
    settings.update(business=club.business, data=data, version=1, at=MORNING)
    m, b = of(club.cafe.merchant), of(club.business)
    assert "Monetary Discount" not in text(m.get("/rewards/offers/new/SPEND"))
    refused = make(m, "SPEND", "DISCOUNT")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert "Merchants here make Happy Hour" in text(refused)
    assert not RewardOffer.objects.filter(business=club.business).exists()

    assert make(m, "VISITS", "HAPPYHOUR").status_code == 303  # type: ignore[attr-defined]
    mine = RewardOffer.objects.get(business=club.business)
    assert (mine.owner, mine.type) == (club.cafe.merchant, "HAPPYHOUR")
    step = f"/rewards/offers/{mine.pk}/edit/redeem"
    sent = {
        "version": mine.version,
        "redeem_method": "INSTANT",
        "commerce_pool": mine.commerce_pool_id,
        "go": "next",
    }
    assert m.post(step, sent).status_code == 422
    assert m.post(step, {**sent, "redeem_method": "DEFERRED"}).status_code == 303

    assert make(b, "SPEND", "DISCOUNT").status_code == 303  # type: ignore[attr-defined]
    theirs = RewardOffer.objects.get(business=club.business, type="DISCOUNT")
    assert theirs.owner == club.business
    assert m.get(f"/rewards/offers/{theirs.pk}").status_code == 404


def choices_on(client: Client, offer: RewardOffer) -> dict[str, list[str]]:
    """Return what the step of the target conditions offers, by field."""
    form = client.get(f"/rewards/offers/{offer.pk}/edit/conditions").context["conditions"].form
    return {
        name: [str(value) for value, _ in form.fields[name].choices]
        for name in ("places", "segments")
        if name in form.fields
    }


class TestMerchantsConditions:
    """M's people make a happy hour; the business has a venue, a rival merchant and a segment besides."""

    @pytest.fixture(autouse=True)
    def _offer(self, club: Club) -> None:
        self.club, self.m = club, of(club.cafe.merchant)
        data = PlaceData(name="Rival")
        self.rival = network.add_merchant(business=club.business, data=data, at=MORNING)
        self.vip = make_segment(club.business, Tagged(tags=("vip",)))
        owner = club.cafe.merchant.pk
        self.offer = make_offer(club.s1, type="HAPPYHOUR", owner_id=owner, active=False)

    def sent(self, **changes: object) -> dict[str, object]:
        values = {"version": self.offer.version, "frequency": "EVERY_TIME", "frequency_count": 1,
                  "frequency_unit": "DAYS", "occasion": "NONE", "days_before": 0, "days_after": 0,
                  "conditions-min_quantity": "1", "conditions-times-count": 0,
                  "go": "leave"}  # fmt: skip
        return {**values, **changes}

    def save(self, **changes: object) -> object:
        return self.m.post(f"/rewards/offers/{self.offer.pk}/edit/conditions", self.sent(**changes))

    def rules(self) -> ConditionSet:
        self.offer.refresh_from_db()
        return data_of(self.offer).rules

    def test_they_choose_from_their_own_places_and_no_segments(self) -> None:
        merchant, v1 = self.club.cafe.merchant, self.club.cafe.v1
        own = choices_on(self.m, self.offer)
        assert own == {"places": [f"merchant:{merchant.pk}", f"venue:{v1.pk}"]}
        whole = choices_on(of(self.club.business), self.offer)
        assert f"merchant:{self.rival.pk}" in whole["places"]
        assert whole["segments"] == [str(self.vip.pk)]

    def test_they_save_their_own(self) -> None:
        v1 = self.club.cafe.v1.pk
        assert self.save(**{"conditions-places": f"venue:{v1}"}).status_code == 303  # type: ignore[attr-defined]
        assert self.rules().location.venue_ids == {v1}

    def test_a_forged_place_or_segment_is_refused_by_the_page_and_by_the_service(self) -> None:
        refused = self.save(**{"conditions-places": f"merchant:{self.rival.pk}"})
        assert refused.status_code == 422  # type: ignore[attr-defined]
        for rules in (
            ConditionSet(location=LocationCondition(merchant_ids=frozenset({self.rival.pk}))),
            ConditionSet(segments=SegmentCondition(frozenset({self.vip.pk}))),
        ):
            with pytest.raises(UnknownChoice):
                offers.update(
                    offer=self.offer,
                    data=replace(data_of(self.offer), rules=rules),
                    version=self.offer.version,
                    acting=self.club.cafe.merchant,
                    actor=None,
                    at=MORNING,
                )
        assert self.rules().is_empty

    def test_what_the_business_set_for_them_stays_as_it_is(self) -> None:
        segments = SegmentCondition(frozenset({self.vip.pk}))
        where = LocationCondition(venue_ids=frozenset({self.club.cafe.v2.pk}))
        self.offer = change_offer(self.offer, rules=ConditionSet(segments=segments, location=where))
        v1 = self.club.cafe.v1.pk
        assert self.save(**{"conditions-places": f"venue:{v1}"}).status_code == 303  # type: ignore[attr-defined]
        found = self.rules()
        assert found.segments.segment_ids == {self.vip.pk}
        assert found.location.venue_ids == {v1, self.club.cafe.v2.pk}
        copied = copying.copy(
            offer=self.offer, acting=self.club.cafe.merchant, actor=None, at=MORNING
        )
        assert data_of(copied).rules.segments.segment_ids == {self.vip.pk}

    def test_a_row_of_times_comes_without_leaving_the_page(self) -> None:
        sent = {"conditions-kinds": "location,time", "conditions-times-count": 0,
                "conditions-times-action": "add", "conditions-currency": "EUR"}  # fmt: skip
        shown = text(self.m.post("/conditions/editor", sent))
        assert "Time 1" in shown
        assert "Rival" not in shown

    def test_the_reach_beside_the_step_counts_purchases_at_their_places_alone(self) -> None:
        moment = now() - timedelta(days=1)
        buy(self.club, at=moment)
        buy(self.club, at=moment, place=self.club.cafe.v2)
        url = f"/rewards/offers/{self.offer.pk}/edit/conditions"
        seen = [client.get(url).context["reach"] for client in (self.m, of(self.club.business))]
        assert [one.purchases.total for one in seen] == [1, 2]
