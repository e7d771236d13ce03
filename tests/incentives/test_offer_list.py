"""My Offers: columns, search, filters, paging, and exactly the actions that are possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.choices import OfferStatus
from tests.cast import Cast, client_of
from tests.factories.incentives import every_status, make_offer, make_program
from tests.kit.lists import ListContract


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "delivery"), list(every_status()))
def test_factory_reaches_every_status(cast: Cast, status: str, delivery: str) -> None:
    offer = make_offer(program=make_program(cast.acme), status=status, delivery=delivery)
    assert offer.status == status
    answer = client_of(cast.ada).get(reverse("offers"))
    assert OfferStatus(status).label in answer.content.decode()
