"""Joining and leaving schemes (rewards.md 2.3): by oneself, by a code, by an address, by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from core import mail, tokens
from directory.models import Contact, User
from rewards.choices import SignUpMethod
from rewards.models import RewardScheme, SchemeMembership, SignUpCode
from rewards.selectors.schemes import standing
from rewards.services import sign_ups
from rewards.services.refusals import AddressRefused, CodeRefused, JoiningRefused
from rewards.services.schemes import normal_code

PURPOSE = "rewards.join"
LINK = "/me/schemes/join"
LINK_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Joined:
    """A contact in a scheme: since when, whether it came in just now, and for the first time."""

    scheme: RewardScheme
    since: datetime
    is_new: bool
    is_first: bool


def join(*, scheme: RewardScheme, contact: Contact, code: str = "", at: datetime) -> Joined:
    """Let the contact join by itself; a closed loop with codes asks for an unused one.

    Who is a member already stays one, and no code is used up. Raises `JoiningRefused` and
    `CodeRefused`.
    """
    with transaction.atomic():
        _check_open(scheme, contact)
        if (there := _already(scheme, contact)) is not None:
            return there
        if scheme.asks_for_address:
            raise JoiningRefused(
                f"“{scheme.name}” opens with an e-mail address. Enter yours to get a link."
            )
        used = _use_code(scheme, contact, code, at) if scheme.asks_for_code else None
        return _enter(scheme, contact, at, code=used)


def add(*, scheme: RewardScheme, contact: Contact, actor: User | None, at: datetime) -> Joined:
    """Put a contact into a scheme, as staff may, whatever its way of joining.

    Raises `JoiningRefused`.
    """
    with transaction.atomic():
        _check_open(scheme, contact)
        return _already(scheme, contact) or _enter(scheme, contact, at, actor=actor)


def leave(*, scheme: RewardScheme, contact: Contact, at: datetime) -> None:
    """Let the contact leave; its awards stay, and it may join again. Who is no member stays none."""
    with transaction.atomic():
        _lock(contact)
        now = standing(scheme=scheme, contact=contact)
        if now.since is None:
            return
        left = SchemeMembership.objects.filter(
            scheme=scheme, contact=contact, left_at__isnull=True
        ).update(left_at=max(at, now.since))
        if not left:
            SchemeMembership.objects.create(
                scheme=scheme, contact=contact, joined_at=now.since, left_at=max(at, now.since)
            )


def ask_to_join(*, scheme: RewardScheme, contact: Contact, address: str, at: datetime) -> None:
    """Mail a link that joins the scheme to an address of one of its domains.

    The link lives for 24 hours and works once; a newer one closes the older. Raises `JoiningRefused`
    and `AddressRefused`.
    """
    address = address.strip()
    with transaction.atomic():
        _check_open(scheme, contact)
        if scheme.sign_up_method != SignUpMethod.EMAIL_DOMAIN:
            raise JoiningRefused(f"“{scheme.name}” does not ask for an address.")
        if _already(scheme, contact) is not None:
            raise JoiningRefused(f"You are a member of “{scheme.name}” already.")
        _check_address(scheme, address)
        subject = _subject(scheme, contact)
        tokens.revoke(subject=subject, at=at)
        token = tokens.issue(
            purpose=PURPOSE,
            subject=subject,
            address=address,
            at=at,
            expires_at=at + LINK_LIVES,
            single_use=True,
        )
        mail.queue(
            kind="scheme_join",
            key=f"scheme-join:{token.pk}",
            to=address,
            template="rewards/join_scheme",
            context={
                "scheme": scheme.name,
                "business": scheme.business.name,
                "name": contact.first_name,
            },
            link=LINK,
            token=token,
            owner_id=scheme.business_id,
            from_name=scheme.business.name,
            at=at,
        )


def asked_for(*, secret: str, at: datetime) -> tuple[RewardScheme, Contact]:
    """Return which scheme and contact a mailed link is for; raises what `core.tokens` raises."""
    return _named_by(tokens.resolve(secret, purposes=[PURPOSE], at=at).subject)


def confirm_join(*, secret: str, at: datetime) -> Joined:
    """Use up the mailed link and let its contact in; raises `TokenError` and `JoiningRefused`.

    The domain is asked again: it may have been taken out of the scheme meanwhile.
    """
    with transaction.atomic():
        token = tokens.resolve(secret, purposes=[PURPOSE], at=at)
        scheme, contact = _named_by(token.subject)
        _check_open(scheme, contact)
        _check_address(scheme, token.address)
        tokens.consume(token, at=at)
        there = _already(scheme, contact)
        return there or _enter(scheme, contact, at, email=token.address)


def welcome(*, contact_id: int, at: datetime) -> None:
    """Award that the contact has registered, once: it is in every automatic scheme by that."""
    contact = Contact.objects.select_related("business").get(pk=contact_id)
    sign_ups.registered(contact=contact, at=at)


def _lock(contact: Contact) -> None:
    """Let joinings, leavings and evaluations of one contact wait for each other."""
    Contact.objects.select_for_update().get(pk=contact.pk)


def _check_open(scheme: RewardScheme, contact: Contact) -> None:
    _lock(contact)
    if scheme.business_id != contact.business_id:
        raise JoiningRefused("This scheme belongs to another business.")
    if not scheme.is_active:
        raise JoiningRefused(
            f"“{scheme.name}” is not active. It can be joined once it is activated."
        )
    if contact.is_terminated:
        raise JoiningRefused("This contact was terminated. Reactivate it first, then try again.")


def _already(scheme: RewardScheme, contact: Contact) -> Joined | None:
    now = standing(scheme=scheme, contact=contact)
    if now.since is None:
        return None
    return Joined(scheme, now.since, is_new=False, is_first=False)


def _enter(
    scheme: RewardScheme,
    contact: Contact,
    at: datetime,
    *,
    code: SignUpCode | None = None,
    email: str = "",
    actor: User | None = None,
) -> Joined:
    """Write the stay, and award a first joining (rewards.md 3.3)."""
    is_first = not standing(scheme=scheme, contact=contact).was_member
    SchemeMembership.objects.create(
        scheme=scheme, contact=contact, joined_at=at, code=code, email=email, added_by=actor
    )
    if is_first:
        sign_ups.joined(contact=contact, scheme_ids=[scheme.pk], at=at)
    return Joined(scheme, at, is_new=True, is_first=is_first)


def _use_code(scheme: RewardScheme, contact: Contact, text: str, at: datetime) -> SignUpCode:
    """Use up the code; of two contacts with the same one exactly one gets through."""
    rows = SignUpCode.objects.filter(scheme=scheme, code=normal_code(text))
    if not rows.filter(used_at__isnull=True).update(used_by=contact, used_at=at):
        sentence = "This code does not exist or was used already. Check it, or ask for another one."
        raise CodeRefused(sentence, fields={"code": sentence})
    return rows.get()


def _check_address(scheme: RewardScheme, address: str) -> None:
    """Refuse an address whose whole part after the @ is none of the scheme's domains."""
    try:
        validate_email(address)
    except ValidationError as error:
        sentence = "Enter an e-mail address such as name@example.com."
        raise AddressRefused(sentence, fields={"email": sentence}) from error
    if address.rpartition("@")[2].lower() not in scheme.email_domains:
        sentence = "This scheme is not open to addresses there. Use the address that it is for."
        raise AddressRefused(sentence, fields={"email": sentence})
    taken = SchemeMembership.objects.filter(
        scheme=scheme, email__iexact=address, left_at__isnull=True
    )
    if taken.exists():
        sentence = "Somebody joined with this address already. Use another one."
        raise AddressRefused(sentence, fields={"email": sentence})


def _subject(scheme: RewardScheme, contact: Contact) -> str:
    return f"rewards.join:{scheme.pk}:{contact.pk}"


def _named_by(subject: str) -> tuple[RewardScheme, Contact]:
    _, scheme_id, contact_id = subject.split(":")
    scheme = RewardScheme.objects.select_related("business").get(pk=scheme_id)
    return scheme, Contact.objects.select_related("business").get(pk=contact_id)
