"""The directory's pages in a real browser: nothing overflows, nothing is out of reach, no complaints."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page

from core.clock import now
from directory import images
from directory.choices import Role
from directory.models import ContactImport
from directory.services import api_keys, contact_imports, members, products
from tests.cast import Cast
from tests.factories.directory import make_contact, make_product, picture, product_data
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)
# Where to keep pictures of the pages, for whoever works on their look.
SHOTS = os.environ.get("SHOTS_DIRECTORY", "")


@pytest.fixture
def pages(cast: Cast, tmp_path: Path, settings: Any) -> dict[str, str]:
    """Fill Acme with what its pages show, and return the addresses by name."""
    settings.MEDIA_ROOT = tmp_path
    at = now()
    members.invite(
        organisation=cast.acme, email="nadia@example.org", role=Role.FINANCE, actor=cast.ada, at=at
    )
    api_keys.create(
        organisation=cast.acme,
        name="Till in the High Street",
        scopes=["events:write", "wallet:read"],
        actor=cast.ada,
        at=at,
    )
    product = make_product(cast.acme, "Rooftop panels with battery")
    products.update(
        product=product,
        data=product_data(name="Rooftop panels with battery", url="https://acme.example/panels"),
        images=[images.clean(picture())],
        version=1,
        at=at,
    )
    contact = make_contact(
        cast.acme,
        "Maria Papadopoulou",
        email="maria.papadopoulou@example.org",
        phone="+30 694 1234567",
        tags=["regular", "vip"],
        notes="Prefers to be called in the evening.",
    )
    for number in range(12):
        make_contact(cast.acme, f"Person Number{number}", phone=f"+4477009001{number:02d}")
    job = start_import(cast)
    return {
        "contacts": reverse("contact_list"),
        "contact": reverse("contact_detail", args=[contact.pk]),
        "contact-edit": reverse("contact_edit", args=[contact.pk]),
        "import": reverse("contact_import"),
        "import-ready": reverse("contact_import_detail", args=[job.pk]),
        "team": reverse("team_list"),
        "invite": reverse("team_invite"),
        "keys": reverse("api_key_list"),
        "key-add": reverse("api_key_add"),
        "products": reverse("product_list"),
        "product": reverse("product_edit", args=[product.pk]),
        "profile": reverse("provider_profile"),
        "account": reverse("account_settings"),
    }


def start_import(cast: Cast) -> ContactImport:
    text = "email,first_name,birth_date,colour\nnew@example.org,Nia,1984-05-17,red\nbad,X,1985-02-30,\n"
    job = contact_imports.upload(
        business=cast.acme,
        file=SimpleUploadedFile("autumn-fair.csv", text.encode()),
        actor=cast.ada,
        at=now(),
    )
    return contact_imports.run(job=job, at=now())


def look_at(page: Page, name: str, faults: list[str]) -> None:
    """Note what is wrong with the page at both widths, under its name."""
    for size in (kit.DESK, kit.PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        where = f"{name} at {size['width']}"
        if not kit.no_overflow(page):
            faults.append(f"{where}: wider than the window")
        faults += [f"{where}: {fault}" for fault in kit.axe(page)]
        if SHOTS:
            look = page.evaluate("document.documentElement.dataset.bsTheme || 'auto'")
            file = Path(SHOTS) / f"{name}-{size['width']}-{look}.png"
            page.screenshot(path=str(file), full_page=True)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_desks_pages_about_people_are_sound(
    page: Page, cast: Cast, pages: dict[str, str], look: str
) -> None:
    kit.login(page, cast.ada)
    kit.choose_look(page, look)
    faults: list[str] = []
    for name, url in pages.items():
        page.goto(url)
        look_at(page, name, faults)
    assert faults == []
    assert kit.no_csp_messages(page) == []
    assert kit.console_errors(page) == []


def test_the_pages_of_strangers_are_sound(page: Page, cast: Cast) -> None:
    faults: list[str] = []
    for name in ("home", "account_login", "account_signup", "account_reset_password"):
        page.goto(reverse(name))
        look_at(page, name, faults)
    kit.login(page, cast.nils)
    page.goto("/")
    look_at(page, "no-vendor", faults)
    assert faults == []
    assert kit.console_errors(page) == []


def test_a_contact_is_added_with_two_addresses_on_a_phone(page: Page, cast: Cast) -> None:
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    kit.login(page, cast.mara)
    page.goto(reverse("contact_add"))
    page.get_by_label("First name").fill("Nia")
    page.locator("[name=emails-0-address]").fill("nia@example.org")
    page.get_by_role("button", name="Add another e-mail").click()
    page.locator("[name=emails-1-address]").fill("nia@work.example")
    page.locator("[name=emails-1-type]").select_option("business")
    page.get_by_role("button", name="Add contact").click()
    page.get_by_role("heading", name="Nia", exact=True).wait_for()
    assert page.get_by_role("link", name="nia@work.example").is_visible()


def test_a_running_import_shows_its_end_without_a_reload(
    page: Page, cast: Cast, pages: dict[str, str]
) -> None:
    job = ContactImport.objects.get()
    contact_imports.start(job=job, at=now())
    kit.login(page, cast.ada)
    page.goto(pages["import-ready"])
    page.get_by_text("Importing").wait_for()
    contact_imports.run(job=job, at=now())
    page.get_by_text("worked through").wait_for()
    assert page.get_by_role("link", name="Go to contacts").is_visible()
