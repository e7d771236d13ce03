import json
import re

import pytest
from django.test import Client, RequestFactory
from ninja.errors import HttpError, ValidationError

from core.api import errors
from core.errors import Invalid, StaleVersion

REQUEST = RequestFactory().get("/api/v1/")


def body(answer) -> dict:
    return json.loads(answer.content)["error"]


def test_refusal_of_a_rule_keeps_its_status_code_and_sentence() -> None:
    answer = errors.refused_by_a_rule(REQUEST, StaleVersion("Somebody was first."))

    assert answer.status_code == 409
    assert body(answer) == {
        "code": "STALE_VERSION",
        "message": "Somebody was first.",
        "fields": {},
    }


def test_fields_of_a_refusal_hold_lists_of_sentences() -> None:
    answer = errors.refused_by_a_rule(REQUEST, Invalid("No.", fields={"amount": "Too much."}))

    assert answer.status_code == 422
    assert body(answer)["fields"] == {"amount": ["Too much."]}


def test_schema_errors_stand_at_their_dotted_paths() -> None:
    wrong = [
        {"loc": ("body", "purchase", "lines", 0, "total"), "msg": "Input should be greater than 0"},
        {"loc": ("query", "page"), "msg": "Input should be a valid integer"},
    ]

    answer = errors.refused_by_the_schema(REQUEST, ValidationError(wrong))

    assert answer.status_code == 422
    assert body(answer)["code"] == "VALIDATION"
    assert body(answer)["fields"] == {
        "lines.0.total": ["Input should be greater than 0"],
        "page": ["Input should be a valid integer"],
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "BAD_JSON"), (401, "UNAUTHENTICATED"), (413, "TOO_LARGE"), (429, "RATE_LIMITED")],
)
def test_http_errors_have_the_same_body(status: int, code: str) -> None:
    answer = errors.refused_by_http(REQUEST, HttpError(status, "No."))

    assert answer.status_code == status
    assert body(answer) == {"code": code, "message": "No.", "fields": {}}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_address_answers_a_machine_in_json(client: Client, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/no/such/thing")

    assert answer.status_code == 404
    assert body(answer)["code"] == "NOT_FOUND"
    assert "such" not in answer.content.decode()


@pytest.mark.django_db
def test_description_of_the_api_is_there_for_everybody(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert described["info"]["title"] == "Largesse"


@pytest.mark.django_db
def test_documentation_page_keeps_to_the_content_policy(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    for script in re.findall(r"<script[^>]*>", page):
        assert 'src="/static/' in script or 'type="application/json"' in script
    assert "<style" not in page
    assert "//" not in re.sub(r'"url": "[^"]*"', "", page).replace("<!--", "")
