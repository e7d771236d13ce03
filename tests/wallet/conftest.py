"""A business, its people's wallets, and the proof of the books after every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from directory.models import Organisation
from tests.wallet import money
from wallet.models import Wallet
from wallet.verification import verify


@pytest.fixture(autouse=True)
def _the_books_add_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """Verify the whole ledger after every test that has a database, unless it breaks it on purpose."""
    if "_django_db_helper" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    if request.node.get_closest_marker("broken_books") is None:
        assert verify() == []


@pytest.fixture
def business(db: None) -> Organisation:
    return money.business()


@pytest.fixture
def ana(business: Organisation) -> Wallet:
    return money.wallet(business, "Ana")


@pytest.fixture
def ben(business: Organisation) -> Wallet:
    return money.wallet(business, "Ben")
