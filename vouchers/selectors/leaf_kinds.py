"""What each leaf of a campaign's condition asks: of contacts, of others by their key, and in words.

A leaf means one condition on contacts. The database answers it for one person, for a portion of people
and for everybody in the same way, so that a preview, an audience run and a live decision never differ.
Of somebody who is no contact only what is known by the key can be true.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from core.money import Money
from directory.models import ContactEmail, ContactPhone, Organisation
from directory.segments import AsOf, kinds
from directory.selectors import segment_sql
from directory.selectors.segments import Rule, labels_for, members
from events.choices import EventStatus, EventType
from events.facts import EventFacts
from events.models import BusinessEvent, Classification
from vouchers.choices import IssuanceStatus, LeafKind
from vouchers.models import CampaignLeaf, Issuance, ListedPerson
from vouchers.questions import Asked, outside
from vouchers.recipients import EMAIL, PHONE

NOBODY = Q(pk__in=())
GIVEN = (IssuanceStatus.ISSUED, IssuanceStatus.REDEEMED, IssuanceStatus.EXPIRED)
LANGUAGE, CUSTOM = "language", "custom"


@dataclass(frozen=True, slots=True)
class Ask:
    """A leaf as it is asked: of whose people, when, and by which event where one is at hand."""

    row: CampaignLeaf
    business: Organisation
    at: datetime
    event: EventFacts | None = None

    @property
    def terms(self) -> Mapping[str, Any]:
        terms: Mapping[str, Any] = self.row.terms
        return terms


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of leaf. `words` returns what it asks and the same turned round."""

    found: Callable[[Ask], Q]
    words: Callable[[Ask], tuple[str, str]]
    of_keys: Callable[[Ask, Collection[str]], set[str]] = lambda ask, keys: set()


def _are(words: str) -> tuple[str, str]:
    """Return the words and their denial: "are vip" and "are not vip"."""
    verb, _, rest = words.partition(" ")
    if verb in ("are", "have", "were", "did"):
        return words, f"{verb} not {rest}"
    return words, f"do not {words}"


def _segment(ask: Ask) -> Q:
    assert ask.row.segment is not None
    return Q(pk__in=members(segment=ask.row.segment, at=ask.at).values("pk"))


def _segment_words(ask: Ask) -> tuple[str, str]:
    return _are(f"are in segment {ask.row.segment}")


def _event(ask: Ask) -> Q:
    """Count the standing events of the type in the last days that fit the terms."""
    terms = ask.terms
    rows = BusinessEvent.objects.filter(
        contact=OuterRef("pk"),
        type=terms["type"],
        status=EventStatus.POSTED,
        performed_at__gt=ask.at - timedelta(days=int(terms["days"])),
        performed_at__lte=ask.at,
    )
    if terms.get("classification_id"):
        rows = rows.filter(classification_id=terms["classification_id"])
    if terms.get("min_minor") is not None:
        rows = rows.filter(
            purchase__currency=terms["currency"], purchase__total_minor__gte=terms["min_minor"]
        )
    least, most = int(terms.get("min_count") or 1), terms.get("max_count")
    if least == 1 and most is None:
        return Q(Exists(rows))
    counted = Coalesce(
        Subquery(rows.order_by().values("contact").annotate(n=Count("pk")).values("n")), 0
    )
    found = Q(GreaterThanOrEqual(counted, least))
    return found & Q(LessThanOrEqual(counted, int(most))) if most is not None else found


def _event_words(ask: Ask) -> tuple[str, str]:
    terms = ask.terms
    name = EventType(terms["type"]).label.lower()
    least, most = int(terms.get("min_count") or 1), terms.get("max_count")
    many = f"{least} to {most} times" if most is not None else f"{least} times or more"
    often = "" if least == 1 and most is None else f" {many}"
    of = ""
    if terms.get("classification_id"):
        named = Classification.objects.filter(pk=terms["classification_id"]).first()
        of = f" classified as {named or '(gone)'}"
    if terms.get("min_minor") is not None:
        of += f" of {Money(int(terms['min_minor']), terms['currency']).format()} or more"
    within = f"in the last {terms['days']} days"
    return f"had a {name}{of}{often} {within}", f"had no {name}{of}{often} {within}"


def _property(ask: Ask) -> Q:
    kind, values = ask.terms["kind"], ask.terms["values"]
    if kind == LANGUAGE:
        return Q(language__in=values["languages"])
    if kind == CUSTOM:
        return Q(**{f"custom_fields__{values['name']}__in": values["values"]})
    criterion = kinds[kind].from_values(values)
    now = AsOf(ask.at, ask.business.time_zone)
    return segment_sql.condition(criterion, excludes=False, business=ask.business, now=now)


