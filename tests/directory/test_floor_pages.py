"""The desks of network, catalogue, categories, segments and classifications."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directory.models import CatalogueImport, CommercialTerms, Organisation, Product, Segment, User
from directory.segments import Tagged
from events.conditions import EVERYTHING
from events.forms.conditions import ConditionForms
from events.models import Classification
from events.selectors.conditions import load_condition_sets
from events.services import classifications
from events.services import conditions as condition_services
from tests.cast import Cast, client_of
from tests.factories import floor
from tests.factories.directory import MORNING
from tests.factories.floor import Cafe, make_cafe, make_person, make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(acme: Organisation) -> Cafe:
    return make_cafe(acme)


@pytest.fixture
def desk(ada: User, cafe: Cafe) -> Client:
    return client_of(ada)


PAGES = (
    "/settings/network",
    "/settings/network/merchants/add",
    "/settings/network/venues/add",
    "/catalogue",
    "/catalogue/add",
    "/catalogue/import",
    "/catalogue/import/example.csv",
    "/catalogue/categories",
    "/catalogue/categories/add",
    "/segments",
    "/segments/add",
    "/settings/classifications",
    "/settings/classifications/add",
)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_opens_for_the_admin(desk: Client, url: str) -> None:
    assert desk.get(url).status_code == 200


def test_what_another_business_has_is_not_found(cast: Cast, cafe: Cafe) -> None:
    segment = make_segment(cafe.business, Tagged(tags=("vip",)))
    dine_in = classifications.create(
        business=cafe.business, kind="purchase", name="Dine in", at=MORNING
    )
    boris = client_of(cast.boris)
    for url in (
        f"/settings/network/{cafe.v1.pk}/edit",
        f"/settings/network/{cafe.v1.pk}/close",
        f"/settings/network/{cafe.v1.pk}/tills",
        f"/settings/network/{cafe.merchant.pk}/terms",
        f"/catalogue/{cafe.cake.pk}/edit",
        f"/catalogue/{cafe.cake.pk}/delete",
        f"/catalogue/categories/{cafe.hot.pk}/edit",
        f"/catalogue/categories/{cafe.hot.pk}/delete",
        f"/segments/{segment.pk}",
        f"/segments/{segment.pk}/edit",
        f"/segments/{segment.pk}/delete",
        f"/settings/classifications/{dine_in.pk}/edit",
    ):
        assert boris.get(url).status_code == 404, url
    assert boris.post(f"/settings/network/tills/{cafe.till.pk}/switch").status_code == 404


def test_a_role_that_may_only_read_cannot_write(cast: Cast, cafe: Cafe) -> None:
    ana = client_of(cast.ana)
    assert ana.get("/catalogue").status_code == 200
    assert ana.get("/settings/network").status_code == 200
    for url in ("/catalogue/add", "/segments/add", "/settings/network/merchants/add"):
        assert ana.get(url).status_code == 403


def test_a_merchant_a_venue_and_a_till_are_added(desk: Client, cafe: Cafe) -> None:
    page = desk.post("/settings/network/merchants/add", {"name": "Kiosks", "country": "CY"})
    assert page.status_code == 303
    kiosks = Organisation.objects.get(name="Kiosks")
    venue = {"name": "Harbour", "parent": kiosks.pk, "tags": "Sea, Harbour"}
    assert desk.post("/settings/network/venues/add", venue).status_code == 303
    harbour = Organisation.objects.get(name="Harbour")
    assert (harbour.parent, harbour.tags) == (kiosks, ["harbour", "sea"])
    url = f"/settings/network/{harbour.pk}/tills"
    assert desk.post(url, {"code": "POS-9"}).status_code == 303
    assert desk.post(url, {"code": "pos-7"}).status_code == 422
    assert b"POS-9" in desk.get("/settings/network").content


def test_terms_are_agreed_anew_by_their_form(desk: Client, cafe: Cafe) -> None:
    url = f"/settings/network/{cafe.merchant.pk}/terms"
    terms = {
        "method": "on_spend",
        "contribution_percent": "80",
        "fee_percent": "1.5",
        "fee": "0.25",
    }
    assert desk.post(url, terms).status_code == 303
    assert desk.post(url, {**terms, "blocked": "on"}).status_code == 303
    versions = CommercialTerms.objects.filter(organisation=cafe.merchant).order_by("version")
    assert [(row.version, row.blocked, row.fee_minor) for row in versions] == [
        (1, False, 25),
        (2, True, 25),
    ]
    assert desk.get(url).status_code == 200


def test_a_product_is_saved_and_a_stale_form_says_so(desk: Client, cafe: Cafe) -> None:
    url = f"/catalogue/{cafe.cake.pk}/edit"
    values = {
        "sku": "CAKE",
        "name": "Carrot cake",
        "type": "Goods",
        "prices": "4.50 EUR, 5 USD",
        "categories": [cafe.drinks.pk],
        "is_active": "on",
        "version": "1",
    }
    assert desk.post(url, values).status_code == 303
    cake = Product.objects.get(pk=cafe.cake.pk)
    assert {row.currency: row.price_minor for row in cake.prices.all()} == {"EUR": 450, "USD": 500}
    assert desk.post(url, values).status_code == 422


def upload(desk: Client, text: str) -> Any:
    file = SimpleUploadedFile("menu.csv", text.encode(), content_type="text/csv")
    return desk.post("/catalogue/import", {"file": file})


def test_an_import_rehearses_with_line_numbers_then_writes_and_repeats_nothing(
    desk: Client, cafe: Cafe
) -> None:
    text = (
        "SKU;Name;Categories;Price;Brand\n"
        "LAT;Latte;Drinks > Hot > Coffee;3.20;\n"
        "ESP;Espresso;;2.50;\n"
        ";Nameless;;;\n"
        "CAKE;Carrot cake;Food > Sweet | Offers;4.5;Acme\n"
        "LAT;Again;;;\n"
        "X;Bad price;;1,234;\n"
    )
    assert upload(desk, text).status_code == 303
    job = CatalogueImport.objects.get()
    assert (job.new_count, job.changed_count, job.same_count, job.bad_count) == (1, 1, 1, 3)
    assert [fault["line"] for fault in job.faults] == [4, 6, 7]
    assert not Product.objects.filter(sku="LAT").exists()
    assert b"Line" in desk.get(f"/catalogue/import/{job.pk}").content
    assert desk.post(f"/catalogue/import/{job.pk}/start").status_code == 303
    latte = Product.objects.get(sku="LAT")
    assert list(latte.categories.all()) == [cafe.coffee]
    assert latte.prices.get().price_minor == 320
    cake = Product.objects.get(sku="CAKE")
    assert {one.name for one in cake.categories.all()} == {"Sweet", "Offers"}
    assert desk.post(f"/catalogue/import/{job.pk}/start").status_code == 409
    upload(desk, text)
    again = CatalogueImport.objects.latest("pk")
    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 3)


@pytest.mark.parametrize("text", ["", "name\nLatte\n", "sku;name\nA;\0\n"])
def test_a_file_that_is_no_catalogue_is_refused(desk: Client, text: str) -> None:
    assert upload(desk, text).status_code == 422
    assert not CatalogueImport.objects.exists()


def test_a_category_is_added_and_not_moved_below_itself(desk: Client, cafe: Cafe) -> None:
    page = desk.post("/catalogue/categories/add", {"name": "Tea", "parent": cafe.hot.pk})
    assert page.status_code == 303
    url = f"/catalogue/categories/{cafe.drinks.pk}/edit"
    values = {"name": "Drinks", "code": "DRINKS", "parent": cafe.coffee.pk, "version": "1"}
    assert desk.post(url, values).status_code == 422
    assert desk.post(url, {**values, "parent": ""}).status_code == 303


SEGMENT = {
    "name": "Grown-ups",
    "match": "all",
    "criteria-count": "2",
    "criteria-0-kind": "age",
    "criteria-0-min_years": "18",
    "criteria-1-kind": "tags",
    "criteria-1-tags": "vip, staff",
    "criteria-1-excludes": "on",
}


def test_a_segment_is_written_without_script_row_by_row(desk: Client, cafe: Cafe) -> None:
    page = desk.post("/segments/add", {"name": "New", "new": "age", "criteria-action": "add"})
    assert page.status_code == 200
    assert b'name="criteria-0-min_years"' in page.content
    page = desk.post("/segments/add", {**SEGMENT, "criteria-action": "remove-0"})
    assert b'value="vip, staff"' in page.content
    assert b"criteria-1-kind" not in page.content
    assert not Segment.objects.exists()
    assert desk.post("/segments/add", {**SEGMENT, "action": "save"}).status_code == 303
    segment = Segment.objects.get()
    opened = desk.get(f"/segments/{segment.pk}")
    assert b"They are 18 or older." in opened.content
    edited = desk.get(f"/segments/{segment.pk}/edit")
    assert b'value="18"' in edited.content


def test_an_incomplete_segment_is_refused_at_its_field(desk: Client, cafe: Cafe) -> None:
    page = desk.post("/segments/add", {**SEGMENT, "criteria-0-min_years": ""})
    assert page.status_code == 422
    assert b"Give at least one of the two bounds." in page.content
    empty = desk.post("/segments/add", {"name": "Nobody", "match": "all", "criteria-count": "0"})
    assert b"Add at least one criterion." in empty.content


def test_the_preview_counts_while_somebody_writes(desk: Client, cafe: Cafe) -> None:
    make_person(cafe.business, born=(1990, 5, 1))
    make_person(cafe.business)
    page = desk.post("/segments/preview", {**SEGMENT, "name": ""})
    assert page.status_code == 200
    assert page.context["preview"].count == 1
    assert not Segment.objects.exists()


def test_a_classification_gets_its_initials_as_code(desk: Client, cafe: Cafe) -> None:
    values = {"type": "purchase", "name": "Dine in"}
    assert desk.post("/settings/classifications/add", values).status_code == 303
    row = Classification.objects.get()
    assert row.code == "DI"
    assert desk.post(f"/settings/classifications/{row.pk}/delete").status_code == 303
    assert desk.post("/settings/classifications/add", values).status_code == 303


def full_editor(cafe: Cafe, segment: Segment) -> dict[str, Any]:
    return {
        "conditions-kinds": "segments,location,time,amount,products",
        "conditions-currency": "EUR",
        "conditions-segments": [segment.pk],
        "conditions-places": [f"merchant:{cafe.merchant.pk}", f"venue:{cafe.v2.pk}"],
        "conditions-countries": ["CY"],
        "conditions-towns": "Nicosia, Larnaca",
        "conditions-least": "20",
        "conditions-categories": [cafe.hot.pk],
        "conditions-min_quantity": "3",
        "conditions-times-count": "1",
        "conditions-times-0-weekdays": ["0", "4"],
        "conditions-times-0-start": "22:00",
        "conditions-times-0-end": "02:00",
        "conditions-times-0-last_on": "2026-05-31",
        "conditions-times-0-year_day": "20",
        "conditions-times-0-year_month": "12",
        "conditions-times-0-year_last_day": "6",
        "conditions-times-0-year_last_month": "1",
    }


def test_conditions_survive_editor_storage_and_editor_again(
    desk: Client, cafe: Cafe, django_assert_num_queries: Any
) -> None:
    from django.http import QueryDict

    segment = make_segment(cafe.business, Tagged(tags=("vip",)))
    data = QueryDict(mutable=True)
    for key, value in full_editor(cafe, segment).items():
        data.setlist(key, [str(one) for one in value] if isinstance(value, list) else [value])
    kinds = data["conditions-kinds"].split(",")
    editor = ConditionForms(data, business=cafe.business, kinds=kinds)
    assert editor.is_valid(), [form.errors for form in editor.all]
    rules = editor.rules()
    stored = condition_services.create(business=cafe.business, rules=rules, at=MORNING)
    with django_assert_num_queries(7):
        found = load_condition_sets([stored.pk])[stored.pk]
    assert found == rules
    assert ConditionForms(None, business=cafe.business, rules=found).form.initial["towns"] == (
        "Larnaca, Nicosia"
    )
    emptied = condition_services.replace(stored=stored, rules=EVERYTHING, at=MORNING)
    assert load_condition_sets([emptied.pk])[emptied.pk] == EVERYTHING


def test_the_editor_adds_a_time_and_says_what_is_typed(desk: Client, cafe: Cafe) -> None:
    segment = make_segment(cafe.business, Tagged(tags=("vip",)))
    data = full_editor(cafe, segment)
    page = desk.post("/conditions/editor", {**data, "conditions-times-action": "add"})
    assert b'name="conditions-times-1-start"' in page.content
    page = desk.post("/conditions/editor", {**data, "conditions-times-action": "remove-0"})
    assert b"At any time." in page.content
    words = desk.post("/conditions/words", data)
    assert b"from 22:00 until 02:00 on the next day" in words.content
    assert b"at least 3 of Drinks" in words.content
    wrong = desk.post("/conditions/words", {**data, "conditions-times-0-end": "25:00"})
    assert b"Complete the marked fields" in wrong.content


def test_conditions_on_what_another_business_has_are_refused(cafe: Cafe) -> None:
    from events.conditions import ConditionSet, LocationCondition, ProductCondition

    other = floor.make_cafe()
    for rules in (
        ConditionSet(products=ProductCondition(category_ids=frozenset({other.hot.pk}))),
        ConditionSet(location=LocationCondition(venue_ids=frozenset({other.v1.pk}))),
    ):
        with pytest.raises(condition_services.UnknownValue):
            condition_services.create(business=cafe.business, rules=rules, at=MORNING)
    many = ConditionSet(products=ProductCondition(product_ids=frozenset(range(1, 52))))
    with pytest.raises(condition_services.TooManySkus) as refused:
        condition_services.create(business=cafe.business, rules=many, at=MORNING)
    assert "51" in refused.value.message
