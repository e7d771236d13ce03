"""The named cast that tests share.

Acme Solar is a provider with one member for each role: Ada (admin), Oscar (offers), Mara (marketing),
Finn (finance), Ana (analyst). Bright Bikes is another business, with Boris as its admin. Nils is signed
in but belongs to no business.

    def test_x(acme, ada): ...          the business, the user
    client_of(ada).get("/contacts")     a browser in which Ada is signed in
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from directory.choices import Role
from directory.models import Organisation, User
from tests.factories import directory


@dataclass(frozen=True)
class Cast:
    """Everybody at once, for tests that go through roles."""

    acme: Organisation
    bright_bikes: Organisation
    ada: User
    oscar: User
    mara: User
    finn: User
    ana: User
    boris: User
    nils: User

    def by_role(self, role: str) -> User:
        """Return Acme's member in that role."""
        return {
            Role.ADMIN: self.ada,
            Role.OFFERS: self.oscar,
            Role.MARKETING: self.mara,
            Role.FINANCE: self.finn,
            Role.ANALYST: self.ana,
        }[Role(role)]


def client_of(user: User | None) -> Client:
    """Return a browser in which the user is signed in, or nobody is."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def cast(db: None) -> Cast:
    ada = directory.make_user("ada", first_name="Ada", last_name="Lowe")
    boris = directory.make_user("boris", first_name="Boris", last_name="Bell")
    acme = directory.make_business("Acme Solar", admin=ada)
    others = {
        name: directory.make_user(name, first_name=name.capitalize())
        for name in ("oscar", "mara", "finn", "ana")
    }
    roles = {
        "oscar": Role.OFFERS,
        "mara": Role.MARKETING,
        "finn": Role.FINANCE,
        "ana": Role.ANALYST,
    }
    for name, user in others.items():
        directory.add_member(acme, user, roles[name])
    return Cast(
        acme=acme,
        bright_bikes=directory.make_business("Bright Bikes", admin=boris),
        ada=ada,
        boris=boris,
        nils=directory.make_user("nils", first_name="Nils"),
        **others,
    )


@pytest.fixture
def acme(cast: Cast) -> Organisation:
    return cast.acme


@pytest.fixture
def bright_bikes(cast: Cast) -> Organisation:
    return cast.bright_bikes


@pytest.fixture
def ada(cast: Cast) -> User:
    return cast.ada


@pytest.fixture
def oscar(cast: Cast) -> User:
    return cast.oscar


@pytest.fixture
def mara(cast: Cast) -> User:
    return cast.mara


@pytest.fixture
def finn(cast: Cast) -> User:
    return cast.finn


@pytest.fixture
def ana(cast: Cast) -> User:
    return cast.ana


@pytest.fixture
def boris(cast: Cast) -> User:
    return cast.boris


@pytest.fixture
def nils(cast: Cast) -> User:
    return cast.nils
