"""Settings › Limits and fees: rules as sentences, worked through as they are typed (wallet.md 10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Organisation
from tests.cast import Cast, client_of
from tests.factories.directory import make_contact
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import ChargedOn, LimitOn, LimitPeriod, Pocket
from wallet.models import FeeRule, LimitRule, Wallet
from wallet.services import fees, limits, pools, transfers, wallets
from wallet.services.fees import Fee
from wallet.services.limits import Limit

pytestmark = pytest.mark.django_db
PAGE = "/settings/charges"


@pytest.fixture
def finn(cast: Cast) -> Client:
    return client_of(cast.finn)


@pytest.fixture
def two(acme: Organisation) -> tuple[Wallet, Wallet]:
    pools.ensure_default(business=acme, at=NOW)
    ana, ben = (
        wallets.register(contact=make_contact(acme, name), at=NOW) for name in ("Ana A", "Ben B")
    )
    money.top_up(ana, 50_000)
    return ana, ben


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def limit_form(**changes: str) -> dict[str, str]:
    values = {
        "applies_to": "TRANSFER",
        "period": "DAILY",
        "most_amount": "100",
        "most_currency": "EUR",
        "most_times": "",
        "example_amount": "80",
        "example_currency": "EUR",
    }
    return values | changes


def fee_form(**changes: str) -> dict[str, str]:
    values = {
        "name": "Top-up fee",
        "charged_on": "CREDIT",
        "percent": "2",
        "fixed_amount": "0.30",
        "fixed_currency": "EUR",
        "example_amount": "20",
        "example_currency": "EUR",
    }
    return values | changes


def test_a_limit_that_was_set_is_read_as_a_sentence_and_binds(
    finn: Client, two: tuple[Wallet, Wallet]
) -> None:
    ana, ben = two
    answer = finn.post(f"{PAGE}/limits/add", limit_form(most_times="3"))
    assert answer.status_code == 303
    page = text_of(finn.get(PAGE))
    assert "Each contact sends at most €100.00 and 3 times a day." in page
    sent = transfers.Transfer(10_001, Pocket.BUSINESS)
    with pytest.raises(errors.LimitExceeded):
        transfers.send(origin=ana, target=ben, transfer=sent, key="k", actor=TILL, at=NOW)


def test_a_second_limit_of_a_kind_replaces_the_first(finn: Client, acme: Organisation) -> None:
    for amount in ("100", "50"):
        finn.post(f"{PAGE}/limits/add", limit_form(most_amount=amount))
    (rule,) = LimitRule.objects.filter(business=acme)
    assert rule.most_minor == 5_000
    finn.post(f"{PAGE}/limits/{rule.pk}/remove")
    assert not LimitRule.objects.exists()


@pytest.mark.parametrize(
    ("limit", "moved", "last"),
    [
        ({}, "80", "€20.00 more is let through"),
        ({}, "100", "Nothing more is let through"),
        ({"most_amount": "", "most_times": "2"}, "80", "can be moved once more"),
        ({"most_times": "1"}, "10", "the only time allowed"),
    ],
    ids=["part", "all", "times", "once"],
)
def test_the_example_of_a_limit_follows_what_is_typed_and_stores_nothing(
    finn: Client, limit: dict[str, str], moved: str, last: str
) -> None:
    data = limit_form(**limit, example_amount=moved)
    assert last in text_of(finn.post(f"{PAGE}/limits/example", data))
    page = finn.post(f"{PAGE}/limits/add", {**data, "action": "example"})
    assert page.status_code == 200
    assert last in text_of(page)
    assert not LimitRule.objects.exists()


def test_what_the_example_of_a_limit_says_is_what_happens(
    finn: Client, two: tuple[Wallet, Wallet]
) -> None:
    ana, ben = two
    finn.post(f"{PAGE}/limits/add", limit_form())
    for number, minor in enumerate((8_000, 2_000)):
        sent = transfers.Transfer(minor, Pocket.BUSINESS)
        transfers.send(origin=ana, target=ben, transfer=sent, key=f"k{number}", actor=TILL, at=NOW)
    sent = transfers.Transfer(1, Pocket.BUSINESS)
    with pytest.raises(errors.LimitExceeded):
        transfers.send(origin=ana, target=ben, transfer=sent, key="k9", actor=TILL, at=NOW)


def test_a_rule_that_says_nothing_is_refused_at_its_field(finn: Client) -> None:
    answer = finn.post(f"{PAGE}/limits/add", limit_form(most_amount=""))
    assert answer.status_code == 422
    assert "most" in answer.context["form"].errors
    answer = finn.post(f"{PAGE}/fees/add", fee_form(percent="", fixed_amount=""))
    assert answer.status_code == 422
    assert "percent" in answer.context["form"].errors
    assert not LimitRule.objects.exists()
    assert not FeeRule.objects.exists()


def test_a_fee_is_worked_through_beside_those_that_are_charged(
    finn: Client, acme: Organisation, two: tuple[Wallet, Wallet]
) -> None:
    fees.add(business=acme, fee=Fee("Handling", ChargedOn.CREDIT, fixed_minor=10), at=NOW)
    shown = text_of(finn.post(f"{PAGE}/fees/example", fee_form()))
    assert "2 % is €0.40, plus €0.30 fixed" in shown
    assert "On €20.00 the contact pays €0.80 besides" in shown
    assert finn.post(f"{PAGE}/fees/add", fee_form()).status_code == 303
    assert fees.fee_for(wallet=two[0], on=ChargedOn.CREDIT, minor=2_000) == 80
    assert "Whoever tops up pays 2 % and €0.30 for it." in text_of(finn.get(PAGE))


def test_a_fee_is_removed_after_a_question(finn: Client, acme: Organisation) -> None:
    rule = fees.add(business=acme, fee=Fee("Handling", ChargedOn.DEBIT, Decimal("1.5")), at=NOW)
    asked = text_of(finn.get(f"{PAGE}/fees/{rule.pk}/remove"))
    assert "Whoever spends or sends pays 1.5 % for it." in asked
    assert FeeRule.objects.exists()
    finn.post(f"{PAGE}/fees/{rule.pk}/remove")
    assert not FeeRule.objects.exists()


def test_a_contacts_own_limit_is_not_the_businesss_to_remove(
    finn: Client, two: tuple[Wallet, Wallet]
) -> None:
    own = limits.set_own(wallet=two[0], limit=Limit(LimitOn.DEBIT, LimitPeriod.DAILY, 500), at=NOW)
    assert finn.post(f"{PAGE}/limits/{own.pk}/remove").status_code == 404
    assert "sends at most" not in text_of(finn.get(PAGE))


@pytest.mark.parametrize("name", ["mara", "oscar", "ana"])
def test_only_finance_and_administrators_set_them(cast: Cast, name: str) -> None:
    client = client_of(getattr(cast, name))
    for url in (PAGE, reverse("limit_add"), reverse("fee_add")):
        assert client.get(url).status_code == 403
