"""Addresses with a "+tag": another person, unless the business says otherwise (vouchers.md 2.8)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.directory import make_contact
from tests.vouchers.campaigning import NOW, ask, outcomes, running, stocked
from vouchers.choices import Outcome
from vouchers.models import Campaign, Issuance, ListedPerson, VoucherSettings
from vouchers.recipients import Recipient, without_tag
from vouchers.selectors.recipients import recipient_for
from vouchers.services import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(acme: Organisation) -> Campaign:
    return running(stocked(acme))


def ignore_tags(business: Organisation) -> None:
    VoucherSettings.objects.create(
        business=business, ignores_plus_tags=True, created_at=NOW, updated_at=NOW
    )


def named(business: Organisation, email: str) -> Recipient:
    return recipient_for(business=business, email=email)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("ann+shop@home.example", "ann@home.example"),
        ("ann+a+b@home.example", "ann@home.example"),
        ("ann@home+x.example", "ann@home+x.example"),
        ("+ann@home.example", "+ann@home.example"),
        ("a.nn@home.example", "a.nn@home.example"),
    ],
)
def test_a_tag_is_what_stands_behind_the_first_plus(address: str, plain: str) -> None:
    assert without_tag(address) == plain


def test_tags_tell_people_apart_by_default(acme: Organisation, campaign: Campaign) -> None:
    asked = ("ann@home.example", "ann+shop@home.example", "Ann+two@Home.example")
    found = outcomes(*(ask(campaign, named(acme, one)) for one in asked))
    assert found == [Outcome.ISSUED] * 3


def test_who_ignores_tags_gives_one_person_one_code_and_mails_the_address_as_given(
    acme: Organisation, campaign: Campaign
) -> None:
    ignore_tags(acme)
    asked = ("Ann+shop@home.example", "ann@home.example", "ann+two@home.example")
    found = outcomes(*(ask(campaign, named(acme, one)) for one in asked))
    assert found == [Outcome.ISSUED, Outcome.LIMIT_REACHED, Outcome.LIMIT_REACHED]
    assert Issuance.objects.get().email == "ann+shop@home.example"


def test_a_contact_is_found_by_the_whole_address_first_then_without_the_tag(
    acme: Organisation,
) -> None:
    ignore_tags(acme)
    ann = make_contact(acme, "Ann", email="ann@home.example")
    shop = make_contact(acme, "Shop", email="ann+shop@home.example")
    assert named(acme, "ann+shop@home.example").contact == shop
    assert named(acme, "ann+other@home.example").contact == ann
    assert named(acme, "ann+other@home.example").email == "ann+other@home.example"


def test_a_list_of_people_names_each_once_without_tags(acme: Organisation) -> None:
    ignore_tags(acme)
    shop = make_contact(acme, "Shop", email="ann+shop@home.example")
    lines = ["bob+1@home.example", "bob@home.example", "ann+shop@home.example"]
    made = people.create(business=acme, name="Guests", lines=lines, at=NOW)
    keys = ListedPerson.objects.filter(people=made.people).order_by("line_no")
    assert [one.recipient_key for one in keys] == ["email:bob@home.example", str(shop.pk)]


def test_the_switch_is_kept_in_the_settings(acme: Organisation, mara: User) -> None:
    client = client_of(mara)
    url = reverse("voucher_settings")
    assert client.post(url, {"version": 0, "ignores_plus_tags": "on"}).status_code == 303
    assert VoucherSettings.objects.get(business=acme).ignores_plus_tags
    assert client.get(url).context["form"]["ignores_plus_tags"].value() is True
