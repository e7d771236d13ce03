"""What voucher campaigns may ask of people and their incentive offers (vouchers.md 5.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from directory.models import ContactEmail, Organisation
from incentives.choices import OfferStatus
from incentives.models import GroupMember, Offer, Program
from vouchers.questions import Asked, Choices, Outside, Question
from vouchers.recipients import EMAIL

# A draft was shown to nobody.
ASKED = [one for one in OfferStatus if one != OfferStatus.DRAFT]


def statuses(business: Organisation) -> Choices:
    """Return the statuses that an offer may be asked for."""
    return [(one.value, str(one.label)) for one in ASKED]


def programs(business: Organisation) -> Choices:
    """Return the programs of the business by name."""
    rows = Program.objects.filter(business=business).select_related("product_service")
    return [(str(one.pk), str(one)) for one in rows.order_by("product_service__name", "pk")]


STATUSES = Question(
    name="statuses", label="In one of these statuses", choices=statuses, is_many=True
)
PROGRAM = Question(
    name="program", label="Of the program", choices=programs, any_of_them="Any program"
)


def has_offer(asked: Asked) -> Q:
    """Find who has such an offer: as its recipient, or with a place in its group.

    Who has not answered yet is known by the address alone that the offer went to.
    """
    addresses = ContactEmail.objects.filter(contact=OuterRef(OuterRef("pk")))
    mine = addresses.annotate(lower=Lower("address")).values("lower")
    offers, members = _offers(asked), _members(asked)
    return (
        Q(Exists(offers.filter(contact=OuterRef("pk"))))
        | Q(Exists(offers.filter(contact=None, lower__in=mine)))
        | Q(Exists(members.filter(contact=OuterRef("pk"))))
        | Q(Exists(members.filter(contact=None, lower__in=mine)))
    )


def has_offer_by_key(asked: Asked, keys: Collection[str]) -> set[str]:
    """Return those of the addresses to which such an offer went."""
    wanted = [key.removeprefix(EMAIL) for key in keys if key.startswith(EMAIL)]
    found = {
        *_offers(asked).filter(lower__in=wanted).values_list("lower", flat=True),
        *_members(asked).filter(lower__in=wanted).values_list("lower", flat=True),
    }
    return {f"{EMAIL}{address}" for address in found}


def words(asked: Asked) -> tuple[str, str]:
    """Return "have an offer that is Claimed or Completed" and its denial."""
    either = " or ".join(asked.label(STATUSES, one) for one in asked.chosen(STATUSES))
    program = asked.one(PROGRAM)
    of = f" of {asked.label(PROGRAM, program)}" if program else ""
    what = f"incentive offer{of} that is {either}"
    return f"have an {what}", f"have no {what}"


OFFER_STATUS = Outside(
    questions=(STATUSES, PROGRAM), found=has_offer, words=words, of_keys=has_offer_by_key
)


def _offers(asked: Asked) -> QuerySet[Any]:
    rows = Offer.objects.filter(business=asked.business, status__in=asked.chosen(STATUSES))
    if asked.one(PROGRAM):
        rows = rows.filter(program=int(asked.one(PROGRAM)))
    return rows.annotate(lower=Lower("recipient_email"))


def _members(asked: Asked) -> QuerySet[Any]:
    """Return the places in groups that were not left."""
    offers = _offers(asked)
    return GroupMember.objects.filter(offer__in=offers.values("pk"), left_at=None).annotate(
        lower=Lower("email")
    )
