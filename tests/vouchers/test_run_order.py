"""In which order an audience is served: at random, or as in the uploaded list (vouchers.md 5.5)."""

from __future__ import annotations

import pytest

from directory.models import Organisation
from tests.factories.directory import make_contact
from tests.vouchers.campaigning import NOW, running, stocked
from vouchers.choices import Join, LeafKind, Qualification, RunOrder
from vouchers.models import Campaign, CampaignGroup, CampaignLeaf, Issuance, RunPerson
from vouchers.selectors import campaign_words
from vouchers.services import people, runs

pytestmark = pytest.mark.django_db
LINES = ["cleo@home.example", "+357 99 123456", "stranger@home.example", "Ana@home.example"]


def campaign_for(business: Organisation, order: str, codes: int = 9) -> Campaign:
    """Make a campaign for everybody on the list, or with a name of their own."""
    campaign = running(
        stocked(business, codes),
        qualification=Qualification.AUDIENCE,
        run_order=order,
        join=Join.ANY,
    )
    listed = people.create(business=business, name="Guests", lines=LINES, at=NOW)
    group = CampaignGroup.objects.create(campaign=campaign, position=0, join=Join.ANY)
    CampaignLeaf.objects.create(group=group, position=0, kind=LeafKind.PEOPLE, people=listed.people)
    CampaignLeaf.objects.create(
        group=group, position=1, kind=LeafKind.PROPERTY,
        terms={"kind": "tags", "values": {"tags": ["vip"]}},
    )  # fmt: skip
    return campaign


def order_of(business: Organisation, order: str) -> list[str]:
    """Return who was taken down, by first names and addresses, in their places."""
    contacts = {
        str(make_contact(business, "Zoe", tags=["vip"]).pk): "Zoe",
        str(make_contact(business, "Ana", email="ana@home.example").pk): "Ana",
        str(make_contact(business, "Ben", phone="+35799123456").pk): "Ben",
        str(make_contact(business, "Cleo", email="cleo@home.example").pk): "Cleo",
    }
    run = runs.start(campaign=campaign_for(business, order), at=NOW, seed=7)
    keys = RunPerson.objects.filter(run=run).order_by("place")
    return [contacts.get(one.recipient_key, one.recipient_key) for one in keys]


def test_an_audience_is_served_as_in_its_file_and_the_others_after_it(acme: Organisation) -> None:
    expected = ["Cleo", "Ben", "email:stranger@home.example", "Ana", "Zoe"]
    assert order_of(acme, RunOrder.FILE) == expected


def test_a_seed_decides_the_order_otherwise(acme: Organisation) -> None:
    found = order_of(acme, RunOrder.RANDOM)
    expected = ["Cleo", "Ben", "email:stranger@home.example", "Ana", "Zoe"]
    assert sorted(found) == sorted(expected)
    assert found != expected


def test_the_first_of_the_file_get_the_few_codes_there_are(acme: Organisation) -> None:
    cleo = make_contact(acme, "Cleo", email="cleo@home.example")
    make_contact(acme, "Ana", email="ana@home.example")
    campaign = campaign_for(acme, RunOrder.FILE, codes=1)
    runs.work(run=runs.start(campaign=campaign, at=NOW), at=NOW)
    assert Issuance.objects.get(status="issued").contact == cleo


def test_the_campaign_says_whose_order_it_keeps(acme: Organisation) -> None:
    in_words = {
        order: campaign_words.lines_of(campaign=campaign_for(acme, order), at=NOW)[0]
        for order in RunOrder
    }
    assert "comes first, in its order" in in_words[RunOrder.FILE]
    assert "comes first" not in in_words[RunOrder.RANDOM]
