"""What the things that a stored offer names are called, for its words."""

from __future__ import annotations

from events.conditions import ConditionSet
from rewards import words
from rewards.models import RewardOffer
from rewards.selectors.definitions import Around, definition
from wallet import words as wallet_words
from wallet.selectors import current_version
from wallet.selectors.pools import conditions_by_id


def award_of(row: RewardOffer) -> str:
    """Return the award of an offer in a few words, from its row and what was read along with it."""
    return words.award_words(definition(row, Around()), labels_of(row))


def labels_of(row: RewardOffer, pool_words: tuple[str, ...] = ()) -> words.Labels:
    """Return what scheme, pool, product and group of the offer are called."""
    groups = (row.group_type, row.group_brand, row.group_family, row.group_category)
    return words.Labels(
        scheme=row.scheme.name if row.scheme else "",
        pool=row.commerce_pool.name if row.commerce_pool else "",
        pool_words=pool_words,
        product=row.award_product.name if row.award_product else "",
        group=next((str(group) for group in groups if group is not None), ""),
        zone=row.business.time_zone,
    )


def pool_words_of(row: RewardOffer) -> tuple[str, ...]:
    """Return the rules under which the offer's money is spent, a sentence each."""
    if row.commerce_pool is None:
        return ()
    version = current_version(pool=row.commerce_pool)
    rules = conditions_by_id(versions=[version]).get(version.conditions_id or 0)
    return tuple(wallet_words.pool_lines(version, rules))


def words_of(row: RewardOffer, rules: ConditionSet) -> list[str]:
    """Return the offer in plain words, saved or not."""
    labels = labels_of(row, pool_words_of(row))
    return words.describe(definition(row, Around(conditions=rules)), labels)
