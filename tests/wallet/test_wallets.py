"""Registering wallets and finding them by their code."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from directory.models import ContactEmail, Organisation
from tests.factories import directory
from tests.wallet import money
from tests.wallet.money import NOW
from wallet import errors, selectors
from wallet.choices import AccountKind, Pocket
from wallet.models import Account, Entry, Wallet
from wallet.rules import codes
from wallet.services import wallets


@pytest.mark.scenario("WAL-1")
def test_a_new_wallet_has_a_code_and_empty_pockets(business: Organisation) -> None:
    wallet = money.wallet(business)
    code = wallet.holder.code
    assert len(code) == 16
    assert code[0] == "9"
    assert codes.is_valid(code)
    assert selectors.pockets(wallet=wallet) == selectors.Pockets(0, 0, 0, 0, 0)
    assert not Entry.objects.exists()


def verified(business: Organisation, address: str) -> Wallet:
    contact = directory.make_contact(business, "Ana Example", email=address)
    ContactEmail.objects.filter(contact=contact).update(verified_at=NOW)
    return wallets.register(contact=contact, at=NOW)


@pytest.mark.scenario("WAL-2")
def test_a_person_has_one_code_and_one_open_pocket_everywhere(business: Organisation) -> None:
    here = verified(business, "ana@example.org")
    there = verified(money.business(), "Ana@Example.org")
    assert there.holder.code == here.holder.code
    money.top_up(here, 300, Pocket.OPEN)
    money.top_up(here, 1000)
    money.award(here, 500)
    assert selectors.pockets(wallet=there) == selectors.Pockets(300, 0, 0, 0, 0)


def test_an_address_that_nobody_verified_joins_nothing(business: Organisation) -> None:
    here = verified(business, "ana@example.org")
    claimed = directory.make_contact(money.business(), "Eve", email="ana@example.org")
    assert wallets.register(contact=claimed, at=NOW).holder != here.holder


def test_registering_again_keeps_the_wallet(ana: Wallet) -> None:
    assert wallets.register(contact=ana.contact, at=NOW) == ana
    assert Account.objects.filter(wallet=ana, kind=AccountKind.BUSINESS).count() == 1


@pytest.mark.scenario("WAL-119")
def test_a_mistyped_code_is_refused_without_a_query(
    ana: Wallet, django_assert_num_queries: object
) -> None:
    code = ana.holder.code
    wrong = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
    with django_assert_num_queries(0), pytest.raises(errors.CodeInvalid):  # type: ignore[operator]
        selectors.wallet_by_code(business=ana.business, code=wrong)
    assert selectors.wallet_by_code(business=ana.business, code=code) == ana


def test_a_code_means_nothing_at_another_business(ana: Wallet) -> None:
    with pytest.raises(errors.CodeInvalid):
        selectors.wallet_by_code(business=money.business(), code=ana.holder.code)


def test_the_command_says_that_the_books_add_up(
    ana: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    money.top_up(ana, 100)
    call_command("wallet_verify")
    assert "add up" in capsys.readouterr().out
