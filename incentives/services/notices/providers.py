"""E-mails to the provider: E04, E10, E11 (incentives.md 5.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from core import mail
from directory.choices import MemberStatus, Role
from directory.models import Membership, Organisation
from incentives import words
from incentives.choices import OfferStatus, Side
from incentives.models import Message, Offer
from incentives.services.notices.base import next_of, post_mail, reference_of

EXCERPT = 200


def recipient_acted(
    offer: Offer,
    *,
    event: str,
    old_status: str,
    text: str,
    at: datetime,
) -> None:
    """E04: what the recipient did, to the provider."""
    for address in provider_addresses(offer):
        post_mail(
            offer,
            kind="E04",
            template="e04_recipient_acted",
            event=event,
            to=address,
            at=at,
            link=reverse("offer_messages", args=[offer.pk]),
            old_status=OfferStatus(old_status).label,
            new_status=OfferStatus(offer.status).label,
            excerpt=_excerpt(text),
            next_step=next_of(offer, Side.PROVIDER),
        )


def expired(business: Organisation, offers: Sequence[Offer], *, at: datetime) -> None:
    """E10: the offers of one run that nobody answered in time, one mail for each business."""
    listed = [
        {
            "id": offer.pk,
            "reference": offer.reference,
            "to": offer.recipient_email or "shared link",
            "product": offer.program.product_service.name,
        }
        for offer in offers
    ]
    first = offers[0]
    for address in provider_addresses(*offers):
        mail.queue(
            kind="E10",
            key=f"E10:{first.pk}-{first.version}:{address.lower()}",
            to=address,
            template="incentives/e10_expired",
            context={"provider_name": business.name, "offers": listed},
            at=at,
            link=reverse("offers") + "?status=expired",
            reference=reference_of(first) if len(offers) == 1 else "",
            owner_id=business.pk,
        )


def silent(offer: Offer, *, event: str, last_message: Message | None, at: datetime) -> None:
    """E11: the recipient fell silent; the link leads to offering again."""
    zone = offer.business.time_zone
    said = words.moment(last_message.created_at, zone) if last_message else ""
    for address in provider_addresses(offer):
        post_mail(
            offer,
            kind="E11",
            template="e11_no_response",
            event=event,
            to=address,
            at=at,
            link=reverse("offer_detail", args=[offer.pk]),
            last_message_at=said,
        )


def new_link_wanted(offer: Offer, *, at: datetime) -> None:
    """Tell the provider, at most once a day, that an expired link was opened and is wanted anew."""
    for address in provider_addresses(offer):
        post_mail(
            offer,
            kind="new-link",
            template="new_link_wanted",
            event=f"{offer.pk}-{at:%Y-%m-%d}",
            to=address,
            at=at,
            link=reverse("offer_detail", args=[offer.pk]),
        )


def provider_addresses(*offers: Offer) -> list[str]:
    """Return who on the provider's side hears of the offers, without duplicates.

    The creator while active in the business, else all active Admins; and the notification address.
    """
    return addresses_for(
        business=offers[0].business, creator_ids=[offer.created_by_id for offer in offers]
    )


def addresses_for(*, business: Organisation, creator_ids: Iterable[int | None]) -> list[str]:
    """Return the addresses of the creators, or of all Admins, and the business's own."""
    creators = [pk for pk in creator_ids if pk]
    active = Membership.objects.filter(
        organisation=business, status=MemberStatus.ACTIVE, user__is_active=True
    )
    found = _addresses(active.filter(user__in=creators))
    if not found:
        found = _addresses(active.filter(role=Role.ADMIN))
    profile = getattr(business, "provider_profile", None)
    if profile is not None and profile.notification_email:
        found.append(profile.notification_email)
    return list({address.lower(): address for address in found if address}.values())


def _addresses(memberships: QuerySet[Membership]) -> list[str]:
    rows = memberships.values_list("user__email", flat=True)
    return list(rows.order_by("user__email"))


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"
