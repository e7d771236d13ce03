from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import tokens
from core.models import LinkToken
from tests.kit.concurrency import meeting, split

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def issue(**changes: Any) -> LinkToken:
    values: dict[str, Any] = {
        "purpose": "claim",
        "subject": "incentives.offer:1",
        "at": NOW,
        "expires_at": NOW + DAY,
    }
    return tokens.issue(**values | changes)


def opened(secret: str, *purposes: str, at: datetime = NOW) -> LinkToken:
    return tokens.resolve(secret, purposes=purposes or ("claim",), at=at)


def test_a_secret_opens_its_token(db: None) -> None:
    token = issue(address="noor@home.example")
    found = opened(tokens.secret_of(token))
    assert found == token
    assert (found.subject, found.address) == ("incentives.offer:1", "noor@home.example")


def test_a_secret_is_url_safe_and_has_256_bits(db: None) -> None:
    secrets = {tokens.secret_of(issue()) for _ in range(20)}
    assert len(secrets) == 20
    assert all(re.fullmatch(r"[\w-]{43}", secret, re.ASCII) for secret in secrets)


def test_the_database_holds_no_secret(db: None) -> None:
    token = issue()
    secret = tokens.secret_of(token)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(t)::text FROM core_linktoken t WHERE id = %s", [token.pk]
        )
        stored = cursor.fetchone()[0]
    assert secret not in stored
    assert secret.encode().hex() not in stored


def test_a_missing_secret_is_named_as_such(db: None) -> None:
    with pytest.raises(tokens.TokenMissing) as refusal:
        opened("")
    assert (refusal.value.status, refusal.value.heading) == (400, "No token provided")


@pytest.mark.parametrize("secret", ["x", "ä", "a" * 43, "a" * 5000, "\x00", "'; DROP TABLE x"])
def test_unknown_and_malformed_secrets_get_the_same_answer(db: None, secret: str) -> None:
    with pytest.raises(tokens.TokenUnknown) as refusal:
        opened(secret)
    assert refusal.value.status == 404
    assert refusal.value.heading == "Invalid Token"
    assert refusal.value.message == "This link is not valid. Ask the sender for a new one."
    assert refusal.value.token is None


def test_a_token_of_another_purpose_looks_unknown(db: None) -> None:
    secret = tokens.secret_of(issue(purpose="verify"))
    with pytest.raises(tokens.TokenUnknown) as refusal:
        opened(secret, "claim", "access")
    assert refusal.value.token is None
    assert opened(secret, "claim", "verify").purpose == "verify"


def test_a_token_ends_at_the_moment_of_its_expiry(db: None) -> None:
    token = issue()
    secret = tokens.secret_of(token)
    assert opened(secret, at=NOW + DAY - timedelta(microseconds=1)) == token
    with pytest.raises(tokens.TokenExpired) as refusal:
        opened(secret, at=NOW + DAY)
    assert (refusal.value.status, refusal.value.heading) == (410, "Token has expired")
    assert refusal.value.token == token


def test_a_revoked_token_opens_nothing(db: None) -> None:
    token = issue()
    assert tokens.revoke(subject=token.subject, at=NOW) == 1
    with pytest.raises(tokens.TokenRevoked) as refusal:
        opened(tokens.secret_of(token))
    assert refusal.value.status == 404
    assert refusal.value.heading == "Invalid Token"
    assert "newest e-mail" in refusal.value.message


def test_revoking_reaches_only_the_subject_and_the_purposes_named(db: None) -> None:
    claim, access = issue(), issue(purpose="access")
    other = issue(subject="incentives.offer:10")
    assert tokens.revoke(subject=claim.subject, purposes=["claim"], at=NOW) == 1
    assert tokens.revoke(subject=claim.subject, purposes=["claim"], at=NOW + DAY) == 0
    assert opened(tokens.secret_of(access), "access") == access
    assert opened(tokens.secret_of(other)) == other
    claim.refresh_from_db()
    assert claim.revoked_at == NOW


def test_a_single_use_token_opens_once(db: None) -> None:
    token = issue(single_use=True)
    tokens.consume(token, at=NOW)
    with pytest.raises(tokens.TokenUsed) as refusal:
        opened(tokens.secret_of(token))
    assert refusal.value.status == 410
    assert "already used" in refusal.value.message
    with pytest.raises(tokens.TokenUsed):
        tokens.consume(token, at=NOW)


def test_a_token_of_many_uses_may_be_used_again(db: None) -> None:
    token = issue()
    tokens.consume(token, at=NOW)
    tokens.consume(token, at=NOW + timedelta(hours=1))
    assert opened(tokens.secret_of(token)).used_at == NOW + timedelta(hours=1)


def test_a_token_revoked_meanwhile_cannot_be_used(db: None) -> None:
    token = issue()
    tokens.revoke(subject=token.subject, at=NOW)
    with pytest.raises(tokens.TokenUsed):
        tokens.consume(token, at=NOW)


def test_of_two_simultaneous_users_of_a_single_use_token_one_wins(transactional_db: None) -> None:
    token = issue(single_use=True)

    def use() -> str:
        tokens.consume(LinkToken.objects.get(pk=token.pk), at=NOW)
        return "used"

    used, refused = split(meeting(use, use))
    assert used == ["used"]
    assert [type(error) for error in refused] == [tokens.TokenUsed]


def test_resolving_never_writes(db: None) -> None:
    secret = tokens.secret_of(issue(single_use=True))
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            opened(secret)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"] * 3


def test_extending_moves_the_end_of_open_tokens_only(db: None) -> None:
    token, revoked = issue(), issue()
    LinkToken.objects.filter(pk=revoked.pk).update(revoked_at=NOW)
    later = NOW + 30 * DAY
    changed = tokens.extend(subjects=[token.subject], purposes=["claim"], expires_at=later)
    assert changed == 1
    assert opened(tokens.secret_of(token), at=later - DAY) == token


def test_a_link_goes_on_working_after_the_site_changed_its_key(db: None, settings: Any) -> None:
    token = issue()
    before = tokens.secret_of(token)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as long as it needs to be, for production use"
    assert opened(before) == token
    assert tokens.secret_of(token) == before
    assert tokens.secret_of(issue()) != before


def test_a_link_made_with_a_forgotten_key_cannot_be_rendered_again(db: None, settings: Any) -> None:
    token = issue()
    settings.SECRET_KEY = "another key, as long as it needs to be, for production use"
    with pytest.raises(tokens.TokenUnknown):
        tokens.secret_of(token)
