"""Schemes of a business and who is in them (rewards.md 2.3).

Membership of an automatic scheme is worked out, not stored: see `rewards.models.schemes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from core.prepared import prepared
from directory.models import Contact, Organisation
from directory.selectors.found import found_or_refused
from rewards.choices import SignUpOption, Switch
from rewards.models import RewardScheme, SchemeMembership, SignUpCode

NO_SUCH_SCHEME = "There is no such scheme. Choose one of your schemes."


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contact stands to a scheme. `since` is None for one who is no member now."""

    scheme: RewardScheme
    since: datetime | None
    was_member: bool

    @property
    def is_member(self) -> bool:
        return self.since is not None


def schemes_of(*, business: Organisation) -> QuerySet[RewardScheme]:
    """Return the schemes of the business with the number of their offers, newest first."""
    return (
        RewardScheme.objects.filter(business=business)
        .annotate(
            offer_count=Count("offers"),
            active_offer_count=Count("offers", filter=Q(offers__status=Switch.ACTIVE)),
        )
        .order_by("-created_at", "-pk")
    )


def scheme(*, business: Organisation, pk: int) -> RewardScheme:
    """Return a scheme of the business; raises `NotFound` for one of another."""
    return found_or_refused(schemes_of(business=business).filter(pk=pk).first(), NO_SUCH_SCHEME)


def codes_of(*, scheme: RewardScheme) -> QuerySet[SignUpCode]:
    """Return the sign-up codes of the scheme with who used them, newest first."""
    return scheme.codes.select_related("used_by").order_by("-pk")


def memberships_of(
    *, business: Organisation, contacts: Iterable[Contact], at: datetime | None = None
) -> dict[int, dict[int, datetime]]:
    """Return by contact the schemes that it is in now, and since when; one query.

    With `at` also those that it was in at that moment and has left since: what was bought as a member
    is evaluated as a member's (rewards.md 4.1, 11.8). An inactive scheme keeps its members, and a
    contact who was terminated is in none.
    """
    people = list(contacts)
    effective = [contact for contact in people if not contact.is_terminated]
    stays = _stays(business, [contact.pk for contact in effective])
    automatic = {
        pk: opened_at
        for pk, option, opened_at, *_ in stays
        if option == SignUpOption.AUTO_SIGN_UP and opened_at is not None
    }
    found, left = _by_contact(stays, at)
    for contact in effective:
        own = found[contact.pk]
        for scheme_id, opened_at in automatic.items():
            if (contact.pk, scheme_id) not in left:
                own.setdefault(scheme_id, max(contact.registered_at, opened_at))
    return {contact.pk: found[contact.pk] for contact in people}


def _by_contact(
    stays: Iterable[tuple[Any, ...]], at: datetime | None
) -> tuple[dict[int, dict[int, datetime]], set[tuple[int, int]]]:
    """Return the stays that count by contact, and which schemes a contact has left at some time.

    An open stay counts, and for a moment within it one that is over.
    """
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    over: list[tuple[int, int, datetime, datetime]] = []
    for pk, _, _, contact_id, joined_at, left_at in stays:
        if contact_id is not None and left_at is not None:
            over.append((contact_id, pk, joined_at, left_at))
        elif contact_id is not None:
            found[contact_id][pk] = joined_at
    for contact_id, pk, joined_at, left_at in over:
        if at is not None and joined_at <= at < left_at:
            found[contact_id][pk] = joined_at
    return found, {(contact_id, pk) for contact_id, pk, *_ in over}


def _stays(business: Organisation, contact_ids: Sequence[int]) -> Sequence[tuple[Any, ...]]:
    """Return every scheme with every stay of the contacts in it, schemes without any included."""
    with prepared() as cursor:
        cursor.execute(
            "SELECT scheme.id, scheme.sign_up_option, scheme.opened_at,"
            " stay.contact_id, stay.joined_at, stay.left_at"
            " FROM rewards_rewardscheme AS scheme LEFT JOIN rewards_schememembership AS stay"
            " ON stay.scheme_id = scheme.id AND stay.contact_id = ANY(%s)"
            " WHERE scheme.business_id = %s",
            [list(contact_ids), business.pk],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def standing(*, scheme: RewardScheme, contact: Contact) -> Standing:
    """Return how the contact stands to the scheme now, and whether it ever was in it."""
    rows = list(SchemeMembership.objects.filter(scheme=scheme, contact=contact))
    since = next((row.joined_at for row in rows if row.left_at is None), None)
    if since is None and not rows and scheme.is_automatic and scheme.opened_at is not None:
        since = max(contact.registered_at, scheme.opened_at)
    return Standing(scheme, since, bool(rows) or since is not None)


def standings_of(*, contact: Contact) -> list[Standing]:
    """Return how the contact stands to every scheme of the business, by name; two queries."""
    joined = memberships_of(business=contact.business, contacts=[contact])[contact.pk]
    left = SchemeMembership.objects.filter(scheme=OuterRef("pk"), contact=contact)
    return [
        Standing(row, joined.get(row.pk), row.pk in joined or row.has_stayed)
        for row in RewardScheme.objects.filter(business=contact.business_id)
        .annotate(has_stayed=Exists(left))
        .order_by("name", "pk")
    ]


def open_standings_of(*, contact: Contact) -> list[Standing]:
    """Return how the contact stands to the schemes that are active, by name."""
    return [one for one in standings_of(contact=contact) if one.scheme.is_active]


def members_of(*, scheme: RewardScheme) -> QuerySet[Any]:
    """Return the contacts that are in the scheme now, each with `joined_at`; not ordered."""
    stays = SchemeMembership.objects.filter(scheme=scheme, contact=OuterRef("pk"))
    stay_open = stays.filter(left_at__isnull=True)
    contacts = Contact.objects.filter(business=scheme.business_id)
    open_since = Subquery(stay_open.values("joined_at")[:1])
    if not scheme.is_automatic or scheme.opened_at is None:
        return contacts.filter(Exists(stay_open)).annotate(joined_at=open_since)
    opened_at = Value(scheme.opened_at, output_field=DateTimeField())
    return contacts.filter(Exists(stay_open) | ~Exists(stays)).annotate(
        joined_at=Coalesce(open_since, Greatest("registered_at", opened_at))
    )
