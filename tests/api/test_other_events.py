"""Referrals, achievements, contacts' own events and subscriptions over the API (rewards.md 11.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.models import Mail
from directory.models import Contact
from events.conditions import ClassificationCondition, ConditionSet
from events.models import BusinessEvent, Classification, SubscriptionReport
from events.services import classifications
from rewards.choices import Beneficiary, ReferralMoment
from rewards.configuration import AchievementTerms, ReferralTerms
from rewards.models import Award, ReferralCase
from rewards.services import pending
from tests.api.client import Till, error_of
from tests.api.shop import Shop, of
from tests.factories.directory import make_business, make_contact
from tests.factories.floor import AFTERNOON, make_person
from tests.factories.rewards import make_offer
from wallet.models import LedgerFreeze
from wallet.selectors import pockets, wallet_of

REFERRALS = "/events/referrals"
ACHIEVEMENTS = "/events/achievements"
CONTACTS = "/events/contacts"
SUBSCRIPTIONS = "/events/subscriptions"


def named(contact: Contact) -> dict[str, str]:
    return {"code": contact.code}


def euros(contact: Contact) -> int:
    """Return what the contact has of commerce money, in minor units."""
    wallet = wallet_of(contact=contact)
    return pockets(wallet=wallet).commerce_minor if wallet else 0


def newcomer(shop: Shop, name: str = "Nora", *, hours: float = 1) -> Contact:
    """Return somebody who registered that many hours ago."""
    since = AFTERNOON - timedelta(hours=hours)
    return make_contact(shop.cafe.business, f"{name} New", at=since)


def refer(shop: Shop, contact: Contact, **changes: Any) -> dict[str, Any]:
    body = {"referral_code": shop.ann.referral_code, "contact": named(contact)}
    return {**body, **changes}


def pays_for_referrals(shop: Shop, moment: ReferralMoment = ReferralMoment.REGISTRATION) -> None:
    """Let the shop give 3.00 to who brings somebody and 2.00 to who is brought."""
    terms = ReferralTerms(Beneficiary.BOTH, moment, referred_minor=200)
    make_offer(shop.scheme, "Bring a friend", type="REFER", amount="3.00", terms=terms)


@pytest.fixture
def visit(shop: Shop) -> Classification:
    return classifications.create(
        business=shop.cafe.business, kind="achievement", name="Visit", code="VISIT", at=AFTERNOON
    )


def rewards_visits(shop: Shop, visit: Classification, count: int) -> None:
    rules = ConditionSet(classification=ClassificationCondition(frozenset({visit.pk})))
    terms = AchievementTerms(count=count)
    make_offer(shop.scheme, "Regular", type="ACHIEVEMENT", amount="4.00", rules=rules, terms=terms)


class TestReferrals:
    def test_both_sides_are_awarded_and_told_which_is_whose(self, shop: Shop) -> None:
        pays_for_referrals(shop)
        nora = newcomer(shop)
        answer = shop.till.post(REFERRALS, refer(shop, nora, reference_number="RF-1"))
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert (told["state"], told["waiting"]) == ("POSTED", False)
        amounts = {award["beneficiary"]: award["amount"] for award in told["awards"]}
        assert amounts == {"REFERRER": "3.00", "REFERRED": "2.00"}
        assert (euros(shop.ann), euros(nora)) == (300, 200)
        read = shop.till.get(f"/events/{told['id']}").json()
        assert (read["type"], read["reference_number"]) == ("REFERRAL", "RF-1")

    def test_a_referral_for_the_first_purchase_waits_for_it(self, shop: Shop) -> None:
        pays_for_referrals(shop, ReferralMoment.FIRST_PURCHASE)
        nora = newcomer(shop)
        told = shop.till.post(REFERRALS, refer(shop, nora)).json()
        assert (told["waiting"], told["awards"]) == (True, [])
        assert euros(shop.ann) == 0
        shop.till.post("/events/purchases", of(nora))
        assert euros(shop.ann) == 300

    def test_the_same_key_refers_once(self, shop: Shop) -> None:
        pays_for_referrals(shop)
        body = refer(shop, newcomer(shop))
        first = shop.till.post(REFERRALS, body, key="k1")
        again = shop.till.post(REFERRALS, body, key="k1")
        assert again.json() == first.json()
        assert again.headers["Idempotent-Replayed"] == "true"
        assert ReferralCase.objects.count() == 1
        assert euros(shop.ann) == 300

    def test_a_cancel_takes_both_awards_back_and_again_answers_the_same(self, shop: Shop) -> None:
        pays_for_referrals(shop)
        nora = newcomer(shop)
        made = shop.till.post(REFERRALS, refer(shop, nora)).json()
        url = f"{REFERRALS}/{made['id']}/cancel"
        cancelled = shop.till.post(url, {"reason": "wrong friend"}).json()
        assert (cancelled["state"], cancelled["reverted_total"]) == ("CANCELLED", "5.00")
        assert (euros(shop.ann), euros(nora)) == (0, 0)
        assert shop.till.post(url).json() == cancelled
        # Whoever was referred by mistake stays referred: each contact is once.
        error_of(shop.till.post(REFERRALS, refer(shop, nora)), 409, "ALREADY_REFERRED")

    @pytest.mark.parametrize(
        ("hours", "bought", "twice", "code"),
        [
            (25, False, False, "NOT_NEW_CONTACT"),
            (1, True, False, "NOT_NEW_CONTACT"),
            (1, False, True, "ALREADY_REFERRED"),
        ],
        ids=["registered yesterday", "bought", "referred"],
    )
    def test_only_who_is_new_is_referred(
        self, shop: Shop, hours: int, bought: bool, twice: bool, code: str
    ) -> None:
        nora = newcomer(shop, hours=hours)
        if bought:
            shop.till.post("/events/purchases", of(nora))
        if twice:
            assert shop.till.post(REFERRALS, refer(shop, nora)).status_code == 201
        before = BusinessEvent.objects.count()
        status = 409 if twice else 422
        error_of(shop.till.post(REFERRALS, refer(shop, nora)), status, code)
        assert BusinessEvent.objects.count() == before

    def test_nobody_refers_themselves_and_a_code_has_to_be_somebodys(self, shop: Shop) -> None:
        error_of(shop.till.post(REFERRALS, refer(shop, shop.ann)), 422, "SELF_REFERRAL")
        wrong = refer(shop, newcomer(shop), referral_code="NOBODY")
        error_of(shop.till.post(REFERRALS, wrong), 404, "REFERRAL_CODE_NOT_FOUND")
        other = make_contact(make_business("Other"), "Otto")
        wrong = refer(shop, newcomer(shop, "Nina"), referral_code=other.referral_code)
        error_of(shop.till.post(REFERRALS, wrong), 404, "REFERRAL_CODE_NOT_FOUND")
        assert not BusinessEvent.objects.exists()

    def test_a_recommendation_mails_each_address_once(self, shop: Shop) -> None:
        body = {
            "contact": named(shop.ann),
            "recipients": ["FRIEND@example.org", "friend@example.org", "other@example.org"],
        }
        answer = shop.till.post("/referrals/send", body)
        assert answer.status_code == 202, answer.content
        assert answer.json() == {"recipients": ["friend@example.org", "other@example.org"]}
        shop.till.post("/referrals/send", body)
        sent = Mail.objects.filter(kind="referral")
        assert sorted(sent.values_list("to", flat=True)) == answer.json()["recipients"]
        assert {mail.context["code"] for mail in sent} == {shop.ann.referral_code}

    def test_a_recommendation_to_no_address_is_refused_at_its_place(self, shop: Shop) -> None:
        body = {"contact": named(shop.ann), "recipients": ["friend@example.org", "a friend"]}
        answer = shop.till.post("/referrals/send", body)
        error = error_of(answer, 422, "RECIPIENT_UNREACHABLE")
        assert list(error["fields"]) == ["recipients.1"]
        assert not Mail.objects.filter(kind="referral").exists()
        many = {**body, "recipients": [f"f{number}@example.org" for number in range(21)]}
        error_of(shop.till.post("/referrals/send", many), 422, "VALIDATION")


class TestAchievements:
    def body(self, shop: Shop, **changes: Any) -> dict[str, Any]:
        return {"contact": named(shop.ann), "classification": {"code": "VISIT"}, **changes}

    def test_the_one_that_completes_the_count_earns(
        self, shop: Shop, visit: Classification
    ) -> None:
        rewards_visits(shop, visit, 3)
        told = [shop.till.post(ACHIEVEMENTS, self.body(shop)).json() for _ in range(4)]
        assert [[award["amount"] for award in one["awards"]] for one in told] == [
            [], [], ["4.00"], [],
        ]  # fmt: skip
        assert euros(shop.ann) == 400

    def test_a_quantity_is_as_many_achievements_with_numbers_of_their_own(
        self, shop: Shop, visit: Classification
    ) -> None:
        rewards_visits(shop, visit, 2)
        body = self.body(shop, quantity=5, reference_number="A-1")
        told = shop.till.post(ACHIEVEMENTS, body).json()
        assert [award["amount"] for award in told["awards"]] == ["4.00", "4.00"]
        numbers = BusinessEvent.objects.order_by("pk").values_list("reference_number", flat=True)
        assert list(numbers) == ["A-1", "A-1/2", "A-1/3", "A-1/4", "A-1/5"]
        read = shop.till.get(f"/events/{told['id']}").json()
        assert read["reference_number"] == "A-1"

    def test_the_same_key_and_the_same_number_count_once(
        self, shop: Shop, visit: Classification
    ) -> None:
        rewards_visits(shop, visit, 1)
        body = self.body(shop, reference_number="A-1")
        first = shop.till.post(ACHIEVEMENTS, body, key="k1")
        assert shop.till.post(ACHIEVEMENTS, body, key="k1").json() == first.json()
        error = error_of(shop.till.post(ACHIEVEMENTS, body), 409, "DUPLICATE_REFERENCE")
        assert error["id"] == first.json()["id"]
        assert euros(shop.ann) == 400

    def test_a_cancel_takes_back_what_it_completed(self, shop: Shop, visit: Classification) -> None:
        rewards_visits(shop, visit, 1)
        made = shop.till.post(ACHIEVEMENTS, self.body(shop)).json()
        url = f"{ACHIEVEMENTS}/{made['id']}/cancel"
        assert shop.till.post(url).json()["reverted_total"] == "4.00"
        assert euros(shop.ann) == 0
        # Each kind of event is cancelled at its own address.
        wrong = url.replace(ACHIEVEMENTS, REFERRALS)
        error_of(shop.till.post(wrong), 404, "EVENT_NOT_FOUND")

    def test_what_is_no_achievement_is_refused(self, shop: Shop, visit: Classification) -> None:
        classifications.create(
            business=shop.cafe.business, kind="purchase", name="Dine in", code="DINE",
            at=AFTERNOON,
        )  # fmt: skip
        for code in ("DINE", "NOTHING"):
            body = self.body(shop, classification={"code": code})
            error_of(shop.till.post(ACHIEVEMENTS, body), 404, "CLASSIFICATION_NOT_FOUND")
        for quantity in (0, 101, 1_001):
            body = self.body(shop, quantity=quantity)
            error = error_of(shop.till.post(ACHIEVEMENTS, body), 422, "VALIDATION")
            assert list(error["fields"]) == ["quantity"]
        assert not BusinessEvent.objects.exists()


class TestContacts:
    def test_a_sign_up_earns_once_however_often_it_is_told(self, shop: Shop) -> None:
        make_offer(shop.scheme, "Welcome", type="SIGNUP", amount="1.50")
        nora = newcomer(shop)
        body = {"contact": named(nora), "kind": "SIGN_UP"}
        first = shop.till.post(CONTACTS, body)
        assert first.status_code == 201, first.content
        assert [award["amount"] for award in first.json()["awards"]] == ["1.50"]
        again = shop.till.post(CONTACTS, body).json()
        assert (again["id"], again["awards"]) == (first.json()["id"], [])
        assert euros(nora) == 150

    def test_a_changed_profile_is_recorded_once_by_its_number(self, shop: Shop) -> None:
        body = {"contact": named(shop.ann), "kind": "PROFILE_UPDATED", "reference_number": "P-1"}
        told = shop.till.post(CONTACTS, body).json()
        event = BusinessEvent.objects.get()
        assert (str(event.public_id), event.contact) == (told["id"], shop.ann)
        assert event.contact_change.kind == "profile_updated"
        error_of(shop.till.post(CONTACTS, body), 409, "DUPLICATE_REFERENCE")

    def test_who_is_unknown_and_what_is_unknown_is_refused(self, shop: Shop) -> None:
        other = make_contact(make_business("Other"), "Otto")
        body = {"contact": named(other), "kind": "SIGN_UP"}
        error_of(shop.till.post(CONTACTS, body), 404, "CONTACT_NOT_FOUND")
        body = {"contact": named(shop.ann), "kind": "MOVED"}
        error = error_of(shop.till.post(CONTACTS, body), 422, "VALIDATION")
        assert list(error["fields"]) == ["kind"]
        assert not BusinessEvent.objects.exists()


class TestSubscriptions:
    def body(self, shop: Shop, **changes: Any) -> dict[str, Any]:
        body = {
            "contact": named(shop.ann),
            "subscription_ref": "S-1",
            "is_active": True,
            "is_termed": True,
            "is_billable": True,
            "active_since": "2026-01-01",
            "upcoming_estimate": {"amount": "12.50", "currency": "EUR"},
            "sku": "CAKE",
        }
        return {**body, **changes}

    def test_each_report_is_kept_and_the_newest_says_what_is(self, shop: Shop) -> None:
        first = shop.till.post(SUBSCRIPTIONS, self.body(shop))
        assert first.status_code == 201, first.content
        changed = self.body(shop, is_active=False, last_interruption="2026-05-03")
        assert shop.till.post(SUBSCRIPTIONS, changed).status_code == 201
        assert SubscriptionReport.objects.filter(subscription_ref="S-1").count() == 2
        mirror = SubscriptionReport.objects.latest("event_id")
        assert mirror.event.contact == shop.ann
        assert (mirror.is_active, str(mirror.last_interruption_on)) == (False, "2026-05-03")
        assert (mirror.estimate_minor, mirror.currency) == (1250, "EUR")
        assert mirror.product == shop.cafe.cake

    def test_the_same_key_is_one_report(self, shop: Shop) -> None:
        first = shop.till.post(SUBSCRIPTIONS, self.body(shop), key="k1")
        again = shop.till.post(SUBSCRIPTIONS, self.body(shop), key="k1")
        assert again.json() == first.json()
        assert BusinessEvent.objects.count() == 1

    def test_an_unknown_product_and_half_an_amount_are_refused(self, shop: Shop) -> None:
        body = self.body(shop, sku="NOTHING")
        error_of(shop.till.post(SUBSCRIPTIONS, body), 404, "PRODUCT_NOT_FOUND")
        body = self.body(shop, upcoming_estimate={"amount": "12.505", "currency": "EUR"})
        error = error_of(shop.till.post(SUBSCRIPTIONS, body), 422, "VALIDATION")
        assert list(error["fields"]) == ["upcoming_estimate.amount"]
        error_of(shop.till.post(SUBSCRIPTIONS, self.body(shop, is_active="yes")), 422, "VALIDATION")
        assert not BusinessEvent.objects.exists()


@pytest.mark.parametrize(
    "path", [REFERRALS, "/referrals/send", ACHIEVEMENTS, CONTACTS, SUBSCRIPTIONS]
)
def test_each_of_them_needs_the_scope_and_a_key(shop: Shop, path: str) -> None:
    reader = Till(shop.cafe.business, "events:read")
    error_of(reader.post(path), 403, "MISSING_SCOPE")
    body = {
        REFERRALS: refer(shop, newcomer(shop)),
        "/referrals/send": {"contact": named(shop.ann), "recipients": ["a@example.org"]},
        ACHIEVEMENTS: {"contact": named(shop.ann), "classification": {"code": "VISIT"}},
        CONTACTS: {"contact": named(shop.ann), "kind": "PROFILE_UPDATED"},
        SUBSCRIPTIONS: TestSubscriptions().body(shop),
    }[path]
    error_of(shop.till.post(path, body, key=""), 400, "KEY_REQUIRED")
    assert not BusinessEvent.objects.exists()
    assert not Award.objects.exists()


def test_people_of_another_shop_are_nobody_here(shop: Shop) -> None:
    stranger = make_person(make_business("Other"), first_name="Otto")
    error_of(shop.till.post(REFERRALS, refer(shop, stranger)), 404, "CONTACT_NOT_FOUND")


def test_frozen_books_of_one_business_hold_up_no_purchase_of_another(shop: Shop) -> None:
    """Both wait to be evaluated by a worker; that of the frozen business goes on waiting."""
    other = make_business("Bright Bikes", completed=False)
    cy, till = make_contact(other, "Cy Example"), Till(other)
    ids = [
        shop.till.post("/events/purchases?mode=async", of(shop.ann)).json()["id"],
        till.post("/events/purchases?mode=async", of(cy, tap=None)).json()["id"],
    ]
    frozen = LedgerFreeze.objects.create(business=shop.cafe.business, frozen_at=AFTERNOON)
    assert pending.evaluate_due(at=AFTERNOON, limit=1) == 1
    states = BusinessEvent.objects.in_bulk(ids, field_name="public_id")
    assert [states[UUID(one)].evaluation_state for one in ids] == ["pending", "done"]
    LedgerFreeze.objects.filter(pk=frozen.pk).update(released_at=AFTERNOON)
    assert pending.evaluate_due(at=AFTERNOON, limit=1) == 1


def test_a_caller_cannot_take_the_number_of_a_sign_up(shop: Shop) -> None:
    body = {"contact": named(shop.ann), "kind": "PROFILE_UPDATED"}
    number = f"registered:{shop.ann.pk}"
    refused = shop.till.post(CONTACTS, {**body, "reference_number": number})
    error_of(refused, 422, "VALIDATION")
    assert shop.till.post(CONTACTS, {**body, "reference_number": "P-1"}).status_code == 201
