"""A campaign's conditions: the tree about people, and its conditions on purchases (vouchers.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import Invalid
from directory.models import Segment
from directory.segments import Unusable, kinds
from events.choices import EventType
from events.conditions import ConditionSet
from events.models import Classification
from events.selectors.conditions import load_condition_sets
from events.services import conditions
from vouchers.choices import Join, LeafKind
from vouchers.models import (
    Campaign,
    CampaignGroup,
    CampaignLeaf,
    PeopleList,
    VoucherList,
)
from vouchers.questions import outside, wrong
from vouchers.services.campaign_changes import check_unstarted, locked, touched

MOST_LEAVES = 50
# What a kind must refer to; the others have terms.
REFERS_TO: dict[str, str] = {LeafKind.SEGMENT: "segment_id", LeafKind.PEOPLE: "people_id"}
# What apps above vouchers answer.
OUTSIDE = (LeafKind.OFFER_STATUS, LeafKind.REWARD_EARNED)


class ConditionWrong(Invalid):
    """A leaf names nothing, or something that the business does not have."""

    code = "condition_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafData:
    """One question about a person, as it is edited."""

    kind: str
    is_negated: bool = False
    segment_id: int | None = None
    voucher_list_id: int | None = None
    other_campaign_id: int | None = None
    people_id: int | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupData:
    """Leaves that are joined by one word."""

    join: str
    leaves: Sequence[LeafData]


def groups_of(campaign: Campaign) -> list[GroupData]:
    """Return the tree as it can be edited and copied."""
    rows = campaign.groups.order_by("position").prefetch_related("leaves")
    return [
        GroupData(
            row.join,
            [_data_of(leaf) for leaf in sorted(row.leaves.all(), key=lambda one: one.position)],
        )
        for row in rows
    ]


def replace(
    *,
    campaign: Campaign,
    join: str,
    groups: Sequence[GroupData],
    version: int,
    at: datetime,
) -> Campaign:
    """Put another tree in the place of the campaign's; groups without leaves are left out.

    Raises `ConditionWrong`, `StaleVersion`, and `Frozen` once the campaign has begun.
    """
    groups = [group for group in groups if group.leaves]
    if sum(len(group.leaves) for group in groups) > MOST_LEAVES:
        raise ConditionWrong(f"At most {MOST_LEAVES} conditions. Use a segment instead.")
    with transaction.atomic():
        row = locked(campaign, version)
        check_unstarted(row)
        for group in groups:
            for leaf in group.leaves:
                check_leaf(leaf, row)
        row.groups.all().delete()
        _write(row, groups)
        row.join = Join(join)
        return touched(row, ["join"], at=at)


def set_purchase(
    *, campaign: Campaign, rules: ConditionSet, version: int, at: datetime
) -> Campaign:
    """Say what the purchase that triggers the campaign must look like; an empty set asks nothing.

    Raises what `replace` and `events.services.conditions` raise.
    """
    with transaction.atomic():
        row = locked(campaign, version)
        check_unstarted(row)
        if row.condition_set is not None:
            conditions.replace(stored=row.condition_set, rules=rules, at=at)
        else:
            row.condition_set = conditions.create(business=row.business, rules=rules, at=at)
        return touched(row, ["condition_set"], at=at)


def check_leaf(leaf: LeafData, campaign: Campaign) -> None:
    """Raise `ConditionWrong` unless the leaf can be asked of the campaign's people."""
    if leaf.kind not in LeafKind.values:
        raise ConditionWrong("Choose what is asked.")
    wanted = REFERS_TO.get(leaf.kind)
    if wanted and getattr(leaf, wanted) is None:
        raise ConditionWrong(f"“{LeafKind(leaf.kind).label}”: choose from the list.")
    theirs = (
        (Segment, leaf.segment_id),
        (VoucherList, leaf.voucher_list_id),
        (Campaign, leaf.other_campaign_id),
        (PeopleList, leaf.people_id),
    )
    for model, pk in theirs:
        if (
            pk is not None
            and not model._default_manager.filter(business=campaign.business_id, pk=pk).exists()
        ):
            raise ConditionWrong(f"There is no such {model._meta.verbose_name}.")
    if leaf.kind == LeafKind.EVENT:
        _check_event(leaf.terms, campaign)
    elif leaf.kind == LeafKind.PROPERTY:
        _check_property(leaf.terms)
    elif leaf.kind in OUTSIDE:
        _check_outside(leaf, campaign)


