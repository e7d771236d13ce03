"""Schemes and who is in them: every way of joining, and leaving (rewards.md 2.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox

from core import mail
from core.errors import NotFound, StaleVersion
from core.tokens import TokenExpired, TokenRevoked, TokenUsed
from directory.models import Contact, Organisation
from rewards.choices import SignUpMethod, SignUpOption
from rewards.models import RewardScheme, SchemeMembership
from rewards.selectors import schemes as selectors
from rewards.services import memberships, schemes
from rewards.services.memberships import LINK_LIVES
from rewards.services.refusals import (
    AddressRefused,
    CodeRefused,
    InUse,
    JoiningRefused,
    NameTaken,
    SchemeWrong,
)
from rewards.services.schemes import SchemeData
from tests.factories.directory import MORNING, make_business, make_contact
from tests.factories.rewards import SINCE, make_offer, make_scheme
from tests.kit.concurrency import meeting

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=30)
SELF, CLOSED = SignUpOption.SELF_SIGN_UP, SignUpOption.CLOSED_LOOP


@pytest.fixture
def club(db: None) -> Organisation:
    return make_business("Coffee Club")


@pytest.fixture
def ann(club: Organisation) -> Contact:
    return make_contact(club, "Ann")


def with_codes(club: Organisation, *codes: str) -> RewardScheme:
    scheme = make_scheme(club, option=CLOSED, sign_up_method=SignUpMethod.CODE)
    schemes.import_codes(scheme=scheme, codes=codes, at=MORNING)
    return scheme


def with_domain(club: Organisation) -> RewardScheme:
    return make_scheme(
        club,
        "Staff of Acme",
        option=CLOSED,
        sign_up_method=SignUpMethod.EMAIL_DOMAIN,
        email_domains=["Acme.example", "@acme.test"],
    )


def since(scheme: RewardScheme, contact: Contact) -> datetime | None:
    joined = selectors.memberships_of(business=scheme.business, contacts=[contact])
    found = joined[contact.pk].get(scheme.pk)
    assert found == selectors.standing(scheme=scheme, contact=contact).since
    members = {one.pk: one.joined_at for one in selectors.members_of(scheme=scheme)}
    assert members.get(contact.pk) == found
    return found


def test_a_new_scheme_is_inactive_and_has_a_name_of_its_own(club: Organisation) -> None:
    scheme = make_scheme(club, "Regulars", active=False)
    assert not scheme.is_active
    with pytest.raises(NameTaken) as refused:
        make_scheme(club, "REGULARS")
    assert "name" in refused.value.fields
    assert make_scheme(make_business(), "Regulars").pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"sign_up_option": "SOMEHOW"}, "sign_up_option"),
        ({"sign_up_option": CLOSED}, "sign_up_method"),
        ({"sign_up_option": CLOSED, "sign_up_method": "EMAIL_DOMAIN"}, "email_domains"),
        (
            {
                "sign_up_option": CLOSED,
                "sign_up_method": "EMAIL_DOMAIN",
                "email_domains": ["not a domain"],
            },
            "email_domains",
        ),
    ],
)
def test_a_scheme_says_completely_how_contacts_join(
    club: Organisation, changes: dict[str, str], field: str
) -> None:
    data = SchemeData(**{"name": "Regulars", **changes})  # type: ignore[arg-type]
    with pytest.raises(SchemeWrong) as refused:
        schemes.create(business=club, data=data, actor=None, at=MORNING)
    assert set(refused.value.fields) == {field}


def test_every_contact_is_in_an_automatic_scheme_from_registration_or_its_opening(
    club: Organisation,
) -> None:
    scheme = make_scheme(club, active=False)
    early, late = make_contact(club, at=SINCE), make_contact(club, at=LATER)
    assert since(scheme, early) is None
    schemes.activate(scheme=scheme, actor=None, at=MORNING)
    scheme.refresh_from_db()
    assert since(scheme, early) == MORNING
    assert since(scheme, late) == LATER
    schemes.deactivate(scheme=scheme, actor=None, at=LATER)
    schemes.activate(scheme=scheme, actor=None, at=LATER)
    scheme.refresh_from_db()
    assert since(scheme, early) == MORNING


def test_leaving_and_joining_again_counts_anew(club: Organisation, ann: Contact) -> None:
    for scheme in (make_scheme(club), make_scheme(club, option=SELF)):
        memberships.join(scheme=scheme, contact=ann, at=MORNING)
        memberships.leave(scheme=scheme, contact=ann, at=LATER)
        assert since(scheme, ann) is None
        memberships.leave(scheme=scheme, contact=ann, at=LATER)
        again = memberships.join(scheme=scheme, contact=ann, at=LATER + timedelta(days=1))
        assert (again.is_new, again.is_first) == (True, False)
        assert since(scheme, ann) == LATER + timedelta(days=1)
        assert selectors.standing(scheme=scheme, contact=ann).was_member


def test_joining_twice_changes_nothing(club: Organisation, ann: Contact) -> None:
    scheme = make_scheme(club, option=SELF)
    assert since(scheme, ann) is None
    assert memberships.join(scheme=scheme, contact=ann, at=MORNING).is_first
    again = memberships.join(scheme=scheme, contact=ann, at=LATER)
    assert (again.since, again.is_new) == (MORNING, False)
    assert SchemeMembership.objects.count() == 1


def test_nobody_joins_a_scheme_that_is_switched_off_or_of_another_business(
    club: Organisation, ann: Contact
) -> None:
    with pytest.raises(JoiningRefused, match="once it is activated"):
        memberships.join(
            scheme=make_scheme(club, option=SELF, active=False), contact=ann, at=MORNING
        )
    with pytest.raises(JoiningRefused):
        memberships.add(scheme=make_scheme(make_business()), contact=ann, actor=None, at=MORNING)


def test_a_code_lets_one_contact_in_once(club: Organisation, ann: Contact) -> None:
    scheme, ben = with_codes(club, "abc 123"), make_contact(club, "Ben")
    with pytest.raises(CodeRefused):
        memberships.join(scheme=scheme, contact=ann, code="", at=MORNING)
    with pytest.raises(CodeRefused):
        memberships.join(scheme=scheme, contact=ann, code="WRONG", at=MORNING)
    assert memberships.join(scheme=scheme, contact=ann, code=" Abc123", at=MORNING).is_first
    with pytest.raises(CodeRefused, match="ask for another"):
        memberships.join(scheme=scheme, contact=ben, code="ABC123", at=MORNING)
    assert [code.used_by for code in selectors.codes_of(scheme=scheme)] == [ann]


def test_a_member_uses_up_no_further_code(club: Organisation, ann: Contact) -> None:
    scheme = with_codes(club, "ONE", "TWO")
    memberships.join(scheme=scheme, contact=ann, code="ONE", at=MORNING)
    memberships.join(scheme=scheme, contact=ann, code="TWO", at=MORNING)
    assert scheme.codes.filter(used_at__isnull=True).count() == 1


def test_an_imported_list_says_what_is_new_known_and_no_code(club: Organisation) -> None:
    scheme = with_codes(club, "ONE-1", "TWO-2")
    found = schemes.import_codes(
        scheme=scheme, codes=["one-1", "THREE", "three", "", "n°", "x"], at=MORNING
    )
    assert (found.new, found.known, found.bad) == (1, 1, ("N°", "X"))
    with pytest.raises(SchemeWrong, match="takes codes"):
        schemes.import_codes(scheme=make_scheme(club), codes=["ONE"], at=MORNING)


def mailed(scheme: RewardScheme, contact: Contact, address: str, at: datetime = MORNING) -> str:
    """Ask for the link and return the secret in the mail."""
    memberships.ask_to_join(scheme=scheme, contact=contact, address=address, at=at)
    outbox.outbox.clear()
    assert mail.send_due(at=at, limit=1)
    (message,) = outbox.outbox
    assert message.to == [address]
    found = re.search(r"token=([\w-]+)", str(message.body))
    assert found is not None
    return found[1]


def test_a_mailed_link_proves_the_address_and_works_once(club: Organisation, ann: Contact) -> None:
    scheme = with_domain(club)
    secret = mailed(scheme, ann, "ann@ACME.example")
    assert memberships.asked_for(secret=secret, at=MORNING) == (scheme, ann)
    assert since(scheme, ann) is None
    assert memberships.confirm_join(secret=secret, at=LATER - timedelta(days=30)).is_first
    assert SchemeMembership.objects.get().email == "ann@ACME.example"
    with pytest.raises(TokenUsed):
        memberships.confirm_join(secret=secret, at=MORNING)


def test_the_link_lives_for_a_day_and_a_newer_one_closes_it(
    club: Organisation, ann: Contact
) -> None:
    scheme = with_domain(club)
    first = mailed(scheme, ann, "ann@acme.test")
    second = mailed(scheme, ann, "ann@acme.test", at=MORNING + timedelta(minutes=1))
    with pytest.raises(TokenRevoked):
        memberships.confirm_join(secret=first, at=MORNING)
    with pytest.raises(TokenExpired):
        memberships.confirm_join(secret=second, at=MORNING + timedelta(minutes=1) + LINK_LIVES)
    assert not SchemeMembership.objects.exists()


@pytest.mark.parametrize(
    "address", ["ann@mail.acme.example", "ann@example.org", "ann@acme.example.org", "ann"]
)
def test_only_the_whole_domain_opens_the_scheme(
    club: Organisation, ann: Contact, address: str
) -> None:
    with pytest.raises(AddressRefused) as refused:
        memberships.ask_to_join(scheme=with_domain(club), contact=ann, address=address, at=MORNING)
    assert "email" in refused.value.fields


def test_an_address_lets_one_contact_in(club: Organisation, ann: Contact) -> None:
    scheme, ben = with_domain(club), make_contact(club, "Ben")
    secret = mailed(scheme, ben, "all@acme.test")
    memberships.confirm_join(secret=mailed(scheme, ann, "all@acme.test"), at=MORNING)
    with pytest.raises(AddressRefused, match="already"):
        memberships.confirm_join(secret=secret, at=MORNING)


def test_a_domain_taken_out_meanwhile_no_longer_opens_the_scheme(
    club: Organisation, ann: Contact
) -> None:
    scheme = with_domain(club)
    secret = mailed(scheme, ann, "ann@acme.test")
    data = SchemeData(
        name=scheme.name,
        sign_up_option=CLOSED,
        sign_up_method="EMAIL_DOMAIN",
        email_domains=["acme.example"],
    )
    schemes.update(scheme=scheme, data=data, version=scheme.version, actor=None, at=MORNING)
    with pytest.raises(AddressRefused):
        memberships.confirm_join(secret=secret, at=MORNING)


def test_a_closed_loop_opens_in_no_other_way_but_for_staff(
    club: Organisation, ann: Contact
) -> None:
    scheme = with_domain(club)
    with pytest.raises(JoiningRefused, match="e-mail address"):
        memberships.join(scheme=scheme, contact=ann, at=MORNING)
    with pytest.raises(JoiningRefused):
        memberships.ask_to_join(
            scheme=with_codes(club), contact=ann, address="ann@acme.test", at=MORNING
        )
    assert memberships.add(scheme=scheme, contact=ann, actor=None, at=MORNING).is_new


def test_whether_everybody_is_in_it_stays_once_the_scheme_was_active(club: Organisation) -> None:
    def switch(scheme: RewardScheme) -> RewardScheme:
        data = SchemeData(name=scheme.name, sign_up_option=SELF)
        return schemes.update(
            scheme=scheme, data=data, version=scheme.version, actor=None, at=LATER
        )

    assert switch(make_scheme(club, active=False)).sign_up_option == SELF
    with pytest.raises(SchemeWrong) as refused:
        switch(make_scheme(club))
    assert "sign_up_option" in refused.value.fields
    stale = make_scheme(club, active=False)
    switch(stale)
    with pytest.raises(StaleVersion):
        switch(stale)


def test_only_a_scheme_without_offers_that_nobody_joined_is_deleted(
    club: Organisation, ann: Contact
) -> None:
    with_offer, joined, unused = (make_scheme(club, option=SELF) for _ in range(3))
    make_offer(with_offer)
    memberships.join(scheme=joined, contact=ann, at=MORNING)
    for scheme in (with_offer, joined):
        with pytest.raises(InUse, match="eactivate"):
            schemes.delete(scheme=scheme)
    schemes.delete(scheme=unused)
    with pytest.raises(NotFound):
        selectors.scheme(business=club, pk=unused.pk)


def test_memberships_of_many_are_one_query(
    club: Organisation, ann: Contact, django_assert_num_queries: Callable[..., object]
) -> None:
    chosen = [make_scheme(club, option=SELF) for _ in range(3)]
    automatic = make_scheme(club)
    people = [ann, *(make_contact(club) for _ in range(4))]
    for scheme in chosen:
        for person in people[:2]:
            memberships.join(scheme=scheme, contact=person, at=LATER)
    memberships.leave(scheme=automatic, contact=people[1], at=LATER)
    with django_assert_num_queries(1):
        found = selectors.memberships_of(business=club, contacts=people)
    assert found[ann.pk] == {automatic.pk: MORNING, **{one.pk: LATER for one in chosen}}
    assert found[people[1].pk] == {one.pk: LATER for one in chosen}
    assert found[people[4].pk] == {automatic.pk: MORNING}
    standings = selectors.standings_of(contact=people[1])
    assert {one.scheme.pk for one in standings if one.is_member} == {one.pk for one in chosen}
    assert all(one.was_member for one in standings)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("commit", [True, False])
def test_of_two_contacts_with_one_code_exactly_one_gets_in(commit: bool) -> None:
    club = make_business()
    ann, ben = make_contact(club, "Ann"), make_contact(club, "Ben")
    scheme = with_codes(club, "ONE-1")
    _, second = meeting(
        lambda: memberships.join(scheme=scheme, contact=ann, code="ONE-1", at=MORNING),
        lambda: memberships.join(scheme=scheme, contact=ben, code="ONE-1", at=MORNING),
        commit=commit,
    )
    assert isinstance(second, CodeRefused) is commit
    assert SchemeMembership.objects.get().contact == (ann if commit else ben)


@pytest.mark.django_db(transaction=True)
def test_a_contact_who_joins_twice_at_once_is_in_once() -> None:
    club = make_business()
    scheme, ann = make_scheme(club, option=SELF), make_contact(club, "Ann")

    def enter() -> bool:
        return memberships.join(scheme=scheme, contact=ann, at=MORNING).is_new

    assert meeting(enter, enter) == (True, False)
