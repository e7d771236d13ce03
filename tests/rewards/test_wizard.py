"""The wizard: every step saved by itself over one draft, and nothing wrong let through (2.4, 2.12)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Organisation
from rewards.choices import AwardForm, RedeemMethod, Switch
from rewards.models import RewardOffer, RewardScheme
from rewards.selectors.settings import settings_of
from rewards.services import settings as settings_service
from rewards.services.settings import SettingsData
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING
from tests.factories.floor import make_person
from tests.factories.rewards import give_award, make_offer, make_scheme
from wallet.selectors import pools_of
from wallet.services import pools

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(acme: Organisation) -> RewardScheme:
    return make_scheme(acme, "Coffee Club")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.mara)


def start(client: Client, kind: str, goal: str = "SPEND") -> RewardOffer:
    """Choose goal and type, as the two first pages do, and return the draft."""
    page = client.get(f"/rewards/offers/new/{goal}")
    nonce = page.context["form"]["nonce"].value()
    answer = client.post(f"/rewards/offers/new/{goal}", {"type": kind, "nonce": nonce})
    assert answer.status_code == 303
    return RewardOffer.objects.latest("pk")


def url(offer: RewardOffer, step: str) -> str:
    return f"/rewards/offers/{offer.pk}/edit/{step}"


def sent(client: Client, offer: RewardOffer, step: str) -> dict[str, Any]:
    """Return what the browser would send of the step as it stands."""
    page = client.get(url(offer, step))
    found: dict[str, Any] = {}
    for bound in page.context["form"]:
        if bound.name != "image":
            _put(found, bound)
    if step == "conditions":
        found |= {"conditions-times-count": "0", "conditions-min_quantity": "1"}
    return found


def _put(found: dict[str, Any], bound: Any) -> None:
    value = bound.value()
    if hasattr(value, "amount"):
        found[f"{bound.name}_amount"] = str(value.amount)
        found[f"{bound.name}_currency"] = value.currency
    elif hasattr(bound.field, "currencies"):
        found[f"{bound.name}_amount"] = ""
        found[f"{bound.name}_currency"] = bound.field.currencies[0]
    elif value is True:
        found[bound.name] = "on"
    elif value not in (None, False):
        found[bound.name] = str(value)


def post(client: Client, offer: RewardOffer, step: str, **changes: Any) -> Any:
    return client.post(url(offer, step), {**sent(client, offer, step), **changes})


def test_choosing_goal_and_type_saves_one_draft_however_often_the_button_is_pressed(
    desk: Client, scheme: RewardScheme, acme: Organisation
) -> None:
    pool = pools.ensure_default(business=acme, at=MORNING)
    page = desk.get("/rewards/offers/new/SPEND")
    asked = {"type": "DISCOUNT", "nonce": page.context["form"]["nonce"].value()}
    first: Any = desk.post("/rewards/offers/new/SPEND", asked)
    again: Any = desk.post("/rewards/offers/new/SPEND", asked)
    offer = RewardOffer.objects.get()
    assert first.url == again.url == url(offer, "details")
    assert (offer.type, offer.status) == ("DISCOUNT", Switch.INACTIVE)
    assert (offer.scheme, offer.commerce_pool) == (scheme, pool)


def test_each_step_is_saved_alone_and_keeps_what_the_others_hold(
    desk: Client, scheme: RewardScheme, acme: Organisation
) -> None:
    pools.ensure_default(business=acme, at=MORNING)
    offer = start(desk, "DISCOUNT")
    answer = post(desk, offer, "details", name="Spring", featured="on")
    assert answer.url == url(offer, "conditions")
    answer = post(desk, offer, "conditions", **{"conditions-least": "20"}, requires_pass="on")
    assert answer.url == url(offer, "award")
    answer = post(desk, offer, "award", award_form="AMOUNT", award_amount_amount="3.00", go="leave")
    assert answer.url == f"/rewards/offers/{offer.pk}"
    answer = post(desk, offer, "redeem", redeem_method="INSTANT", go="back")
    assert answer.url == url(offer, "award")
    offer.refresh_from_db()
    assert (offer.name, offer.featured, offer.requires_pass) == ("Spring", True, True)
    assert (offer.award_form, offer.award_amount_minor) == (AwardForm.AMOUNT, 300)
    assert offer.redeem_method == RedeemMethod.INSTANT
    assert offer.condition_set.amount.min_minor == 2000
    assert offer.steps_done == ["details", "conditions", "award", "redeem"]


def test_redeem_step_opens_with_the_pool_that_is_stored(
    desk: Client, scheme: RewardScheme, acme: Organisation
) -> None:
    pool = pools.ensure_default(business=acme, at=MORNING)
    offer = start(desk, "DISCOUNT")
    assert sent(desk, offer, "redeem")["commerce_pool"] in (pool.pk, str(pool.pk))
    post(desk, offer, "redeem")
    offer.refresh_from_db()
    assert offer.commerce_pool == pool


def test_somebody_elses_save_in_between_is_not_overwritten(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, "Spring", active=False)
    old = sent(desk, offer, "details")
    post(desk, offer, "details", name="Summer")
    answer = desk.post(url(offer, "details"), {**old, "name": "Winter"})
    assert answer.status_code == 422
    assert "Somebody saved this offer" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.name == "Summer"


def test_words_follow_what_is_typed_and_nothing_is_saved(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, "Spring", active=False)
    typed = {**sent(desk, offer, "award"), "award_percentage": "12.5"}
    with CaptureQueriesContext(connection) as queries:
        answer = desk.post(f"{url(offer, 'award')}/words", typed)
    said = answer.content.decode()
    assert "12.5% of the whole purchase" in said
    assert said.strip().startswith('<div id="offer-side"')
    verbs = {query["sql"].split(" ", 1)[0].upper() for query in queries}
    assert verbs.isdisjoint({"INSERT", "UPDATE", "DELETE"})


def test_review_lists_every_problem_with_the_step_that_mends_it(
    desk: Client, acme: Organisation
) -> None:
    offer = start(desk, "HAPPYHOUR", "VISITS")
    page = desk.get(url(offer, "review"))
    found = {problem.url.partition("/edit/")[2] for problem in page.context["problems"]}
    assert found == {
        "details#id_name", "details#id_scheme", "conditions#conditions-location",
        "award#id_award_form", "redeem#id_commerce_pool",
    }  # fmt: skip
    assert "Activate the offer" not in page.content.decode()
    forced = desk.post(f"/rewards/offers/{offer.pk}/activate")
    assert forced.status_code == 422
    offer.refresh_from_db()
    assert offer.status == Switch.INACTIVE


def test_asking_for_a_row_of_times_saves_nothing(desk: Client, scheme: RewardScheme) -> None:
    offer = make_offer(scheme, "Hours", type="HAPPYHOUR", active=False)
    asked = {**sent(desk, offer, "conditions"), "conditions-times-action": "add"}
    answer = desk.post(url(offer, "conditions"), asked)
    assert answer.status_code == 200
    assert 'id="conditions-time-0"' in answer.content.decode()
    offer.refresh_from_db()
    assert offer.version == 1


@pytest.mark.scenario("RWD-13")
def test_second_offer_of_a_name_is_refused_whatever_its_case(
    desk: Client, scheme: RewardScheme
) -> None:
    make_offer(scheme, "Spring")
    draft = start(desk, "DISCOUNT")
    answer = post(desk, draft, "details", name="spring")
    assert answer.status_code == 422
    assert "You have an offer of this name already" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.name == ""


@pytest.mark.scenario("RWD-15")
def test_sign_up_offer_cannot_be_made_instant_by_a_forged_post(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, type="SIGNUP", active=False)
    answer = post(desk, offer, "redeem", redeem_method="INSTANT")
    assert answer.status_code == 422
    offer.refresh_from_db()
    assert (offer.redeem_method, offer.version) == (RedeemMethod.DEFERRED, 1)


def test_form_that_a_type_lacks_is_refused_from_a_forged_post(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme, type="SIGNUP", active=False)
    answer = post(desk, offer, "award", award_form="PERCENTAGE", award_percentage="5")
    assert answer.status_code == 422
    offer.refresh_from_db()
    assert (offer.award_form, offer.version) == (AwardForm.AMOUNT, 1)


@pytest.mark.scenario("RWD-16")
@pytest.mark.parametrize(("percentage", "status"), [("0", 422), ("100.01", 422), ("100", 303)])
def test_percentage_lies_above_0_and_up_to_100(
    desk: Client, scheme: RewardScheme, percentage: str, status: int
) -> None:
    offer = make_offer(scheme, active=False)
    answer = post(desk, offer, "award", award_percentage=percentage)
    assert answer.status_code == status
    offer.refresh_from_db()
    assert str(offer.award_percentage) == ("100.00" if status == 303 else "5.00")


def test_restrictions_bind_merchants_and_not_the_business_itself(
    desk: Client, acme: Organisation, scheme: RewardScheme
) -> None:
    data = SettingsData(
        restricts_merchants=True, allowed_types=["HAPPYHOUR"], allowed_methods=["DEFERRED"]
    )
    version = settings_of(business=acme).version
    settings_service.update(business=acme, data=data, version=version, at=MORNING)
    goals = desk.get("/rewards/offers/new").context["goals"]
    assert "Increase Spend" in [str(goal["label"]) for goal in goals]
    assert start(desk, "DISCOUNT").owner == acme


@pytest.mark.scenario("RWD-18")
def test_offer_that_awarded_keeps_its_currency_and_may_change_its_percentage(
    desk: Client, scheme: RewardScheme
) -> None:
    offer = make_offer(scheme)
    award = give_award(offer, make_person(scheme.business))
    form = desk.get(url(offer, "details")).context["form"]
    assert form.fields["currency"].disabled
    assert "Copy the offer" in form.fields["currency"].help_text
    refused = post(desk, offer, "details", currency="USD")
    assert refused.status_code == 422
    assert "currency" in refused.context["form"].errors
    offer.refresh_from_db()
    assert (offer.currency, offer.version) == ("EUR", award.offer_version.number)
    before = offer.version
    post(desk, offer, "award", award_percentage="7")
    offer.refresh_from_db()
    award.refresh_from_db()
    assert (str(offer.award_percentage), offer.version) == ("7.00", before + 1)
    assert (award.amount_minor, award.offer_version.number) == (100, before)


def test_steps_take_a_fixed_number_of_queries(desk: Client, scheme: RewardScheme) -> None:
    offer = make_offer(scheme, active=False)
    for step, most in (("details", 45), ("conditions", 60), ("award", 45), ("review", 60)):
        desk.get(url(offer, step))
        with CaptureQueriesContext(connection) as few:
            desk.get(url(offer, step))
        for _ in range(3):
            make_offer(scheme)
        with CaptureQueriesContext(connection) as many:
            desk.get(url(offer, step))
        assert len(few) == len(many) <= most, step


def test_a_pool_made_on_the_way_comes_back_chosen(desk: Client, scheme: RewardScheme) -> None:
    offer = start(desk, "DISCOUNT")
    before = {**sent(desk, offer, "redeem"), "redeem_method": RedeemMethod.DEFERRED, "go": "pool"}
    away = desk.post(url(offer, "redeem"), before)
    assert away.status_code == 303
    offer.refresh_from_db()
    assert offer.redeem_method == RedeemMethod.DEFERRED
    form = desk.get(away["Location"])
    assert f'href="{url(offer, "redeem")}"' in form.content.decode()
    made = desk.post(
        away["Location"],
        {
            "name": "Harbour",
            "start_rule": "NONE",
            "end_rule": "NEVER",
            "classification": "PAYMENT_METHOD",
            "conditions-times-count": "0",
            "action": "save",
        },
    )
    assert made.status_code == 303, made.context["form"].errors
    back = desk.get(made["Location"])
    assert made["Location"].startswith(f"{url(offer, 'redeem')}?pool=")
    chosen = back.context["form"]["commerce_pool"].value()
    pool = next(iter(p for p in pools_of(business=offer.business) if p.name == "Harbour"))
    assert str(chosen) == str(pool.pk)


@pytest.mark.parametrize("asked", ["https://elsewhere.example/x", "//elsewhere.example", "x"])
def test_a_pool_leads_back_to_pages_of_ours_alone(desk: Client, asked: str) -> None:
    page = desk.get("/wallet/pools/add", {"next": asked})
    assert "elsewhere" not in page.context["cancel_url"]
    assert page.context["cancel_url"] == "/wallet/pools"
