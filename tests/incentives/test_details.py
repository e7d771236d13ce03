"""The details page of an offer: what it shows, and the acts that belong there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import Mail
from incentives.models import Offer, Program
from incentives.services import offers
from incentives.services.actors import provider
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program, offer_values


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Winter panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def address(name: str, offer: Offer, *more: int) -> str:
    return reverse(f"offer_{name}", args=[offer.pk, *more])


def shown(client: Client, offer: Offer) -> str:
    answer = client.get(address("detail", offer))
    assert answer.status_code == 200
    return answer.content.decode()


def buttons(page: str) -> set[str]:
    """Return the acts that the page's head offers."""
    found = re.findall(r"detail/\d+/(send|resend|cancel|delete)\"", page)
    return {*found, *(["reoffer"] if "?status=offered#composer" in page else [])}


@pytest.mark.parametrize(
    ("status", "delivery", "expected"),
    [
        ("draft", "email", {"send", "cancel", "delete"}),
        ("offered", "email", {"resend", "cancel"}),
        ("offered", "link", {"cancel"}),
        ("expired", "email", {"reoffer"}),
        ("no_response", "email", {"reoffer"}),
        ("approved_confirmed", "email", {"cancel"}),
        ("claimed", "email", set()),
        ("completed", "email", set()),
        ("rejected", "email", set()),
    ],
)
def test_exactly_the_possible_acts_are_offered(
    ada: Client, program: Program, status: str, delivery: str, expected: set[str]
) -> None:
    offer = make_offer(program=program, status=status, delivery=delivery)
    assert buttons(shown(ada, offer)) == expected


def test_the_page_tells_all_about_the_offer(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="counter")
    page = shown(ada, offer)
    for words in (
        offer.reference,
        "Winter panels",
        "Cashback",
        "€70.00",
        "Counter",
        "Noor Haddad",
        offer.recipient_email,
        "Could it be a little more?",
        "What happens next",
        "In plain words",
        "Thank you for your trust",
    ):
        assert words in page
    assert f'data-copy="{offer.reference}"' in page


def test_history_says_who_did_what_when_and_on_which_terms(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="counter")
    page = shown(ada, offer)
    history = page[page.index('id="offer-history"') :]
    first, second = (m.start() for m in re.finditer(r'class="timeline-item"', history))
    assert "Offered" in history[first:second]
    assert "Counter" in history[first:second]
    assert "Noor Haddad (recipient)" in history[first:second]
    assert "€70.00" in history[first:second]
    assert "Ada Lowe (provider)" in history[second:]
    assert "€50.00" in history[second:]


def test_a_link_is_shown_with_its_code_until_it_is_claimed(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="offered", delivery="link")
    page = shown(ada, offer)
    assert f"http://localhost:8000{reverse('offer_link', args=[offer.link_slug])}" in page
    assert reverse("offer_qr", args=[offer.pk, "svg"]) in page
    claimed = make_offer(program=program, status="pre_claimed", delivery="link")
    assert "QR code" not in shown(ada, claimed)


def test_sending_a_draft_asks_first_and_mails_once(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="draft")
    question = ada.get(address("send", offer))
    assert question.status_code == 200
    assert Offer.objects.get(pk=offer.pk).status == "draft"
    assert ada.post(address("send", offer), {"version": offer.version}).status_code == 303
    assert Offer.objects.get(pk=offer.pk).status == "offered"
    assert Mail.objects.filter(kind="E01").count() == 1
    assert ada.post(address("send", offer), {"version": offer.version}).status_code == 409
    assert Mail.objects.filter(kind="E01").count() == 1


def test_an_incomplete_draft_is_told_what_it_lacks(
    ada: Client, cast: Cast, program: Program
) -> None:
    values = offer_values(program, at=clock.now(), message="", recipient_email="")
    offer = offers.create_draft(
        business=cast.acme, values=values, actor=provider(cast.ada), at=clock.now()
    )
    page = ada.get(address("send", offer)).content.decode()
    assert "Write a message to the recipient." in page
    assert reverse("offer_edit", args=[offer.pk]) in page
    assert ada.post(address("send", offer), {"version": 1}).status_code == 422
    assert Offer.objects.get(pk=offer.pk).status == "draft"


def test_a_draft_edited_meanwhile_is_not_sent(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="draft")
    Offer.objects.filter(pk=offer.pk).update(version=offer.version + 1)
    assert ada.post(address("send", offer), {"version": offer.version}).status_code == 409
    assert Offer.objects.get(pk=offer.pk).status == "draft"


