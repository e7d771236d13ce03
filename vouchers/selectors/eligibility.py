"""Who qualifies for a campaign: one person in words, or everybody as a query (vouchers.md 5.1).

Free of side effects: nothing is taken, reserved or counted by asking.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q, QuerySet, Value
from django.db.models.lookups import Exact

from directory.choices import ContactState
from directory.models import Contact
from directory.selectors.segment_sql import truth
from events.facts import EventFacts
from events.selectors.conditions import load_condition_sets
from vouchers.choices import Join, LeafKind
from vouchers.conditions import Group, Leaf, Tree
from vouchers.models import Campaign, CampaignLeaf, ListedPerson
from vouchers.recipients import Recipient
from vouchers.selectors.leaf_kinds import KINDS, Ask

SAMPLED = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person qualifies, and if not, the first thing that stands against it in words."""

    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """How many contacts qualify now, and a few of them."""

    count: int
    people: list[Contact]


def verdict_of(
    *, campaign: Campaign, recipient: Recipient, event: EventFacts | None = None, at: datetime
) -> Verdict:
    """Return whether the recipient meets the campaign's conditions at the moment."""
    reason = reason_against(
        campaign=campaign, recipient=recipient, event=event, has_conditions=True, at=at
    )
    return Verdict(not reason, reason)


def reason_against(
    *,
    campaign: Campaign,
    recipient: Recipient,
    event: EventFacts | None,
    has_conditions: bool,
    at: datetime,
) -> str:
    """Say what stands against the recipient, or return an empty text.

    First the person, then what the event must look like where one is given, then the tree, which takes
    two queries; none if it is known that there are no leaves.
    """
    contact = recipient.contact
    if contact is not None and contact.is_terminated:
        return "no longer a contact"
    if event is not None and campaign.condition_set_id is not None:
        rules = load_condition_sets([campaign.condition_set_id])[campaign.condition_set_id]
        if against := rules.check(event):
            return f"{against.needed}; {against.found}"
    if not has_conditions:
        return ""
    asks = _asks(campaign, at, event)
    failure = _tree(campaign, asks).failure(_answers(asks, recipient))
    return failure.removeprefix("are ")


def audience(*, campaign: Campaign, at: datetime) -> QuerySet[Contact]:
    """Return the active contacts that meet the campaign's conditions now, in no order."""
    rows = Contact.objects.filter(business=campaign.business_id, state=ContactState.EFFECTIVE)
    return rows.filter(_joined(campaign, _asks(campaign, at)))


def qualifying(
    *, campaign: Campaign, recipients: Collection[Recipient], at: datetime
) -> frozenset[str]:
    """Return the keys of those of the recipients who meet the conditions now, in a few queries."""
    asks = _asks(campaign, at)
    contacts = {one.contact.pk for one in recipients if one.contact is not None}
    active = Contact.objects.filter(pk__in=contacts, state=ContactState.EFFECTIVE)
    found = active.filter(_joined(campaign, asks)).values_list("pk", flat=True)
    strangers = [one.key for one in recipients if one.contact is None]
    tree, answers = _tree(campaign, asks), _answers_by_key(asks, strangers)
    fit = {key for key in strangers if not tree.failure(answers[key])}
    return frozenset(fit | {str(pk) for pk in found})


def listed_strangers(*, campaign: Campaign, at: datetime) -> list[str]:
    """Return the keys of people on the campaign's uploaded lists who are no contacts, and qualify.

    In the order of their file.
    """
    asks = _asks(campaign, at)
    lists = [ask.row.people_id for ask in asks if ask.row.kind == LeafKind.PEOPLE]
    rows = ListedPerson.objects.filter(people__in=lists).exclude(recipient_key__regex=r"^\d+$")
    ordered = rows.order_by("people", "line_no").values_list("recipient_key", flat=True)
    keys = list(dict.fromkeys(ordered))
    known = _known_addresses(campaign, keys)
    strangers = [key for key in keys if key not in known]
    tree, answers = _tree(campaign, asks), _answers_by_key(asks, strangers)
    return [key for key in strangers if not tree.failure(answers[key])]


def preview(*, campaign: Campaign, at: datetime) -> Preview:
    """Count who qualifies, and name the newest few."""
    rows = audience(campaign=campaign, at=at)
    people = list(rows.order_by("-registered_at", "-pk")[:SAMPLED])
    return Preview(size_of_audience(campaign=campaign, at=at), people)


def size_of_audience(*, campaign: Campaign, at: datetime) -> int:
    """Count who qualifies now: contacts, and people of uploaded lists who are none."""
    strangers = len(listed_strangers(campaign=campaign, at=at))
    return audience(campaign=campaign, at=at).count() + strangers