def _property_words(ask: Ask) -> tuple[str, str]:
    kind, values = ask.terms["kind"], ask.terms["values"]
    if kind == LANGUAGE:
        spoken = " or ".join(values["languages"])
        return f"speak {spoken}", f"do not speak {spoken}"
    if kind == CUSTOM:
        either = " or ".join(str(value) for value in values["values"])
        return f"have {values['name']} {either}", f"have not {values['name']} {either}"
    criterion = kinds[kind].from_values(values)
    labels = labels_for(business=ask.business, rules=[Rule(criterion)])
    return _are(criterion.words(labels))


def _people(ask: Ask) -> Q:
    """Find contacts that the list of people names: by themselves, an address or a number."""
    listed = ListedPerson.objects.filter(people=ask.row.people_id)
    addresses = ContactEmail.objects.filter(contact=OuterRef("pk")).annotate(
        key=Concat(Value(EMAIL), Lower("address"), output_field=CharField())
    )
    numbers = (
        ContactPhone.objects.filter(contact=OuterRef("pk"))
        .exclude(e164="")
        .annotate(key=Concat(Value(PHONE), F("e164"), output_field=CharField()))
    )
    keys = listed.values("recipient_key")
    return (
        Q(Exists(listed.filter(recipient_key=Cast(OuterRef("pk"), CharField()))))
        | Q(Exists(addresses.filter(key__in=keys)))
        | Q(Exists(numbers.filter(key__in=keys)))
    )


def _people_by_key(ask: Ask, keys: Collection[str]) -> set[str]:
    rows = ListedPerson.objects.filter(people=ask.row.people_id, recipient_key__in=keys)
    return set(rows.values_list("recipient_key", flat=True))


def _people_words(ask: Ask) -> tuple[str, str]:
    return _are(f"are on the list of people {ask.row.people}")


def _consent(ask: Ask) -> Q:
    return Q(marketing_consent_at__lte=ask.at)


def _consent_words(ask: Ask) -> tuple[str, str]:
    return "agreed to be mailed", "did not agree to be mailed"


def _vouchers(ask: Ask) -> Any:
    """Return the issuances that the leaf is about: of a list, of a campaign, or any of the business."""
    rows = Issuance.objects.filter(business=ask.business)
    if ask.row.voucher_list_id is not None:
        rows = rows.filter(voucher_list=ask.row.voucher_list_id)
    if ask.row.other_campaign_id is not None:
        rows = rows.filter(campaign=ask.row.other_campaign_id)
    if ask.row.kind == LeafKind.HAS_VOUCHER:
        return rows.filter(status__in=GIVEN)
    return rows.filter(Q(redeem_until=None) | Q(redeem_until__gt=ask.at), status="issued")


def _has(ask: Ask) -> Q:
    return Q(Exists(_vouchers(ask).filter(contact=OuterRef("pk"))))


def _has_by_key(ask: Ask, keys: Collection[str]) -> set[str]:
    rows = _vouchers(ask).filter(recipient_key__in=keys)
    return set(rows.values_list("recipient_key", flat=True))


def _has_words(ask: Ask) -> tuple[str, str]:
    of = ""
    if ask.row.voucher_list is not None:
        of = f" from list {ask.row.voucher_list}"
    if ask.row.other_campaign is not None:
        of += f" of campaign {ask.row.other_campaign}"
    if ask.row.kind == LeafKind.HAS_VOUCHER:
        return f"were given a voucher{of}", f"were not given a voucher{of}"
    return f"have an unredeemed voucher{of}", f"have no unredeemed voucher{of}"


def _asked(ask: Ask) -> Asked:
    return Asked(ask.business, ask.terms, ask.at, ask.event)


def _outside(ask: Ask) -> Q:
    answers = outside.get(ask.row.kind)
    return answers.found(_asked(ask)) if answers else NOBODY


def _outside_by_key(ask: Ask, keys: Collection[str]) -> set[str]:
    answers = outside.get(ask.row.kind)
    return answers.of_keys(_asked(ask), keys) if answers else set()


def _outside_words(ask: Ask) -> tuple[str, str]:
    answers = outside.get(ask.row.kind)
    if answers is None:
        label = LeafKind(ask.row.kind).label.lower()
        return label, f"not: {label}"
    return answers.words(_asked(ask))


KINDS: dict[str, Kind] = {
    LeafKind.SEGMENT: Kind(_segment, _segment_words),
    LeafKind.EVENT: Kind(_event, _event_words),
    LeafKind.PROPERTY: Kind(_property, _property_words),
    LeafKind.PEOPLE: Kind(_people, _people_words, _people_by_key),
    LeafKind.CONSENT: Kind(_consent, _consent_words),
    LeafKind.HAS_VOUCHER: Kind(_has, _has_words, _has_by_key),
    LeafKind.UNREDEEMED: Kind(_has, _has_words, _has_by_key),
    LeafKind.OFFER_STATUS: Kind(_outside, _outside_words, _outside_by_key),
    LeafKind.REWARD_EARNED: Kind(_outside, _outside_words, _outside_by_key),
}
