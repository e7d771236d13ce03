"""My wallet: what contacts see and do on their own pages (wallet.md 13)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from directory.models import Organisation
from events.conditions import ConditionSet, LocationCondition
from events.services import conditions
from tests.factories.directory import make_contact
from tests.factories.floor import Cafe, make_cafe
from tests.wallet import money
from tests.wallet.portal import award_until, client_of
from wallet.choices import AccountKind, LotSource, Pocket, RedemptionMode, TopUpState
from wallet.models import Activation, CommercePool, Entry, Lot, SpendToken, TopUp, Wallet
from wallet.services import blocks, pools, spend_tokens
from wallet.services.spending import spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(business: Organisation) -> Cafe:
    return make_cafe(business)


def text(answer: Any) -> str:
    """Return what a page says, without its markup."""
    bare = re.sub(r"<(script|style|head).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", bare)


def page(wallet: Wallet, name: str, *args: Any, **query: str) -> str:
    answer = client_of(wallet).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return text(answer)


class TestTheWallet:
    def test_it_shows_the_pockets_and_what_lapses_next(self, ana: Wallet) -> None:
        money.top_up(ana, 800)
        money.top_up(ana, 300, Pocket.OPEN)
        award_until(ana, 500, 12)
        award_until(ana, 700, 70)
        shown = page(ana, "my_wallet")
        assert "In my wallet €23.00" in shown
        assert "Rewards €12.00" in shown
        assert "€5.00 usable until" in shown
        assert "lapses in 11 days" in shown
        assert "Within 30 days €5.00 In 30 to 60 days €0.00 In 60 to 90 days €7.00" in shown

    def test_money_that_has_lapsed_is_not_shown_whatever_the_job_does(self, ana: Wallet) -> None:
        past = clock.now() - timedelta(days=40)
        version = money.pool(ana.business, end_rule="RELATIVE", end_after=5, end_unit="DAY")
        money.award(ana, 500, version, at=past)
        assert "In my wallet €0.00" in page(ana, "my_wallet")

    def test_a_contact_without_a_wallet_is_told_how_one_opens(self, ana: Wallet) -> None:
        other = make_contact(ana.business, "Cleo Example")
        client = client_of(Wallet(contact=other))
        assert "no wallet here yet" in text(client.get(reverse("my_wallet")))
        assert "My wallet" not in text(client.get(reverse("portal_home")))

    def test_the_home_page_sums_it_up(self, ana: Wallet) -> None:
        money.top_up(ana, 800)
        award_until(ana, 500, 6)
        shown = page(ana, "portal_home")
        assert "My wallet" in shown
        assert "€5.00 lapses in 5 days" in shown
        assert "€13.00" in shown

    def test_nobody_sees_the_wallet_of_another(self, ana: Wallet, ben: Wallet) -> None:
        award_until(ana, 500, 12)
        lot, entry = Lot.objects.get(), Entry.objects.latest("pk")
        client = client_of(ben)
        for name, key in (
            ("my_pool", lot.pool_version_id),
            ("my_entry", entry.public_id),
        ):
            assert client.get(reverse(name, args=[key])).status_code == 404
        foreign = reverse("my_pool_activate", args=[lot.pool_version_id])
        assert client.post(foreign).status_code == 404
        assert not Activation.objects.exists()

    @pytest.mark.parametrize("lots", [1, 12])
    def test_its_queries_do_not_grow(
        self, ana: Wallet, lots: int, django_assert_max_num_queries: Any
    ) -> None:
        for days in range(lots):
            award_until(ana, 100, 20 + days)
        client = client_of(ana)
        with django_assert_max_num_queries(7):
            client.get(reverse("my_wallet"))
        with django_assert_max_num_queries(12):
            client.get(reverse("my_history"))


class TestWhereMoneyIsGood:
    def test_it_names_the_places_of_the_pool(self, ana: Wallet, cafe: Cafe) -> None:
        only = LocationCondition(venue_ids=frozenset({cafe.v1.pk}))
        rules = conditions.create(
            business=ana.business, rules=ConditionSet(location=only), at=clock.now()
        )
        version = money.pool(ana.business, "Harbour treats", conditions=rules)
        award_until(ana, 500, 20, version)
        shown = page(ana, "my_pool", version.pk)
        assert "Right now at V1" in shown
        assert "V1, Nicosia Good now" in shown
        assert "V2" not in shown
        assert "Only at V1." in shown

    def test_without_places_the_business_itself_is_meant(self, ana: Wallet) -> None:
        award_until(ana, 500, 20)
        version = Lot.objects.get().pool_version_id
        assert f"Right now at {ana.business.name}" in page(ana, "my_pool", version)

    def test_money_that_starts_later_says_when(self, ana: Wallet) -> None:
        version = money.pool(ana.business, start_rule="RELATIVE", start_after=3, start_unit="DAY")
        award_until(ana, 500, 20, version)
        assert "Not yet: it can be used from" in page(ana, "my_pool", version.pk)


class TestActivation:
    @pytest.fixture
    def version(self, ana: Wallet) -> int:
        money.choose(ana.business, redemption_mode=RedemptionMode.ACTIVATED_POOLS)
        award_until(ana, 500, 20)
        return Lot.objects.get().pool_version_id

    def test_a_button_switches_it_on_and_off(self, ana: Wallet, version: int) -> None:
        client = client_of(ana)
        assert "Use for my next purchase" in text(client.get(reverse("my_wallet")))
        answer = client.post(reverse("my_pool_activate", args=[version]), {"from": "wallet"})
        assert answer["Location"] == f"{reverse('my_wallet')}#pool-{version}"
        shown = text(client.get(reverse("my_wallet")))
        assert "On for your next purchase" in shown
        assert "60 minutes left" in shown
        client.post(reverse("my_pool_deactivate", args=[version]))
        assert "Use for my next purchase" in text(client.get(reverse("my_wallet")))

    def test_looking_switches_nothing_on(self, ana: Wallet, version: int) -> None:
        client = client_of(ana)
        assert client.get(reverse("my_pool_activate", args=[version])).status_code == 405
        client.get(reverse("my_wallet"))
        assert not Activation.objects.exists()


class TestHistory:
    def test_each_amount_leads_to_its_reason(self, ana: Wallet) -> None:
        award_until(ana, 500, 12)
        now = clock.now()
        facts = money.purchase(ana, 300, at=now)
        spend(wallet=ana, facts=facts, key="k", actor=money.TILL, at=now, minor=300)
        client = client_of(ana)
        listed = client.get(reverse("my_history"))
        shown = text(listed)
        assert "You paid" in shown
        assert "−€3.00" in shown
        assert "+€5.00" in shown
        links = re.findall(r'href="(/me/wallet/history/[^"]+)"', listed.content.decode())
        assert len(links) == Entry.objects.count() == 3
        reasons = [text(client.get(link)) for link in links]
        assert any("The purchase €3.00" in reason for reason in reasons)
        assert any("reward of" in reason and "usable until" in reason for reason in reasons)

    def test_it_is_narrowed_by_kind_and_pocket(self, ana: Wallet) -> None:
        award_until(ana, 500, 12)
        money.top_up(ana, 800, at=clock.now())
        earned = page(ana, "my_history", kind="earned")
        assert "+€5.00" in earned
        assert "+€8.00" not in earned
        business = page(ana, "my_history", pocket="BUSINESS")
        assert "+€8.00" in business
        assert "+€5.00" not in business

    @pytest.mark.parametrize("query", [{"page": "x"}, {"page": "99"}, {"kind": "?"}])
    def test_strange_questions_are_no_error(self, ana: Wallet, query: dict[str, str]) -> None:
        page(ana, "my_history", **query)


class TestTheCode:
    def test_it_shows_the_digits_and_a_picture(self, ana: Wallet) -> None:
        code = ana.holder.code
        answer = client_of(ana).get(reverse("my_code"))
        assert " ".join(code[i : i + 4] for i in range(0, 16, 4)) in text(answer)
        assert "<svg" in answer.content.decode()
        assert not SpendToken.objects.exists()

    def test_a_post_makes_a_code_that_pays(self, ana: Wallet) -> None:
        money.top_up(ana, 800)
        answer = client_of(ana).post(
            reverse("my_code"), {"amount_amount": "5", "amount_currency": "EUR"}
        )
        assert answer.status_code == 200
        assert "Pay up to €5.00" in text(answer)
        number = re.search(r"(8\d{3}(?: \d{4}){3})", text(answer))
        assert number is not None
        now = clock.now()
        paid = spend_tokens.pay(
            business=ana.business,
            shown=number[1],
            facts=money.purchase(ana, 2_000, at=now),
            key="k",
            actor=money.TILL,
            at=now,
        )
        assert paid.paid_minor == 500

    def test_a_blocked_contact_is_offered_none(self, ana: Wallet) -> None:
        blocks.block(wallet=ana, reason="lost phone", by=None, at=clock.now())
        assert "Make a code that pays" not in page(ana, "my_code")
        assert "blocked for paying" in page(ana, "my_wallet")


class TestSending:
    def fill(self, ben: Wallet, **changes: str) -> dict[str, str]:
        return {
            "code": ben.holder.code,
            "amount_amount": "3.00",
            "amount_currency": "EUR",
            "pocket": "BUSINESS",
            "note": "for lunch",
            "key": "key-1",
            **changes,
        }

    def send(self, client: Client, ben: Wallet, **changes: str) -> Any:
        return client.post(reverse("my_send"), self.fill(ben, **changes))

    def test_it_is_shown_once_more_and_then_sent_once(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 800)
        client = client_of(ana)
        check = self.send(client, ben)
        assert "Send €3.00 to Ben E.?" in text(check)
        assert "After it €5.00" in text(check)
        assert money.balance(ben, AccountKind.BUSINESS) == 0
        sent = [self.send(client, ben, step="send") for _ in range(2)]
        assert {answer.status_code for answer in sent} == {303}
        assert sent[0]["Location"] == sent[1]["Location"]
        assert money.balance(ben, AccountKind.BUSINESS) == 300
        assert "You sent money to Ben E." in text(client.get(sent[0]["Location"]))
        assert "Ana E. sent you money" in page(ben, "my_history")

    def test_too_much_is_said_before_it_is_sent(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 200)
        client = client_of(ana)
        assert "more than you have" in text(self.send(client, ben))
        assert self.send(client, ben, step="send").status_code == 422

    def test_a_mistyped_code_is_said_at_the_field(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 800)
        code = ben.holder.code
        wrong = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
        answer = self.send(client_of(ana), ben, code=wrong)
        assert answer.status_code == 422
        assert "One of the digits is wrong" in text(answer)

    def test_codes_are_not_tried_out(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 800)
        client = client_of(ana)
        answers = [self.send(client, ben) for _ in range(41)]
        assert answers[39].status_code == 200
        assert answers[40].status_code == 422
        assert "too often" in text(answers[40])

    def test_rewards_are_sent_where_the_business_lets_them_go(
        self, ana: Wallet, ben: Wallet
    ) -> None:
        award_until(ana, 500, 12)
        assert "Nothing to send" in page(ana, "my_send")
        money.choose(ana.business, commerce_is_transferable=True)
        CommercePool.objects.update(is_transferable=True)
        answer = self.send(client_of(ana), ben, pocket="COMMERCE", step="send")
        assert answer.status_code == 303
        assert Lot.objects.get(wallet=ben).source == LotSource.TRANSFER


class TestToppingUp:
    @pytest.fixture(autouse=True)
    def _offered(self, business: Organisation) -> None:
        money.choose(business, top_up_amounts=[1_000, 2_000])

    def test_an_amount_is_chosen_then_paid(self, ana: Wallet) -> None:
        client = client_of(ana)
        assert "Top up" in text(client.get(reverse("my_wallet")))
        begun = client.post(reverse("my_top_up"), {"amount": "2000", "into": "BUSINESS"})
        assert begun.status_code == 303
        gateway = begun["Location"]
        assert "no money is taken" in text(client.get(gateway))
        assert money.balance(ana, AccountKind.BUSINESS) == 0
        for _ in range(2):
            assert client.post(gateway).status_code == 303
        assert money.balance(ana, AccountKind.BUSINESS) == 2_000

    def test_it_goes_into_a_listed_pool(self, ana: Wallet) -> None:
        lunch = money.pool(ana.business, "Lunch").pool
        pools.set_usage(
            pool=lunch,
            is_published=False,
            is_transferable=False,
            is_for_top_ups=True,
            at=clock.now(),
        )
        client = client_of(ana)
        begun = client.post(reverse("my_top_up"), {"amount": "1000", "into": str(lunch.pk)})
        client.post(begun["Location"])
        assert Lot.objects.get(wallet=ana).pool_version.pool == lunch

    def test_it_can_be_given_up(self, ana: Wallet) -> None:
        client = client_of(ana)
        client.post(reverse("my_top_up"), {"amount": "1000", "into": "BUSINESS"})
        order = TopUp.objects.get()
        client.post(reverse("my_top_up_cancel", args=[order.public_id]))
        order.refresh_from_db()
        assert order.state == TopUpState.CANCELLED

    def test_another_contact_does_not_find_it(self, ana: Wallet, ben: Wallet) -> None:
        client_of(ana).post(reverse("my_top_up"), {"amount": "1000", "into": "BUSINESS"})
        address = reverse("my_top_up_pay", args=[TopUp.objects.get().public_id])
        assert client_of(ben).get(address).status_code == 404

    def test_without_amounts_or_gateway_it_is_not_offered(self, ana: Wallet, settings: Any) -> None:
        settings.WALLET_GATEWAY = ""
        client = client_of(ana)
        assert "Top up" not in text(client.get(reverse("my_wallet")))
        assert client.get(reverse("my_top_up")).status_code == 404
