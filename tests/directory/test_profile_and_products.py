"""The provider profile, products or services, and their pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.errors import StaleVersion
from core.registry import Registry
from directory import hooks, images
from directory.models import Organisation, ProductService
from directory.services import products, profiles
from tests.cast import Cast, client_of
from tests.factories.directory import (
    MORNING,
    make_business,
    make_product,
    picture,
    picture_bytes,
    product_data,
    profile_data,
)

PROFILE = {
    "version": 1,
    "name": "New Shop",
    "website": "https://new.example",
    "response_window_days": 10,
    "time_zone": "Europe/Athens",
    "default_currency": "USD",
    "social_links": "https://social.example/new\nhttps://social.example/new",
}
PRODUCT = {
    "name": "Roof panel",
    "kind": "product",
    "category": "Solar panels",
    "description": "Makes power from light.",
}


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def new_shop(cast: Cast) -> Organisation:
    return make_business("New Shop", admin=cast.nils, completed=False)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Products that an app above says it uses."""
    keys: list[int] = []

    def ask(product_ids: Sequence[int]) -> dict[int, hooks.Use]:
        return {pk: hooks.Use("Program 7", "/programs/7") for pk in product_ids if pk in keys}

    registry: Registry[hooks.UsesOf] = Registry("product uses")
    registry.register("program", ask)
    monkeypatch.setattr(hooks, "product_uses", registry)
    return keys


def test_the_first_visit_explains_and_offers_the_setup(cast: Cast, new_shop: Organisation) -> None:
    browser = client_of(cast.nils)
    page = browser.get(reverse("provider_profile")).content.decode()
    assert "Add Provider Profile" in page
    assert "Setup Provider Profile" in page
    assert 'name="website"' not in page
    assert (
        'name="website"' in browser.get(reverse("provider_profile"), {"setup": 1}).content.decode()
    )


