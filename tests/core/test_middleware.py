from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    StaleStatus,
    StaleVersion,
    TooMany,
)
from core.http import is_fragment
from core.middleware import CanonicalAddressMiddleware, DomainErrorMiddleware

REFUSALS = [
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (StaleStatus, 409),
    (StaleVersion, 409),
    (Gone, 410),
    (Invalid, 422),
    (TooMany, 429),
    (DomainError, 409),
]
SENTENCE = "The kettle is <b>empty</b>."


def page(path: str = "/somewhere", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    HtmxMiddleware(lambda _: HttpResponse())(request)
    return request


def answer(error: Exception, request: HttpRequest) -> HttpResponse | None:
    return DomainErrorMiddleware(lambda _: HttpResponse()).process_exception(request, error)


def canonical(path: str, method: str = "get") -> HttpResponse:
    request = getattr(RequestFactory(), method)(path)
    return CanonicalAddressMiddleware(lambda _: HttpResponse("page"))(request)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/health/live/", "/health/live"),
        ("/health/live/?a=1&b=%C3%A4", "/health/live?a=1&b=%C3%A4"),
        ("/health/live//", "/health/live"),
    ],
)
def test_the_slashed_form_redirects_to_the_address_as_printed(path: str, target: str) -> None:
    response = canonical(path)
    assert response.status_code == 308
    assert response["Location"] == target


def test_a_post_to_the_slashed_form_stays_a_post() -> None:
    assert canonical("/health/live/", "post").status_code == 308


@pytest.mark.parametrize("path", ["/", "/health/live", "/admin/", "/nowhere/", "//evil.example/"])
def test_other_addresses_are_left_alone(path: str) -> None:
    assert canonical(path).content == b"page"


def test_no_redirect_leads_to_another_site() -> None:
    request = RequestFactory().get("/x")
    request.path_info = "//health/live/"
    response = CanonicalAddressMiddleware(lambda _: HttpResponse("page"))(request)
    assert not response.get("Location", "").startswith("//")


@pytest.mark.parametrize(("refusal", "status"), REFUSALS)
def test_a_refusal_becomes_a_page_with_its_status_and_sentence(
    db: None, client: object, refusal: Callable[..., DomainError], status: int
) -> None:
    request = page()
    request.user = _nobody()
    response = answer(refusal(SENTENCE), request)
    assert response is not None
    assert response.status_code == status
    text = response.content.decode()
    assert "The kettle is &lt;b&gt;empty&lt;/b&gt;." in text
    assert "<html" in text


@pytest.mark.parametrize(("refusal", "status"), REFUSALS)
def test_a_refusal_becomes_a_toast_beside_the_untouched_form(
    refusal: Callable[..., DomainError], status: int
) -> None:
    response = answer(refusal(SENTENCE), page(**{"HX-Request": "true"}))
    assert response is not None
    assert response.status_code == status
    assert response["HX-Reswap"] == "none"
    trigger = json.loads(response["HX-Trigger"])
    assert trigger == {"toast": {"message": SENTENCE, "level": "error"}}


def test_other_exceptions_are_not_ours_to_answer() -> None:
    assert answer(ValueError("bug"), page()) is None


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_htmx_itself_gets_a_fragment(headers: dict[str, str], fragment: bool) -> None:
    assert is_fragment(page(**headers)) == fragment


def _nobody() -> object:
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()
