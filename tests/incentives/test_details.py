"""The details page of an offer: what it shows, and the acts that belong there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.incentives import make_desk, make_offer

pytestmark = pytest.mark.django_db


def test_x() -> None:
    desk = make_desk()
    offer = make_offer(program=desk.program, status="counter")
    client = Client()
    client.force_login(desk.user)
    response = client.get(reverse("offer_messages", args=[offer.pk]))
    print(response.content.decode()[:3000])
    assert response.status_code == 200
