"""What is let in: keys, scopes, bodies, their size and their JSON; and how everything is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core.models import ApiAnswer
from directory.api import auth
from directory.models import Contact, Organisation
from tests.api.client import Till, error_of
from tests.factories.directory import make_contact
from tests.factories.floor import make_cafe


@pytest.fixture
def till(acme: Organisation) -> Till:
    return Till(acme)


def raw(till: Till, body: bytes, content_type: str = "application/json", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {till.secret}", "Idempotency-Key": "k", **more}
    return Client(raise_request_exception=False).post(
        "/api/v1/contacts", data=body, content_type=content_type, headers=headers
    )


def test_without_a_key_nothing_is_told(acme: Organisation) -> None:
    answer = Client().post("/api/v1/contacts", data="{}", content_type="application/json")
    error_of(answer, 401, "UNAUTHENTICATED")


def test_a_key_without_the_scope_is_told_which_one_it_lacks(acme: Organisation) -> None:
    error = error_of(Till(acme, "contacts:read").post("/contacts"), 403, "MISSING_SCOPE")
    assert "contacts:write" in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"first_name": NaN}',
        b'{"first_name": "A", "first_name": "B"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
    ids=["cut", "words", "nan", "twice", "bytes", "deep"],
)
def test_what_is_no_plain_json_is_refused(till: Till, body: bytes) -> None:
    error_of(raw(till, body), 400, "BAD_JSON")


def test_another_content_type_is_refused_unread(till: Till) -> None:
    error_of(raw(till, b"first_name=Ann", "application/x-www-form-urlencoded"), 415, "NOT_JSON")


def test_a_body_beyond_256_kib_is_refused_unread(till: Till) -> None:
    at_most = b'{"first_name": "' + b" " * (256 * 1024 - 20) + b'Ann"}'
    assert raw(till, at_most[: 256 * 1024]).status_code != 413
    error_of(raw(till, at_most + b" "), 413, "TOO_LARGE")


def test_an_unknown_field_is_refused_at_its_path(till: Till) -> None:
    error = error_of(till.post("/contacts", {"frist_name": "Ann"}), 422, "VALIDATION")
    assert list(error["fields"]) == ["frist_name"]


@pytest.mark.parametrize("text", ["A\x00nn", "A\ud800nn"])
def test_characters_that_no_text_has_are_refused_at_their_path(till: Till, text: str) -> None:
    error = error_of(till.post("/contacts", {"first_name": text}), 422, "VALIDATION")
    assert list(error["fields"]) == ["first_name"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_that_is_not_there_is_refused_in_json(till: Till, method: str) -> None:
    answer = getattr(Client(), method)("/api/v1/contacts")
    error_of(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_key_has_fifty_calls_a_second(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    monkeypatch.setattr("directory.api.auth.now", lambda: at)
    assert [till.get("/me").status_code for _ in range(50)] == [200] * 50
    answer = till.get("/me")
    error_of(answer, 429, "RATE_LIMITED")
    assert answer.headers["Retry-After"] == "1"


def test_one_key_that_calls_too_often_keeps_no_other_out(
    acme: Organisation, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    monkeypatch.setattr("directory.api.auth.now", lambda: at)
    slow = auth.Pace(1, timedelta(seconds=1), "At most 1 call a second with one key.")
    monkeypatch.setitem(auth.PACES, "usual", slow)
    assert [till.get("/me").status_code for _ in range(2)] == [200, 429]
    assert Till(acme).get("/me").status_code == 200


def test_answers_are_kept_by_nobody_on_the_way(till: Till) -> None:
    assert till.get("/me").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", ["", "x" * 65, "schlüssel"])
def test_a_call_that_writes_needs_a_usable_key(till: Till, key: str) -> None:
    answer = till.post("/contacts", {"first_name": "Ann"}, key=key)
    error_of(answer, 400, "KEY_REQUIRED")
    assert not Contact.objects.exists()


def test_the_same_key_and_body_get_the_same_answer_once(till: Till) -> None:
    first = till.post("/contacts", {"first_name": "Ann", "last_name": "Lee"}, key="k1")
    again = till.post("/contacts", '{"last_name":"Lee",  "first_name":"Ann"}', key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Contact.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(till: Till) -> None:
    till.post("/contacts", {"first_name": "Ann"}, key="k1")
    error_of(till.post("/contacts", {"first_name": "Bob"}, key="k1"), 409, "KEY_REUSED")
    assert Contact.objects.count() == 1


def test_keys_of_two_callers_never_meet(acme: Organisation, till: Till) -> None:
    till.post("/contacts", {"first_name": "Ann"}, key="k1")
    other = Till(acme).post("/contacts", {"first_name": "Bob"}, key="k1")
    assert other.status_code == 201


def test_a_refusal_by_rule_is_answered_again(acme: Organisation, till: Till) -> None:
    make_contact(acme, email="ann@example.org")
    refused = till.post("/contacts", {"email": "ann@example.org"}, key="k1")
    error_of(refused, 422, "ADDRESS_TAKEN")
    Contact.objects.all().delete()
    again = till.post("/contacts", {"email": "ann@example.org"}, key="k1")
    assert again.content == refused.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert till.post("/contacts", {"email": "ann@example.org"}, key="k2").status_code == 201


def test_what_does_not_fit_the_schema_leaves_the_key_free(till: Till) -> None:
    till.post("/contacts", {"frist_name": "Ann"}, key="k1")
    assert till.post("/contacts", {"first_name": "Ann"}, key="k1").status_code == 201


def test_a_failure_of_ours_stores_nothing_and_tells_nothing(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the secret reason")

    with monkeypatch.context() as broken:
        broken.setattr("directory.services.contacts.create", fail)
        answer = till.post("/contacts", {"first_name": "Ann"}, key="k1")
    error_of(answer, 500, "INTERNAL")
    assert "secret" not in answer.content.decode()
    assert not ApiAnswer.objects.exists()
    assert till.post("/contacts", {"first_name": "Ann"}, key="k1").status_code == 201


def test_a_contact_is_found_by_code_address_and_number(acme: Organisation, till: Till) -> None:
    ann = make_contact(acme, "Ann Lee", email="ann@example.org", phone="+442079460018")
    found = [
        till.get("/contacts", {"code": ann.code.lower()}),
        till.get("/contacts", {"email": "ANN@example.org"}),
        till.get("/contacts", {"phone": "+44 20 7946 0018"}),
        till.get(f"/contacts/{ann.public_id}"),
    ]
    assert [answer.json()["id"] for answer in found] == [str(ann.public_id)] * 4
    error_of(till.get("/contacts", {"email": "bob@example.org"}), 404, "CONTACT_NOT_FOUND")
    error_of(till.get("/contacts"), 422, "VALIDATION")


def test_contacts_of_another_business_are_not_there(
    acme: Organisation, bright_bikes: Organisation, till: Till
) -> None:
    boris = make_contact(bright_bikes, email="boris@example.org")
    error_of(till.get(f"/contacts/{boris.public_id}"), 404, "CONTACT_NOT_FOUND")
    error_of(till.get("/contacts", {"email": "boris@example.org"}), 404, "CONTACT_NOT_FOUND")


def test_a_merchants_key_reads_no_contacts_of_the_business(acme: Organisation) -> None:
    ann = make_contact(acme)
    of_merchant = Till(make_cafe(acme).merchant)
    error_of(of_merchant.get(f"/contacts/{ann.public_id}"), 403, "FORBIDDEN_ORGANISATION")
    told = of_merchant.get("/me").json()
    assert (told["organisation"], told["business"]) == ("M", "Acme Solar")
