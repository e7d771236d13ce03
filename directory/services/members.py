"""Members of an organisation: invitations, roles, and that one active administrator remains."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import mail, references, tokens
from core.errors import Conflict, Forbidden, Invalid
from core.models import LinkToken
from directory.choices import MemberStatus, Role
from directory.models import Invitation, Membership, Organisation, User

PURPOSE = "invitation"
LIFETIME = timedelta(days=7)


class AlreadyMember(Invalid):
    """The address belongs to somebody in the team."""

    code = "already_member"


class AlreadyInvited(Invalid):
    """An open invitation to the address exists."""

    code = "already_invited"


class LastAdmin(Conflict):
    """An organisation keeps at least one active administrator."""

    code = "last_admin"


class InvitationClosed(Conflict):
    """The invitation was accepted or taken back."""

    code = "invitation_closed"


class AccountExists(Conflict):
    """The invited address has an account already."""

    code = "account_exists"


class NotTheInvited(Forbidden):
    """The signed-in account has another address than the one invited."""

    code = "not_the_invited"


def invite(
    *, organisation: Organisation, email: str, role: Role, actor: User, at: datetime
) -> Invitation:
    """Invite the address to the organisation by e-mail; the link works once, for seven days.

    Raises `AlreadyMember` for an active member's address and `AlreadyInvited` while an invitation to
    it is open.
    """
    active = Membership.objects.filter(
        organisation=organisation, user__email__iexact=email, status=MemberStatus.ACTIVE
    )
    if active.exists():
        raise AlreadyMember(
            "This person is in your team already.",
            fields={"email": "This person is in your team already."},
        )
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=email.lower(),
                role=role,
                invited_by=actor,
                expires_at=at + LIFETIME,
                created_at=at,
                updated_at=at,
            )
            _send(invitation, at=at)
    except IntegrityError as error:
        sentence = "This address was invited already. Send the invitation again from the list."
        raise AlreadyInvited(sentence, fields={"email": sentence}) from error
    return invitation


def resend(*, invitation: Invitation, actor: User, at: datetime) -> Invitation:
    """Send a new link, good for seven days from now; the earlier one stops working."""
    with transaction.atomic():
        invitation = _open(invitation)
        tokens.revoke(subject=subject_of(invitation), purposes=[PURPOSE], at=at)
        invitation.expires_at = at + LIFETIME
        invitation.invited_by = actor
        invitation.updated_at = at
        invitation.save(update_fields=["expires_at", "invited_by", "updated_at"])
        _send(invitation, at=at)
    return invitation


def revoke(*, invitation: Invitation, at: datetime) -> Invitation:
    """Take the invitation back; its link stops working at once."""
    with transaction.atomic():
        invitation = _open(invitation)
        tokens.revoke(subject=subject_of(invitation), purposes=[PURPOSE], at=at)
        invitation.revoked_at = invitation.updated_at = at
        invitation.save(update_fields=["revoked_at", "updated_at"])
    return invitation


def invitation_of(token: LinkToken) -> Invitation:
    """Return the open invitation that a resolved token names."""
    pk = int(token.subject.rpartition(":")[2])
    invitation = Invitation.objects.select_related("organisation", "invited_by").get(pk=pk)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise InvitationClosed("This invitation was used or taken back. Ask for a new one.")
    return invitation


def accept(*, token: LinkToken, user: User, at: datetime) -> Membership:
    """Make the user a member with the invited role; a former member becomes active again.

    The token counts as proof of the invited address, so only the account with that address may use
    it: otherwise a forwarded mail would let somebody else in. Raises `NotTheInvited`.
    """
    with transaction.atomic():
        invitation = _open(invitation_of(token))
        if user.email.lower() != invitation.email.lower():
            raise NotTheInvited(
                f"This invitation was sent to {invitation.email}, and you are signed in as"
                f" {user.email}. Sign out and open the link again."
            )
        tokens.consume(token, at=at)
        membership, created = Membership.objects.select_for_update().get_or_create(
            user=user,
            organisation_id=invitation.organisation_id,
            defaults={"role": invitation.role, "created_at": at, "updated_at": at},
        )
        if not created:
            membership.role = invitation.role
            membership.status = MemberStatus.ACTIVE
            membership.updated_at = at
            membership.save(update_fields=["role", "status", "updated_at"])
        invitation.accepted_at = invitation.updated_at = at
        invitation.save(update_fields=["accepted_at", "updated_at"])
    return membership


def join(
    *,
    token: LinkToken,
    username: str,
    password: str,
    first_name: str,
    last_name: str = "",
    at: datetime,
) -> Membership:
    """Make an account for the invited address, confirmed by the token itself, and accept for it.

    Raises `AccountExists` when the address has an account: its owner signs in and accepts.
    """
    with transaction.atomic():
        invitation = _open(invitation_of(token))
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise AccountExists("This address has an account. Sign in to accept the invitation.")
        user = User.objects.create_user(
            username=username,
            email=invitation.email,
            password=password,
            first_name=first_name,
            last_name=last_name,
            date_joined=at,
        )
        EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
        return accept(token=token, user=user, at=at)


def change_role(*, membership: Membership, role: Role, at: datetime) -> Membership:
    """Give the member another role; the last active administrator keeps theirs (`LastAdmin`)."""
    with transaction.atomic():
        membership = _locked(membership)
        if role != Role.ADMIN:
            _keep_an_admin(membership)
        membership.role = role
        membership.updated_at = at
        membership.save(update_fields=["role", "updated_at"])
    return membership


def deactivate(*, membership: Membership, at: datetime) -> Membership:
    """Shut the member out from the next request on; the last active administrator stays."""
    with transaction.atomic():
        membership = _locked(membership)
        _keep_an_admin(membership)
        membership.status = MemberStatus.INACTIVE
        membership.updated_at = at
        membership.save(update_fields=["status", "updated_at"])
    return membership


def reactivate(*, membership: Membership, at: datetime) -> Membership:
    """Let a former member in again, with the role they had."""
    with transaction.atomic():
        membership = _locked(membership)
        membership.status = MemberStatus.ACTIVE
        membership.updated_at = at
        membership.save(update_fields=["status", "updated_at"])
    return membership


def rename(*, user: User, first_name: str, last_name: str) -> User:
    """Set the name that others see beside what the user does."""
    user.first_name, user.last_name = first_name, last_name
    user.save(update_fields=["first_name", "last_name"])
    return user


def subject_of(invitation: Invitation) -> str:
    return references.reference("directory.invitation", invitation.pk)


def _send(invitation: Invitation, *, at: datetime) -> None:
    token = tokens.issue(
        purpose=PURPOSE,
        subject=subject_of(invitation),
        address=invitation.email,
        at=at,
        expires_at=invitation.expires_at,
        single_use=True,
    )
    inviter = invitation.invited_by
    mail.queue(
        kind="invitation",
        key=f"invitation:{invitation.pk}:{token.pk}",
        to=invitation.email,
        template="directory/invitation",
        context={
            "organisation": invitation.organisation.name,
            "inviter": inviter.display_name if inviter else "",
            "role": Role(invitation.role).label,
            "expires_at": invitation.expires_at.isoformat(),
        },
        link=reverse("invitation_accept"),
        token=token,
        at=at,
        reference=subject_of(invitation),
        owner_id=invitation.organisation_id,
        from_name=invitation.organisation.name,
        reply_to=inviter.email if inviter else "",
    )


def _open(invitation: Invitation) -> Invitation:
    """Lock the invitation and return it, if nobody accepted it or took it back."""
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation", "invited_by")
        .get(pk=invitation.pk)
    )
    if locked.accepted_at is not None or locked.revoked_at is not None:
        raise InvitationClosed("This invitation was used or taken back.")
    return locked


def _locked(membership: Membership) -> Membership:
    """Lock the organisation, so that two administrators cannot remove each other, then the row."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    return Membership.objects.select_related("user", "organisation").get(pk=membership.pk)


def _keep_an_admin(membership: Membership) -> None:
    if membership.role != Role.ADMIN or membership.status != MemberStatus.ACTIVE:
        return
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id, role=Role.ADMIN, status=MemberStatus.ACTIVE
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastAdmin(
            f"{membership.user.display_name} is the last active administrator."
            " Make somebody else an administrator first."
        )
