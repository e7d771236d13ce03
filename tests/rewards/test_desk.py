"""The desk of reward offers: list, page, switch, copy, deletion (rewards.md 2.4, 2.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Organisation
from rewards.choices import Switch
from rewards.models import RewardOffer, RewardScheme
from rewards.selectors.settings import settings_of
from tests.cast import Cast, client_of
from tests.factories.floor import Cafe, make_cafe, make_person
from tests.factories.rewards import (
    give_award,
    make_offer,
    make_scheme,
)
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract


@pytest.fixture
def cafe(acme: Organisation) -> Cafe:
    return make_cafe(acme)


@pytest.fixture
def scheme(acme: Organisation) -> RewardScheme:
    return make_scheme(acme, "Coffee Club")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.mara)


class TestOfferList(ListContract):
    path = "/rewards/offers"
    filter_query = "status=ACTIVE"
    search_term = "spring"

    @pytest.fixture
    def reader(self, cast: Cast) -> Client:
        return client_of(cast.ana)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        scheme = make_scheme(acme)
        return lambda count: [make_offer(scheme) for _ in range(count)]


class TestSchemeList(ListContract):
    path = "/rewards/schemes"
    filter_query = "status=ACTIVE"
    search_term = "club"

    @pytest.fixture
    def reader(self, cast: Cast) -> Client:
        return client_of(cast.ana)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        return lambda count: [make_scheme(acme) for _ in range(count)]


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        scheme = make_scheme(cast.acme)
        offer = make_offer(scheme)
        start = f"/rewards/offers/{offer.pk}"
        yield Page("/rewards/offers", "rewards.read")
        yield Page("/rewards/offers/new", "rewards.write")
        yield Page(start, "rewards.read", own_row=True)
        yield Page(f"{start}/edit/award", "rewards.write", own_row=True)
        yield Page(f"{start}/activate", "rewards.activate", own_row=True)
        yield Page(f"{start}/copy", "rewards.write", own_row=True)
        yield Page(f"{start}/delete", "rewards.delete", own_row=True)
        yield Page(f"{start}/try", "rewards.try", own_row=True)
        yield Page(f"{start}/passes", "rewards.read", own_row=True)
        yield Page(f"/rewards/schemes/{scheme.pk}", "schemes.read", own_row=True)
        yield Page(f"/rewards/schemes/{scheme.pk}/edit", "schemes.write", own_row=True)
        yield Page("/settings/rewards", "rewards.settings")


@pytest.mark.django_db
def test_every_page_of_an_offer_and_a_scheme_opens(
    cast: Cast, scheme: RewardScheme, cafe: Cafe
) -> None:
    ada = client_of(cast.ada)
    draft = make_offer(scheme, "Spring", active=False)
    make_person(cast.acme)
    for path in (
        "/rewards/offers", f"/rewards/offers/{draft.pk}", f"/rewards/offers/{draft.pk}/activate",
        f"/rewards/offers/{draft.pk}/deactivate", f"/rewards/offers/{draft.pk}/copy",
        f"/rewards/offers/{draft.pk}/delete", f"/rewards/offers/{draft.pk}/passes",
        f"/rewards/offers/{draft.pk}/passes/add", f"/rewards/offers/{draft.pk}/try", "/rewards/try",
        "/rewards/schemes", "/rewards/schemes/add", f"/rewards/schemes/{scheme.pk}",
        f"/rewards/schemes/{scheme.pk}/edit", f"/rewards/schemes/{scheme.pk}/activate",
        f"/rewards/schemes/{scheme.pk}/deactivate", f"/rewards/schemes/{scheme.pk}/delete",
        f"/rewards/schemes/{scheme.pk}/members", f"/rewards/schemes/{scheme.pk}/members/add",
        f"/rewards/schemes/{scheme.pk}/codes", f"/rewards/schemes/{scheme.pk}/codes/import",
        "/settings/rewards",
    ):  # fmt: skip
        assert ada.get(path).status_code == 200, path


@pytest.mark.django_db
def test_page_of_an_offer_takes_a_fixed_number_of_queries(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme)
    person = make_person(scheme.business)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/rewards/offers/{offer.pk}").status_code == 200
        return len(queries)

    asked()
    few = asked()
    for _ in range(4):
        give_award(offer, person)
    for _ in range(3):
        make_offer(scheme)
    assert asked() == few
    assert few <= 40


@pytest.mark.django_db
@pytest.mark.scenario("RWD-9")
def test_offer_with_an_award_is_not_deleted_and_deactivation_is_offered(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme)
    give_award(offer, make_person(scheme.business))
    asked = desk.get(f"/rewards/offers/{offer.pk}/delete").content.decode()
    assert "It has awarded already" in asked
    assert f"/rewards/offers/{offer.pk}/deactivate" in asked
    assert desk.post(f"/rewards/offers/{offer.pk}/delete").status_code == 409
    assert RewardOffer.objects.filter(pk=offer.pk).exists()
    desk.post(f"/rewards/offers/{offer.pk}/deactivate")
    offer.refresh_from_db()
    assert offer.status == Switch.INACTIVE


@pytest.mark.django_db
def test_copy_keeps_the_digits_and_asks_for_those_that_do_not_fit(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, "Spring", amount="5.50", minimum="20.00")
    path = f"/rewards/offers/{offer.pk}/copy"

    def copied(currency: str, amount: str) -> int:
        nonce = desk.get(path).context["form"]["nonce"].value()
        asked = {"nonce": nonce, "currency": currency, "award_amount": amount, "min_amount": "20"}
        return desk.post(path, asked).status_code

    assert copied("JPY", "5.50") == 422
    assert copied("USD", "5.50") == 303
    copy = RewardOffer.objects.exclude(pk=offer.pk).get()
    assert (copy.name, copy.currency, copy.status) == ("Copy of Spring", "USD", Switch.INACTIVE)
    assert (copy.award_amount_minor, copy.condition_set.amount.min_minor) == (550, 2000)


@pytest.mark.django_db
def test_scheme_is_made_activated_and_joined_at_the_desk(desk: Client, acme: Organisation) -> None:
    person = make_person(acme)
    answer = desk.post(
        "/rewards/schemes/add",
        {"name": "Staff", "sign_up_option": "CLOSED_LOOP", "sign_up_method": "CODE"},
    )
    scheme = RewardScheme.objects.get()
    assert answer.status_code == 303
    start = f"/rewards/schemes/{scheme.pk}"
    desk.post(f"{start}/activate")
    desk.post(f"{start}/codes/import", {"codes": "ABC-1\nABC-2\nABC-1\n!"})
    assert sorted(scheme.codes.values_list("code", flat=True)) == ["ABC-1", "ABC-2"]
    desk.post(f"{start}/members/add", {"contact": person.code})
    assert str(person) in desk.get(f"{start}/members").content.decode()
    desk.post(f"{start}/members/{person.pk}/leave")
    assert "is no member any more" in desk.get(start).content.decode()
    assert str(person) not in desk.get(f"{start}/members").content.decode()


@pytest.mark.django_db
def test_passes_are_made_switched_and_deleted_at_the_desk(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, requires_pass=True)
    path = f"/rewards/offers/{offer.pk}/passes"
    one = {"kind": "one", "code": "may-5", "max_usage": "3"}
    assert desk.post(f"{path}/add", one).status_code == 303
    assert desk.post(f"{path}/add", one).status_code == 422
    assert desk.post(f"{path}/add", {"kind": "many", "max_usage": "1"}).status_code == 422
    desk.post(f"{path}/add", {"kind": "many", "count": "4", "max_usage": "1"})
    assert offer.passes.count() == 5
    made = offer.passes.get(code="MAY-5")
    desk.post(f"{path}/{made.pk}/switch")
    made.refresh_from_db()
    assert (made.status, made.max_usage) == (Switch.INACTIVE, 3)
    desk.post(f"{path}/{made.pk}/delete")
    assert offer.passes.count() == 4


@pytest.mark.django_db
def test_settings_are_saved_and_the_example_is_the_manuals(cast: Cast, acme: Organisation) -> None:
    ada = client_of(cast.ada)
    page = ada.get("/settings/rewards")
    lines = page.context["tables"][0]["lines"]
    assert [row["total"].minor for row in lines] == [450, 300, 400]
    form = page.context["form"]
    sent = {
        "mode": "BEST", "late_window_days": "10", "referral_methods": "EMAIL",
        "referral_period_count": "1", "referral_period_unit": "MONTHS", "self_submission": "NONE",
        "version": form["version"].value(),
    }  # fmt: skip
    assert ada.post("/settings/rewards", sent).status_code == 303
    saved = settings_of(business=acme)
    assert (saved.mode, saved.late_window_days) == ("BEST", 10)
    assert ada.post("/settings/rewards", {**sent, "late_window_days": "999"}).status_code == 422
