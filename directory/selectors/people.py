"""Reading members, profiles, keys and contacts; all but the acting membership for one organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)

from core.registry import Registry
from directory.choices import MemberStatus, OrganisationKind
from directory.models import (
    ApiKey,
    Contact,
    ContactEmail,
    ContactImport,
    ContactPhone,
    Invitation,
    Membership,
    Organisation,
    ProductService,
    ProviderProfile,
    User,
)
from directory.selectors.found import found_or_refused


def active_memberships(*, user: User) -> QuerySet[Membership]:
    """Return the memberships that the user may act under, with their organisations.

    One acts for a business or for one of its merchants, while both are active.
    """
    open_merchant = Q(
        organisation__kind=OrganisationKind.MERCHANT, organisation__business__is_active=True
    )
    return Membership.objects.filter(
        Q(organisation__kind=OrganisationKind.BUSINESS) | open_merchant,
        user=user,
        status=MemberStatus.ACTIVE,
        organisation__is_active=True,
    ).select_related("organisation__business")


# What an app above wants to know on every page, read along with the membership: an expression over
# memberships as of a moment, found on the membership under its key.
noted: Registry[Callable[[datetime], Any]] = Registry("notes on the acting membership")


def acting_membership(*, user: User, preferred_id: int | None, at: datetime) -> Membership | None:
    """Return the membership of the preferred organisation, else the user's first, else None.

    One query brings organisation and provider profile along, what the apps note, and how many
    memberships there are (`of_total`), so that a layout knows whether there is anything to switch
    between.
    """
    rows = active_memberships(user=user).select_related("organisation__provider_profile")
    preferred = Case(
        When(organisation_id=preferred_id, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    notes = {key: noted[key](at) for key in noted}
    return rows.annotate(of_total=Window(Count("pk")), **notes).order_by(preferred, "pk").first()


def memberships_to_switch(*, user: User) -> list[Membership]:
    """Return everything that the user may act for, by name."""
    return list(active_memberships(user=user).order_by("organisation__name", "pk"))


def membership_to_act_under(*, user: User, organisation_id: int) -> Membership:
    """Return the user's active membership of that organisation; anything else is not found."""
    found = active_memberships(user=user).filter(organisation_id=organisation_id).first()
    return found_or_refused(found, "You are not a member of that organisation.")


def team_of(*, organisation: Organisation) -> QuerySet[Membership]:
    """Return the organisation's members with their users."""
    return Membership.objects.filter(organisation=organisation).select_related("user")


def member(*, organisation: Organisation, pk: int) -> Membership:
    """Return a member of the organisation's team, or of a merchant's below it."""
    rows = Membership.objects.filter(_of_teams(organisation), pk=pk)
    found = rows.select_related("user", "organisation").first()
    return found_or_refused(found, "There is no such team member.")


def open_invitations(*, organisation: Organisation) -> list[Invitation]:
    """Return the invitations that nobody accepted or took back yet, newest first."""
    return list(
        Invitation.objects.filter(
            organisation=organisation, accepted_at__isnull=True, revoked_at__isnull=True
        )
        .select_related("invited_by")
        .order_by("-created_at", "-pk")
    )


def invitation(*, organisation: Organisation, pk: int) -> Invitation:
    """Return an invitation to the organisation's team, or to a merchant's below it."""
    rows = Invitation.objects.filter(_of_teams(organisation), pk=pk)
    found = rows.select_related("organisation").first()
    return found_or_refused(found, "There is no such invitation.")


def _of_teams(organisation: Organisation) -> Q:
    """Keep what is of the teams that the organisation's administrators care for."""
    return Q(organisation=organisation) | Q(organisation__business=organisation)


def user_by_email(*, email: str) -> User | None:
    """Return the login that owns the address, upper and lower case being the same."""
    return User.objects.filter(email__iexact=email).first()


def business_by_slug(*, slug: str) -> Organisation:
    """Return the active business with that public name."""
    found = Organisation.objects.filter(
        slug=slug, kind=OrganisationKind.BUSINESS, is_active=True
    ).first()
    return found_or_refused(found, f"There is no business named {slug!r}.")


def profile_of(*, organisation: Organisation) -> ProviderProfile:
    """Return the business's provider profile; every business has one from its registration."""
    found = (
        ProviderProfile.objects.select_related("organisation")
        .filter(organisation=organisation)
        .first()
    )
    return found_or_refused(found, "This organisation has no provider profile.")


def profile_by_slug(*, slug: str) -> ProviderProfile:
    found = ProviderProfile.objects.filter(
        organisation__slug=slug, organisation__is_active=True
    ).first()
    return found_or_refused(found, "There is no such provider.")


def products_of(*, business: Organisation) -> QuerySet[ProductService]:
    return ProductService.objects.filter(business=business)


def product(*, business: Organisation, pk: int) -> ProductService:
    found = products_of(business=business).filter(pk=pk).first()
    return found_or_refused(found, "There is no such product or service.")


def api_keys_of(*, organisation: Organisation) -> QuerySet[ApiKey]:
    """Return the keys of the business and of its places."""
    return ApiKey.objects.filter(
        Q(organisation=organisation) | Q(organisation__business=organisation)
    ).select_related("created_by", "organisation")


def api_key(*, organisation: Organisation, pk: int) -> ApiKey:
    return found_or_refused(
        api_keys_of(organisation=organisation).filter(pk=pk).first(), "There is no such key."
    )


def contacts_of(*, business: Organisation) -> QuerySet[Contact]:
    return Contact.objects.filter(business=business)


def contacts_with_addresses(*, business: Organisation) -> QuerySet[Contact]:
    """Return contacts with the e-mails and phones that a list shows, in two further queries."""
    return contacts_of(business=business).prefetch_related(
        Prefetch("emails", ContactEmail.objects.order_by("-is_primary", "pk")),
        Prefetch("phones", ContactPhone.objects.order_by("pk")),
    )


def contact(*, business: Organisation, pk: int) -> Contact:
    """Return the contact with all its e-mails, phones and addresses."""
    found = (
        contacts_with_addresses(business=business)
        .prefetch_related("addresses")
        .filter(pk=pk)
        .first()
    )
    return found_or_refused(found, "There is no such contact.")


def contact_import(*, business: Organisation, pk: int) -> ContactImport:
    found = ContactImport.objects.filter(business=business, pk=pk).first()
    return found_or_refused(found, "There is no such import.")


def import_to_run(*, pk: int) -> ContactImport | None:
    """Return the import that a worker was told of, whatever its business."""
    return ContactImport.objects.select_related("business").filter(pk=pk).first()


def recent_imports(*, business: Organisation) -> list[ContactImport]:
    """Return the business's last ten imports, newest first."""
    rows = ContactImport.objects.filter(business=business).select_related("created_by")
    return list(rows.order_by("-created_at", "-pk")[:10])
