"""Events as facts: loaded in a fixed number of queries, so that evaluation asks for nothing more.

What rewards alone knows of a contact (scheme memberships) it adds itself with `dataclasses.replace`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.calendar import local
from directory.models import Contact, Organisation, Product
from directory.selectors import network
from directory.selectors.catalogue import categories_of_products, products_by_sku
from directory.selectors.segments import segments_of
from events.choices import EventType
from events.drafts import PurchaseData, merged
from events.facts import (
    ContactFacts,
    EventFacts,
    LineFacts,
    PlaceFacts,
    ProductFacts,
    PurchaseFacts,
)
from events.models import BusinessEvent, Classification, Purchase, PurchaseLine

REFERENCE = "events.event"


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the facts of several events have in common, read once."""

    segments: Mapping[int, frozenset[int]]
    blocked: frozenset[tuple[int, int]]
    lines: Mapping[int, list[LineFacts]]


def event_facts(
    *,
    business: Organisation,
    event_ids: Collection[int],
    at: datetime,
    segment_ids: Collection[int] | None = None,
) -> dict[int, EventFacts]:
    """Return the facts of the business's events: `PurchaseFacts` for purchases.

    `at` is the moment at which segments and terms are asked; with `segment_ids` of these segments
    alone. Five queries, whatever the number of events, and one more for every fifty segments that look
    at more than a contact's own row.
    """
    rows = (
        BusinessEvent.objects.filter(business=business, pk__in=event_ids)
        .select_related("business", "merchant", "venue", "contact", "classification", "purchase")
        .order_by("pk")
    )
    events = {row.pk: row for row in rows}
    people = {row.contact for row in events.values() if row.contact is not None}
    shared = _Shared(
        segments=segments_of(
            business=business,
            contact_ids={one.pk for one in people},
            at=at,
            known=people,
            among=segment_ids,
        ),
        blocked=_blocked(business, at),
        lines=_lines_of(business, events),
    )
    return {pk: _facts(row, shared) for pk, row in events.items()}


def purchase_facts(
    *, event: BusinessEvent, at: datetime, segment_ids: Collection[int] | None = None
) -> PurchaseFacts:
    """Return the facts of one purchase; of one that was just recorded, nothing is read again.

    Then it is one query for terms, one for categories, and those of `segments_of`. With
    `segment_ids` the contact is looked for in these segments alone.
    """
    recorded = "purchase" in event._state.fields_cache and event.purchase.recorded_lines
    if not recorded:
        facts = event_facts(
            business=event.business, event_ids=[event.pk], at=at, segment_ids=segment_ids
        )[event.pk]
    else:
        facts = _facts(event, _shared_of(event, recorded, at, segment_ids))
    assert isinstance(facts, PurchaseFacts)
    return facts


def _shared_of(
    event: BusinessEvent,
    lines: Sequence[PurchaseLine],
    at: datetime,
    segment_ids: Collection[int] | None,
) -> _Shared:
    business, merchant_id = event.business, event.merchant_id
    return _Shared(
        segments=_segments(business, event.contact, at, segment_ids),
        blocked=_blocked_at(business, merchant_id, at),
        lines=_with_products(business, lines),
    )


def draft_facts(
    *,
    business: Organisation,
    place: Organisation,
    data: PurchaseData,
    contact: Contact | None,
    classification: Classification | None = None,
    at: datetime,
) -> PurchaseFacts:
    """Return the facts that the purchase would have if it were recorded; nothing is stored.

    An unknown SKU gets facts without family, brand, type and category, as its new product would.
    """
    merchant = place if place.is_merchant else place.parent
    chain = [
        place if place.is_venue else None,
        merchant if merchant is not None and merchant.is_merchant else None,
        business,
    ]
    segments = _segments(business, contact, at)
    merchant_id = chain[1].pk if chain[1] else None
    return PurchaseFacts(
        reference="",
        contact=_contact(contact, segments) if contact else None,
        place=_place(chain),
        performed_at=data.performed_at,
        local_at=local(data.performed_at, network.zone_of(place)),
        received_at=at,
        classification_id=classification.pk if classification else None,
        classification_name=classification.name if classification else "",
        terms_blocked=bool(_blocked_at(business, merchant_id, at)),
        currency=data.currency,
        total_minor=data.total_minor,
        net_minor=data.net_minor,
        lines=_draft_lines(business, data),
        pass_code=data.pass_code or None,
    )


def contact_facts(
    *, business: Organisation, contacts: Iterable[Contact], at: datetime
) -> dict[int, ContactFacts]:
    """Return the facts of contacts beside those of an event, such as who referred whom; two queries.

    One query more for every fifty segments.
    """
    people = list(contacts)
    segments = segments_of(
        business=business, contact_ids=[one.pk for one in people], at=at, known=people
    )
    return {one.pk: _contact(one, segments) for one in people}


def facts_at(*, business: Organisation, place: Organisation, at: datetime) -> EventFacts:
    """Return the facts of an event that would happen at the place now, to nobody in particular.

    For saying where and when something is good; `place` comes with its parent and business.
    """
    merchant = place if place.is_merchant else place.parent
    is_merchant = merchant is not None and merchant.is_merchant
    return EventFacts(
        reference="",
        contact=None,
        place=_place(
            [place if place.is_venue else None, merchant if is_merchant else None, business]
        ),
        performed_at=at,
        local_at=local(at, network.zone_of(place)),
        received_at=at,
    )


