"""The desk's page of a group's members, and what the provider does there (incentives.md 2.7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import Invalid
from core.tokens import TokenRevoked
from incentives.models import GroupMember, Message, Offer
from incentives.selectors import open_twin, values_of
from incentives.services import claims, group_desk, groups, memberships, offers
from incentives.services.group_desk import NotPossible
from incentives.services.offers import NotResendable
from incentives.services.visitors import NotForYou
from tests.cast import Cast, client_of
from tests.factories.incentives import Desk, make_offer, make_program
from tests.incentives.group_stage import Group, address, linked, mailed
from tests.incentives.recipient import mails
from tests.incentives.stages import euro
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract


@pytest.fixture
def acme_desk(cast: Cast) -> Desk:
    return Desk(cast.acme, cast.ada, make_program(cast.acme, "Winter panels"))


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def page_of(group: Group) -> str:
    return reverse("offer_members", args=[group.offer.pk])


def act_url(group: Group, act: str, name: str) -> str:
    return reverse(f"offer_member_{act}", args=[group.offer.pk, group.member(name).pk])


def menu(client: Client, group: Group, name: str) -> set[str]:
    """Return what the row of the member offers to do."""
    page = client.get(page_of(group)).content.decode()
    row = re.search(rf'<tr id="row-{group.member(name).pk}".*?</tr>', page, re.DOTALL)
    assert row is not None
    found = re.findall(r'<a class="dropdown-item[^>]*>(.*?)</a>', row.group(), re.DOTALL)
    return {re.sub(r"<[^>]+>", "", label).strip() for label in found}


class TestList(ListContract):
    filter_query = "status=active"
    search_term = "member"
    queries = 8

    @pytest.fixture(autouse=True)
    def group(self, acme_desk: Desk) -> Group:
        group = linked(acme_desk, 500)
        type(self).path = page_of(group)
        return group

    @pytest.fixture
    def reader(self, ada: Client) -> Client:
        return ada

    @pytest.fixture
    def make_rows(self, group: Group) -> Callable[[int], Any]:
        def make(count: int) -> list[GroupMember]:
            first = GroupMember.objects.filter(offer=group.offer).count()
            return GroupMember.objects.bulk_create(
                GroupMember(
                    offer=group.offer,
                    email=f"member{number}@home.example",
                    name=f"Member {number % 3}",
                    status="active",
                    invited_at=clock.now(),
                    verified_at=clock.now(),
                )
                for number in range(first, first + count)
            )

        return make


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        group = mailed(Desk(cast.acme, cast.ada, program), "Anna", "Ben").accept("Anna", "Ben")
        yield Page(page_of(group), "offers.read", own_row=True)
        progress = reverse("offer_members_progress", args=[group.offer.pk])
        yield Page(progress, "offers.read", own_row=True)
        for act in ("resend", "remove", "make_lead"):
            yield Page(act_url(group, act, "Ben"), "offers.write", own_row=True)


@pytest.mark.django_db
def test_the_page_shows_who_is_in_how_far_and_how_many_places_are_taken(
    ada: Client, acme_desk: Desk
) -> None:
    group = linked(acme_desk).confirmed("Anna Berg", "Ben Coste")
    group.says("Ben", "claimed")
    page = ada.get(page_of(group)).content.decode()
    assert f"Group Members – offer {group.offer.pk}" in page
    assert "<strong>2 of 3</strong>" in page
    for words in ("Anna Berg", "ben@home.example", "Lead", "Claimed", "Pending", "Distribution"):
        assert words in page
    assert "The group is closed" in page


@pytest.mark.django_db
def test_a_single_offer_and_another_groups_member_do_not_exist_here(
    ada: Client, acme_desk: Desk
) -> None:
    single = make_offer(program=acme_desk.program)
    one, two = linked(acme_desk).join("Anna"), linked(acme_desk).join("Ben")
    assert ada.get(reverse("offer_members", args=[single.pk])).status_code == 404
    foreign = reverse("offer_member_remove", args=[one.offer.pk, two.member("Ben").pk])
    assert ada.post(foreign).status_code == 404
    assert two.roles()["ben"] == ("lead", "active")


@pytest.mark.django_db
def test_an_empty_group_teaches_with_its_link_and_a_full_one_says_so(
    ada: Client, acme_desk: Desk
) -> None:
    group = linked(acme_desk, 2)
    empty = ada.get(page_of(group)).content.decode()
    assert "Nobody has joined yet" in empty
    assert reverse("offer_link", args=[group.offer.link_slug]) in empty
    group.join("Anna", "Ben")
    assert "All places are taken" in ada.get(page_of(group)).content.decode()


@pytest.mark.django_db
def test_the_progress_is_asked_for_again_and_tells_of_a_change(
    ada: Client, acme_desk: Desk
) -> None:
    group = linked(acme_desk).join("Anna")
    url = reverse("offer_members_progress", args=[group.offer.pk])
    assert "The group has changed" not in ada.get(url, {"shown": "1"}).content.decode()
    group.join("Ben")
    fragment = ada.get(url, {"shown": "1"}).content.decode()
    assert fragment.startswith('<div id="group-progress"')
    assert "2 of 3" in fragment
    assert "The group has changed" in fragment


@pytest.mark.django_db
def test_the_menu_holds_exactly_what_the_members_status_allows(
    ada: Client, acme_desk: Desk
) -> None:
    group = mailed(acme_desk, "Anna", "Ben", "Cleo").accept("Anna", "Ben")
    assert menu(ada, group, "Cleo") == {"Resend invitation", "Remove member"}
    assert menu(ada, group, "Ben") == {"Make lead", "Remove member"}
    assert menu(ada, group, "Anna") == {"Remove member"}
    group.says("Anna", "approved")
    group.provider("approved_confirmed", tick=True)
    assert menu(ada, group, "Ben") == set()
    assert ada.post(act_url(group, "remove", "Ben")).status_code == 409
    assert group.roles()["ben"] == ("member", "active")


@pytest.mark.django_db
def test_an_invitation_sent_again_closes_the_link_of_the_first(acme_desk: Desk) -> None:
    group = mailed(acme_desk, "Anna", "Ben")
    old = group.secret("Ben")
    group_desk.resend(member=group.member("Ben"), actor=acme_desk.actor, at=group.tick())
    assert len(mails("E01", address("Ben"))) == 2
    with pytest.raises(TokenRevoked):
        claims.open_claim(secret=old, at=group.at)
    assert claims.open_claim(secret=group.secret("Ben"), at=group.at).is_invitation
    with pytest.raises(NotResendable):
        offers.resend(offer=group.fresh(), actor=acme_desk.actor, at=group.at)


@pytest.mark.django_db
def test_a_member_is_removed_after_a_question_and_told_so(ada: Client, acme_desk: Desk) -> None:
    group = linked(acme_desk, 4).join("Anna Berg", "Ben", "Cleo")
    url = act_url(group, "remove", "Anna")
    asked = ada.get(url).content.decode()
    assert "Remove Anna Berg?" in asked
    assert "The longest-standing member leads the group instead" in asked
    assert group.roles()["anna"] == ("lead", "active")
    assert ada.post(url).status_code == 303
    assert group.roles()["anna"] == ("member", "removed")
    assert group.roles()["ben"] == ("lead", "active")
    assert [mail.to for mail in mails("group-removed")] == [address("Anna")]
    with pytest.raises(NotForYou):
        groups.join(offer=group.fresh(), email=address("Anna"), name="Anna", at=group.tick())


@pytest.mark.django_db
def test_the_last_one_to_talk_to_is_not_removed_but_the_offer_cancelled(acme_desk: Desk) -> None:
    group = linked(acme_desk).join("Anna")
    group.says("Anna", "needs_info", "When would you begin?")
    with pytest.raises(NotPossible, match="Cancel the offer"):
        group_desk.remove(member=group.member("Anna"), actor=acme_desk.actor, at=group.tick())
    alone = mailed(acme_desk, "Dora", places=2)
    with pytest.raises(NotPossible, match="Cancel the offer"):
        group_desk.remove(member=alone.member("Dora"), actor=acme_desk.actor, at=alone.tick())


@pytest.mark.django_db
def test_another_member_is_made_lead_and_told_so(ada: Client, acme_desk: Desk) -> None:
    group = linked(acme_desk).join("Anna", "Ben")
    assert ada.post(act_url(group, "make_lead", "Ben")).status_code == 303
    assert group.roles() == {"anna": ("member", "active"), "ben": ("lead", "active")}
    assert group.fresh().recipient_email == address("Ben")
    assert [mail.to for mail in mails("group-lead")] == [address("Ben")]
    assert Message.objects.filter(body="Ben leads the group now.").exists()


@pytest.mark.django_db
def test_the_link_of_a_group_is_shared_while_people_can_join(ada: Client, acme_desk: Desk) -> None:
    group = linked(acme_desk).join("Anna", "Ben")
    share = reverse("offer_share", args=[group.offer.pk])
    assert ada.get(share).status_code == 200
    group.says("Anna", "pre_claimed")
    assert ada.get(share).status_code == 200
    group.provider("approved_confirmed", tick=True)
    assert ada.get(share).status_code == 409


@pytest.mark.django_db
def test_the_composer_asks_for_the_tick_only_while_places_are_free(
    ada: Client, acme_desk: Desk
) -> None:
    group = linked(acme_desk).join("Anna", "Ben")
    group.says("Anna", "pre_claimed")
    url = reverse("offer_messages", args=[group.offer.pk])
    page = ada.get(url).content.decode()
    assert "Confirm with 2 of 3 members" in page
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce is not None
    data = {
        "status": "approved_confirmed",
        "body": "Welcome, both of you.",
        "version": group.fresh().version,
        "nonce": nonce.group(1),
    }
    refused = ada.post(url, data)
    assert refused.status_code == 422
    assert "Only 2 of 3 members have joined" in refused.content.decode()
    assert ada.post(url, data | {"short_group_ok": "on"}).status_code == 303
    assert group.fresh().status == "approved_confirmed"
    full = linked(acme_desk, 2).join("Cleo", "Dora")
    full.says("Cleo", "pre_claimed")
    shown = ada.get(reverse("offer_messages", args=[full.offer.pk])).content.decode()
    assert "Confirm with" not in shown


@pytest.mark.django_db
def test_the_details_page_names_the_lead_and_the_places_taken(ada: Client, acme_desk: Desk) -> None:
    group = linked(acme_desk).join("Anna Berg", "Ben")
    page = ada.get(reverse("offer_detail", args=[group.offer.pk])).content.decode()
    assert "Anna Berg leads the group" in page
    assert "<strong>2 of 3</strong>" in page
    assert page_of(group) in page


@pytest.mark.django_db
def test_a_group_with_members_keeps_type_incentive_value_and_places(acme_desk: Desk) -> None:
    group = linked(acme_desk, 4).join("Anna", "Ben", "Cleo")
    seen = values_of(group.fresh())

    def save(**fields: Any) -> Offer:
        return offers.update_link_offer(
            offer=group.fresh(),
            values=replace(seen, **fields),
            actor=acme_desk.actor,
            version=group.fresh().version,
            at=group.tick(),
        )

    changed = save(
        incentive_type="discount", terms=euro(99), message="New words", max_required_members=5
    )
    assert (changed.message, changed.max_required_members) == ("New words", 5)
    assert (changed.incentive_type, changed.terms and changed.terms.value) == (
        "cashback",
        seen.terms,
    )
    assert group.fresh().recipient_email == address("Anna")
    with pytest.raises(Invalid, match="3 people have joined already"):
        save(max_required_members=2)


@pytest.mark.django_db
def test_the_warning_of_a_duplicate_looks_at_all_addresses_of_a_group(acme_desk: Desk) -> None:
    group = mailed(acme_desk, "Anna", "Ben", "Cleo")

    def twin(*addresses: str) -> Offer | None:
        return open_twin(
            business=acme_desk.business, program=acme_desk.program, addresses=addresses
        )

    assert twin("dora@home.example", address("Cleo")) == group.offer
    assert twin("dora@home.example") is None
    single = make_offer(program=acme_desk.program)
    assert twin("dora@home.example", single.recipient_email) == single
    memberships.decline(member=group.member("Cleo"), at=group.tick())
    assert twin(address("Cleo")) is None
