"""API keys: shown once, stored as a digest, scoped, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from core.errors import Invalid
from directory.api.auth import KeyAuth, MissingScope
from directory.models import ApiKey, Organisation
from directory.services import api_keys
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING

HOUR = timedelta(hours=1)


def make_key(business: Organisation, *scopes: str, **changes: Any) -> tuple[ApiKey, str]:
    values = {"name": "Till", "scopes": scopes or ("offers:read",), "actor": None, "at": MORNING}
    return api_keys.create(organisation=business, **{**values, **changes})


def ask(secret: str) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client().get("/api/v1/me", headers=headers)


def test_a_key_is_stored_as_a_digest_and_a_prefix(acme: Organisation) -> None:
    key, secret = make_key(acme)
    assert secret.startswith("lg_")
    assert len(secret) > 40
    key.refresh_from_db()
    stored = [str(getattr(key, field.attname)) for field in key._meta.concrete_fields]
    assert not any(secret in value for value in stored)
    assert secret.startswith(key.prefix)


def test_a_key_opens_its_own_business(acme: Organisation, bright_bikes: Organisation) -> None:
    secret = make_key(acme, "offers:read", "contacts:read")[1]
    answer = ask(secret)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["organisation"], body["key"]) == ("Acme Solar", "Till")
    assert body["scopes"] == ["contacts:read", "offers:read"]


@pytest.mark.parametrize("secret", ["", "lg_wrong", "other", "lg_" + "a" * 43])
def test_an_unknown_key_is_refused(acme: Organisation, secret: str) -> None:
    make_key(acme)
    answer = ask(secret)
    assert answer.status_code == 401
    assert set(answer.json()["error"]) == {"code", "message", "fields"}
    assert answer.json()["error"]["code"] == "UNAUTHENTICATED"


def test_a_revoked_key_is_refused_from_then_on(acme: Organisation) -> None:
    key, secret = make_key(acme)
    assert ask(secret).status_code == 200
    api_keys.revoke(key=key, at=MORNING)
    assert ask(secret).status_code == 401
    assert api_keys.revoke(key=key, at=MORNING + HOUR).revoked_at == MORNING


def test_a_key_ends_at_its_moment(acme: Organisation) -> None:
    secret = make_key(acme, expires_at=MORNING + HOUR)[1]
    api_keys.authenticate(secret=secret, at=MORNING + HOUR - timedelta(seconds=1))
    with pytest.raises(api_keys.UnknownKey):
        api_keys.authenticate(secret=secret, at=MORNING + HOUR)


def test_a_key_of_a_closed_business_opens_nothing(acme: Organisation) -> None:
    secret = make_key(acme)[1]
    Organisation.objects.filter(pk=acme.pk).update(is_active=False)
    assert ask(secret).status_code == 401


def test_a_scope_that_is_missing_is_refused(acme: Organisation, rf: Any) -> None:
    secret = make_key(acme, "offers:read")[1]
    assert KeyAuth("offers:read").authenticate(rf.get("/"), secret).name == "Till"
    with pytest.raises(MissingScope):
        KeyAuth("offers:write").authenticate(rf.get("/"), secret)


def test_an_operation_cannot_ask_for_a_scope_that_does_not_exist() -> None:
    with pytest.raises(LookupError):
        KeyAuth("offers:everything")


def test_use_is_noted_at_most_once_a_minute(
    acme: Organisation, django_assert_num_queries: Any
) -> None:
    secret = make_key(acme)[1]
    assert api_keys.authenticate(secret=secret, at=MORNING).last_used_at == MORNING
    with django_assert_num_queries(1):
        api_keys.authenticate(secret=secret, at=MORNING + timedelta(seconds=59))
    later = MORNING + timedelta(seconds=60)
    assert api_keys.authenticate(secret=secret, at=later).last_used_at == later


@pytest.mark.parametrize("scopes", [[], ["offers:read", "made:up"]])
def test_a_key_needs_known_scopes(acme: Organisation, scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        api_keys.create(organisation=acme, name="Till", scopes=scopes, actor=None, at=MORNING)


def test_the_page_shows_the_key_once_and_never_again(cast: Cast) -> None:
    browser = client_of(cast.ada)
    made = browser.post(
        reverse("api_key_add"), {"name": "Till in the High Street", "scopes": ["offers:read"]}
    )
    page = made.content.decode()
    secret = page.partition("Bearer ")[2].partition("&quot;")[0].partition('"')[0]
    assert ask(secret).status_code == 200
    assert "no-store" in made["Cache-Control"]
    later = browser.get(reverse("api_key_list")).content.decode()
    assert "Till in the High Street" in later
    assert secret not in later


def test_the_last_day_of_a_key_counts_whole_in_the_businesss_zone(cast: Cast) -> None:
    day = (now() + timedelta(days=30)).date()
    client_of(cast.ada).post(
        reverse("api_key_add"),
        {"name": "Till", "scopes": ["offers:read"], "expires_on": day.isoformat()},
    )
    expires_at = ApiKey.objects.get().expires_at
    assert expires_at is not None
    assert expires_at.date() - day in {timedelta(0), timedelta(days=1)}
    assert expires_at > now() + timedelta(days=29)


def test_a_key_cannot_end_in_the_past(cast: Cast) -> None:
    form = {"name": "Till", "scopes": ["offers:read"], "expires_on": "2020-01-01"}
    answer = client_of(cast.ada).post(reverse("api_key_add"), form)
    assert answer.status_code == 422
    assert b"Choose a day in the future." in answer.content
    assert b'value="Till"' in answer.content


def test_a_key_is_revoked_after_a_question(cast: Cast) -> None:
    key, secret = make_key(cast.acme)
    url = reverse("api_key_revoke", args=[key.pk])
    client_of(cast.ada).get(url)
    assert ask(secret).status_code == 200
    client_of(cast.ada).post(url)
    assert ask(secret).status_code == 401
    assert b"Revoked" in client_of(cast.ada).get(reverse("api_key_list")).content