def _check_event(terms: Mapping[str, Any], campaign: Campaign) -> None:
    try:
        days = int(terms["days"])
        least, most = int(terms.get("min_count") or 1), terms.get("max_count")
    except (KeyError, TypeError, ValueError) as error:
        raise ConditionWrong("Say within how many days it happened.") from error
    if terms.get("type") not in EventType.values or not 1 <= days <= 3_650 or least < 1:
        raise ConditionWrong("Say what happened, how often, and within 1 to 3,650 days.")
    if most is not None and int(most) < least:
        raise ConditionWrong("“At most” lies below “at least”.")
    if terms.get("min_minor") is not None and not terms.get("currency"):
        raise ConditionWrong("Say in which currency the amount is.")
    named = terms.get("classification_id")
    known = Classification.objects.filter(business=campaign.business_id, pk=named or 0)
    if named and not known.exists():
        raise ConditionWrong("There is no such classification.")


def _check_property(terms: Mapping[str, Any]) -> None:
    kind, values = terms.get("kind"), terms.get("values") or {}
    if kind == "language" and values.get("languages"):
        return
    if kind == "custom" and values.get("values") and str(values.get("name", "")).isidentifier():
        return
    if str(kind) not in kinds:
        raise ConditionWrong("Choose which property is asked, and what it must be.")
    try:
        kinds[str(kind)].from_values(values)
    except Unusable as error:
        raise ConditionWrong(error.sentence) from error


def _check_outside(leaf: LeafData, campaign: Campaign) -> None:
    answers = outside.get(leaf.kind)
    if answers is None:
        raise ConditionWrong(f"“{LeafKind(leaf.kind).label}” cannot be asked here.")
    if sentence := wrong(answers, business=campaign.business, terms=leaf.terms):
        raise ConditionWrong(sentence)


def _data_of(row: CampaignLeaf) -> LeafData:
    return LeafData(
        kind=row.kind,
        is_negated=row.is_negated,
        segment_id=row.segment_id,
        voucher_list_id=row.voucher_list_id,
        other_campaign_id=row.other_campaign_id,
        people_id=row.people_id,
        terms=dict(row.terms),
    )


def _write(campaign: Campaign, groups: Sequence[GroupData]) -> None:
    for position, group in enumerate(groups):
        row = CampaignGroup.objects.create(
            campaign=campaign, position=position, join=Join(group.join)
        )
        CampaignLeaf.objects.bulk_create(
            CampaignLeaf(
                group=row,
                position=number,
                kind=leaf.kind,
                is_negated=leaf.is_negated,
                segment_id=leaf.segment_id,
                voucher_list_id=leaf.voucher_list_id,
                other_campaign_id=leaf.other_campaign_id,
                people_id=leaf.people_id,
                terms=dict(leaf.terms),
            )
            for number, leaf in enumerate(group.leaves)
        )


def copy_rules(*, source: Campaign, target: Campaign, at: datetime) -> None:
    """Give a new campaign the tree and the purchase conditions of another one."""
    target.join = source.join
    _write(target, groups_of(source))
    if source.condition_set_id is not None:
        rules = load_condition_sets([source.condition_set_id])[source.condition_set_id]
        target.condition_set = conditions.create(business=target.business, rules=rules, at=at)
    target.save(update_fields=["join", "condition_set"])
