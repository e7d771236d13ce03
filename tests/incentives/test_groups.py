"""Joining, leaving and leading a group offer, and claiming one's own share (incentives.md 5.4)."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from core.models import Mail
from directory.choices import Role
from incentives.choices import JOINABLE, OfferStatus
from incentives.models import ClaimIntent, Distribution, DistributionChange, GroupMember, Offer
from incentives.services import acknowledgements, claims, distributions, groups, links, memberships
from incentives.services.claims import NotAMember
from incentives.services.distributions import Edit
from incentives.services.groups import GroupClosed, GroupFull
from incentives.services.links import NotForYou, TermsChanged
from incentives.services.memberships import NotLeavable
from incentives.services.statuses import GuardFailed, NotAvailable
from tests.factories.directory import add_member, make_user
from tests.factories.incentives import Desk, make_desk, newest_secret
from tests.incentives.group_stage import DAY, START, Group, address, linked, mailed
from tests.incentives.recipient import mails
from tests.incentives.stages import euro

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk("Acme Solar")


@pytest.mark.scenario("INC-45")
def test_three_join_the_first_leads_and_the_fourth_finds_all_places_taken(desk: Desk) -> None:
    group = linked(desk, 3)
    late = group.ask("Dora")
    group.join("Anna Berg", "Ben", "Cleo")
    assert group.roles() == {
        "anna": ("lead", "active"),
        "ben": ("member", "active"),
        "cleo": ("member", "active"),
    }
    full = mails("E12")
    assert {mail.to for mail in full} == {address("Anna"), desk.user.email}
    with pytest.raises(GroupFull, match="All places are taken"):
        links.confirm(secret=late, at=group.tick())
    with pytest.raises(GroupFull):
        links.request_place(offer=group.fresh(), name="Eve", email="eve@home.example", at=group.at)
    assert ClaimIntent.objects.get(email=address("Dora")).closed_at is not None


def test_joining_binds_the_lead_and_mails_each_a_link_of_their_own(desk: Desk) -> None:
    group = linked(desk).join("Anna Berg", "Ben")
    offer = group.fresh()
    assert (offer.status, offer.recipient_email, offer.is_bound) == (
        "offered",
        address("Anna"),
        True,
    )
    assert [mail.to for mail in mails("E03")] == [address("Anna"), address("Ben")]
    assert group.secret("Anna") != group.secret("Ben")
    assert group.notes()[-2:] == [
        "Anna joined the group and leads it: 1 of 3 places is taken.",
        "Ben joined the group: 2 of 3 places are taken.",
    ]


def test_asking_for_a_place_takes_none_before_the_address_is_confirmed(desk: Desk) -> None:
    group = linked(desk)
    group.ask("Anna")
    assert not GroupMember.objects.filter(offer=group.offer).exists()
    assert [mail.to for mail in mails("E02")] == [address("Anna")]


def test_joining_again_changes_nothing_and_takes_no_second_place(desk: Desk) -> None:
    group = linked(desk).join("Anna", "Ben")
    before = group.member("Anna").verified_at
    group.join("Anna")
    assert group.member("Anna").verified_at == before
    assert len(group.roles()) == 2


@pytest.mark.parametrize("status", sorted(JOINABLE))
def test_a_place_can_be_taken_while_the_conversation_goes_on(desk: Desk, status: str) -> None:
    group = linked(desk).join("Anna", "Ben")
    Offer.objects.filter(pk=group.offer.pk).update(status=status)
    assert (
        groups.join(
            offer=group.fresh(), email="cleo@home.example", name="Cleo", at=group.tick()
        ).status
        == "active"
    )


@pytest.mark.parametrize(
    "status",
    sorted(
        set(OfferStatus) - JOINABLE - {"approved_confirmed", "claimed", "completed", "acknowledged"}
    ),
)
def test_no_place_is_given_in_any_other_status(desk: Desk, status: str) -> None:
    group = linked(desk).join("Anna")
    Offer.objects.filter(pk=group.offer.pk).update(status=status)
    with pytest.raises(GroupClosed):
        groups.join(offer=group.fresh(), email="ben@home.example", name="Ben", at=group.tick())


def test_nobody_joins_once_the_time_to_answer_has_passed(desk: Desk) -> None:
    group = linked(desk)
    with pytest.raises(GroupClosed):
        groups.join(offer=group.fresh(), email="a@home.example", name="Anna", at=START + 31 * DAY)


def test_the_vendors_own_people_cannot_join_and_are_not_told_why(desk: Desk) -> None:
    colleague = make_user()
    add_member(desk.business, colleague, Role.OFFERS)
    group = linked(desk)
    with pytest.raises(NotForYou, match="cannot be claimed with this address"):
        groups.join(offer=group.fresh(), email=colleague.email.upper(), name="Own", at=group.tick())


def test_terms_that_changed_meanwhile_must_be_read_before_joining(desk: Desk) -> None:
    group = linked(desk).join("Anna", "Ben")
    late = group.ask("Cleo")
    group.says("Anna", "counter", "A little more, please.", counter=euro(70))
    with pytest.raises(TermsChanged):
        links.confirm(secret=late, at=group.tick())


def test_an_emailed_group_invites_each_with_a_link_of_their_own(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben")
    invitations = mails("E01")
    assert {mail.to for mail in invitations} == {address("Anna"), address("Ben")}
    assert len({mail.token_id for mail in invitations}) == 2
    assert group.roles() == {"anna": ("lead", "pending"), "ben": ("member", "pending")}
    claims.open_claim(secret=group.secret("Ben"), at=group.at)
    assert group.roles()["ben"] == ("member", "pending")


def test_pressing_join_seats_the_invited_and_the_first_listed_leads(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben").accept("Ben")
    assert not group.fresh().is_bound
    group.accept("Anna")
    assert group.roles() == {"anna": ("lead", "active"), "ben": ("member", "active")}
    assert group.fresh().is_bound
    assert group.says("Anna", "approved").status == "approved"


def test_a_declined_invitation_takes_no_place_and_passes_the_lead_on(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben", "Cleo")
    memberships.decline(member=group.member("Anna"), at=group.tick())
    assert group.roles()["anna"] == ("member", "declined")
    assert group.roles()["ben"] == ("lead", "pending")
    assert group.fresh().recipient_email == address("Ben")
    with pytest.raises(NotAMember):
        claims.open_claim(secret=group.secret("Anna"), at=group.at)


def test_when_everybody_invited_declines_the_offer_is_rejected(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben")
    for name in ("Anna", "Ben"):
        memberships.decline(member=group.member(name), at=group.tick())
    assert group.fresh().status == "rejected"


@pytest.mark.scenario("INC-50")
def test_the_longest_standing_member_leads_when_the_lead_leaves(desk: Desk) -> None:
    group = linked(desk, 4).join("Anna", "Ben", "Cleo")
    memberships.leave(member=group.member("Anna"), at=group.tick())
    assert group.roles() == {
        "anna": ("member", "declined"),
        "ben": ("lead", "active"),
        "cleo": ("member", "active"),
    }
    offer = group.fresh()
    assert (offer.recipient_email, offer.is_bound) == (address("Ben"), True)
    assert [mail.to for mail in mails("group-lead")] == [address("Ben")]
    assert group.notes()[-2:] == [
        "Anna left the group: 2 of 4 places are taken.",
        "Ben leads the group now.",
    ]
    assert group.says("Ben", "pre_claimed").status == "pre_claimed"


def test_who_left_may_join_again_and_stands_last(desk: Desk) -> None:
    group = linked(desk).join("Anna", "Ben")
    memberships.leave(member=group.member("Anna"), at=group.tick())
    group.join("Anna")
    assert group.roles() == {"anna": ("member", "active"), "ben": ("lead", "active")}


def test_an_offered_link_that_everybody_left_waits_for_others(desk: Desk) -> None:
    group = linked(desk).join("Anna")
    memberships.leave(member=group.member("Anna"), at=group.tick())
    offer = group.fresh()
    assert (offer.status, offer.recipient_email, offer.is_bound) == ("offered", "", False)
    group.join("Ben")
    assert group.roles()["ben"] == ("lead", "active")


def test_a_conversation_that_everybody_left_ends_as_the_groups_no(desk: Desk) -> None:
    group = linked(desk).join("Anna")
    group.says("Anna", "needs_info", "When would you begin?")
    memberships.leave(member=group.member("Anna"), at=group.tick())
    assert group.fresh().status == "rejected"


def test_only_the_lead_answers_and_a_member_finds_nothing_there(desk: Desk) -> None:
    group = linked(desk).join("Anna", "Ben")
    with pytest.raises(NotFound):
        group.says("Ben", "pre_claimed")
    assert group.fresh().status == "offered"


def test_one_person_is_no_group_yet(desk: Desk) -> None:
    group = linked(desk).join("Anna")
    with pytest.raises(GuardFailed, match="at least two members"):
        group.says("Anna", "pre_claimed")
    assert group.says("Anna", "needs_info", "When would you begin?").status == "needs_info"


@pytest.mark.scenario("INC-48")
def test_a_group_that_is_not_full_is_confirmed_with_the_tick_alone(desk: Desk) -> None:
    group = linked(desk, 3).join("Anna", "Ben")
    group.says("Anna", "pre_claimed")
    with pytest.raises(GuardFailed) as refusal:
        group.provider("approved_confirmed")
    assert refusal.value.status == 422
    assert "Confirm with 2 of 3 members" in refusal.value.fields["short_group_ok"]
    assert group.provider("approved_confirmed", tick=True).status == "approved_confirmed"
    rows = Distribution.objects.filter(offer=group.offer)
    assert {(row.recipient_email, row.status) for row in rows} == {
        (address("Anna"), "pending"),
        (address("Ben"), "pending"),
    }


def test_confirmation_closes_the_group_and_mails_each_member(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben", "Cleo").accept("Anna", "Ben")
    group.says("Anna", "approved")
    group.provider("approved_confirmed", tick=True)
    assert group.roles()["cleo"] == ("member", "removed")
    assert {mail.to for mail in mails("E06")} == {address("Anna"), address("Ben")}
    with pytest.raises(NotAMember):
        claims.open_claim(secret=group.secret("Cleo"), at=group.at)


@pytest.mark.scenario("INC-49")
def test_the_offer_is_claimed_with_the_last_members_share(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    group.says("Ben", "claimed")
    assert group.fresh().status == "approved_confirmed"
    assert group.roles()["ben"] == ("member", "claimed")
    assert group.says("Anna", "claimed").status == "claimed"
    assert group.fresh().claimed_at == group.at
    assert "Ben claimed their incentive: 1 of 2 members have." in group.notes()


def test_claiming_ones_share_twice_changes_nothing(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    group.says("Ben", "claimed")
    first = group.member("Ben").claimed_at
    group.says("Ben", "claimed")
    assert group.member("Ben").claimed_at == first


def test_nothing_is_claimed_before_the_provider_confirmed(desk: Desk) -> None:
    group = linked(desk).join("Anna", "Ben")
    with pytest.raises(NotAvailable):
        group.says("Ben", "claimed")


def test_who_withdraws_after_confirmation_gets_a_failed_distribution(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben", "Cleo")
    memberships.leave(member=group.member("Ben"), at=group.tick())
    row = Distribution.objects.get(offer=group.offer, recipient_email=address("Ben"))
    assert (row.status, row.description) == ("failed", "The member withdrew from the group.")
    audit = DistributionChange.objects.filter(distribution=row)
    assert set(audit.values_list("field", "new_value")) == {
        ("status", "failed"),
        ("description", "The member withdrew from the group."),
    }
    note = "Ben withdrew from the group. Their distribution is set to Failed."
    assert group.notes()[-1] == note
    assert mails("E04", desk.user.email)[-1].context["excerpt"] == note
    others = Distribution.objects.filter(offer=group.offer).exclude(pk=row.pk)
    assert {other.status for other in others} == {"pending"}


def test_a_withdrawal_of_the_last_who_had_not_claimed_completes_the_claim(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    group.says("Anna", "claimed")
    memberships.leave(member=group.member("Ben"), at=group.tick())
    assert group.fresh().status == "claimed"


def test_when_everybody_withdraws_the_confirmed_offer_is_rejected(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    for name in ("Anna", "Ben"):
        memberships.leave(member=group.member(name), at=group.tick())
    assert group.fresh().status == "rejected"
    states = Distribution.objects.filter(offer=group.offer).values_list("status", flat=True)
    assert set(states) == {"failed"}


def test_who_claimed_or_was_given_their_share_can_no_longer_leave(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    group.says("Anna", "claimed")
    record(group, "Ben")
    for name in ("Anna", "Ben"):
        with pytest.raises(NotLeavable):
            memberships.leave(member=group.member(name), at=group.tick())
    assert group.roles() == {"anna": ("lead", "claimed"), "ben": ("member", "active")}


def record(group: Group, *names: str, outcome: str = "success") -> None:
    """Record the members' distributions."""
    rows = Distribution.objects.filter(
        offer=group.offer, recipient_email__in=[address(name) for name in names]
    )
    edits = [
        Edit(row.pk, row.version, row.value.number, "Paid by transfer", outcome) for row in rows
    ]
    distributions.update_batch(
        subject=group.fresh(), edits=edits, actor=group.desk.actor, at=group.tick()
    )