def preview_typed(
    *, campaign: Campaign, leaves: Iterable[CampaignLeaf], at: datetime
) -> tuple[list[str], Preview]:
    """Return a tree that is not saved yet in plain words, and how many contacts it finds now.

    The leaves and their groups carry keys of their own; the campaign's word joins the groups.
    """
    asks = [Ask(row, campaign.business, at) for row in leaves]
    rows = Contact.objects.filter(business=campaign.business_id, state=ContactState.EFFECTIVE)
    found = rows.filter(_joined(campaign, asks))
    people = list(found.order_by("-registered_at", "-pk")[:SAMPLED])
    return _tree(campaign, asks).describe(), Preview(found.count(), people)


def describe(*, campaign: Campaign, at: datetime) -> list[str]:
    """Return the conditions in plain words: the tree, then what a purchase must look like."""
    lines = _tree(campaign, _asks(campaign, at)).describe()
    if campaign.condition_set_id is not None:
        lines += load_condition_sets([campaign.condition_set_id])[
            campaign.condition_set_id
        ].describe()
    return lines


def _asks(campaign: Campaign, at: datetime, event: EventFacts | None = None) -> list[Ask]:
    """Return the leaves of the campaign in their order; one query, and one for the business."""
    rows = (
        CampaignLeaf.objects.filter(group__campaign=campaign)
        .select_related(
            "group", "segment__business", "voucher_list", "other_campaign", "people",
            "group__campaign__business",
        )
        .order_by("group__position", "group_id", "position")
    )  # fmt: skip
    return [Ask(row, row.group.campaign.business, at, event) for row in rows]


def _tree(campaign: Campaign, asks: Iterable[Ask]) -> Tree:
    groups = []
    for _, own in groupby(asks, key=lambda ask: ask.row.group_id):
        rows = list(own)
        groups.append(Group(rows[0].row.group.join, tuple(_leaf(ask) for ask in rows)))
    return Tree(campaign.join, tuple(groups))


def _leaf(ask: Ask) -> Leaf:
    words, words_not = KINDS[ask.row.kind].words(ask)
    return Leaf(ask.row.pk, words, words_not, ask.row.is_negated)


def _answers(asks: list[Ask], recipient: Recipient) -> Collection[int]:
    """Return the leaves that are true of the recipient: one query for a contact."""
    if not asks:
        return ()
    if recipient.contact is None:
        return _answers_by_key(asks, [recipient.key])[recipient.key]
    columns = {f"leaf_{ask.row.pk}": truth(KINDS[ask.row.kind].found(ask)) for ask in asks}
    rows = Contact.objects.filter(pk=recipient.contact.pk, business=asks[0].business)
    answers = rows.annotate(**columns).values_list(*columns).first() or ()
    return {ask.row.pk for ask, holds in zip(asks, answers, strict=False) if holds}


def _answers_by_key(asks: Iterable[Ask], keys: Collection[str]) -> dict[str, set[int]]:
    """Return the leaves that are true of people who are no contacts; one query for a leaf."""
    found: dict[str, set[int]] = {key: set() for key in keys}
    for ask in asks if found else ():
        for key in KINDS[ask.row.kind].of_keys(ask, found):
            found[key].add(ask.row.pk)
    return found


def _known_addresses(campaign: Campaign, keys: Collection[str]) -> set[str]:
    """Return those of the keys that name a contact by one of its addresses or numbers."""
    contacts = Contact.objects.filter(business=campaign.business_id)
    emails = contacts.filter(emails__address__in=[key.partition(":")[2] for key in keys])
    phones = contacts.filter(phones__e164__in=[key.partition(":")[2] for key in keys])
    found = {f"email:{one.lower()}" for one in emails.values_list("emails__address", flat=True)}
    return found | {f"tel:{one}" for one in phones.values_list("phones__e164", flat=True)}


def _joined(campaign: Campaign, asks: Iterable[Ask]) -> Q:
    """Return the whole tree as one condition on contacts."""
    groups = []
    for _, own in groupby(asks, key=lambda ask: ask.row.group_id):
        rows = list(own)
        groups.append(_join(rows[0].row.group.join, [_condition(ask) for ask in rows]))
    return _join(campaign.join, groups)


def _condition(ask: Ask) -> Q:
    found = KINDS[ask.row.kind].found(ask)
    return Q(Exact(truth(found), Value(False))) if ask.row.is_negated else found


def _join(word: str, parts: list[Q]) -> Q:
    joined = Q()
    for part in parts:
        joined = joined & part if word == Join.ALL else joined | part
    return joined
