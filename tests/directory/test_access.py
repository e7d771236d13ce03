"""Who may open what in the directory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from directory.choices import Role
from directory.models import ContactImport
from directory.permissions import PERMISSIONS, access, can
from directory.services import api_keys, members
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING, make_business, make_contact, make_product
from tests.kit.access import AccessContract, Page


class TestDirectoryPages(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        member = cast.acme.memberships.get(user=cast.oscar).pk
        invitation = members.invite(
            organisation=cast.acme,
            email="new@example.org",
            role=Role.OFFERS,
            actor=cast.ada,
            at=MORNING,
        ).pk
        key = api_keys.create(
            organisation=cast.acme, name="Till", scopes=["offers:read"], actor=cast.ada, at=MORNING
        )[0].pk
        contact = make_contact(cast.acme).pk
        product = make_product(cast.acme).pk
        job = ContactImport.objects.create(
            business=cast.acme,
            file_name="people.csv",
            status="ready",
            created_at=MORNING,
            updated_at=MORNING,
        ).pk
        yield Page(reverse("team_list"), "team.manage")
        yield Page(reverse("team_invite"), "team.manage")
        yield Page(reverse("team_role", args=[member]), "team.manage", own_row=True)
        yield Page(reverse("team_deactivate", args=[member]), "team.manage", own_row=True)
        yield Page(reverse("team_reactivate", args=[member]), "team.manage", True, True)
        yield Page(reverse("invitation_resend", args=[invitation]), "team.manage", True, True)
        yield Page(reverse("invitation_revoke", args=[invitation]), "team.manage", True, True)
        yield Page(reverse("api_key_list"), "keys.manage")
        yield Page(reverse("api_key_add"), "keys.manage")
        yield Page(reverse("api_key_revoke", args=[key]), "keys.manage", own_row=True)
        yield Page(reverse("provider_profile"), "profile.read")
        yield Page(reverse("provider_settings"), "profile.read")
        yield Page(reverse("product_list"), "products.read")
        yield Page(reverse("product_add"), "products.write")
        yield Page(reverse("product_edit", args=[product]), "products.read", own_row=True)
        yield Page(reverse("product_delete", args=[product]), "products.write", own_row=True)
        yield Page(reverse("contact_list"), "contacts.read")
        yield Page(reverse("contact_add"), "contacts.write")
        yield Page(reverse("contact_detail", args=[contact]), "contacts.read", own_row=True)
        yield Page(reverse("contact_edit", args=[contact]), "contacts.write", own_row=True)
        yield Page(reverse("contact_terminate", args=[contact]), "contacts.write", own_row=True)
        yield Page(reverse("contact_restore", args=[contact]), "contacts.write", True, True)
        yield Page(reverse("contact_import"), "contacts.write")
        yield Page(reverse("contact_import_template"), "contacts.read")
        yield Page(reverse("contact_import_detail", args=[job]), "contacts.write", own_row=True)
        yield Page(reverse("contact_import_start", args=[job]), "contacts.write", True, True)


def test_nobody_may_do_anything_without_a_membership() -> None:
    assert not any(can(None, permission) for permission in PERMISSIONS)


def test_every_role_sees_offers_and_contacts_and_only_admins_manage_the_team() -> None:
    assert PERMISSIONS["offers.read"] == PERMISSIONS["contacts.read"] == frozenset(Role)
    assert PERMISSIONS["team.manage"] == frozenset({Role.ADMIN})


def test_a_page_cannot_ask_for_a_permission_that_does_not_exist() -> None:
    with pytest.raises(LookupError):
        access("offers.wirte")


def test_a_business_without_a_profile_is_led_to_it_with_a_message(cast: Cast) -> None:
    make_business("New Shop", admin=cast.nils, completed=False)
    answer = client_of(cast.nils).get(reverse("product_list"), follow=True)
    assert answer.redirect_chain == [(reverse("provider_profile"), 303)]
    assert "Please set up your provider profile first." in answer.content.decode()


def test_a_lost_session_sends_a_fragment_to_sign_in_and_back_to_its_page(cast: Cast) -> None:
    answer = client_of(None).get(
        reverse("contact_list") + "?q=x",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/contacts?page=2"},
    )
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next=/contacts%3Fpage%3D2"


def test_sign_in_never_leads_back_to_a_foreign_host(cast: Cast) -> None:
    answer = client_of(None).post(
        reverse("contact_add"), headers={"Referer": "https://evil.example/contacts"}
    )
    assert answer["Location"] == f"{reverse('account_login')}?next=/"


def test_a_deactivated_member_is_out_from_the_next_request_on(cast: Cast) -> None:
    browser = client_of(cast.oscar)
    assert browser.get(reverse("contact_list")).status_code == 200
    members.deactivate(membership=cast.acme.memberships.get(user=cast.oscar), at=MORNING)
    assert browser.get(reverse("contact_list")).status_code == 403
