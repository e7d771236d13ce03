"""Moving money of a pool to its newest version, at the desk (wallet.md 4.2)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from directory.choices import Role
from directory.models import Organisation
from tests.cast import client_of
from tests.factories.directory import add_member, make_user
from tests.wallet import money
from tests.wallet.test_moving import revise
from wallet.models import CommercePool, VersionMove, Wallet
from wallet.services import moving

pytestmark = pytest.mark.django_db


def of(business: Organisation, role: Role) -> Client:
    user = make_user()
    add_member(business, user, role)
    return client_of(user)


@pytest.fixture
def theo(business: Organisation) -> Client:
    """Somebody of finance."""
    return of(business, Role.FINANCE)


@pytest.fixture
def lunch(business: Organisation) -> CommercePool:
    """A pool whose money lasts for ten days."""
    return money.pool(business, "Lunch", end_rule="RELATIVE", end_after=10, end_unit="DAY").pool


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_finance_moves_older_money_with_a_reason(
    theo: Client,
    lunch: CommercePool,
    ana: Wallet,
) -> None:
    lot = money.award(ana, 500, lunch.versions.get())
    pool_url, url = (reverse(name, args=[lunch.pk]) for name in ("pool_detail", "pool_move"))
    assert url not in page(theo, pool_url)
    revise(lunch, end_rule="NEVER")
    assert url in page(theo, pool_url)
    asked = page(theo, url)
    assert "1 lot of 1 contact" in asked
    assert theo.post(url, {"reason": ""}).status_code == 422
    nonce = theo.get(url).context["form"]["nonce"].value()
    assert theo.post(url, {"reason": "Promised", "nonce": nonce}).status_code == 303
    move = VersionMove.objects.get()
    moving.carry_out_due(at=move.created_at)
    shown = page(theo, pool_url)
    assert "1 lot moved to version 2" in shown
    assert "Promised" in shown
    lot_page = page(theo, reverse("lot_detail", args=[lot.pk]))
    assert "from version 1 to 2" in lot_page


def test_a_narrower_version_says_why_it_cannot_take_the_money(
    theo: Client,
    lunch: CommercePool,
    ana: Wallet,
) -> None:
    money.award(ana, 500, lunch.versions.get())
    revise(lunch, end_rule="NEVER", requires_activation=True)
    url = reverse("pool_move", args=[lunch.pk])
    assert "It asks contacts to activate the pool" in page(theo, url)
    refused = theo.post(url, {"reason": "Anyway", "nonce": "n"})
    assert refused.status_code == 422
    assert "Edit the pool" in refused.content.decode()
    assert not VersionMove.objects.exists()


def test_marketing_and_other_businesses_move_nothing(
    business: Organisation,
    lunch: CommercePool,
) -> None:
    url = reverse("pool_move", args=[lunch.pk])
    assert of(business, Role.MARKETING).get(url).status_code == 403
    assert of(money.business(), Role.FINANCE).get(url).status_code == 404