def product_facts(
    *, business: Organisation, products: Iterable[Product]
) -> dict[int, ProductFacts]:
    """Return the facts of products, their categories closed upwards; one query where not known."""
    found = {product.pk: product for product in products}
    categories = {pk: product.all_category_ids for pk, product in found.items()}
    if None in categories.values():
        categories = dict(categories_of_products(product_ids=found))
    return {
        pk: ProductFacts(
            id=pk,
            sku=product.sku,
            family_id=product.family_id,
            brand_id=product.brand_id,
            type_id=product.type_id,
            category_ids=categories.get(pk) or frozenset(),
            name=product.name,
        )
        for pk, product in found.items()
    }


def _facts(row: BusinessEvent, shared: _Shared) -> EventFacts:
    common = EventFacts(
        reference=f"{REFERENCE}:{row.pk}",
        contact=_contact(row.contact, shared.segments) if row.contact else None,
        place=_place([row.venue, row.merchant, row.business]),
        performed_at=row.performed_at,
        local_at=local(row.performed_at, row.time_zone),
        received_at=row.received_at,
        classification_id=row.classification_id,
        classification_name=row.classification.name if row.classification else "",
        terms_blocked=(row.business_id, row.merchant_id) in shared.blocked,
    )
    if row.type != EventType.PURCHASE:
        return common
    return _purchase(common, row.purchase, shared.lines.get(row.pk, []))


def _purchase(common: EventFacts, row: Purchase, lines: Iterable[LineFacts]) -> PurchaseFacts:
    return PurchaseFacts(
        reference=common.reference,
        contact=common.contact,
        place=common.place,
        performed_at=common.performed_at,
        local_at=common.local_at,
        received_at=common.received_at,
        classification_id=common.classification_id,
        classification_name=common.classification_name,
        terms_blocked=common.terms_blocked,
        currency=row.currency,
        total_minor=row.total_minor,
        net_minor=row.net_minor,
        lines=tuple(lines),
        pass_code=row.pass_code or None,
    )


def _contact(contact: Contact, segments: Mapping[int, frozenset[int]]) -> ContactFacts:
    return ContactFacts(
        id=contact.pk,
        registered_at=contact.registered_at,
        birth=_day(contact.birth_month, contact.birth_day),
        birth_year=contact.birth_year,
        name_day=_day(contact.name_day_month, contact.name_day_day),
        segment_ids=segments.get(contact.pk, frozenset()),
        spend_blocked=contact.spend_blocked,
    )


def _place(chain: Iterable[Organisation | None]) -> PlaceFacts:
    """Return the facts of a place from its venue, merchant and business, the nearest first."""
    venue, merchant, business = chain
    assert business is not None
    known = [one for one in (venue, merchant, business) if one is not None]
    # The business's own tags and address speak for what happens at the business itself.
    tags = known[:-1] or known
    return PlaceFacts(
        business_id=business.pk,
        merchant_id=merchant.pk if merchant else None,
        venue_id=venue.pk if venue else None,
        country=next((one.country for one in known if one.country), ""),
        town=next((one.town for one in known if one.town), ""),
        tags=frozenset(tag for one in tags for tag in one.tags),
        name=known[0].name,
    )


def _blocked(business: Organisation, at: datetime) -> frozenset[tuple[int, int]]:
    return frozenset(network.blocked_organisations(business_ids=[business.pk], at=at))


def _blocked_at(
    business: Organisation, merchant_id: int | None, at: datetime
) -> frozenset[tuple[int, int]]:
    """Return the pair of the business and the merchant where its terms are blocked."""
    if merchant_id is None or not network.is_blocked(
        business_id=business.pk, organisation_id=merchant_id, at=at
    ):
        return frozenset()
    return frozenset([(business.pk, merchant_id)])


def _segments(
    business: Organisation,
    contact: Contact | None,
    at: datetime,
    among: Collection[int] | None = None,
) -> Mapping[int, frozenset[int]]:
    if contact is None:
        return {}
    return segments_of(
        business=business, contact_ids=[contact.pk], at=at, known=[contact], among=among
    )


def _lines_of(
    business: Organisation, events: Mapping[int, BusinessEvent]
) -> dict[int, list[LineFacts]]:
    purchases = [pk for pk, row in events.items() if row.type == EventType.PURCHASE]
    rows = list(
        PurchaseLine.objects.filter(purchase_id__in=purchases)
        .select_related("product")
        .order_by("purchase_id", "position")
    )
    return _with_products(business, rows)


def _with_products(
    business: Organisation, rows: Iterable[PurchaseLine]
) -> dict[int, list[LineFacts]]:
    rows = list(rows)
    products = product_facts(business=business, products={row.product for row in rows})
    found: dict[int, list[LineFacts]] = defaultdict(list)
    for row in rows:
        found[row.purchase_id].append(
            LineFacts(
                product=products[row.product_id],
                quantity=row.quantity,
                total_minor=row.total_minor,
                net_minor=row.net_minor,
            )
        )
    return found


def _draft_lines(business: Organisation, data: PurchaseData) -> tuple[LineFacts, ...]:
    lines = merged(data.lines)
    known = products_by_sku(business=business, skus={line.sku for line in lines})
    facts = product_facts(business=business, products=known.values())
    return tuple(
        LineFacts(
            product=facts[known[line.sku].pk]
            if line.sku in known
            else ProductFacts(id=0, sku=line.sku, name=line.name or line.sku),
            quantity=line.quantity,
            total_minor=line.total_minor,
            net_minor=line.net_minor,
        )
        for line in lines
    )


def _day(month: int | None, day: int | None) -> tuple[int, int] | None:
    return None if month is None or day is None else (month, day)
