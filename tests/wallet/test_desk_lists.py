"""The desk's big lists keep the contract of every list: stable order, pages, constant queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.directory import make_contact
from tests.kit.lists import ListContract
from tests.wallet import money
from wallet.models import Wallet
from wallet.services import wallets


@pytest.fixture
def rita(acme: Organisation) -> Wallet:
    return wallets.register(contact=make_contact(acme, "Rita Rossi"), at=money.NOW)


class TestLedger(ListContract):
    path = "/wallet/ledger"
    filter_query = "operation=TOP_UP"
    search_term = "rita"
    queries = 9

    @pytest.fixture
    def reader(self, mara: User) -> Client:
        return client_of(mara)

    @pytest.fixture
    def make_rows(self, rita: Wallet) -> Callable[[int], Any]:
        return lambda count: [money.top_up(rita, 100) for _ in range(count)]


class TestWallets(ListContract):
    path = "/wallet/contacts"
    filter_query = "blocked=false"
    search_term = "person"
    queries = 7

    @pytest.fixture
    def reader(self, mara: User) -> Client:
        return client_of(mara)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        def make(count: int) -> list[Wallet]:
            people = [make_contact(acme, f"Person {number}") for number in range(count)]
            return [wallets.register(contact=one, at=money.NOW) for one in people]

        return make