def test_delivery_and_acknowledgement_reach_each_member_by_a_link_of_their_own(desk: Desk) -> None:
    group = linked(desk).confirmed("Anna", "Ben", "Cleo")
    record(group, "Anna", "Ben")
    record(group, "Cleo", outcome="failed")
    delivered = mails("E07")
    assert {mail.to for mail in delivered} == {address("Anna"), address("Ben")}
    for mail in delivered:
        assert mail.token is not None
        assert (
            mail.token.subject == f"incentives.member:{group.member(mail.to.partition('@')[0]).pk}"
        )
    group.provider("completed")
    assert {mail.to for mail in mails("E08")} == {address("Anna"), address("Ben")}
    for invitation in group.offer.acknowledgements.all():
        acknowledgements.submit(
            secret=newest_secret(f"incentives.acknowledgement:{invitation.pk}", "ack"),
            message="It arrived, thank you.",
            display_name="",
            consent_public=True,
            at=group.tick(),
        )
    assert group.provider("acknowledged").status == "acknowledged"


def test_cancelling_tells_all_members_and_everybody_invited(desk: Desk) -> None:
    group = mailed(desk, "Anna", "Ben", "Cleo").accept("Anna")
    memberships.decline(member=group.member("Cleo"), at=group.tick())
    group.provider("cancelled")
    assert {mail.to for mail in mails("E13")} == {address("Anna"), address("Ben")}


def test_members_never_read_each_others_addresses_or_surnames(desk: Desk) -> None:
    group = linked(desk).join("Anna Berg", "Ben Coste")
    group.says("Anna", "pre_claimed")
    said = " ".join(group.notes())
    assert "Berg" not in said
    assert "@" not in said
    assert Mail.objects.filter(kind="E04").exists()
