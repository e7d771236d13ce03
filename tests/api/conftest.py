"""A shop at a standing hour, and the proof of the books after every test of money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.shop import Shop, make_shop
from tests.factories.floor import AFTERNOON
from wallet.verification import verify


@pytest.fixture
def shop(db: None, time_machine: Any) -> Iterator[Shop]:
    """Make the shop on Monday 4 May 2026, 15:10 in Nicosia; the clock stands."""
    time_machine.move_to(AFTERNOON, tick=False)
    yield make_shop()
    assert verify() == []