def test_saving_completes_the_profile_and_opens_the_offers_area(
    cast: Cast, new_shop: Organisation
) -> None:
    browser = client_of(cast.nils)
    assert browser.post(reverse("provider_profile"), PROFILE).status_code == 303
    new_shop = Organisation.objects.get(pk=new_shop.pk)
    assert new_shop.is_ready_for_offers
    assert (new_shop.base_currency, new_shop.response_window_days) == ("USD", 10)
    assert new_shop.provider_profile.social_links == ["https://social.example/new"]
    assert browser.get(reverse("product_list")).status_code == 200
    assert b"Update Provider Profile" in browser.get(reverse("provider_profile")).content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "N"),
        ("website", ""),
        ("website", "ftp://new.example"),
        ("response_window_days", 0),
        ("response_window_days", 91),
        ("description", "x" * 2001),
        ("phone", "ask"),
        ("social_links", "no address"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_a_wrong_profile_is_not_saved_and_stays_as_typed(
    cast: Cast, new_shop: Organisation, field: str, value: object
) -> None:
    answer = client_of(cast.nils).post(reverse("provider_profile"), {**PROFILE, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Organisation.objects.get(pk=new_shop.pk).is_ready_for_offers


def test_a_stale_profile_form_changes_nothing(acme: Organisation) -> None:
    with pytest.raises(StaleVersion):
        profiles.save(
            organisation=acme, data=profile_data(name="Other"), logo=None, version=1, at=MORNING
        )
    acme.refresh_from_db()
    assert acme.name == "Acme Solar"


def test_members_see_the_profile_and_only_administrators_change_it(cast: Cast) -> None:
    browser = client_of(cast.ana)
    page = browser.get(reverse("provider_profile")).content.decode()
    assert "https://acme.example" in page
    assert 'name="website"' not in page
    assert browser.post(reverse("provider_profile"), PROFILE).status_code == 403


def test_the_history_names_who_changed_what(cast: Cast) -> None:
    client_of(cast.ada).post(
        reverse("provider_profile"), {**PROFILE, "name": "Acme Solar", "version": 2}
    )
    page = client_of(cast.ada).get(reverse("provider_profile")).content.decode()
    assert "currency" in page
    assert "Ada Lowe" in page


def test_the_old_settings_address_leads_to_the_profile(cast: Cast) -> None:
    answer = client_of(cast.ada).get(reverse("provider_settings"))
    assert answer["Location"] == reverse("provider_profile")


def test_a_logo_is_public_a_picture_and_nothing_else(cast: Cast) -> None:
    client_of(cast.ada).post(
        reverse("provider_profile"),
        {**PROFILE, "name": "Acme Solar", "version": 2, "logo": picture()},
    )
    answer = client_of(None).get(reverse("provider_logo", args=[cast.acme.slug]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (8, 8)


def test_a_removed_logo_is_gone(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    browser = client_of(cast.ada)
    form = {**PROFILE, "name": "Acme Solar"}
    browser.post(reverse("provider_profile"), {**form, "version": 2, "logo": picture()})
    logo = Organisation.objects.get(pk=cast.acme.pk).provider_profile.logo
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("provider_profile"), {**form, "version": 3, "remove_logo": "on"})
    assert browser.get(reverse("provider_logo", args=[cast.acme.slug])).status_code == 404
    assert not logo.storage.exists(logo.name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_known_by_content_not_by_name(kind: str) -> None:
    cleaned = images.clean(SimpleUploadedFile("lie.exe", picture_bytes(kind)))
    assert cleaned.name is not None
    assert cleaned.name.endswith(images.FORMATS[kind])


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"\x89PNG\r\n\x1a\nbroken",
        b"",
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(ValidationError):
        images.clean(SimpleUploadedFile("logo.png", content, content_type="image/png"))


def test_a_picture_of_more_than_5_mb_is_refused() -> None:
    upload = SimpleUploadedFile("logo.png", picture_bytes())
    upload.size = images.MOST_BYTES + 1
    with pytest.raises(ValidationError, match="larger than 5 MB"):
        images.clean(upload)


def test_what_hides_behind_a_picture_is_not_stored() -> None:
    cleaned = images.clean(SimpleUploadedFile("x.png", picture_bytes() + b"<script>evil</script>"))
    assert b"evil" not in cleaned.read()


def test_a_product_is_added_with_its_pictures(cast: Cast) -> None:
    answer = client_of(cast.mara).post(
        reverse("product_add"), {**PRODUCT, "images": [picture("a.png"), picture("b.webp", "WEBP")]}
    )
    assert answer.status_code == 303
    product = ProductService.objects.get(business=cast.acme)
    assert (product.name, product.created_by) == ("Roof panel", cast.mara)
    urls = [reverse("product_image", args=[product.pk, image.pk]) for image in product.images.all()]
    assert [client_of(cast.ana).get(url)["Content-Type"] for url in urls] == [
        "image/png",
        "image/webp",
    ]
    assert client_of(cast.boris).get(urls[0]).status_code == 404


def test_a_sixth_picture_is_refused(cast: Cast) -> None:
    form = {**PRODUCT, "images": [picture(f"{n}.png") for n in range(6)]}
    answer = client_of(cast.ada).post(reverse("product_add"), form)
    assert answer.status_code == 422
    assert not ProductService.objects.exists()


def test_pictures_are_counted_together_with_those_that_are_there(cast: Cast) -> None:
    product = make_product(cast.acme, "Roof panel")
    form = {**PRODUCT, "version": 1, "images": [picture(f"{n}.png") for n in range(5)]}
    url = reverse("product_edit", args=[product.pk])
    assert client_of(cast.ada).post(url, form).status_code == 303
    again = client_of(cast.ada).post(url, {**PRODUCT, "version": 2, "images": [picture()]})
    assert again.status_code == 422
    first = product.images.order_by("position").first()
    assert first is not None
    swapped = {**PRODUCT, "version": 2, "images": [picture()], "remove_images": [first.pk]}
    assert client_of(cast.ada).post(url, swapped).status_code == 303
    assert product.images.count() == 5


def test_a_name_stands_once_in_a_business_whatever_its_case(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    make_product(acme, "Roof panel")
    with pytest.raises(products.NameTaken):
        make_product(acme, "ROOF PANEL")
    make_product(bright_bikes, "Roof panel")


def test_a_taken_name_is_refused_at_its_field(cast: Cast) -> None:
    make_product(cast.acme, "Roof panel")
    answer = client_of(cast.ada).post(reverse("product_add"), PRODUCT)
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert b"Makes power from light." in answer.content


def test_a_stale_product_form_changes_nothing(acme: Organisation) -> None:
    product = make_product(acme)
    products.update(product=product, data=product_data(name="One"), version=1, at=MORNING)
    with pytest.raises(StaleVersion):
        products.update(product=product, data=product_data(name="Two"), version=1, at=MORNING)


def test_a_product_in_use_cannot_be_deleted(cast: Cast, used: list[int]) -> None:
    product = make_product(cast.acme, "Roof panel")
    used.append(product.pk)
    url = reverse("product_delete", args=[product.pk])
    for answer in (client_of(cast.ada).get(url), client_of(cast.ada).post(url)):
        assert answer.status_code == 409
        assert "Program 7 is about it" in answer.content.decode()
    assert ProductService.objects.filter(pk=product.pk).exists()
    page = client_of(cast.ada).get(reverse("product_list")).content.decode()
    assert "/programs/7" in page
    assert url not in page


def test_an_unused_product_is_deleted_after_a_question(cast: Cast, used: list[int]) -> None:
    product = make_product(cast.acme, "Roof panel")
    url = reverse("product_delete", args=[product.pk])
    assert b"This cannot be undone." in client_of(cast.ada).get(url).content
    client_of(cast.ada).post(url)
    assert not ProductService.objects.exists()


@pytest.mark.parametrize("by", ["name", "number"])
def test_products_are_searched_by_name_and_by_number(cast: Cast, by: str) -> None:
    wanted = make_product(cast.acme, "Roof panel")
    make_product(cast.acme, "Heat pump")
    term = "ROOF" if by == "name" else str(wanted.pk)
    page = client_of(cast.ana).get(reverse("product_list"), {"q": term}).content.decode()
    assert "Roof panel" in page
    assert "Heat pump" not in page


def test_readers_see_a_product_and_cannot_change_it(cast: Cast) -> None:
    product = make_product(cast.acme, "Roof panel")
    url = reverse("product_edit", args=[product.pk])
    page = client_of(cast.finn).get(url).content.decode()
    assert "Makes power from light." in page
    assert 'name="description"' not in page
    assert client_of(cast.finn).post(url, {**PRODUCT, "version": 1}).status_code == 403


def test_the_list_takes_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        make_product(cast.acme)
    browser = client_of(cast.ana)
    with django_assert_max_num_queries(8):
        browser.get(reverse("product_list"), {"per_page": 20})


def test_the_profile_page_takes_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    browser = client_of(cast.ada)
    with django_assert_max_num_queries(8):
        browser.get(reverse("provider_profile"))
