"""The proof of the books after every test of rewards that has a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rewards.till import Club, make_club
from wallet.verification import verify


@pytest.fixture(autouse=True)
def _the_books_add_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """Verify the whole ledger after every test."""
    if "_django_db_helper" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    assert verify() == []


@pytest.fixture
def club(db: None) -> Club:
    return make_club()
