"""Products by SKU and the tree of categories (rewards.md 2.5)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotFound, StaleVersion
from directory.models import Category, Product, ProductFamily
from directory.selectors import catalogue as selectors
from directory.services import catalogue
from tests.factories import floor
from tests.factories.directory import MORNING, make_business
from tests.factories.floor import Cafe, make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(db: None) -> Cafe:
    return floor.make_cafe()


def move(category: Category, parent: Category | None) -> Category:
    category.refresh_from_db()
    return catalogue.update_category(
        category=category,
        name=category.name,
        code=category.code,
        parent=parent,
        version=category.version,
        at=MORNING,
    )


def test_a_category_cannot_be_moved_below_itself(cafe: Cafe) -> None:
    for parent in (cafe.drinks, cafe.hot, cafe.coffee):
        with pytest.raises(catalogue.CategoryCycle):
            move(cafe.drinks, parent)
    move(cafe.coffee, cafe.drinks)
    tree = selectors.category_tree(business=cafe.business)
    assert [(node.path, node.depth) for node in tree] == [
        ("Drinks", 0),
        ("Drinks › Coffee", 1),
        ("Drinks › Hot", 1),
    ]


def test_the_database_refuses_a_circle_and_a_foreign_parent(cafe: Cafe) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Category.objects.filter(pk=cafe.drinks.pk).update(parent=cafe.coffee)
    with pytest.raises(DatabaseError), transaction.atomic():
        Category.objects.filter(pk=cafe.drinks.pk).update(parent=cafe.drinks)
    foreign = make_category(make_business(), "Elsewhere")
    with pytest.raises(DatabaseError), transaction.atomic():
        Category.objects.filter(pk=cafe.drinks.pk).update(parent=foreign)


def test_closure_goes_upwards_for_facts_and_downwards_for_searches(cafe: Cafe) -> None:
    above = selectors.ancestors(business_ids=[cafe.business.pk])
    assert above[cafe.coffee.pk] == {cafe.coffee.pk, cafe.hot.pk, cafe.drinks.pk}
    assert selectors.below(business=cafe.business, category_ids=[cafe.hot.pk]) == {
        cafe.hot.pk,
        cafe.coffee.pk,
    }


def test_a_category_with_others_below_it_stays(cafe: Cafe) -> None:
    with pytest.raises(catalogue.InUse):
        catalogue.delete_category(category=cafe.hot)
    catalogue.delete_category(category=cafe.coffee)
    assert not Product.objects.get(sku="ESP").categories.exists()


def test_a_sku_is_taken_once_in_a_business(cafe: Cafe) -> None:
    with pytest.raises(catalogue.SkuTaken):
        make_product(cafe.business, "ESP")
    make_product(make_business(), "ESP")


def test_families_are_made_once_whatever_their_case(cafe: Cafe) -> None:
    make_product(cafe.business, "TEA", family="soft")
    assert ProductFamily.objects.filter(business=cafe.business).count() == 1


def test_saving_a_product_is_its_review_and_a_stale_form_is_refused(cafe: Cafe) -> None:
    floor.buy(cafe.v1, None, floor.line("NEW", 100))
    product = Product.objects.get(sku="NEW")
    assert product.needs_review
    data = catalogue.ProductData(sku="NEW", name="Chai", prices={"EUR": 280})
    saved = catalogue.update(product=product, data=data, version=1, at=MORNING)
    assert (saved.needs_review, saved.prices.get().price_minor) == (False, 280)
    with pytest.raises(StaleVersion):
        catalogue.update(product=product, data=data, version=1, at=MORNING)


def test_a_product_that_was_sold_stays(cafe: Cafe) -> None:
    floor.buy(cafe.v1, None, floor.line("ESP", 250))
    with pytest.raises(catalogue.InUse):
        catalogue.delete(product=cafe.espresso)
    catalogue.delete(product=cafe.cake)


def test_what_a_segment_asks_for_stays(cafe: Cafe) -> None:
    from events.segments import BoughtProduct

    floor.make_segment(cafe.business, BoughtProduct(days=7, products=(cafe.cake.pk,)))
    with pytest.raises(catalogue.InUse):
        catalogue.delete(product=cafe.cake)


def test_the_product_of_another_business_is_not_found(cafe: Cafe) -> None:
    foreign = make_product(make_business(), "X")
    with pytest.raises(NotFound):
        selectors.catalogue_product(business=cafe.business, pk=foreign.pk)