def test_resending_closes_the_earlier_link(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="offered")
    assert ada.post(address("resend", offer), {"version": offer.version}).status_code == 303
    assert Mail.objects.filter(kind="E01").count() == 2
    answered = make_offer(program=program, status="approved")
    assert ada.post(address("resend", answered), {"version": 1}).status_code == 409


def test_cancelling_needs_words_once_the_recipient_has_spoken(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="counter")
    silent = ada.post(address("cancel", offer), {"version": offer.version, "body": " "})
    assert silent.status_code == 422
    assert "Write a message" in silent.content.decode()
    said = {"version": offer.version, "body": "We have to stop here."}
    assert ada.post(address("cancel", offer), said).status_code == 303
    assert Offer.objects.get(pk=offer.pk).status == "cancelled"
    assert Mail.objects.filter(kind="E13", to=offer.recipient_email).count() == 1


def test_an_unanswered_offer_is_cancelled_without_words(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="offered")
    answer = ada.post(address("cancel", offer), {"version": offer.version, "body": ""})
    assert answer.status_code == 303
    assert Offer.objects.get(pk=offer.pk).status == "cancelled"


@pytest.mark.parametrize("status", ["claimed", "completed", "rejected", "expired", "cancelled"])
def test_what_cannot_be_cancelled_is_refused(ada: Client, program: Program, status: str) -> None:
    offer = make_offer(program=program, status=status)
    assert ada.get(address("cancel", offer)).status_code == 409
    assert ada.post(address("cancel", offer), {"version": offer.version}).status_code == 409
    assert Offer.objects.get(pk=offer.pk).status == status


def test_a_draft_is_deleted_by_its_author_or_an_admin(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="draft", actor=provider(cast.oscar))
    mara = client_of(cast.mara)
    assert "delete" not in buttons(shown(mara, offer))
    assert mara.post(address("delete", offer), {"version": 1}).status_code == 403
    assert client_of(cast.ada).post(address("delete", offer), {"version": 1}).status_code == 303
    assert not Offer.objects.filter(pk=offer.pk).exists()
    own = make_offer(program=program, status="draft", actor=provider(cast.oscar))
    assert client_of(cast.oscar).post(address("delete", own), {"version": 1}).status_code == 303
    sent = make_offer(program=program, status="offered")
    assert client_of(cast.ada).post(address("delete", sent), {"version": 1}).status_code == 409


def test_a_question_opens_in_the_dialog_and_on_a_page_of_its_own(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="offered")
    fragment = ada.get(address("cancel", offer), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert f'action="{address("cancel", offer)}"' in fragment
    assert "<html" in ada.get(address("cancel", offer)).content.decode()


def test_a_failed_mail_is_shown_and_can_be_sent_again(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="offered")
    mail = Mail.objects.get(kind="E01")
    retry = address("mail_retry", offer, mail.pk)
    assert "Queued" in shown(ada, offer)
    assert ada.post(retry).status_code == 409
    Mail.objects.filter(pk=mail.pk).update(status="failed", attempts=5)
    page = shown(ada, offer)
    assert "Failed" in page
    assert retry in page
    assert ada.post(retry).status_code == 303
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("queued", 0)
    other = make_offer(program=program, status="offered")
    assert ada.post(address("mail_retry", other, mail.pk)).status_code == 404


def test_a_reader_sees_no_acts_and_cannot_act(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="offered")
    ana = client_of(cast.ana)
    assert buttons(shown(ana, offer)) == set()
    for name in ("resend", "cancel"):
        assert ana.post(address(name, offer), {"version": offer.version}).status_code == 403
    assert Offer.objects.get(pk=offer.pk).status == "offered"


@pytest.mark.parametrize("name", ["detail", "send", "resend", "cancel", "delete"])
def test_another_businesss_offer_does_not_exist(cast: Cast, program: Program, name: str) -> None:
    offer = make_offer(program=program, status="draft")
    boris = client_of(cast.boris)
    assert boris.get(address(name, offer)).status_code == 404
    if name != "detail":
        assert boris.post(address(name, offer), {"version": 1}).status_code == 404
    assert Offer.objects.filter(pk=offer.pk, status="draft").exists()


def test_the_page_costs_a_fixed_number_of_queries(
    ada: Client, program: Program, django_assert_max_num_queries: Any
) -> None:
    offer = make_offer(program=program, status="acknowledged")
    with django_assert_max_num_queries(12):
        ada.get(address("detail", offer))
