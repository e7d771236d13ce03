"""Link templates on the desk: list, forms, sharing, switching, copying (incentives.md 7.1, 7.3)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from core import clock
from incentives.models import LinkTemplate, Offer, Program
from incentives.services import link_templates, programs
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.factories.link_templates import make_group_template, make_template, use_template
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX, ListContract

LIST = "/provider/incentive-offers/link-templates"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


def typed(chosen: Program, **fields: Any) -> dict[str, Any]:
    """Return a whole form as its maker would send it."""
    return {
        "nonce": "a",
        "version": 0,
        "name": "Spring fair flyer",
        "program": chosen.pk,
        "entity_type": "individual",
        "entity_stage": "lead",
        "incentive_type": "cashback",
        "value_unit": "currency",
        "amount_amount": "50",
        "amount_currency": "EUR",
        "value_description": "",
        "offer_type": "single",
        "message": "Come and see us.",
        "validity_days": "30",
        **fields,
    }


def shown(client: Client, query: str = "") -> list[int]:
    page = client.get(f"{LIST}?{query}").content.decode()
    return [int(pk) for pk in re.findall(r'<tr id="row-(\d+)"', page)]


def menu_of(client: Client) -> list[str]:
    page = client.get(LIST).content.decode()
    row = page[page.index('<tr id="row-') : page.index("</tbody>")]
    items = re.findall(r'class="dropdown-item[^>]*>(.*?)</(?:a|button)>', row, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", item).strip() for item in items]


class TestList(ListContract):
    path = LIST
    filter_query = "status=active"
    search_term = "fair"
    queries = 6

    @pytest.fixture
    def reader(self, desk: Client) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, program: Program) -> Callable[[int], Any]:
        return lambda count: [make_template(program) for _ in range(count)]


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        template = make_template(make_program(cast.acme))
        yield Page(LIST, "offers.read")
        yield Page(f"{LIST}/add", "offers.write")
        yield Page(f"{LIST}/edit/{template.pk}", "offers.write", own_row=True)
        yield Page(f"{LIST}/share/{template.pk}", "offers.read", own_row=True)
        yield Page(f"{LIST}/qr/{template.pk}", "offers.read", own_row=True)
        yield Page(f"{LIST}/qr/{template.pk}.svg", "offers.read", own_row=True)
        yield Page(f"{LIST}/qr-sheet", "offers.read")
        yield Page(f"{LIST}/qr-sheet?template={template.pk}", "offers.read", own_row=True)
        for act in ("activate", "deactivate", "duplicate"):
            yield Page(f"{LIST}/{act}/{template.pk}", "offers.write", own_row=True, post_only=True)


def test_new_template_is_active_and_its_link_is_shown_to_be_shared(
    desk: Client, program: Program, cast: Cast
) -> None:
    answer = desk.post(f"{LIST}/add", typed(program, max_uses="100", show_on_program_page="on"))
    template = LinkTemplate.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}?share={template.pk}")
    assert (template.name, template.max_uses, template.uses_count) == ("Spring fair flyer", 100, 0)
    assert template.is_active
    assert template.show_on_program_page
    assert (template.value_minor, template.currency) == (5000, "EUR")
    assert template.created_by == cast.oscar
    assert len(template.slug) >= 22
    page = desk.get(answer["Location"]).content.decode()
    assert f'hx-get="{LIST}/share/{template.pk}"' in page


def test_double_click_makes_one_template(desk: Client, program: Program) -> None:
    for _ in range(2):
        desk.post(f"{LIST}/add", typed(program))
    assert LinkTemplate.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Give the template a name"),
        ({"message": ""}, "Write a message"),
        ({"amount_amount": ""}, "Enter a value, a description, or both."),
        ({"max_uses": "0"}, "Enter 1 to 100,000, or leave it empty for no limit."),
        ({"max_uses": "many"}, "Enter 1 to 100,000, or leave it empty for no limit."),
        ({"validity_days": "366"}, "1 to 365."),
        ({"offer_type": "group"}, "Enter how many members can join: 2 to 500."),
        ({"max_required_members": "3"}, "a single offer has one recipient"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    desk: Client, program: Program, fields: dict[str, str], sentence: str
) -> None:
    answer = desk.post(f"{LIST}/add", typed(program, **fields), headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form id="template-form"')
    assert sentence in answer.content.decode()
    assert not LinkTemplate.objects.exists()


def test_only_own_active_programs_can_be_chosen(desk: Client, program: Program, cast: Cast) -> None:
    paused = make_program(cast.acme, active=False)
    foreign = make_program(cast.bright_bikes)
    page = desk.get(f"{LIST}/add").content.decode()
    assert f'<option value="{program.pk}"' in page
    for other in (paused, foreign):
        assert f'<option value="{other.pk}"' not in page
        answer = desk.post(f"{LIST}/add", typed(program, program=other.pk), headers=HTMX)
        assert answer.status_code == 422
        assert "Select a valid choice" in answer.content.decode()
    assert not LinkTemplate.objects.exists()


def test_form_without_an_active_program_points_to_adding_one(desk: Client, cast: Cast) -> None:
    page = desk.get(f"{LIST}/add").content.decode()
    assert "You need an active program first" in page
    assert reverse("program_add") in page


def test_edit_form_is_filled_in_and_shows_the_product(desk: Client, program: Program) -> None:
    template = make_template(program, name="Spring fair", max_uses=7, message="At the fair")
    page = desk.get(f"{LIST}/edit/{template.pk}").content.decode()
    assert 'value="Spring fair"' in page
    assert 'name="max_uses" value="7"' in page
    assert "At the fair" in page
    assert program.product_service.description in page
    assert "Used 0 times so far." in page


def test_edit_changes_the_template_and_keeps_link_and_uses(desk: Client, program: Program) -> None:
    template = make_template(program, max_uses=5)
    use_template(template)
    url = f"{LIST}/edit/{template.pk}"
    data = typed(program, version=1, name="Autumn fair", max_uses="", amount_amount="20")
    answer = desk.post(url, data)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    after = LinkTemplate.objects.get()
    assert (after.name, after.max_uses, after.value_minor) == ("Autumn fair", None, 2000)
    assert (after.slug, after.uses_count, after.version) == (template.slug, 1, 2)


@pytest.mark.scenario("INC-44")
def test_maximum_below_the_uses_so_far_is_an_error_at_the_field(
    desk: Client, program: Program
) -> None:
    template = make_template(program, max_uses=5)
    for _ in range(2):
        use_template(template)
    url = f"{LIST}/edit/{template.pk}"
    answer = desk.post(url, typed(program, version=1, max_uses="1"), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    control = re.search(r'<input[^>]*name="max_uses"[^>]*>', page)
    assert control is not None
    assert 'aria-invalid="true"' in control.group()
    assert "It was used 2 times already: enter at least 2." in page
    assert LinkTemplate.objects.get().max_uses == 5
    again = desk.post(url, typed(program, version=1, nonce="b", max_uses="2"))
    assert again.status_code == 303
    assert LinkTemplate.objects.get().max_uses == 2


def test_stale_form_is_refused_and_keeps_what_was_typed(desk: Client, program: Program) -> None:
    template = make_template(program)
    url = f"{LIST}/edit/{template.pk}"
    desk.post(url, typed(program, version=1, name="First"))
    late = desk.post(url, typed(program, version=1, nonce="b", name="Second"), headers=HTMX)
    assert late.status_code == 409
    assert "A colleague changed this template meanwhile" in late.content.decode()
    assert 'value="Second"' in late.content.decode()
    assert LinkTemplate.objects.get().name == "First"


def test_template_may_keep_a_program_that_was_deactivated_but_not_choose_one(
    desk: Client, program: Program, cast: Cast
) -> None:
    template = make_template(program)
    programs.deactivate(program=program, at=clock.now())
    url = f"{LIST}/edit/{template.pk}"
    assert desk.post(url, typed(program, version=1, name="Renamed")).status_code == 303
    other = make_program(cast.acme, active=False)
    answer = desk.post(url, typed(program, version=2, nonce="b", program=other.pk), headers=HTMX)
    assert answer.status_code == 422


def test_words_and_product_follow_what_is_typed(desk: Client, program: Program) -> None:
    data = typed(program, max_uses="12")
    said = desk.post(f"{LIST}/add/words", data, headers=HTMX).content.decode()
    assert "It can be used 12 times." in said
    product = desk.post(f"{LIST}/add/product", data, headers=HTMX).content.decode()
    assert program.product_service.description in product
    assert desk.post(f"{LIST}/add/nonsense", data).status_code == 404
    assert not LinkTemplate.objects.exists()


def test_menu_holds_exactly_what_the_manual_lists(desk: Client, program: Program) -> None:
    template = make_template(program)
    assert menu_of(desk) == [
        "Copy Link and Share",
        "QR code",
        "Edit Incentive Offer Link Template",
        "View offers from this template",
        "Deactivate",
        "Duplicate",
    ]
    link_templates.deactivate(template=template, at=clock.now())
    menu = menu_of(desk)
    assert "Copy Link and Share" not in menu
    assert "Activate" in menu
    assert desk.get(f"{LIST}/share/{template.pk}").status_code == 409


def test_who_may_only_read_can_share_and_look(cast: Cast, program: Program) -> None:
    make_template(program)
    expected = ["Copy Link and Share", "QR code", "View offers from this template"]
    assert menu_of(client_of(cast.ana)) == expected


def test_uses_are_shown_of_the_maximum_or_without_end(desk: Client, program: Program) -> None:
    use_template(make_template(program, max_uses=1_000))
    make_template(program)
    page = desk.get(LIST).content.decode()
    assert "1 / 1,000" in page
    assert "0 / ∞" in page


def test_search_covers_id_name_product_and_message(desk: Client, program: Program) -> None:
    wanted = make_template(program, name="Spring fair", message="Meet us at stand 12")
    make_template(make_program(program.business, "Heat pump"), name="Autumn", message="Hello")
    for term in ("SPRING", "stand", "rooftop", str(wanted.pk)):
        assert wanted.pk in shown(desk, f"q={term}"), term
    assert shown(desk, "q=spring") == [wanted.pk]
    assert shown(desk, f"program={program.pk}") == [wanted.pk]


def test_list_shows_own_templates_only(desk: Client, program: Program, cast: Cast) -> None:
    own = make_template(program)
    make_template(make_program(cast.bright_bikes))
    assert shown(desk) == [own.pk]


def test_offers_of_a_template_are_found_from_it(desk: Client, program: Program) -> None:
    template = make_template(program)
    made = use_template(template)
    use_template(make_template(program))
    make_offer(program=program)
    page = desk.get(f"/provider/incentive-offers?link_template={template.pk}").content.decode()
    assert re.findall(r'<tr id="row-(\d+)"', page) == [str(made.pk)]
    assert template.name in page


def test_switch_is_undone_by_its_twin(desk: Client, program: Program) -> None:
    template = make_template(program)
    desk.post(f"{LIST}/deactivate/{template.pk}")
    assert not LinkTemplate.objects.get().is_active
    desk.post(f"{LIST}/activate/{template.pk}")
    assert LinkTemplate.objects.get().is_active


def test_duplicate_is_unused_inactive_and_has_a_link_of_its_own(
    desk: Client, program: Program
) -> None:
    template = make_group_template(program, cap=4, name="x" * 80, max_uses=9)
    use_template(template)
    answer = desk.post(f"{LIST}/duplicate/{template.pk}")
    copy = LinkTemplate.objects.latest("pk")
    assert answer["Location"] == f"{LIST}/edit/{copy.pk}"
    assert copy.name == "x" * 73 + " (copy)"
    assert not copy.is_active
    assert (copy.uses_count, copy.max_uses, copy.max_required_members) == (0, 9, 4)
    assert copy.slug != template.slug
    assert copy.value == template.value


def test_link_is_absolute_from_the_site_address(
    desk: Client, program: Program, settings: LazySettings
) -> None:
    settings.SITE_URL = "https://largesse.example"
    template = make_template(program)
    page = desk.get(f"{LIST}/share/{template.pk}", headers=HTMX).content.decode()
    address = f"https://largesse.example/incentive-offers/template/{template.slug}"
    assert f'data-copy="{address}"' in page
    assert 'data-copied="Link copied"' in page
    for host in ("wa.me", "x.com", "www.linkedin.com"):
        assert f'href="https://{host}/' in page


def test_qr_code_comes_as_svg_and_as_png_of_1024_pixels(desk: Client, program: Program) -> None:
    template = make_template(program)
    svg = desk.get(f"{LIST}/qr/{template.pk}.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    assert f'filename="template-{template.pk}-qr.svg"' in svg["Content-Disposition"]
    png = desk.get(f"{LIST}/qr/{template.pk}.png")
    assert Image.open(io.BytesIO(png.content)).size == (1024, 1024)
    assert desk.get(f"{LIST}/qr/{template.pk}.gif").status_code == 404


def test_sheet_holds_every_active_template_or_one_several_times(
    desk: Client, program: Program
) -> None:
    first = make_template(program, name="Flyer")
    second = make_template(program, name="Counter")
    make_template(program, name="Old", active=False)
    page = desk.get(f"{LIST}/qr-sheet").content.decode()
    assert page.count('class="sheet-card"') == 2
    assert "€50.00 cashback" in page
    assert f"/incentive-offers/template/{second.slug}" in page
    assert "Old" not in page
    page = desk.get(f"{LIST}/qr-sheet?template={first.pk}&copies=8").content.decode()
    assert page.count('class="sheet-card"') == 8
    page = desk.get(f"{LIST}/qr-sheet?template={first.pk}&copies=999").content.decode()
    assert page.count('class="sheet-card"') == 1


def test_forms_and_sheet_cost_the_same_whatever_stands_in_them(
    desk: Client, program: Program
) -> None:
    template = make_template(program)
    addresses = (f"{LIST}/qr-sheet", f"{LIST}/edit/{template.pk}")

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                desk.get(address)
            found.append(len(queries))
        return found

    costs()
    before = costs()
    for _ in range(5):
        make_template(program)
    use_template(template)
    assert costs() == before


def test_changes_stand_in_the_history_but_uses_do_not(desk: Client, program: Program) -> None:
    template = make_template(program)
    use_template(template)
    assert template.events.count() == 1  # type: ignore[attr-defined]
    desk.post(f"{LIST}/edit/{template.pk}", typed(program, version=1, name="Renamed"))
    page = desk.get(f"{LIST}/edit/{template.pk}").content.decode()
    assert "Link template created" in page
    assert "Changed: name" in page


def test_offer_list_leads_to_the_templates(desk: Client, program: Program) -> None:
    page = desk.get("/provider/incentive-offers").content.decode()
    assert re.search(rf'href="{LIST}"[^>]*>.*?List Incentive Offer Link Templates', page, re.DOTALL)
    assert not Offer.objects.exists()
