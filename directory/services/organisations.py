"""Organisations: how a business comes to be."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from core import outbox
from core.codes import human_code
from core.errors import Conflict
from directory.choices import MemberStatus, OrganisationKind, Role
from directory.models import Membership, Organisation, ProviderProfile, User

REGISTERED = "directory.business_registered"
SLUG_LENGTH = 32
SLUG_ATTEMPTS = 5


class NoFreeSlug(Conflict):
    """Every name tried for the public address was taken."""


def register(
    *,
    name: str,
    website: str = "",
    time_zone: str,
    base_currency: str,
    admin: User,
    at: datetime,
) -> Membership:
    """Make a business with an unfinished provider profile, and the user its administrator.

    The profile is finished on its own page before the offers area opens (incentives.md 1). The apps
    above learn of it from the outbox and give the business what it starts with.
    """
    with transaction.atomic():
        business = _with_free_slug(
            Organisation(
                kind=OrganisationKind.BUSINESS,
                name=name,
                time_zone=time_zone,
                base_currency=base_currency,
                created_at=at,
                updated_at=at,
            )
        )
        ProviderProfile.objects.create(
            organisation=business,
            website=website,
            email=admin.email,
            notification_email=admin.email,
            created_at=at,
            updated_at=at,
        )
        outbox.record(
            topic=REGISTERED,
            key=f"business:{business.pk}",
            payload={"business": business.pk},
            at=at,
        )
        return Membership.objects.create(
            user=admin,
            organisation=business,
            role=Role.ADMIN,
            status=MemberStatus.ACTIVE,
            created_at=at,
            updated_at=at,
        )


def _with_free_slug(business: Organisation) -> Organisation:
    """Save the business under its name as slug, or with a short code where that is taken.

    Two that register the same name at once are told apart by the unique index, not by a look before.
    """
    wanted = slugify(business.name)[:SLUG_LENGTH].strip("-") or "business"
    business.slug = wanted
    for _ in range(SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                business.save(force_insert=True)
        except IntegrityError:
            business.pk = None
            business.slug = f"{wanted}-{human_code(5).lower()}"
        else:
            return business
    raise NoFreeSlug("This name is taken too often. Please choose a slightly different one.")
