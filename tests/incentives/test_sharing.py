"""Copy Link and Share: the dialog, the QR code, and when there is neither (incentives.md 7.3)."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from PIL import Image

from incentives.models import Offer, Program
from incentives.views.sharing import qr_code
from tests.cast import Cast, client_of
from tests.factories.incentives import every_status, make_offer, make_program
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def link(program: Program) -> Offer:
    return make_offer(program=program, delivery="link")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        offer = make_offer(program=make_program(cast.acme), delivery="link")
        yield Page(reverse("offer_share", args=[offer.pk]), "offers.read", own_row=True)
        yield Page(reverse("offer_qr", args=[offer.pk, "svg"]), "offers.read", own_row=True)
        yield Page(reverse("offer_qr", args=[offer.pk, "png"]), "offers.read", own_row=True)


def test_link_is_absolute_from_the_site_address_never_from_the_request(
    desk: Client, link: Offer, settings: LazySettings
) -> None:
    settings.SITE_URL = "https://largesse.example"
    settings.ALLOWED_HOSTS = ["evil.example"]
    url = reverse("offer_share", args=[link.pk])
    page = desk.get(url, headers={**HTMX, "Host": "evil.example"}).content.decode()
    address = f"https://largesse.example/incentive-offers/link/{link.link_slug}"
    assert re.search(rf'<input[^>]*readonly value="{re.escape(address)}"', page)
    assert f'data-copy="{address}"' in page
    assert "evil.example" not in page


def test_dialog_and_page_hold_the_same(desk: Client, link: Offer) -> None:
    url = reverse("offer_share", args=[link.pk])
    dialog = desk.get(url, headers=HTMX).content.decode()
    page = desk.get(url).content.decode()
    assert "<html" in page
    assert "<html" not in dialog
    for text in (page, dialog):
        assert "Copy link" in text
        assert f'download="offer-{link.pk}-qr.svg"' in text
        assert f'download="offer-{link.pk}-qr.png"' in text
        assert 'data-copied="Link copied"' in text


def test_share_buttons_are_plain_addresses_that_carry_the_link(desk: Client, link: Offer) -> None:
    page = desk.get(reverse("offer_share", args=[link.pk])).content.decode()
    part = page[page.index('class="share-intents"') :]
    found = re.findall(r'<a [^>]*href="([^"]+)"', part[: part.index("</ul>")])
    assert [urlsplit(url).netloc or urlsplit(url).scheme for url in found] == [
        "mailto", "wa.me", "x.com", "www.linkedin.com",
    ]  # fmt: skip
    for url in found:
        values = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
        assert any(link.link_slug in value for given in values.values() for value in given)


def test_qr_codes_are_named_files_of_the_claim_link(
    desk: Client, link: Offer, settings: LazySettings
) -> None:
    address = f"{settings.SITE_URL}/incentive-offers/link/{link.link_slug}"
    svg = desk.get(f"/provider/incentive-offers/qr/{link.pk}.svg")
    png = desk.get(f"/provider/incentive-offers/qr/{link.pk}.png")
    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert f'filename="offer-{link.pk}-qr.svg"' in svg["Content-Disposition"]
    assert f'filename="offer-{link.pk}-qr.png"' in png["Content-Disposition"]
    assert svg.content == qr_code(address, "svg")
    assert desk.get(f"/provider/incentive-offers/qr/{link.pk}.gif").status_code == 404


@pytest.mark.parametrize("length", [20, 60, 120, 400])
def test_png_is_1024_square_with_level_m_and_a_quiet_zone_of_four(length: int) -> None:
    text = "https://largesse.example/" + "a" * length
    code = segno.make(text, error="m", micro=False, boost_error=False)
    assert code.error == "M"
    drawn = Image.open(io.BytesIO(qr_code(text, "png")))
    assert drawn.size == (1024, 1024)
    modules = code.symbol_size(border=0)[0]
    scale = 1024 // (modules + 8)
    left, top, right, bottom = drawn.convert("L").point(lambda tone: 255 - tone).getbbox() or ()
    assert right - left == bottom - top == modules * scale
    assert min(left, top, 1024 - right, 1024 - bottom) >= 4 * scale
    # Every module is where the code says, so a reader sees what was meant.
    for row, line in enumerate(code.matrix):
        for column, dark in enumerate(line):
            spot = (left + column * scale + scale // 2, top + row * scale + scale // 2)
            assert (drawn.getpixel(spot) == 0) == bool(dark)


def test_svg_has_a_quiet_zone_of_four_modules() -> None:
    text = "https://largesse.example/incentive-offers/link/abc"
    code = segno.make(text, error="m", micro=False, boost_error=False)
    drawn = qr_code(text, "svg").decode()
    size = code.symbol_size(border=4)[0] * 8
    assert f'width="{size}" height="{size}"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(
    ("status", "delivery"), [pair for pair in every_status() if pair != ("offered", "link")]
)
def test_nothing_but_an_unclaimed_link_can_be_shared(
    desk: Client, program: Program, status: str, delivery: str
) -> None:
    offer = make_offer(program=program, status=status, delivery=delivery)
    for url in (
        reverse("offer_share", args=[offer.pk]),
        reverse("offer_qr", args=[offer.pk, "svg"]),
        reverse("offer_qr", args=[offer.pk, "png"]),
    ):
        assert desk.get(url).status_code == 409


def test_list_opens_the_dialog_of_the_offer_named_and_of_no_nonsense(
    desk: Client, link: Offer
) -> None:
    opened = desk.get(f"/provider/incentive-offers?share={link.pk}").content.decode()
    assert f'hx-get="/provider/incentive-offers/share/{link.pk}"' in opened
    for nonsense in ("x", "²", "-1", "9" * 40, "1;2"):
        page = desk.get("/provider/incentive-offers", {"share": nonsense})
        assert page.status_code == 200
        assert 'hx-trigger="load"' not in page.content.decode()


def test_dialog_to_open_is_no_part_of_the_lists_state(desk: Client, link: Offer) -> None:
    page = desk.get(f"/provider/incentive-offers?share={link.pk}&status=offered").content.decode()
    links = re.findall(r'class="(?:sort|chip)" href="([^"]+)"', page)
    assert links
    assert not any("share=" in url for url in links)
