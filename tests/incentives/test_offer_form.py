"""Making an offer: what the form asks, refuses and does (incentives.md 2.3)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Mail
from directory.choices import Role
from incentives.models import Offer, OfferStatusChange, Program
from incentives.services import programs
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX

ADD = "/provider/incentive-offers/add"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


def filled(program: Program, action: str = "send", **changes: Any) -> dict[str, Any]:
    """Return what a browser posts for a complete Single offer by Email, with some answers changed."""
    at = datetime.now(UTC) + timedelta(days=7)  # noqa: TID251 - what a person would type today
    data = {
        "action": action,
        "nonce": "first-form",
        "program": program.pk,
        "entity_type": "individual",
        "entity_stage": "existing_customer",
        "incentive_type": "cashback",
        "value_unit": "currency",
        "amount_amount": "50.00",
        "amount_currency": "EUR",
        "value_description": "Paid to your bank account",
        "offer_type": "single",
        "delivery_method": "email",
        "recipient_email": "Maria.Kosta@Home.Example",
        "recipient_name": "Maria Kosta",
        "message": "Thank you for ten years with us.",
        "expires_at": at.strftime("%Y-%m-%dT%H:%M"),
    }
    return {key: value for key, value in {**data, **changes}.items() if value is not None}


def by_link(program: Program, action: str = "send", **changes: Any) -> dict[str, Any]:
    return filled(
        program, action, delivery_method="link", recipient_email="", recipient_name="", **changes
    )


def errors(answer: Any) -> dict[str, list[str]]:
    """Return the errors of the form that an answer shows, by field."""
    return {
        name: [str(text) for text in found] for name, found in answer.context["form"].errors.items()
    }


def refused(desk: Client, data: dict[str, Any]) -> dict[str, list[str]]:
    """Post, assert that nothing came of it, whole page and fragment alike, and return the errors."""
    before = Offer.objects.count()
    whole = desk.post(ADD, data)
    fragment = desk.post(ADD, data, headers=HTMX)
    assert (whole.status_code, fragment.status_code) == (200, 422)
    assert fragment.content.decode().lstrip().startswith('<form id="offer-form"')
    assert Offer.objects.count() == before
    assert not Mail.objects.exists()
    assert errors(whole) == errors(fragment)
    return errors(fragment)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        draft = make_offer(program=program, status="draft")
        yield Page(reverse("offer_add"), "offers.write")
        yield Page(reverse("offer_edit", args=[draft.pk]), "offers.write", own_row=True)
        yield Page(reverse("offer_add_part", args=["words"]), "offers.write", post_only=True)
        yield Page(
            reverse("offer_edit_part", args=[draft.pk, "words"]),
            "offers.write",
            own_row=True,
            post_only=True,
        )
        yield Page(reverse("offers"), "offers.read")


@pytest.mark.scenario("INC-1")
def test_sent_email_offer_is_offered_mailed_once_and_stands_first(
    desk: Client, program: Program
) -> None:
    make_offer(program=program, status="draft")
    answer = desk.post(ADD, filled(program), follow=True)
    offer = Offer.objects.latest("pk")
    assert answer.redirect_chain == [(reverse("offers"), 303)]
    assert "Incentive offer sent" in answer.content.decode()
    assert offer.status == "offered"
    mail = Mail.objects.get()
    assert (mail.kind, mail.to) == ("E01", "maria.kosta@home.example")
    assert mail.link == reverse("offer_claim")
    assert mail.token is not None
    assert mail.token.purpose == "claim"
    history = OfferStatusChange.objects.get(offer=offer)
    assert (history.from_status, history.to_status) == ("", "offered")
    rows = re.findall(r'<tr id="row-(\d+)"', answer.content.decode())
    assert rows[0] == str(offer.pk)


@pytest.mark.scenario("INC-2")
def test_saved_link_offer_sends_no_mail_and_opens_the_share_dialog(
    desk: Client, program: Program
) -> None:
    answer = desk.post(ADD, by_link(program), follow=True)
    offer = Offer.objects.get()
    assert answer.redirect_chain == [(f"{reverse('offers')}?share={offer.pk}", 303)]
    page = answer.content.decode()
    assert "Incentive offer saved" in page
    assert f'hx-get="{reverse("offer_share", args=[offer.pk])}" hx-trigger="load"' in page
    assert offer.link_slug
    assert not Mail.objects.exists()
    dialog = desk.get(reverse("offer_share", args=[offer.pk]), headers=HTMX).content.decode()
    assert f"{settings.SITE_URL}/incentive-offers/link/{offer.link_slug}" in dialog
    assert f"/provider/incentive-offers/qr/{offer.pk}.svg" in dialog
    qr = desk.get(f"/provider/incentive-offers/qr/{offer.pk}.svg")
    assert qr.status_code == 200
    assert b"<svg" in qr.content


@pytest.mark.scenario("INC-3")
def test_incomplete_form_is_kept_as_a_draft_that_can_be_edited_and_sent(
    desk: Client, program: Program
) -> None:
    data = {"action": "draft", "nonce": "a", "program": program.pk}
    answer = desk.post(ADD, data, follow=True)
    draft = Offer.objects.get()
    assert draft.status == "draft"
    assert not Mail.objects.exists()
    assert answer.redirect_chain == [(reverse("offer_edit", args=[draft.pk]), 303)]
    assert "Draft saved" in answer.content.decode()
    listed = desk.get(reverse("offers")).content.decode()
    assert "Edit Incentive Offer" in listed
    details = desk.get(reverse("offer_detail", args=[draft.pk])).content.decode()
    assert "Send now" in details
    assert reverse("offer_edit", args=[draft.pk]) in details


@pytest.mark.scenario("INC-4")
@pytest.mark.parametrize("address", ["", "maria", "maria@", "maria@home", "a b@home.example"])
def test_email_offer_needs_a_whole_address(desk: Client, program: Program, address: str) -> None:
    found = refused(desk, filled(program, recipient_email=address))
    assert list(found) == ["recipient_email"]


@pytest.mark.scenario("INC-5")
@pytest.mark.parametrize("members", ["", "1", "501", "-3", "many"])
def test_group_needs_two_to_500_members(desk: Client, program: Program, members: str) -> None:
    data = filled(
        program,
        offer_type="group",
        max_required_members=members,
        recipient_email="",
        member_addresses="ann@home.example\nben@home.example",
    )
    found = refused(desk, data)
    assert found == {"max_required_members": ["Enter how many members can join: 2 to 500."]}


@pytest.mark.scenario("INC-6")
def test_single_with_a_number_of_members_is_refused(desk: Client, program: Program) -> None:
    found = refused(desk, filled(program, max_required_members="5"))
    assert list(found) == ["max_required_members"]
    page = desk.post(ADD, filled(program, max_required_members="5")).content.decode()
    # The field would be hidden for Single; with its error it shows.
    assert 'data-show-when="offer_type=group"><label class="label" for="id_max' not in page


@pytest.mark.scenario("INC-7")
def test_inactive_and_foreign_programs_are_no_valid_choice(
    desk: Client, program: Program, cast: Cast
) -> None:
    inactive = make_program(cast.acme, "Old boilers", active=False)
    foreign = make_program(cast.bright_bikes, "Cargo bikes")
    for other in (inactive, foreign):
        found = refused(desk, filled(other))
        assert list(found) == ["program"]
        assert found["program"][0].startswith("Select a valid choice")
        assert list(refused(desk, filled(other, "draft"))) == ["program"]


@pytest.mark.scenario("INC-8")
def test_message_of_1024_characters_passes_and_one_more_does_not(
    desk: Client, program: Program
) -> None:
    lines = "a\r\n" * 10
    whole = lines + "b" * (1024 - 20)
    found = refused(desk, filled(program, message=f"{whole}b"))
    assert list(found) == ["message"]
    assert desk.post(ADD, filled(program, message=whole)).status_code == 303
    assert len(Offer.objects.get().message) == 1024


@pytest.mark.scenario("INC-9")
def test_offer_stays_open_for_an_hour_at_least(desk: Client, program: Program, cast: Cast) -> None:
    soon = clock.now().astimezone(ZoneInfo(cast.acme.time_zone)) + timedelta(minutes=30)
    found = refused(desk, filled(program, expires_at=soon.strftime("%Y-%m-%dT%H:%M")))
    assert list(found) == ["expires_at"]
    assert "one hour" in found["expires_at"][0]
    late = soon + timedelta(days=366)
    assert list(refused(desk, filled(program, expires_at=late.strftime("%Y-%m-%dT%H:%M")))) == [
        "expires_at"
    ]


@pytest.mark.scenario("INC-10")
def test_value_and_description_cannot_both_be_missing(desk: Client, program: Program) -> None:
    found = refused(desk, filled(program, amount_amount="", value_description=""))
    assert list(found) == ["amount", "value_description"]
    found = refused(desk, filled(program, value_unit="percent", percent="", value_description=""))
    assert list(found) == ["percent", "value_description"]


@pytest.mark.scenario("INC-11")
@pytest.mark.django_db(transaction=True)
def test_double_click_makes_one_offer_and_one_mail(cast: Cast) -> None:
    program = make_program(cast.acme)

    def press(_turn: int) -> str:
        try:
            return str(client_of(cast.oscar).post(ADD, filled(program))["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        led_to = list(pool.map(press, range(2)))
    assert led_to == [reverse("offers")] * 2
    assert Offer.objects.count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.scenario("INC-12")
def test_offers_need_a_vendor_and_a_sign_in(cast: Cast) -> None:
    unattached = client_of(cast.nils).get(reverse("offers"))
    assert unattached.status_code == 403
    page = unattached.content.decode()
    assert "not linked to a vendor" in page
    assert reverse("provider_profile") in page or reverse("business_register") in page
    stranger = Client().get(reverse("offers"))
    assert stranger.status_code == 302
    assert stranger["Location"] == f"{reverse('account_login')}?next={reverse('offers')}"


@pytest.mark.scenario("INC-13")
def test_offers_need_a_completed_profile(db: None) -> None:
    from tests.factories.directory import make_business, make_user

    admin = make_user()
    make_business(admin=admin, completed=False)
    for url in (reverse("offers"), ADD, reverse("programs")):
        answer = client_of(admin).get(url, follow=True)
        assert answer.redirect_chain[0][0] == reverse("provider_profile")
        assert "set up your provider profile first" in answer.content.decode()


def test_create_without_an_active_program_leads_to_adding_one(
    desk: Client, program: Program
) -> None:
    programs.deactivate(program=program, at=clock.now())
    page = desk.get(ADD).content.decode()
    assert "You need an active program first" in page
    assert f'href="{reverse("program_add")}"' in page
    assert 'name="recipient_email"' not in page
    desk.post(ADD, filled(program))
    assert not Offer.objects.exists()


def test_program_of_the_address_is_chosen_only_when_active_and_own(
    desk: Client, program: Program, cast: Cast
) -> None:
    chosen = desk.get(f"{ADD}?program={program.pk}").content.decode()
    assert f'<option value="{program.pk}" selected>' in chosen
    inactive = make_program(cast.acme, active=False)
    foreign = make_program(cast.bright_bikes)
    for other in (inactive.pk, foreign.pk, "x", "²", "9" * 30):
        page = desk.get(f"{ADD}?program={other}")
        assert page.status_code == 200
        assert " selected>" not in page.content.decode().split('id="id_program"')[1].split(
            "</select>"
        )[0].replace('value="" selected', "")


def test_second_open_offer_to_the_address_warns_until_sent_anyway(
    desk: Client, program: Program
) -> None:
    twin = make_offer(program=program, recipient_email="maria.kosta@home.example")
    mails = Mail.objects.count()
    for headers, status in ((None, 200), (HTMX, 409)):
        answer = desk.post(ADD, filled(program), headers=headers)
        assert answer.status_code == status
        page = answer.content.decode()
        assert f"Offer {twin.pk}" in page
        assert "Send anyway" in page
        assert "Thank you for ten years with us." in page
    assert Offer.objects.count() == 1
    assert Mail.objects.count() == mails
    assert desk.post(ADD, filled(program, "send_anyway")).status_code == 303
    assert Offer.objects.count() == 2


def test_closed_offer_to_the_address_is_no_duplicate(desk: Client, program: Program) -> None:
    for status in ("draft", "cancelled", "rejected"):
        make_offer(program=program, status=status, recipient_email="maria.kosta@home.example")
    assert desk.post(ADD, filled(program)).status_code == 303


def test_same_form_twice_gives_the_first_result(desk: Client, program: Program) -> None:
    first = desk.post(ADD, filled(program, "draft"))
    again = desk.post(ADD, filled(program, "draft"))
    assert first["Location"] == again["Location"]
    assert Offer.objects.count() == 1
    desk.post(ADD, filled(program, "draft", nonce="another-form"))
    assert Offer.objects.count() == 2


def test_answers_that_do_not_apply_are_not_looked_at(desk: Client, program: Program) -> None:
    data = filled(
        program,
        delivery_method="link",
        recipient_email="half@an",
        percent="not a number",
        member_addresses="nobody",
    )
    assert desk.post(ADD, data).status_code == 303
    offer = Offer.objects.get()
    assert (offer.recipient_email, offer.recipient_name) == ("", "")
    assert offer.terms is not None
    assert offer.terms.value.value_text == "€50.00"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"amount_amount": "1,250.5", "amount_currency": "GBP"}, "£1,250.50"),
        ({"amount_amount": "500", "amount_currency": "JPY"}, "JP¥500"),
        ({"value_unit": "percent", "percent": "12.5", "amount_amount": ""}, "12.5%"),
        ({"value_unit": "none", "amount_amount": ""}, ""),
    ],
)
def test_value_is_kept_in_the_unit_that_was_chosen(
    desk: Client, program: Program, changes: dict[str, str], text: str
) -> None:
    assert desk.post(ADD, filled(program, **changes)).status_code == 303
    terms = Offer.objects.get().terms
    assert terms is not None
    assert terms.value.value_text == text
    assert terms.description == "Paid to your bank account"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_amount": "0"}, "amount"),
        ({"amount_amount": "12.345"}, "amount"),
        ({"amount_amount": "-5"}, "amount"),
        ({"amount_currency": "XXX"}, "amount"),
        ({"value_unit": "percent", "percent": "100.01"}, "percent"),
        ({"value_description": "x" * 256}, "value_description"),
        ({"entity_type": "alien"}, "entity_type"),
        ({"entity_stage": ""}, "entity_stage"),
        ({"message": "   "}, "message"),
    ],
)
def test_wrong_answers_are_named_at_their_field(
    desk: Client, program: Program, changes: dict[str, str], field: str
) -> None:
    assert list(refused(desk, filled(program, **changes))) == [field]


def test_program_restricts_the_kinds_of_incentive(desk: Client, cast: Cast) -> None:
    narrow = make_program(cast.acme, "Heat pump", types=["discount", "gift_card"])
    page = desk.get(f"{ADD}?program={narrow.pk}").content.decode()
    kinds = re.findall(r'name="incentive_type" value="(\w+)"', page)
    assert kinds == ["discount", "gift_card"]
    assert list(refused(desk, filled(narrow))) == ["incentive_type"]
    part = desk.post(f"{ADD}/incentive-types", {"program": narrow.pk}).content.decode()
    assert re.findall(r'value="(\w+)"', part) == ["discount", "gift_card"]


@pytest.mark.parametrize(("method", "days"), [("email", 7), ("link", 30)])
def test_end_is_suggested_by_the_delivery_method_in_the_vendors_zone(
    desk: Client, program: Program, cast: Cast, method: str, days: int
) -> None:
    make = filled if method == "email" else by_link
    desk.post(ADD, make(program, expires_at=""))
    expires = Offer.objects.get().expires_at
    assert expires is not None
    assert abs(expires - clock.now() - timedelta(days=days)) < timedelta(minutes=2)
    part = desk.post(f"{ADD}/expiry", {"delivery_method": method}).content.decode()
    local = expires.astimezone(ZoneInfo(cast.acme.time_zone))
    assert f'name="expires_at" value="{local:%Y-%m-%dT}' in part
    assert cast.acme.time_zone in part


def test_typed_end_is_not_replaced_by_a_suggestion(desk: Client, program: Program) -> None:
    typed = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT12:00")
    part = desk.post(
        f"{ADD}/expiry",
        {"delivery_method": "link", "expires_at": typed, "suggested_expiry": "2026-01-01T12:00"},
    )
    assert f'value="{typed}"' in part.content.decode()


def test_plain_words_follow_what_is_typed_and_say_what_is_missing(
    desk: Client, program: Program
) -> None:
    part = desk.post(f"{ADD}/words", filled(program, message="", recipient_email=""))
    page = part.content.decode()
    assert part.status_code == 200
    assert "€50.00 cashback" in page
    assert "Rooftop panels" in page
    assert re.findall(r'<li><a href="#id_\w+">([^<]+)</a>', page) == [
        "Recipient’s e-mail address",
        "Offer message",
    ]
    assert not Offer.objects.exists()


def test_form_can_be_read_in_plain_words_without_script(desk: Client, program: Program) -> None:
    answer = desk.post(ADD, filled(program, "preview", amount_amount="75"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "€75.00 cashback" in page
    assert "error-summary" not in page
    assert not Offer.objects.exists()


def test_unknown_part_of_the_form_does_not_exist(desk: Client) -> None:
    assert desk.post(f"{ADD}/anything").status_code == 404
    assert desk.get(f"{ADD}/words").status_code == 405


def test_group_by_email_takes_one_address_a_line(desk: Client, program: Program) -> None:
    data = filled(
        program,
        offer_type="group",
        max_required_members="3",
        recipient_email="",
        member_addresses="Ann@home.example\r\nben@home.example\r\nann@home.example\r\n",
    )
    assert list(refused(desk, {**data, "member_addresses": "ann@home.example\nben"})) == [
        "member_addresses"
    ]
    assert desk.post(ADD, data).status_code == 303
    offer = Offer.objects.get()
    assert offer.recipient_email == "ann@home.example"
    assert sorted(offer.members.values_list("email", flat=True)) == [
        "ann@home.example",
        "ben@home.example",
    ]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.ANALYST])
def test_who_may_not_write_offers_cannot_post_one(cast: Cast, program: Program, role: str) -> None:
    assert client_of(cast.by_role(role)).post(ADD, filled(program)).status_code == 403
    assert not Offer.objects.exists()


def test_htmx_success_leads_on_by_header(desk: Client, program: Program) -> None:
    answer = desk.post(ADD, filled(program), headers=HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == reverse("offers")
