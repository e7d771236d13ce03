"""The access contract: what anonymous, unattached, stranger, reader and writer get at an address.

A test module states its addresses once and inherits the tests:

    class TestAccess(AccessContract):
        def pages(self, cast):
            contact = make_contact(cast.acme)
            yield Page(reverse("contact_edit", args=[contact.pk]), "contacts.write", own_row=True)

`own_row` says that the address names a row of Acme: for Boris of Bright Bikes it must be 404, never 403
(incentives.md 1, rule 2). `post_only` addresses are asked by POST.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.urls import resolve, reverse

from directory.choices import Role
from directory.models import User
from directory.permissions import PERMISSIONS
from tests.cast import Cast, client_of


@dataclass(frozen=True)
class Page:
    """One address and who may open it."""

    url: str
    permission: str
    own_row: bool = False
    post_only: bool = False

    def ask(self, user: User | None) -> HttpResponse:
        client = client_of(user)
        return client.post(self.url) if self.post_only else client.get(self.url)


class AccessContract:
    """Inherit and define `pages`."""

    def pages(self, cast: Cast) -> Iterator[Page]:
        raise NotImplementedError

    @pytest.fixture
    def all_pages(self, cast: Cast) -> list[Page]:
        pages = list(self.pages(cast))
        assert pages, "the contract needs at least one page"
        return pages

    def test_every_page_declares_the_permission_it_is_tested_for(
        self, all_pages: list[Page]
    ) -> None:
        for page in all_pages:
            view = resolve(page.url.partition("?")[0]).func
            assert view.access == page.permission, page.url

    def test_who_is_signed_out_is_led_to_sign_in_and_back(self, all_pages: list[Page]) -> None:
        for page in all_pages:
            answer = page.ask(None)
            assert answer.status_code == 302, page.url
            assert answer["Location"].startswith(f"{reverse('account_login')}?next="), page.url

    def test_who_belongs_to_no_business_is_told_so(self, all_pages: list[Page], cast: Cast) -> None:
        for page in all_pages:
            answer = page.ask(cast.nils)
            assert answer.status_code == 403, page.url
            assert b"not linked to a vendor" in answer.content, page.url

    def test_a_row_of_another_business_does_not_exist(
        self, all_pages: list[Page], cast: Cast
    ) -> None:
        for page in all_pages:
            if page.own_row:
                assert page.ask(cast.boris).status_code == 404, page.url

    def test_a_role_without_the_permission_is_refused(
        self, all_pages: list[Page], cast: Cast
    ) -> None:
        for page in all_pages:
            for role in set(Role) - PERMISSIONS[page.permission]:
                answer = page.ask(cast.by_role(role))
                assert answer.status_code == 403, (page.url, role)

    def test_a_role_with_the_permission_gets_in(self, all_pages: list[Page], cast: Cast) -> None:
        for page in all_pages:
            for role in sorted(PERMISSIONS[page.permission]):
                answer = page.ask(cast.by_role(role))
                assert answer.status_code in {200, 204, 302, 303, 409, 422}, (page.url, role)
                assert "/login" not in answer.headers.get("Location", ""), (page.url, role)
