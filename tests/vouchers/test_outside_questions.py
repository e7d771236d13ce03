"""Conditions of campaigns that other apps answer: incentive offers in a status, awards earned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import now
from incentives.models import GroupMember, Offer
from rewards.choices import AwardStatus
from rewards.models import Award
from tests.cast import client_of
from tests.factories import rewards as reward_factory
from tests.factories.directory import make_contact
from tests.factories.floor import make_cafe
from tests.factories.incentives import make_desk, make_offer, make_program
from tests.factories.vouchers import make_campaign
from tests.vouchers.campaigning import DAY, person
from vouchers.choices import Join, LeafKind
from vouchers.models import Campaign, CampaignLeaf
from vouchers.recipients import Recipient, of_contact
from vouchers.selectors import eligibility
from vouchers.services import campaign_rules
from vouchers.services.campaign_rules import ConditionWrong, GroupData, LeafData

pytestmark = pytest.mark.django_db


def asking(campaign: Campaign, leaf: LeafData) -> Campaign:
    """Let the campaign ask this one question."""
    Campaign.objects.filter(pk=campaign.pk).update(status="draft")
    campaign.refresh_from_db()
    return campaign_rules.replace(
        campaign=campaign,
        join=Join.ALL,
        groups=[GroupData(Join.ALL, [leaf])],
        version=campaign.version,
        at=now(),
    )


def offers_in(*statuses: str, program: str = "") -> LeafData:
    terms: dict[str, object] = {"statuses": list(statuses)}
    return LeafData(
        kind=LeafKind.OFFER_STATUS, terms=terms | ({"program": program} if program else {})
    )


def awards(within: str = "ever", offer: str = "") -> LeafData:
    terms = {"within": within} | ({"offer": offer} if offer else {})
    return LeafData(kind=LeafKind.REWARD_EARNED, terms=terms)


def against(campaign: Campaign, who: Recipient) -> str:
    """Return what stands against the person; the query over everybody must say the same."""
    verdict = eligibility.verdict_of(campaign=campaign, recipient=who, at=now())
    if who.contact is not None:
        everybody = eligibility.audience(campaign=campaign, at=now())
        assert everybody.filter(pk=who.contact.pk).exists() == verdict.passed
    return verdict.reason


def test_an_offer_in_a_status_is_found_by_its_recipient_and_by_the_address_it_went_to() -> None:
    desk = make_desk()
    other = make_program(desk.business)
    offer = make_offer(program=desk.program, recipient_email="Ana@Home.example")
    ana = make_contact(desk.business, "Ana", email="ana@home.example")
    ben = make_contact(desk.business, "Ben", email="ben@home.example")
    campaign = make_campaign(business=desk.business)
    offered = asking(campaign, offers_in("offered"))
    assert against(offered, of_contact(ana)) == ""
    assert against(offered, of_contact(ben)) == "have no incentive offer that is Offered"

    make_offer(program=desk.program, recipient_email="stranger@home.example")
    assert against(offered, person("stranger")) == ""
    assert against(offered, person("nobody")) != ""

    claimed = asking(campaign, offers_in("claimed", "completed"))
    assert "that is Claimed or Completed" in against(claimed, of_contact(ana))
    Offer.objects.filter(pk=offer.pk).update(contact=ben, recipient_email="b@x.example")
    assert against(asking(campaign, offers_in("offered")), of_contact(ben)) == ""
    elsewhere = asking(campaign, offers_in("offered", program=str(other.pk)))
    assert f"of {other}" in against(elsewhere, of_contact(ben))
    assert against(asking(campaign, offers_in("offered", program=str(desk.program.pk))),
                   of_contact(ben)) == ""  # fmt: skip


def test_a_member_of_a_group_has_its_offer_until_they_leave() -> None:
    desk = make_desk()
    offer = make_offer(program=desk.program)
    ana = make_contact(desk.business, "Ana", email="ana@home.example")
    member = GroupMember.objects.create(
        offer=offer, contact=ana, email="ana@home.example", invited_at=now()
    )
    campaign = asking(make_campaign(business=desk.business), offers_in("offered"))
    assert against(campaign, of_contact(ana)) == ""
    GroupMember.objects.filter(pk=member.pk).update(left_at=now())
    assert against(campaign, of_contact(ana)) != ""


def test_awards_count_within_their_time_unless_they_were_taken_back() -> None:
    cafe = make_cafe()
    scheme = reward_factory.make_scheme(cafe.business)
    happy, other = (
        reward_factory.make_offer(scheme, "Happy hour"),
        reward_factory.make_offer(scheme, "Friends"),
    )
    ana, ben = make_contact(cafe.business, "Ana"), make_contact(cafe.business, "Ben")
    award = reward_factory.give_award(happy, ana, at=now() - 10 * DAY)
    campaign = make_campaign(business=cafe.business)

    assert against(asking(campaign, awards()), of_contact(ana)) == ""
    assert against(asking(campaign, awards()), of_contact(ben)) == "earned no award"
    assert against(asking(campaign, awards("30", str(happy.pk))), of_contact(ana)) == ""
    assert against(asking(campaign, awards("7", str(happy.pk))), of_contact(ana)) == (
        "earned no award of Happy hour in the last 7 days"
    )
    assert "of Friends" in against(asking(campaign, awards("ever", str(other.pk))), of_contact(ana))
    turned = LeafData(kind=LeafKind.REWARD_EARNED, terms={"within": "ever"}, is_negated=True)
    assert against(asking(campaign, turned), of_contact(ana)) == "earned an award"
    Award.objects.filter(pk=award.pk).update(status=AwardStatus.CANCELLED)
    assert against(asking(campaign, awards()), of_contact(ana)) == "earned no award"


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        (offers_in(), "choose from the list"),
        (offers_in("draft"), "no such thing"),
        (awards("12"), "no such thing"),
        (LeafData(kind=LeafKind.REWARD_EARNED), "choose from the list"),
    ],
)
def test_a_question_that_names_nothing_is_refused(leaf: LeafData, words: str) -> None:
    campaign = make_campaign(business=make_cafe().business)
    with pytest.raises(ConditionWrong, match=words):
        asking(campaign, leaf)


def test_offers_and_programs_of_another_business_cannot_be_asked_for() -> None:
    mine, theirs = make_desk(), make_desk()
    scheme = reward_factory.make_scheme(theirs.business)
    foreign = reward_factory.make_offer(scheme)
    campaign = make_campaign(business=mine.business)
    for leaf in (
        offers_in("offered", program=str(theirs.program.pk)),
        awards("ever", str(foreign.pk)),
    ):
        with pytest.raises(ConditionWrong):
            asking(campaign, leaf)


def test_both_questions_are_added_filled_in_and_said_in_the_builder() -> None:
    desk = make_desk()
    client = client_of(desk.user)
    offer = reward_factory.make_offer(reward_factory.make_scheme(desk.business), "Happy hour")
    campaign = make_campaign(business=desk.business, status="draft")
    url = reverse("voucher_campaign_step", args=[campaign.pk, "who"])
    added = client.post(url, {"version": campaign.version, "tree-count": 1, "tree-0-count": 0,
                              "tree-0-new": "offer_status", "tree-action": "add-0"})  # fmt: skip
    assert 'name="tree-0-0-statuses"' in added.content.decode()
    kept = client.post(url, {
        "version": campaign.version, "tree-count": 1, "tree-0-count": 1,
        "tree-0-0-kind": "offer_status", "tree-0-0-statuses": ["claimed", "completed"],
        "tree-0-new": "reward_earned", "tree-action": "add-0",
    })  # fmt: skip
    assert kept.content.decode().count('checked=""') + kept.content.decode().count(" checked") >= 2
    saved = client.post(url, {
        "version": campaign.version, "tree-count": 1, "tree-join": "all", "tree-0-join": "all",
        "tree-0-count": 2, "tree-0-0-kind": "offer_status",
        "tree-0-0-statuses": ["claimed", "completed"], "tree-0-0-program": "",
        "tree-0-1-kind": "reward_earned", "tree-0-1-offer": str(offer.pk),
        "tree-0-1-within": "30", "tree-0-1-is_negated": "on",
    })  # fmt: skip
    assert saved.status_code == 303, saved.content.decode()[:3000]
    first, second = CampaignLeaf.objects.filter(group__campaign=campaign).order_by("position")
    assert first.terms == {"statuses": ["claimed", "completed"]}
    assert (second.terms, second.is_negated) == ({"offer": str(offer.pk), "within": "30"}, True)
    page = client.get(url).content.decode()
    assert "have an incentive offer that is Claimed or Completed" in page
    assert "earned no award of Happy hour in the last 30 days" in page


def test_a_question_without_an_answer_comes_back_with_what_was_typed() -> None:
    desk = make_desk()
    campaign = make_campaign(business=desk.business, status="draft")
    url = reverse("voucher_campaign_step", args=[campaign.pk, "who"])
    answer = client_of(desk.user).post(url, {
        "version": campaign.version, "tree-count": 1, "tree-0-count": 1,
        "tree-0-0-kind": "offer_status", "tree-0-0-program": str(desk.program.pk),
    })  # fmt: skip
    assert answer.status_code == 422
    assert not CampaignLeaf.objects.exists()
    chosen = answer.context["tree"].groups[0].leaves[0]["program"].value()
    assert chosen == str(desk.program.pk)


def test_who_waits_is_asked_again_without_the_event_that_brought_them() -> None:
    cafe = make_cafe()
    offer = reward_factory.make_offer(reward_factory.make_scheme(cafe.business))
    ana = make_contact(cafe.business, "Ana")
    reward_factory.give_award(offer, ana, at=now() - timedelta(days=100))
    campaign = asking(make_campaign(business=cafe.business), awards("event", str(offer.pk)))
    assert against(campaign, of_contact(ana)) == ""
