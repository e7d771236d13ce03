"""Editing an offer, and whose offers an action may touch (incentives.md 2.4, 1 rule 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from core import clock
from core.models import Mail
from incentives.models import GroupMember, Message, Offer, OfferTerms, Program
from incentives.services import programs
from tests.cast import Cast, client_of
from tests.factories.incentives import claim_link, every_status, make_offer, make_program
from tests.incentives.test_offer_form import by_link, errors, filled
from tests.kit.lists import HTMX

NOT_EDITABLE = [
    pair for pair in every_status() if pair[0] != "draft" and pair != ("offered", "link")
]


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


def edit(offer: Offer) -> str:
    return reverse("offer_edit", args=[offer.pk])


def stored(offer: Offer) -> dict[str, Any]:
    return Offer.objects.filter(pk=offer.pk).values().get()


def test_everything_in_a_draft_can_change(desk: Client, program: Program, cast: Cast) -> None:
    draft = make_offer(program=program, status="draft")
    other = make_program(cast.acme, "Heat pump")
    data = by_link(other, "draft", version=draft.version, amount_amount="80", message="Rewritten.")
    answer = desk.post(edit(draft), data, follow=True)
    assert answer.redirect_chain == [(edit(draft), 303)]
    assert "Draft saved" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert draft.program == other
    assert (draft.delivery_method, draft.recipient_email) == ("link", "")
    assert draft.message == "Rewritten."
    assert draft.terms is not None
    assert draft.terms.value.value_text == "€80.00"
    assert not Mail.objects.exists()


def test_draft_can_be_emptied_and_its_form_shows_what_is_stored(
    desk: Client, program: Program
) -> None:
    draft = make_offer(program=program, status="draft", recipient_name="Maria Kosta")
    page = desk.get(edit(draft)).content.decode()
    assert 'value="Maria Kosta"' in page
    assert 'value="50.00"' in page
    data = {"action": "draft", "nonce": "b", "program": program.pk, "version": draft.version}
    assert desk.post(edit(draft), data).status_code == 303
    draft.refresh_from_db()
    assert (draft.recipient_name, draft.message, draft.entity_type) == ("", "", "")


def test_draft_is_sent_from_its_form(desk: Client, program: Program) -> None:
    draft = make_offer(program=program, status="draft")
    answer = desk.post(edit(draft), filled(program, version=draft.version), follow=True)
    assert "Incentive offer sent" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "offered"
    assert Mail.objects.get().to == "maria.kosta@home.example"
    codes = draft.status_changes.order_by("pk").values_list("transition", flat=True)
    assert list(codes) == ["P01", "P03"]


def test_draft_that_is_incomplete_is_not_sent_and_not_changed(
    desk: Client, program: Program
) -> None:
    draft = make_offer(program=program, status="draft")
    before = stored(draft)
    data = filled(program, version=draft.version, message="", entity_type="")
    answer = desk.post(edit(draft), data, headers=HTMX)
    assert answer.status_code == 422
    assert list(errors(answer)) == ["entity_type", "message"]
    assert stored(draft) == before
    assert not Mail.objects.exists()


def test_draft_of_an_inactive_program_is_kept_but_not_sent(
    desk: Client, program: Program, cast: Cast
) -> None:
    make_program(cast.acme, "Another, so that offers can be made")
    draft = make_offer(program=program, status="draft")
    programs.deactivate(program=program, at=clock.now())
    kept = desk.post(edit(draft), filled(program, "draft", version=draft.version))
    assert kept.status_code == 303
    draft.refresh_from_db()
    answer = desk.post(edit(draft), filled(program, version=draft.version, nonce="c"))
    assert list(errors(answer)) == ["program"]
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_shared_link_keeps_its_address_program_and_delivery_when_edited(
    desk: Client, program: Program, cast: Cast
) -> None:
    offer = make_offer(program=program, delivery="link")
    other = make_program(cast.acme, "Heat pump")
    data = filled(
        other, version=offer.version, amount_amount="75", message="Now even better.",
        recipient_email="somebody@home.example",
    )  # fmt: skip
    answer = desk.post(edit(offer), data, follow=True)
    assert "Incentive offer updated" in answer.content.decode()
    fresh = Offer.objects.get(pk=offer.pk)
    assert fresh.link_slug == offer.link_slug
    assert fresh.program_id == offer.program_id
    assert (fresh.delivery_method, fresh.recipient_email) == ("link", "")
    assert fresh.status == "offered"
    assert fresh.message == "Now even better."
    assert fresh.terms is not None
    assert fresh.terms.value.value_text == "€75.00"
    assert OfferTerms.objects.filter(offer=offer).count() == 2
    note = Message.objects.filter(offer=offer, sender_kind="system").latest("pk")
    assert "message" in note.body
    assert "value" in note.body
    assert not Mail.objects.exists()


def test_shared_link_stays_complete_when_edited(desk: Client, program: Program) -> None:
    offer = make_offer(program=program, delivery="link")
    before = stored(offer)
    answer = desk.post(edit(offer), by_link(program, version=offer.version, message=""))
    assert list(errors(answer)) == ["message"]
    assert stored(offer) == before


def test_taken_places_of_a_group_lock_its_terms(desk: Client, program: Program) -> None:
    offer = make_offer(program=program, delivery="link", offer_type="group", max_required_members=5)
    at = clock.now()
    GroupMember.objects.bulk_create(
        GroupMember(offer=offer, email=f"{name}@home.example", status="active", role=role,
                    invited_at=at, verified_at=at)
        for name, role in (("ann", "lead"), ("ben", "member"), ("cem", "member"))
    )  # fmt: skip
    group = {"offer_type": "group", "version": offer.version}
    few = desk.post(edit(offer), by_link(program, max_required_members="2", **group))
    assert errors(few) == {"max_required_members": ["3 people have joined already."]}
    data = by_link(
        program, max_required_members="3", incentive_type="discount", amount_amount="99", **group
    )
    assert desk.post(edit(offer), data).status_code == 303
    fresh = Offer.objects.get(pk=offer.pk)
    assert (fresh.max_required_members, fresh.incentive_type) == (3, "cashback")
    assert fresh.terms_id == offer.terms_id


@pytest.mark.parametrize(("status", "delivery"), NOT_EDITABLE)
def test_nothing_else_can_be_edited(
    desk: Client, program: Program, status: str, delivery: str
) -> None:
    offer = make_offer(program=program, status=status, delivery=delivery)
    before = stored(offer)
    for answer in (
        desk.get(edit(offer)),
        desk.post(edit(offer), filled(program, version=offer.version)),
        desk.post(edit(offer), by_link(program, "draft", version=offer.version), headers=HTMX),
    ):
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "This offer can no longer be edited" in page
        assert reverse("offer_detail", args=[offer.pk]) in page
    assert stored(offer) == before


def test_link_claimed_while_the_form_is_open_is_left_alone(desk: Client, program: Program) -> None:
    offer = make_offer(program=program, delivery="link")
    claim_link(offer, at=clock.now())
    before = stored(offer)
    data = by_link(program, version=offer.version, message="Too late.")
    assert desk.post(edit(offer), data).status_code == 409
    assert stored(offer) == before


def test_form_of_an_older_version_is_refused_with_what_was_typed(
    desk: Client, program: Program
) -> None:
    draft = make_offer(program=program, status="draft")
    stale = draft.version
    desk.post(edit(draft), filled(program, "draft", version=stale, message="A colleague’s words."))
    before = stored(draft)
    data = filled(program, "draft", version=stale, nonce="d", message="My words, kept.")
    answer = desk.post(edit(draft), data, headers=HTMX)
    assert answer.status_code == 409
    assert "This offer changed while you were writing" in answer.content.decode()
    assert "My words, kept." in answer.content.decode()
    assert stored(draft) == before


def test_same_form_sent_twice_gets_the_first_answer_and_one_mail(
    desk: Client, program: Program
) -> None:
    draft = make_offer(program=program, status="draft")
    data = filled(program, version=draft.version)
    answers = [desk.post(edit(draft), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer["Location"] for answer in answers} == {reverse("offers")}
    assert Mail.objects.count() == 1
    assert desk.post(edit(draft), {**data, "nonce": "another"}).status_code == 409


def test_suggested_end_of_a_stored_offer_is_its_own(desk: Client, program: Program) -> None:
    at = clock.now()
    draft = make_offer(program=program, status="draft", expires_at=at + timedelta(days=3))
    page = desk.get(edit(draft)).content.decode()
    local = (at + timedelta(days=3)).strftime("%Y-%m-%dT")
    assert f'name="expires_at" value="{local}' in page


def pages_of_one_offer() -> list[str]:
    """Return the route of every desk address that names one offer."""
    routes = [
        str(entry.pattern)
        for resolver in get_resolver().url_patterns
        for entry in getattr(resolver, "url_patterns", [])
        if isinstance(entry, URLPattern)
    ]
    return [
        route for route in routes
        if route.startswith("provider/incentive-offers/") and "<int:pk>" in route
    ]  # fmt: skip


@pytest.mark.scenario("INC-20")
def test_offer_of_another_vendor_does_not_exist_at_any_address(cast: Cast) -> None:
    foreign = make_program(cast.bright_bikes)
    make_program(cast.acme)
    stranger = client_of(cast.ada)
    routes = pages_of_one_offer()
    assert len(routes) > 10
    for offer in (
        make_offer(program=foreign, delivery="link"),
        make_offer(program=foreign, status="draft"),
        make_offer(program=foreign, status="claimed"),
    ):
        before = stored(offer)
        messages = Message.objects.filter(offer=offer).count()
        for route in routes:
            url = "/" + route.replace("<int:pk>", str(offer.pk)).replace("<str:kind>", "svg")
            url = url.replace("<slug:part>", "words").replace("<str:key>", "abc")
            url = url.replace("<int:message_pk>", "1").replace("<int:mail_pk>", "1")
            for ask in (stranger.get, stranger.post):
                answer = ask(url)
                assert answer.status_code in {404, 405}, url
                assert offer.recipient_email == "" or offer.recipient_email not in (
                    answer.content.decode()
                )
            assert 404 in {stranger.get(url).status_code, stranger.post(url).status_code}, url
        posted = stranger.post(edit(offer), filled(foreign, version=offer.version))
        assert posted.status_code == 404
        assert stored(offer) == before
        assert Message.objects.filter(offer=offer).count() == messages
