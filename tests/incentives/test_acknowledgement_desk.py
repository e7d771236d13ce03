"""The list of acknowledgements, and what a provider does with a recipient's words
(incentives.md 2.1 row 19, 3.11, P36)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import Acknowledgement, Program
from incentives.selectors import offer_of
from incentives.services import publications
from tests.cast import Cast, client_of
from tests.factories.acknowledgements import (
    THANKS,
    ack_secret,
    ask,
    completed_with_words,
    make_own,
    submit,
)
from tests.factories.incentives import make_offer, make_program
from tests.incentives.recipient import Page as Opened
from tests.incentives.recipient import Person, mails, secret_in
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX, ListContract

LIST = "/provider/incentive-acknowledgements"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        yield Page(reverse("acknowledgements"), "offers.read")
        invited = make_own(program=program, user=cast.ada, state="invited")
        submitted = make_own(program=program, user=cast.ada, state="submitted")
        published = make_own(program=program, user=cast.ada)
        yield Page(
            reverse("acknowledgement_detail", args=[published.pk]), "offers.read", own_row=True
        )
        for act, row in (("resend", invited), ("publish", submitted), ("hide", published)):
            url = reverse(f"acknowledgement_{act}", args=[row.pk])
            yield Page(url, "offers.write", own_row=True)


class TestList(ListContract):
    path = LIST
    filter_query = "state=invited"
    search_term = "home.example"
    queries = 12

    @pytest.fixture
    def reader(self, desk: Client) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, cast: Cast, program: Program) -> Callable[[int], Any]:
        return lambda number: [ask(program=program, user=cast.ada) for _ in range(number)]


def test_list_names_source_program_recipient_value_and_words(
    desk: Client, cast: Cast, program: Program
) -> None:
    offer, row = completed_with_words(program)
    page = desk.get(LIST).content.decode()
    for words in (offer.reference, "Rooftop panels", "€50.00 cashback", THANKS, "Submitted"):
        assert words in page
    own = desk.get(f"{LIST}?source=own").content.decode()
    assert f'id="row-{row.pk}"' not in own


def test_search_finds_the_reference_of_an_offer_and_nothing_of_other_businesses(
    desk: Client, cast: Cast, program: Program
) -> None:
    offer, row = completed_with_words(program)
    make_own(program=make_program(cast.bright_bikes), user=cast.boris)
    found = desk.get(LIST, {"q": offer.reference.lower()}, headers=HTMX).content.decode()
    assert f'id="row-{row.pk}"' in found
    assert desk.get(LIST).content.decode().count('<tr id="row-') == 1


def test_words_are_published_hidden_and_published_again(
    desk: Client, cast: Cast, program: Program
) -> None:
    row = make_own(program=program, user=cast.ada, state="submitted")
    for act, state in (("publish", "published"), ("hide", "hidden"), ("publish", "published")):
        url = reverse(f"acknowledgement_{act}", args=[row.pk])
        assert "<html" not in desk.get(url, headers=HTMX).content.decode()
        assert desk.post(url).status_code == 303
        row.refresh_from_db()
        assert row.state == state
    assert desk.post(reverse("acknowledgement_publish", args=[row.pk])).status_code == 409


def test_words_without_public_consent_are_never_published(
    desk: Client, cast: Cast, program: Program
) -> None:
    row = make_own(program=program, user=cast.ada, state="submitted", public=False)
    page = desk.get(reverse("acknowledgement_detail", args=[row.pk])).content.decode()
    assert "did not agree that these words be shown publicly" in page
    assert "acknowledgement_publish" not in page
    url = reverse("acknowledgement_publish", args=[row.pk])
    assert (desk.get(url).status_code, desk.post(url).status_code) == (409, 409)
    with pytest.raises(IntegrityError), transaction.atomic():
        Acknowledgement.objects.filter(pk=row.pk).update(
            state="published", published_at=clock.now()
        )


def test_words_of_a_completed_offer_are_published_by_acknowledging_it_alone(
    desk: Client, program: Program
) -> None:
    offer, row = completed_with_words(program)
    page = desk.get(reverse("acknowledgement_detail", args=[row.pk])).content.decode()
    assert f"/provider/incentive-offers/message/{offer.pk}?status=acknowledged#composer" in page
    assert desk.post(reverse("acknowledgement_publish", args=[row.pk])).status_code == 409


def test_composer_shows_the_submitted_words_to_choose_from(desk: Client, program: Program) -> None:
    offer, _ = completed_with_words(program, message="Great <b>service</b>, thank you!")
    url = reverse("offer_messages", args=[offer.pk])
    page = desk.get(f"{url}?status=acknowledged").content.decode()
    assert "Words to publish" in page
    assert "Great &lt;b&gt;service&lt;/b&gt;, thank you!” – Noor, may be shown publicly" in page


def test_provider_chooses_which_words_are_published(desk: Client, program: Program) -> None:
    offer, row = completed_with_words(program)
    url = reverse("offer_messages", args=[offer.pk])
    form = Opened(desk.get(f"{url}?status=acknowledged")).form("/message/")
    typed = {**form.data, "status": "acknowledged", "body": "Thank you!"}
    wrong = desk.post(url, {**typed, "acknowledgement_id": row.pk + 1})
    assert wrong.status_code == 422
    assert desk.post(url, {**typed, "acknowledgement_id": row.pk}).status_code == 303
    row.refresh_from_db()
    assert (row.state, offer_of(business=offer.business, pk=offer.pk).status) == (
        "published", "acknowledged",
    )  # fmt: skip


@pytest.mark.scenario("INC-71")
def test_acknowledged_takes_submitted_words_and_opens_the_widget_page(
    desk: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="completed")
    url = reverse("offer_messages", args=[offer.pk])
    sent = {"status": "acknowledged", "body": "Thank you!", "version": offer.version}
    assert desk.post(url, {**sent, "nonce": "first"}).status_code == 422
    widget = reverse("offer_embed", args=[offer.pk])
    assert desk.get(widget).status_code == 404
    row = offer.acknowledgements.get()
    submit(row)
    offer = offer_of(business=offer.business, pk=offer.pk)
    chosen = {"version": offer.version, "nonce": "second", "acknowledgement_id": row.pk}
    assert desk.post(url, {**sent, **chosen}).status_code == 303
    assert offer_of(business=offer.business, pk=offer.pk).status == "acknowledged"
    assert desk.get(widget).status_code == 200


def test_offer_whose_words_are_private_becomes_acknowledged_with_nothing_to_embed(
    desk: Client, program: Program
) -> None:
    offer, row = completed_with_words(program, public=False)
    publications.publish_chosen(offer=offer, pk=row.pk, at=clock.now())
    row.refresh_from_db()
    assert row.state == "submitted"


def test_invitation_is_sent_again_with_a_fresh_link_that_closes_the_old_one(
    desk: Client, cast: Cast, program: Program
) -> None:
    offer = make_offer(program=program, status="completed")
    row = offer.acknowledgements.get()
    old = ack_secret(row)
    later = row.expires_at + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        listed = client_of(cast.oscar).get(LIST).content.decode()
        assert "Expired" in listed
        url = reverse("acknowledgement_resend", args=[row.pk])
        assert client_of(cast.oscar).post(url).status_code == 303
        row.refresh_from_db()
        assert row.expires_at == later + timedelta(days=7)
        person = Person()
        assert person.open("acknowledge", old).status_code == 404
        assert person.open("acknowledge", secret_in(mails("E08")[-1])).status_code == 200


def test_invitation_is_sent_three_times_a_day_at_most_and_never_after_the_answer(
    desk: Client, cast: Cast, program: Program
) -> None:
    row = make_own(program=program, user=cast.ada, state="invited")
    url = reverse("acknowledgement_resend", args=[row.pk])
    assert [desk.post(url).status_code for _ in range(4)] == [303, 303, 303, 429]
    submit(row)
    assert (desk.get(url).status_code, desk.post(url).status_code) == (409, 409)


def test_detail_page_needs_few_queries_and_repeats_the_invitation(
    desk: Client, program: Program, django_assert_max_num_queries: Any
) -> None:
    offer, row = completed_with_words(program)
    url = reverse("acknowledgement_detail", args=[row.pk])
    desk.get(url)
    with django_assert_max_num_queries(8):
        page = desk.get(url).content.decode()
    for words in (THANKS, "Noor", "As agreed.", offer.reference, row.email):
        assert words in page
