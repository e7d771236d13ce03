"""The team: invitations, roles, and that an administrator remains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from core import tokens
from core.models import LinkToken, Mail
from directory.choices import MemberStatus, Role
from directory.models import Invitation, Membership, User
from directory.services import members
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING, add_member, make_business, make_user

DAY = timedelta(days=1)


def invite(cast: Cast, email: str = "new@example.org", role: Role = Role.OFFERS) -> Invitation:
    return members.invite(
        organisation=cast.acme, email=email, role=role, actor=cast.ada, at=MORNING
    )


def newest_token() -> LinkToken:
    token = LinkToken.objects.order_by("-pk").first()
    assert token is not None
    return token


def link(token: LinkToken) -> str:
    return f"{reverse('invitation_accept')}?token={tokens.secret_of(token)}"


@pytest.fixture
def today(time_machine: object) -> None:
    """Views read the clock; let it be the morning of the invitations."""
    time_machine.move_to(MORNING + timedelta(hours=1), tick=False)  # type: ignore[attr-defined]


def test_an_invitation_is_mailed_and_its_link_works_for_seven_days(cast: Cast) -> None:
    invitation = invite(cast)
    mail = Mail.objects.get(kind="invitation")
    assert mail.to == "new@example.org"
    assert mail.context["organisation"] == "Acme Solar"
    assert invitation.expires_at == newest_token().expires_at == MORNING + 7 * DAY


def test_the_stored_mail_of_an_invitation_does_not_hold_its_secret(cast: Cast) -> None:
    invite(cast)
    mail = Mail.objects.get(kind="invitation")
    secret = tokens.secret_of(newest_token())
    stored = " ".join(str(getattr(mail, field.attname)) for field in mail._meta.concrete_fields)
    assert secret not in stored


def test_an_address_is_invited_only_once_at_a_time(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(members.AlreadyInvited) as refused:
        invite(cast, email="NEW@example.org")
    assert "email" in refused.value.fields


def test_an_active_member_cannot_be_invited_again(cast: Cast) -> None:
    with pytest.raises(members.AlreadyMember):
        invite(cast, email=cast.oscar.email.upper())


def test_a_newcomer_joins_through_the_link_and_gets_no_business_of_their_own(
    cast: Cast, today: None
) -> None:
    invite(cast)
    browser = client_of(None)
    page = browser.get(link(newest_token()))
    assert b"Join Acme Solar" in page.content
    answer = browser.post(
        link(newest_token()),
        {"first_name": "Nadia", "username": "nadia", "password": "plum-river-42-sky"},
    )
    assert answer.status_code == 303
    nadia = User.objects.get(username="nadia")
    assert nadia.email == "new@example.org"
    assert [row.organisation for row in nadia.memberships.all()] == [cast.acme]
    assert nadia.emailaddress_set.get().verified
    assert get_user(browser) == nadia


def test_a_newcomer_keeps_what_was_typed_when_the_password_is_too_weak(
    cast: Cast, today: None
) -> None:
    invite(cast)
    answer = client_of(None).post(
        link(newest_token()), {"first_name": "Nadia", "username": "nadia", "password": "short"}
    )
    assert answer.status_code == 422
    assert b'value="Nadia"' in answer.content
    assert not User.objects.filter(username="nadia").exists()


def test_an_owner_of_the_address_signs_in_to_accept(cast: Cast, today: None) -> None:
    invite(cast, email=cast.nils.email)
    signed_out = client_of(None).get(link(newest_token()))
    assert b"Sign in to accept" in signed_out.content
    browser = client_of(cast.nils)
    assert b"Accept invitation" in browser.get(link(newest_token())).content
    assert browser.post(link(newest_token())).status_code == 303
    assert cast.acme.memberships.get(user=cast.nils).role == Role.OFFERS


def test_opening_the_link_accepts_nothing(cast: Cast, today: None) -> None:
    invite(cast, email=cast.nils.email)
    client_of(cast.nils).get(link(newest_token()))
    assert not cast.acme.memberships.filter(user=cast.nils).exists()
    assert newest_token().used_at is None


def test_another_account_cannot_use_a_forwarded_invitation(cast: Cast, today: None) -> None:
    invite(cast)
    browser = client_of(cast.nils)
    assert b"You are signed in as nils@example.org" in browser.get(link(newest_token())).content
    assert browser.post(link(newest_token())).status_code == 403
    assert not cast.acme.memberships.filter(user=cast.nils).exists()


def test_an_invitation_works_once(cast: Cast) -> None:
    invite(cast, email=cast.nils.email)
    token = newest_token()
    members.accept(token=token, user=cast.nils, at=MORNING)
    with pytest.raises(members.InvitationClosed):
        members.accept(token=token, user=cast.nils, at=MORNING)
    with pytest.raises(tokens.TokenUsed):
        tokens.resolve(tokens.secret_of(token), purposes=[members.PURPOSE], at=MORNING)


def test_an_invitation_sent_again_closes_the_earlier_link(cast: Cast) -> None:
    invitation = invite(cast)
    first = newest_token()
    members.resend(invitation=invitation, actor=cast.ada, at=MORNING + DAY)
    with pytest.raises(tokens.TokenRevoked):
        tokens.resolve(tokens.secret_of(first), purposes=[members.PURPOSE], at=MORNING + DAY)
    assert newest_token().expires_at == MORNING + 8 * DAY
    assert Mail.objects.filter(kind="invitation").count() == 2


def test_a_revoked_invitation_opens_nothing_and_frees_the_address(cast: Cast, today: None) -> None:
    invitation = invite(cast)
    token = newest_token()
    members.revoke(invitation=invitation, at=MORNING)
    assert client_of(None).get(link(token)).status_code == 404
    invite(cast)


def test_an_expired_invitation_says_so(cast: Cast, time_machine: object) -> None:
    invite(cast)
    time_machine.move_to(MORNING + 8 * DAY)  # type: ignore[attr-defined]
    assert client_of(None).get(link(newest_token())).status_code == 410


def test_a_former_member_becomes_active_again_through_an_invitation(cast: Cast) -> None:
    row = cast.acme.memberships.get(user=cast.finn)
    members.deactivate(membership=row, at=MORNING)
    invite(cast, email=cast.finn.email, role=Role.ANALYST)
    accepted = members.accept(token=newest_token(), user=cast.finn, at=MORNING)
    assert accepted.pk == row.pk
    assert (accepted.role, accepted.status) == (Role.ANALYST, MemberStatus.ACTIVE)


def demote(row: Membership) -> None:
    members.change_role(membership=row, role=Role.ANALYST, at=MORNING)


def shut_out(row: Membership) -> None:
    members.deactivate(membership=row, at=MORNING)


@pytest.mark.parametrize("act", [demote, shut_out])
def test_the_last_active_administrator_stays(cast: Cast, act: Callable[[Membership], None]) -> None:
    row = cast.acme.memberships.get(user=cast.ada)
    with pytest.raises(members.LastAdmin):
        act(row)
    row.refresh_from_db()
    assert (row.role, row.status) == (Role.ADMIN, MemberStatus.ACTIVE)


def test_an_inactive_administrator_does_not_count(cast: Cast) -> None:
    add_member(cast.acme, cast.nils, Role.ADMIN, status=MemberStatus.INACTIVE)
    with pytest.raises(members.LastAdmin):
        members.deactivate(membership=cast.acme.memberships.get(user=cast.ada), at=MORNING)


def test_one_of_two_administrators_may_go(cast: Cast) -> None:
    members.change_role(
        membership=cast.acme.memberships.get(user=cast.oscar), role=Role.ADMIN, at=MORNING
    )
    members.deactivate(membership=cast.acme.memberships.get(user=cast.ada), at=MORNING)
    admins = Membership.objects.filter(
        organisation=cast.acme, role=Role.ADMIN, status=MemberStatus.ACTIVE
    )
    assert [row.user for row in admins] == [cast.oscar]


def test_the_refusal_to_remove_the_last_administrator_is_shown_in_the_form(cast: Cast) -> None:
    row = cast.acme.memberships.get(user=cast.ada)
    answer = client_of(cast.ada).post(reverse("team_role", args=[row.pk]), {"role": "analyst"})
    assert answer.status_code == 422
    assert b"is the last active administrator" in answer.content


def test_the_team_shows_the_columns_of_the_specification_and_open_invitations(cast: Cast) -> None:
    invite(cast)
    page = client_of(cast.ada).get(reverse("team_list")).content.decode()
    for heading in ("E-mail", "Full name", "Role", "Username", "Status", "Created", "Updated"):
        assert heading in page
    assert "new@example.org" in page
    assert "oscar@example.org" in page
    assert "boris@example.org" not in page


def test_the_team_takes_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for number in range(8):
        add_member(cast.acme, make_user(f"extra{number}"), Role.ANALYST)
    browser = client_of(cast.ada)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        browser.get(reverse("team_list"))


def test_switching_acts_for_the_other_organisation_from_then_on(cast: Cast) -> None:
    shop = make_business("Corner Shop", admin=cast.ada)
    browser = client_of(cast.ada)
    assert b"Acme Solar" in browser.get(reverse("contact_list")).content
    browser.post(reverse("organisation_switch"), {"organisation": shop.pk})
    page = browser.get(reverse("provider_profile")).content.decode()
    assert "What recipients and the public see of Corner Shop" in page


def test_nobody_switches_to_an_organisation_of_others(cast: Cast) -> None:
    browser = client_of(cast.ada)
    for foreign in (str(cast.bright_bikes.pk), "999999", "x", ""):
        answer = browser.post(reverse("organisation_switch"), {"organisation": foreign})
        assert answer.status_code == 404


def test_who_leaves_the_chosen_organisation_falls_back_to_another(cast: Cast) -> None:
    row = add_member(cast.bright_bikes, cast.oscar, Role.ANALYST)
    browser = client_of(cast.oscar)
    browser.post(reverse("organisation_switch"), {"organisation": cast.bright_bikes.pk})
    members.deactivate(membership=row, at=MORNING)
    page = browser.get(reverse("provider_profile")).content.decode()
    assert "What recipients and the public see of Acme Solar" in page
