"""What no offer is saved with: values that are wrong, choices of others, what is frozen or forbidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from core.money import NotMoney, digits
from directory.models import Brand, Category, Organisation, Product, ProductFamily, ProductType
from directory.selectors.network import merchants_of
from events.conditions import ConditionSet
from rewards.choices import Frequency, Occasion, ProductGroupKind, RedeemMethod
from rewards.models import Award, RewardOffer, RewardScheme, RewardSettings
from rewards.offer_types import REGISTRY, OfferType
from rewards.selectors.definitions import Around, definition
from rewards.selectors.own_places import foreign_of
from rewards.selectors.settings import methods_for, types_for
from rewards.services.offer_data import OfferData
from rewards.services.refusals import Frozen, NotTheirs, OfferWrong, Restricted, UnknownChoice
from wallet.selectors import pools_of

MOST_DAYS = 30
LONGEST = {"name": 150, "code": 32, "short_description": 255, "long_description": 10_000}
GROUP_MODELS: dict[ProductGroupKind, Callable[[], QuerySet[Any]]] = {
    ProductGroupKind.TYPE: ProductType.objects.all,
    ProductGroupKind.BRAND: Brand.objects.all,
    ProductGroupKind.FAMILY: ProductFamily.objects.all,
    ProductGroupKind.CATEGORY: Category.objects.all,
}


def type_of(key: str) -> OfferType:
    """Return the type of that key; raises `OfferWrong` where there is none."""
    if key not in REGISTRY:
        sentence = "Choose one of the types of offers."
        raise OfferWrong(sentence, fields={"type": sentence})
    return REGISTRY[key]


def has_awards(offer: RewardOffer) -> bool:
    """Tell whether the offer has ever awarded, cancelled awards included."""
    return Award.objects.filter(offer=offer).exists()


def check_theirs(offer: RewardOffer, acting: Organisation) -> None:
    """Refuse a merchant that would change an offer of somebody else; raises `NotTheirs`."""
    if not acting.is_business and offer.owner_id != acting.pk:
        raise NotTheirs(f"“{offer.title}” is not yours. Ask {offer.owner.name} to change it.")


def owner_of(business: Organisation, data: OfferData, acting: Organisation) -> Organisation:
    """Return who will run and fund the offer: the business or one of its merchants.

    Without a choice it is the one who acts, and a merchant can only choose itself. Raises
    `UnknownChoice` and `NotTheirs`.
    """
    if data.owner_id in (None, acting.pk):
        return acting
    if not acting.is_business:
        raise NotTheirs("A merchant makes offers of its own. Leave the owner as it is.")
    if data.owner_id == business.pk:
        return business
    found = merchants_of(business=business).filter(pk=data.owner_id).first()
    if found is None:
        sentence = "Choose your business or one of your merchants."
        raise UnknownChoice(sentence, fields={"owner": sentence})
    return found


def check_restrictions(
    *, settings: RewardSettings, acting: Organisation, kind: OfferType, method: str
) -> None:
    """Refuse what the business does not let its merchants make (rewards.md 2.10)."""
    allowed = types_for(settings=settings, acting=acting)
    if kind not in allowed:
        words = " or ".join(one.label for one in allowed) or "no offers at all"
        sentence = f"Merchants here make {words}. Choose one of these, or ask the business."
        raise Restricted(sentence, fields={"type": sentence})
    methods = methods_for(settings=settings, acting=acting, kind=kind)
    if method in kind.redeem_methods and method not in methods:
        words = " or ".join(str(one.label).lower() for one in methods) or "nothing"
        sentence = f"Merchants here give {words}. Choose that, or ask the business."
        raise Restricted(sentence, fields={"redeem_method": sentence})


def check_frozen(offer: RewardOffer, data: OfferData) -> None:
    """Refuse another scheme or currency once the offer has awarded; raises `Frozen`."""
    changed = {
        "scheme": offer.scheme_id != data.scheme_id,
        "currency": offer.currency != data.currency,
    }
    if any(changed.values()) and has_awards(offer):
        fields = {
            name: f"The {name} stays, because the offer has awarded. Copy the offer instead."
            for name, differs in changed.items()
            if differs
        }
        raise Frozen(next(iter(fields.values())), fields=fields)


def check_choices(row: RewardOffer, data: OfferData) -> None:
    """Refuse a scheme, pool, product or group that the business does not have."""
    business, found = row.business, {}
    if data.scheme_id is not None and not _has(
        RewardScheme.objects.all(), business, data.scheme_id
    ):
        found["scheme"] = "Choose one of your schemes."
    if data.commerce_pool_id is not None and data.commerce_pool_id not in {
        pool.pk for pool in pools_of(business=business)
    }:
        found["commerce_pool"] = "Choose one of your commerce pools."
    if data.award_product_id is not None and not _has(
        Product.objects.all(), business, data.award_product_id
    ):
        found["award_product"] = "Choose a product of your catalogue."
    group = data.award_group
    if group is not None and not _has(GROUP_MODELS[group.kind](), business, group.id):
        found["award_group"] = "Choose a group of your catalogue."
    if found:
        raise UnknownChoice(next(iter(found.values())), fields=found)


def check_reach(*, acting: Organisation, rules: ConditionSet, before: ConditionSet) -> None:
    """Refuse places and segments that a merchant's people may not choose; raises `UnknownChoice`.

    What the business had set `before` stays.
    """
    new = foreign_of(rules, acting=acting).less(foreign_of(before, acting=acting))
    found = {}
    if new.has_places:
        found["location"] = "Choose your own places. Ask the business for others."
    if new.segments:
        found["segments"] = "Segments are the business's. Ask it to set one for your offer."
    if found:
        raise UnknownChoice(next(iter(found.values())), fields=found)


def check_values(row: RewardOffer, rules: ConditionSet) -> None:
    """Refuse values that are wrong, all at once by field; what is missing is no matter yet."""
    found = _plain_problems(row)
    if not found:
        found = row.kind.mistakes(definition(row, Around(conditions=rules)))
        amount = rules.amount
        if amount is not None and not amount.is_empty and amount.currency != row.currency:
            found["amount"] = f"Enter the purchase amounts in {row.currency}, like the award."
    if found:
        raise OfferWrong("Check the marked fields.", fields=found)


def _plain_problems(row: RewardOffer) -> dict[str, str]:
    """Return what cannot even be read as a definition."""
    found = {
        name: f"At most {longest:,} characters; these are {len(getattr(row, name)):,}."
        for name, longest in LONGEST.items()
        if len(getattr(row, name)) > longest
    }
    if row.award_form not in {form.value for form in row.kind.award_forms}:
        allowed = " or ".join(str(form.label).lower() for form in row.kind.award_forms)
        found["award_form"] = f"{row.kind.label} can give only a {allowed}. Choose one of these."
    if row.redeem_method not in RedeemMethod.values:
        found["redeem_method"] = "Choose instant discount or cashback."
    if row.occasion not in Occasion.values or max(row.days_before, row.days_after) > MOST_DAYS:
        found["occasion"] = f"Choose birthday or name day, with 0 to {MOST_DAYS} days around it."
    if row.frequency not in Frequency.values or row.frequency_count < 1:
        found["frequency"] = "Choose how often, with a period of at least 1."
    return found | _money_problems(row) | _time_problems(row)


def _money_problems(row: RewardOffer) -> dict[str, str]:
    try:
        digits(row.currency)
    except NotMoney as error:
        return {"currency": str(error)}
    percentage = row.award_percentage
    if percentage is not None and round(percentage, 2) != percentage:
        return {"award_percentage": "Enter a percentage with at most two decimals."}
    return {}


def _time_problems(row: RewardOffer) -> dict[str, str]:
    start, end = row.available_from, row.available_to
    if start is not None and end is not None and end <= start:
        return {"available_to": "The availability ends before it begins. Choose a later end."}
    return {}


def _has(rows: QuerySet[Any], business: Organisation, pk: int) -> bool:
    return rows.filter(business=business, pk=pk).exists()
