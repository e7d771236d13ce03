"""Sign-up awards: once in a contact's life, at registration or first joining (rewards.md 3.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rewards.services import memberships, sign_ups
from tests.factories.rewards import join, make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, given

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.mark.scenario("RWD-69")
def test_registration_is_awarded_once_and_never_by_joining_again(club: Club) -> None:
    make_offer(club.s1, type="SIGNUP", amount="5.00")
    bob = till.person(club.business, "Bob Example", at=NOW)
    assert given(sign_ups.registered(contact=bob, at=NOW)) == ["5.00"]
    assert given(sign_ups.registered(contact=bob, at=NOW)) == []
    memberships.leave(scheme=club.s1, contact=bob, at=LATER)
    join(club.s1, bob, at=LATER + timedelta(days=1))
    assert till.awards_of(bob) == [("5.00", "POSTED")]


@pytest.mark.scenario("RWD-70")
def test_an_offer_of_a_scheme_by_choice_awards_the_first_joining(club: Club) -> None:
    make_offer(club.s2, type="SIGNUP", amount="5.00")
    bob = till.person(club.business, "Bob Example", at=NOW)
    assert given(sign_ups.registered(contact=bob, at=NOW)) == []
    join(club.s2, bob, at=LATER)
    assert till.awards_of(bob) == [("5.00", "POSTED")]
    memberships.leave(scheme=club.s2, contact=bob, at=LATER + timedelta(days=1))
    join(club.s2, bob, at=LATER + timedelta(days=2))
    assert till.commerce(bob) == "5.00"
