"""The page behind the link that proves an address (rewards.md 2.3)."""

from __future__ import annotations

import re

import pytest
from django.core import mail as outbox
from django.test import Client

from core import mail
from core.clock import now
from directory.models import Contact
from rewards.choices import SignUpMethod, SignUpOption
from rewards.models import RewardScheme, SchemeMembership
from rewards.services import memberships, schemes
from tests.factories.directory import make_business, make_contact
from tests.factories.rewards import make_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(db: None) -> RewardScheme:
    return make_scheme(
        make_business("Coffee Club"),
        "Staff of Acme",
        option=SignUpOption.CLOSED_LOOP,
        sign_up_method=SignUpMethod.EMAIL_DOMAIN,
        email_domains=["acme.example"],
    )


@pytest.fixture
def ann(scheme: RewardScheme) -> Contact:
    return make_contact(scheme.business, "Ann")


def link(scheme: RewardScheme, contact: Contact) -> str:
    """Ask for the link and return its path as the mail has it."""
    at = now()
    memberships.ask_to_join(scheme=scheme, contact=contact, address="ann@acme.example", at=at)
    assert mail.send_due(at=at, limit=1)
    found = re.search(
        r"https?://[^/]+(/me/schemes/join\?token=[\w-]+)", str(outbox.outbox[-1].body)
    )
    assert found is not None
    return found[1]


def test_opening_the_link_shows_the_scheme_and_the_button_joins_it(
    client: Client, scheme: RewardScheme, ann: Contact
) -> None:
    path = link(scheme, ann)
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Join Staff of Acme" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert not SchemeMembership.objects.exists()
    done = client.post(path)
    assert "You are a member of Staff of Acme" in done.content.decode()
    assert SchemeMembership.objects.get().contact == ann
    again = client.get(path)
    assert again.status_code == 410
    assert "Staff of Acme" not in again.content.decode()


def test_a_scheme_switched_off_meanwhile_says_so(
    client: Client, scheme: RewardScheme, ann: Contact
) -> None:
    path = link(scheme, ann)
    schemes.deactivate(scheme=scheme, actor=None, at=now())
    refused = client.post(path)
    assert refused.status_code == 409
    assert "is not active" in refused.content.decode()
    assert not SchemeMembership.objects.exists()


def test_a_made_up_link_opens_nothing(client: Client) -> None:
    assert client.get("/me/schemes/join?token=nothing").status_code == 404
    assert client.get("/me/schemes/join").status_code == 400
