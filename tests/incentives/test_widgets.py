"""Widgets: the desk's page, the code for other sites, and what they frame (incentives.md 7.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from core import clock
from directory.models import ProviderProfile
from incentives.models import Acknowledgement, Offer, Program, Widget
from incentives.services import programs, publications, widgets
from incentives.words.widgets import WORDS
from tests.cast import Cast, client_of
from tests.factories.acknowledgements import THANKS, make_own
from tests.factories.incentives import make_offer, make_program
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX

SETTINGS = {"theme": "dark", "size": "compact", "language": "de", "version": "1"}


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


@pytest.fixture
def offer(program: Program) -> Offer:
    return make_offer(program=program, status="acknowledged")


def framed(client: Client, widget: Widget) -> Any:
    widget.refresh_from_db()
    name = "embed_program" if widget.program_id else "embed_acknowledgement"
    return client.get(reverse(name, args=[widget.key]))


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        offer = make_offer(program=program, status="acknowledged")
        own = make_own(program=program, user=cast.ada)
        for name, row, area in (
            ("offer_embed", offer, "offers"),
            ("acknowledgement_embed", own, "offers"),
            ("program_embed", program, "programs"),
        ):
            for part in ("", "_preview"):
                yield Page(reverse(f"{name}{part}", args=[row.pk]), f"{area}.read", own_row=True)
            key = reverse(f"{name}_new_key", args=[row.pk])
            yield Page(key, f"{area}.write", own_row=True)
            for part in ("save", "switch"):
                url = reverse(f"{name}_{part}", args=[row.pk])
                yield Page(url, f"{area}.write", own_row=True, post_only=True)


@pytest.mark.parametrize("status", ["offered", "claimed", "completed", "acknowledged"])
def test_widget_page_exists_for_acknowledged_offers_alone(
    desk: Client, program: Program, status: str
) -> None:
    offer = make_offer(program=program, status=status)
    url = f"/provider/incentive-offers/embed/{offer.pk}"
    has_page = status == "acknowledged"
    for address in (url, f"{url}/preview", f"{url}/new-key"):
        assert desk.get(address).status_code == (200 if has_page else 404)
    for address in (f"{url}/save", f"{url}/switch"):
        assert (desk.post(address).status_code == 404) == (not has_page)
    assert (url in desk.get("/provider/incentive-offers").content.decode()) == has_page


def test_page_shows_preview_and_code_of_one_frame_without_script(
    desk: Client, offer: Offer, settings: LazySettings
) -> None:
    settings.SITE_URL = "https://largesse.example"
    page = desk.get(reverse("offer_embed", args=[offer.pk])).content.decode()
    address = f"https://largesse.example/embed/acknowledgement/{offer.widget.key}"
    code = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert code is not None
    text = code[1]
    assert text.count(escape("<iframe")) == 1
    for part in (
        f'src="{address}"', 'title="Acknowledgement of Rooftop panels"', 'loading="lazy"',
        'width="400" height="240"', f'<a href="{address}">',
    ):  # fmt: skip
        assert escape(part) in text
    assert "script" not in text
    assert "allow-same-origin" not in page
    assert 'data-copied="Code copied"' in page
    assert f'src="{reverse("offer_embed_preview", args=[offer.pk])}"' in page


def test_fragment_is_the_preview_of_what_is_being_tried(desk: Client, offer: Offer) -> None:
    url = reverse("offer_embed", args=[offer.pk])
    part = desk.get(url, {**SETTINGS, "shows_value": "on"}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'width="320" height="140"' in part
    address = re.search(r'src="([^"]+)"', part)
    assert address is not None
    frame = desk.get(address[1].replace("&amp;", "&"))
    text = frame.content.decode()
    assert ('data-bs-theme="dark"' in text, 'lang="de"' in text) == (True, True)
    assert "50,00" in text
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in frame["Content-Security-Policy"]
    offer.widget.refresh_from_db()
    assert offer.widget.theme == "auto"


def test_saved_settings_are_what_other_sites_show(desk: Client, offer: Offer) -> None:
    url = reverse("offer_embed_save", args=[offer.pk])
    assert desk.post(url, SETTINGS).status_code == 303
    text = framed(Client(), offer.widget).content.decode()
    assert ('data-bs-theme="dark"' in text, "embed-size-compact" in text) == (True, True)
    assert "Rooftop panels" not in text.partition("<main")[2].partition("embed-foot")[2]
    assert desk.post(url, SETTINGS).status_code == 409
    assert desk.post(url, {**SETTINGS, "version": 2, "theme": "pink"}).status_code == 422


def test_framed_page_is_the_same_for_everybody(desk: Client, offer: Offer) -> None:
    for client in (Client(), desk):
        answer = framed(client, offer.widget)
        text = answer.content.decode()
        for words in (THANKS.replace("'", "&#x27;"), "Noor", "Rooftop panels", "Acme Solar"):
            assert words in text
        assert "@" not in text
        assert "Set-Cookie" not in answer
        assert not answer.cookies
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in answer.get("Vary", "")
        assert "X-Frame-Options" not in answer
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "<script" not in text


def test_only_the_embeds_may_be_framed_anywhere(desk: Client, offer: Offer) -> None:
    for url in (reverse("offer_embed", args=[offer.pk]), "/login", reverse("offers")):
        answer = desk.get(url)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_masked_message_reads_receipt_confirmed_and_a_nameless_one_verified_recipient(
    program: Program, cast: Cast
) -> None:
    offer = make_offer(program=program, status="acknowledged", message_masked=True)
    Acknowledgement.objects.filter(offer=offer).update(display_name="")
    text = framed(Client(), offer.widget).content.decode()
    assert "Receipt confirmed" in text
    assert "Verified recipient" in text
    assert THANKS not in text


def test_hostile_words_are_visible_text(program: Program, cast: Cast) -> None:
    hostile = "<script>alert(1)</script> thanks"
    row = make_own(program=program, user=cast.ada, message=hostile, name="<b>Bold</b>")
    text = framed(Client(), row.widgets.get()).content.decode()
    assert escape(hostile) in text
    assert escape("<b>Bold</b>") in text
    assert "<script" not in text


def test_value_and_date_show_only_where_they_are_switched_on(program: Program, cast: Cast) -> None:
    row = make_own(program=program, user=cast.ada)
    widget = row.widgets.get()
    before = framed(Client(), widget).content.decode()
    assert ("<time" in before, "€25.00" in before) == (True, False)
    chosen = widgets.WidgetSettings(shows_date=False, shows_value=True)
    widgets.save(widget=widget, settings=chosen, version=1, at=clock.now())
    after = framed(Client(), widget).content.decode()
    assert ("<time" in after, "€25.00" in after) == (False, True)


def neutral(answer: Any) -> bool:
    return answer.status_code == 404 and "This widget is not available." in answer.content.decode()


@pytest.mark.scenario("INC-74")
def test_regenerated_key_closes_the_old_address(desk: Client, offer: Offer) -> None:
    old = offer.widget.key
    url = reverse("offer_embed_new_key", args=[offer.pk])
    assert "Regenerate the key?" in desk.get(url).content.decode()
    assert framed(Client(), offer.widget).status_code == 200
    assert desk.post(url).status_code == 303
    closed = Client().get(reverse("embed_acknowledgement", args=[old]))
    assert neutral(closed)
    assert "Acme" not in closed.content.decode()
    assert framed(Client(), offer.widget).status_code == 200


def test_switched_off_hidden_and_unknown_widgets_show_the_neutral_card(
    desk: Client, offer: Offer
) -> None:
    url = reverse("offer_embed_switch", args=[offer.pk])
    desk.post(url, {"enabled": "off"})
    assert neutral(framed(Client(), offer.widget))
    desk.post(url, {"enabled": "on"})
    assert framed(Client(), offer.widget).status_code == 200
    publications.hide(acknowledgement=offer.acknowledgements.get(), at=clock.now())
    assert neutral(framed(Client(), offer.widget))
    assert "nothing to embed" in desk.get(reverse("offer_embed", args=[offer.pk])).content.decode()
    for name in ("embed_acknowledgement", "embed_program"):
        assert neutral(Client().get(reverse(name, args=["unknown"])))
    # A key opens its own kind of page alone.
    assert neutral(Client().get(reverse("embed_program", args=[offer.widget.key])))


def test_stand_alone_words_have_their_own_embed_while_published(
    desk: Client, cast: Cast, program: Program
) -> None:
    row = make_own(program=program, user=cast.ada)
    url = reverse("acknowledgement_embed", args=[row.pk])
    assert url in desk.get(reverse("acknowledgements")).content.decode()
    assert desk.get(url).status_code == 200
    publications.hide(acknowledgement=row, at=clock.now())
    assert desk.get(url).status_code == 404


def test_words_of_an_offer_have_no_embed_of_their_own(desk: Client, offer: Offer) -> None:
    row = offer.acknowledgements.get()
    assert desk.get(reverse("acknowledgement_embed", args=[row.pk])).status_code == 404


def test_program_embed_counts_and_quotes_the_latest_five(
    desk: Client, cast: Cast, program: Program, offer: Offer
) -> None:
    for number in range(5):
        make_own(program=program, user=cast.ada, message=f"Thank you, number {number}!")
    make_own(program=program, user=cast.ada, state="submitted", message="Not published yet.")
    url = reverse("program_embed", args=[program.pk])
    assert "Enable the widget first" in desk.get(url).content.decode()
    desk.post(reverse("program_embed_switch", args=[program.pk]), {"enabled": "on"})
    assert "/embed/program/" in desk.get(url).content.decode()
    text = framed(Client(), program.widget).content.decode()
    for number in range(5):
        assert f"Thank you, number {number}!" in text
    assert THANKS not in text
    assert "Not published yet." not in text
    assert "<strong>7</strong> acknowledgements" in text
    assert "<strong>1</strong> incentive provided" in text
    assert "@" not in text


def test_program_embed_needs_an_active_program(desk: Client, program: Program) -> None:
    switch = reverse("program_embed_switch", args=[program.pk])
    desk.post(switch, {"enabled": "on"})
    assert framed(Client(), program.widget).status_code == 200
    programs.deactivate(program=program, at=clock.now())
    assert neutral(framed(Client(), program.widget))
    assert desk.get(reverse("program_embed", args=[program.pk])).status_code == 404
    assert desk.post(switch, {"enabled": "on"}).status_code == 404


def test_verified_provider_has_a_badge(offer: Offer) -> None:
    assert "Verified provider" not in framed(Client(), offer.widget).content.decode()
    ProviderProfile.objects.update(verified_at=clock.now())
    assert "Verified provider" in framed(Client(), offer.widget).content.decode()


def test_framed_page_costs_few_queries(
    offer: Offer, program: Program, cast: Cast, django_assert_num_queries: Any
) -> None:
    url = reverse("embed_acknowledgement", args=[offer.widget.key])
    with django_assert_num_queries(1):
        Client().get(url)
    widget = widgets.make_for_program(program=program, at=clock.now())
    for _ in range(3):
        make_own(program=program, user=cast.ada)
    with django_assert_num_queries(4):
        Client().get(reverse("embed_program", args=[widget.key]))


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_all_words(language: str, offer: Offer) -> None:
    Widget.objects.update(language=language)
    text = framed(Client(), offer.widget).content.decode()
    assert f'lang="{language}"' in text
    assert WORDS[language].title.format("Rooftop panels") in text


def test_reader_may_copy_the_code_and_change_nothing(cast: Cast, offer: Offer) -> None:
    page = client_of(cast.ana).get(reverse("offer_embed", args=[offer.pk])).content.decode()
    assert "Copy code" in page
    for words in ("Save settings", "Regenerate key", 'role="switch"'):
        assert words not in page
