"""Several people at one group in the same moment, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from incentives.models import GroupMember
from incentives.services import claims, groups, links, memberships
from incentives.services.groups import GroupFull
from incentives.services.statuses import Payload
from tests.factories.incentives import make_desk
from tests.incentives.group_stage import Group, linked
from tests.kit.concurrency import meeting, split, together


@pytest.fixture
def group(transactional_db: None) -> Group:
    return linked(make_desk(), 3)


def confirming(group: Group, name: str) -> Callable[[], str]:
    """Ask for a place; return the press of the confirming button."""
    secret, at = group.ask(name), group.at
    return lambda: links.confirm(secret=secret, at=at)[0].reference


def seated(group: Group) -> int:
    return GroupMember.objects.filter(offer=group.offer, status="active").count()


@pytest.mark.scenario("INC-46")
def test_of_two_people_at_the_last_place_exactly_one_gets_it(group: Group) -> None:
    group.join("Anna", "Ben")
    won, refused = split(meeting(confirming(group, "Cleo"), confirming(group, "Dora")))
    assert len(won) == 1
    assert [type(error) for error in refused] == [GroupFull]
    assert seated(group) == 3


def test_of_twenty_people_at_the_last_place_exactly_one_gets_it(group: Group) -> None:
    group.join("Anna", "Ben")
    offer, at = group.fresh(), group.at

    def join(number: int) -> Callable[[], str]:
        email = f"visitor{number}@home.example"
        return lambda: groups.join(offer=offer, email=email, name="Visitor", at=at).email

    won, refused = split(together(*[join(number) for number in range(20)]))
    assert len(won) == 1
    assert {type(error) for error in refused} == {GroupFull}
    assert seated(group) == 3


def test_of_two_first_people_exactly_one_leads(group: Group) -> None:
    won, refused = split(meeting(confirming(group, "Anna"), confirming(group, "Ben")))
    assert (len(won), refused) == (2, [])
    leads = GroupMember.objects.filter(offer=group.offer, role="lead")
    assert [lead.email for lead in leads] == [group.fresh().recipient_email]


def test_the_last_two_shares_claimed_at_once_claim_the_offer_once(group: Group) -> None:
    group.confirmed("Anna", "Ben")

    def claim(name: str) -> Callable[[], str]:
        secret, at = group.secret(name), group.at
        return lambda: claims.answer(secret=secret, to="claimed", payload=Payload(), at=at).status

    won, refused = split(meeting(claim("Anna"), claim("Ben")))
    assert (won, refused) == (["approved_confirmed", "claimed"], [])
    assert group.fresh().status_changes.filter(to_status="claimed").count() == 1


def test_a_lead_who_leaves_while_another_joins_leaves_a_group_with_one_lead(group: Group) -> None:
    group.join("Anna")
    anna, at = group.member("Anna"), group.at
    _, refused = split(
        meeting(lambda: memberships.leave(member=anna, at=at), confirming(group, "Ben"))
    )
    assert refused == []
    assert group.roles() == {"anna": ("member", "declined"), "ben": ("lead", "active")}
    assert group.fresh().recipient_email == "ben@home.example"
