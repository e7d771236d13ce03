"""Who qualifies: one person and everybody get the same answer, and a "no" has its reason in words."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from core.models import Mail, OutboxEvent
from directory.models import Organisation
from directory.segments import Tagged
from events.choices import ClassificationType
from events.conditions import AmountCondition, ConditionSet
from events.services import classifications
from tests.factories.directory import make_contact
from tests.factories.floor import AFTERNOON, buy, line, make_cafe, make_segment
from tests.factories.vouchers import make_campaign
from tests.vouchers.campaigning import DAY, ask, person, stocked
from tests.vouchers.issued import follow
from vouchers import happenings
from vouchers.choices import Join, LeafKind, Outcome
from vouchers.conditions import Group, Leaf, Tree
from vouchers.models import Campaign
from vouchers.recipients import Recipient, of_contact
from vouchers.selectors import eligibility
from vouchers.selectors.numbers import numbers
from vouchers.services import campaign_rules, people, qualifying
from vouchers.services.campaign_rules import ConditionWrong, GroupData, LeafData

pytestmark = pytest.mark.django_db
LATER = AFTERNOON + DAY
RICH = Leaf(1, "are rich", "are not rich")
OLD = Leaf(2, "are old", "are not old")
NOT_TALL = Leaf(3, "are tall", "are not tall", is_negated=True)


@pytest.mark.parametrize(
    ("tree", "answers", "failure"),
    [
        (Tree(), set(), ""),
        (Tree("all", (Group("all", (RICH, OLD)),)), {1, 2}, ""),
        (Tree("all", (Group("all", (RICH, OLD)),)), {1}, "are not old"),
        (Tree("all", (Group("any", (RICH, OLD)),)), {2}, ""),
        (Tree("all", (Group("any", (RICH, OLD)),)), set(), "are not rich; are not old"),
        (Tree("any", (Group("all", (RICH,)), Group("all", (OLD,)))), {2}, ""),
        (Tree("all", (Group("all", (NOT_TALL,)),)), {3}, "are tall"),
        (Tree("all", (Group("all", ()), Group("all", (RICH,)))), {1}, ""),
    ],
)
def test_groups_and_leaves_are_joined_by_their_words(
    tree: Tree, answers: set[int], failure: str
) -> None:
    assert tree.failure(answers) == failure


def test_a_tree_says_what_it_asks() -> None:
    tree = Tree("any", (Group("all", (RICH, NOT_TALL)), Group("any", (OLD, RICH))))
    assert tree.describe() == [
        "At least one of these is true:",
        "They are rich and are not tall.",
        "They are old or are rich.",
    ]


def asking(campaign: Campaign, *leaves: LeafData, join: str = Join.ALL) -> Campaign:
    """Let the campaign ask the leaves, and run."""
    Campaign.objects.filter(pk=campaign.pk).update(status="draft")
    campaign.refresh_from_db()
    made = campaign_rules.replace(
        campaign=campaign,
        join="all",
        groups=[GroupData(join, leaves)],
        version=campaign.version,
        at=AFTERNOON,
    )
    Campaign.objects.filter(pk=campaign.pk).update(status="running")
    return made


def agreed(campaign: Campaign, who: Recipient) -> str:
    """Return what stands against the person; the query over everybody must say the same."""
    verdict = eligibility.verdict_of(campaign=campaign, recipient=who, at=LATER)
    everybody = eligibility.audience(campaign=campaign, at=LATER)
    assert who.contact is not None
    assert everybody.filter(pk=who.contact.pk).exists() == verdict.passed
    return verdict.reason


def test_a_segment_a_purchase_consent_and_language_are_asked_of_contacts() -> None:
    cafe = make_cafe()
    business = cafe.business
    ana = make_contact(business, "Ana One", tags=["gold"], language="el")
    ben = make_contact(business, "Ben Two")
    buy(cafe.v1, ana, line("ESP", 900), at=AFTERNOON)
    gold = make_segment(business, Tagged(tags=("gold",)))
    campaign = make_campaign(business=business)
    bought = {"type": "purchase", "days": 7}
    asked = {
        "segment": LeafData(kind=LeafKind.SEGMENT, segment_id=gold.pk),
        "event": LeafData(kind=LeafKind.EVENT, terms=bought),
        "amount": LeafData(
            kind=LeafKind.EVENT, terms={**bought, "min_minor": 900, "currency": "EUR"}
        ),
        "language": LeafData(
            kind=LeafKind.PROPERTY, terms={"kind": "language", "values": {"languages": ["el"]}}
        ),
        "tag": LeafData(
            kind=LeafKind.PROPERTY, terms={"kind": "tags", "values": {"tags": ["gold"]}}
        ),
    }
    reasons = {
        "segment": f"not in segment {gold}",
        "event": "had no purchase in the last 7 days",
        "amount": "had no purchase of €9.00 or more in the last 7 days",
        "language": "do not speak el",
        "tag": "not tagged gold",
    }
    for name, leaf in asked.items():
        made = asking(campaign, leaf)
        assert agreed(made, of_contact(ana)) == "", name
        assert agreed(made, of_contact(ben)) == reasons[name]
        turned = asking(campaign, LeafData(kind=leaf.kind, is_negated=True, terms=leaf.terms,
                                           segment_id=leaf.segment_id))  # fmt: skip
        assert agreed(turned, of_contact(ana)) != "", name
        assert agreed(turned, of_contact(ben)) == ""


def test_an_event_may_be_asked_for_as_it_was_classified() -> None:
    cafe = make_cafe()
    make = partial(classifications.create, kind=ClassificationType.PURCHASE, at=AFTERNOON)
    dine_in = make(business=cafe.business, name="Dine-in")
    foreign = make(business=make_cafe().business, name="Dine-in")
    ana, ben = make_contact(cafe.business, "Ana"), make_contact(cafe.business, "Ben")
    buy(cafe.v1, ana, at=AFTERNOON, classification=dine_in)
    buy(cafe.v1, ben, at=AFTERNOON)
    terms = {"type": "purchase", "days": 7, "classification_id": dine_in.pk}
    campaign = make_campaign(business=cafe.business)
    made = asking(campaign, LeafData(kind=LeafKind.EVENT, terms=terms))
    assert agreed(made, of_contact(ana)) == ""
    words = "had no purchase classified as Dine-in in the last 7 days"
    assert agreed(made, of_contact(ben)) == words
    wrong = LeafData(kind=LeafKind.EVENT, terms={**terms, "classification_id": foreign.pk})
    with pytest.raises(ConditionWrong, match="no such classification"):
        asking(campaign, wrong)


def test_what_was_not_done_lately_is_asked_within_its_days() -> None:
    cafe = make_cafe()
    ana = make_contact(cafe.business, "Ana One")
    buy(cafe.v1, ana, at=AFTERNOON)
    leaf = LeafData(kind=LeafKind.EVENT, is_negated=True, terms={"type": "purchase", "days": 7})
    campaign = asking(make_campaign(business=cafe.business), leaf)
    assert agreed(campaign, of_contact(ana)) == "had a purchase in the last 7 days"
    later = eligibility.verdict_of(
        campaign=campaign, recipient=of_contact(ana), at=AFTERNOON + 8 * DAY
    )
    assert later.passed


def test_an_uploaded_list_names_contacts_by_address_and_strangers(acme: Organisation) -> None:
    ana = make_contact(acme, "Ana One", email="Ana@Home.example")
    ben = make_contact(acme, "Ben Two")
    lines = ["ana@home.example", "", "stranger@home.example", "nonsense", "ana@home.example"]
    listed = people.create(business=acme, name="Guests", lines=lines, at=AFTERNOON)
    assert (listed.people.size, listed.unreadable) == (2, (4,))
    leaf = LeafData(kind=LeafKind.PEOPLE, people_id=listed.people.pk)
    campaign = asking(make_campaign(business=acme), leaf)
    assert agreed(campaign, of_contact(ana)) == ""
    assert agreed(campaign, of_contact(ben)) == "not on the list of people Guests"
    stranger = eligibility.verdict_of(campaign=campaign, recipient=person("stranger"), at=LATER)
    assert stranger.passed
    strangers = eligibility.listed_strangers(campaign=campaign, at=LATER)
    assert strangers == ["email:stranger@home.example"]
    assert eligibility.preview(campaign=campaign, at=LATER).count == 2


def test_who_has_a_voucher_of_another_campaign_is_told_apart(acme: Organisation) -> None:
    sale = stocked(acme, 5)
    first = make_campaign(sale, name="Welcome")
    ana, ben = (of_contact(make_contact(acme, name)) for name in ("Ana One", "Ben Two"))
    ask(first, ana, at=AFTERNOON)
    ask(first, person("stranger"), at=AFTERNOON)
    leaf = LeafData(kind=LeafKind.UNREDEEMED, other_campaign_id=first.pk, is_negated=True)
    second = asking(make_campaign(sale), leaf)
    words = "have an unredeemed voucher of campaign Welcome"
    assert agreed(second, ana) == words
    assert agreed(second, ben) == ""
    refused = ask(second, person("stranger"), at=LATER)
    assert (refused.outcome, refused.reason) == (Outcome.NOT_ELIGIBLE, words)


def test_a_leaf_about_somebody_elses_segment_is_refused(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    theirs = make_segment(bright_bikes, Tagged(tags=("gold",)))
    leaf = LeafData(kind=LeafKind.SEGMENT, segment_id=theirs.pk)
    with pytest.raises(ConditionWrong):
        asking(make_campaign(business=acme), leaf)


@pytest.mark.scenario("VCH-38")
def test_a_purchase_that_qualifies_gives_one_code_however_often_its_event_arrives() -> None:
    cafe = make_cafe()
    sale = stocked(cafe.business, 5)
    campaign = make_campaign(sale, trigger="events.purchase", status="draft", code_in_mail="code")
    rules = ConditionSet(amount=AmountCondition(currency="EUR", min_minor=500))
    campaign_rules.set_purchase(
        campaign=campaign, rules=rules, version=campaign.version, at=AFTERNOON
    )
    Campaign.objects.filter(pk=campaign.pk).update(status="running")
    ana = make_contact(cafe.business, "Ana One")
    buy(cafe.v1, ana, line("ESP", 250), at=AFTERNOON)
    buy(cafe.v1, ana, line("ESP", 900), at=AFTERNOON + timedelta(minutes=1))
    small, large = OutboxEvent.objects.filter(topic="events.purchase").order_by("pk")
    assert qualifying.qualify(outbox_id=small.pk, at=LATER) == {campaign.pk: Outcome.NOT_ELIGIBLE}
    assert qualifying.qualify(outbox_id=large.pk, at=LATER) == {campaign.pk: Outcome.ISSUED}
    assert mails_queued() == 1
    again = qualifying.qualify(outbox_id=large.pk, at=LATER)
    assert again == {campaign.pk: Outcome.ALREADY_ISSUED}
    assert mails_queued() == 1
    assert numbers(sale, at=LATER).issued == 1
    assert OutboxEvent.objects.filter(topic=happenings.REWARDED).count() == 1


def mails_queued() -> int:
    """Do what the workers do with codes that were given, and count the mails."""
    follow(at=LATER)
    return Mail.objects.count()
