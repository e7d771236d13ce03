"""Merchants, venues, tills, terms and partners of a business (rewards.md 2.1, wallet.md 8.1)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.errors import NotFound
from directory.models import CommercialTerms, Organisation
from directory.selectors import network as selectors
from directory.services import links, network, terms
from directory.services.network import PlaceData
from directory.services.terms import TermsData
from tests.factories import floor
from tests.factories.directory import MORNING, make_business
from tests.factories.floor import Cafe

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=30)


@pytest.fixture
def cafe(db: None) -> Cafe:
    return floor.make_cafe()


def agree(cafe: Cafe, at: object = MORNING, **changes: object) -> CommercialTerms:
    data = TermsData(**{"method": "on_award", **changes})  # type: ignore[arg-type]
    return terms.agree(
        business=cafe.business,
        organisation=cafe.merchant,
        data=data,
        actor=None,
        at=at,  # type: ignore[arg-type]
    )


def test_a_place_lives_by_the_clock_of_its_parent_until_it_has_its_own(cafe: Cafe) -> None:
    assert selectors.zone_of(cafe.v1) == "Asia/Nicosia"
    assert selectors.zone_of(cafe.v2) == "Europe/Athens"


def test_a_venue_cannot_stand_under_a_venue(cafe: Cafe) -> None:
    with pytest.raises(network.WrongParent):
        network.add_venue(parent=cafe.v1, data=PlaceData(name="Corner"), at=MORNING)
    with pytest.raises(network.WrongParent):
        network.update_place(
            place=cafe.v2, data=PlaceData(name="V2"), parent=floor.make_cafe().merchant, at=MORNING
        )


def test_names_are_told_apart_under_one_parent_only(cafe: Cafe) -> None:
    with pytest.raises(network.NameTaken):
        network.add_venue(parent=cafe.merchant, data=PlaceData(name="v1"), at=MORNING)
    network.add_venue(parent=cafe.business, data=PlaceData(name="V1"), at=MORNING)


def test_a_till_has_a_code_of_its_own_in_the_business(cafe: Cafe) -> None:
    with pytest.raises(network.CodeTaken):
        network.add_tap(place=cafe.v2, code="pos-7", at=MORNING)
    other = floor.make_cafe()
    assert selectors.tap(business=other.business, code="POS-7") == other.till
    assert (cafe.till.kind, selectors.tap(business=cafe.business, code=" pos-7 ")) == (
        "VENUE",
        cafe.till,
    )


def test_a_till_out_of_service_or_of_a_closed_place_is_not_found(cafe: Cafe) -> None:
    network.set_tap_active(tap=cafe.till, active=False, at=MORNING)
    with pytest.raises(NotFound) as refused:
        selectors.tap(business=cafe.business, code="POS-7")
    assert refused.value.code == "TAP_NOT_FOUND"
    network.set_tap_active(tap=cafe.till, active=True, at=MORNING)
    network.set_active(place=cafe.v1, active=False, at=MORNING)
    with pytest.raises(NotFound):
        selectors.tap(business=cafe.business, code="POS-7")
    with pytest.raises(network.PlaceInactive):
        network.add_tap(place=cafe.v1, code="POS-8", at=MORNING)


def test_terms_are_versions_and_the_newest_that_has_begun_is_in_force(cafe: Cafe) -> None:
    first = agree(cafe)
    second = agree(cafe, at=LATER, contribution_percent=Decimal(50))
    assert (first.version, second.version) == (1, 2)
    for at, expected in ((MORNING, first), (LATER - timedelta(seconds=1), first), (LATER, second)):
        found = selectors.terms_in_force(business=cafe.business, organisation=cafe.merchant, at=at)
        assert found == expected
    before = MORNING - timedelta(seconds=1)
    assert (
        selectors.terms_in_force(business=cafe.business, organisation=cafe.merchant, at=before)
        is None
    )


def test_the_same_terms_again_make_no_version(cafe: Cafe) -> None:
    assert agree(cafe) == agree(cafe, at=LATER)


def test_terms_do_not_begin_in_the_past_and_venues_have_none(cafe: Cafe) -> None:
    agree(cafe, at=LATER)
    with pytest.raises(terms.TooEarly):
        agree(cafe, at=MORNING, blocked=True)
    with pytest.raises(terms.NotAMerchant):
        terms.agree(
            business=cafe.business,
            organisation=cafe.v1,
            data=TermsData(method="on_award"),
            actor=None,
            at=MORNING,
        )


def test_blocking_and_unblocking_are_versions_too(cafe: Cafe) -> None:
    blocked = terms.block(terms=agree(cafe), actor=None, at=LATER)
    pair = (cafe.business.pk, cafe.merchant.pk)
    ids = [cafe.business.pk]
    assert selectors.blocked_organisations(business_ids=ids, at=LATER) == {pair}
    terms.unblock(terms=blocked, actor=None, at=LATER + timedelta(hours=1))
    assert selectors.blocked_organisations(business_ids=ids, at=LATER + timedelta(hours=1)) == set()


def test_the_database_refuses_to_change_agreed_terms(cafe: Cafe) -> None:
    agree(cafe)
    rows = CommercialTerms.objects.filter(organisation=cafe.merchant)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(contribution_percent=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_a_partnership_is_invited_accepted_and_ended(cafe: Cafe) -> None:
    fund = make_business("Rainforest Fund")
    link = links.invite(business=cafe.business, partner=fund, is_charity=True, at=MORNING)
    with pytest.raises(links.LinkedAlready):
        links.invite(business=cafe.business, partner=fund, at=MORNING)
    assert not selectors.charities_of(business=cafe.business).exists()
    links.accept(link=link, at=MORNING)
    assert list(selectors.charities_of(business=cafe.business)) == [fund]
    with pytest.raises(links.LinkStepRefused):
        links.accept(link=link, at=MORNING)
    links.end(link=link, by="partner", at=LATER)
    assert not selectors.charities_of(business=cafe.business).exists()
    links.invite(business=cafe.business, partner=fund, at=LATER)


def test_only_another_business_can_be_a_partner(cafe: Cafe) -> None:
    for wrong in (cafe.business, cafe.merchant):
        with pytest.raises(links.NotABusiness):
            links.invite(business=cafe.business, partner=wrong, at=MORNING)


def test_the_tree_shows_venues_under_their_merchants_in_three_queries(
    cafe: Cafe, django_assert_num_queries: object
) -> None:
    agree(cafe)
    with django_assert_num_queries(3):  # type: ignore[operator]
        tree = selectors.tree_of(business=cafe.business, at=LATER)
    assert [(one.organisation.name, one.depth) for one in tree] == [("M", 0), ("V1", 1), ("V2", 0)]
    assert tree[0].terms is not None
    assert [tap.code for tap in tree[1].taps] == ["POS-7"]


def test_places_of_another_business_are_not_found(cafe: Cafe) -> None:
    with pytest.raises(NotFound):
        selectors.place(business=cafe.business, pk=floor.make_cafe().v1.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=cafe.v1.pk).update(parent=None)
