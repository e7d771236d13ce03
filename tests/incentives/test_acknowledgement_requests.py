"""Asking for an acknowledgement without an offer: by e-mail, by a link, by a template
(incentives.md 3.11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import Acknowledgement, AcknowledgementRequest, Program
from incentives.services import acknowledgement_requests, programs
from incentives.services.acknowledgement_requests import Closed
from tests.cast import Cast, client_of
from tests.factories.acknowledgements import (
    ack_secret,
    ask,
    ask_by_link,
    make_ack_template,
    make_own,
)
from tests.factories.incentives import make_program
from tests.incentives.recipient import Page as Opened
from tests.incentives.recipient import Person, mails, secret_in
from tests.kit.access import AccessContract, Page
from tests.kit.concurrency import together
from tests.kit.lists import ListContract

ADD = "/provider/incentive-acknowledgements/requests/add"


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.oscar)


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        link = ask_by_link(program=program, user=cast.ada)
        template = make_ack_template(program=program, user=cast.ada)
        for name in ("acknowledgement_requests", "acknowledgement_templates"):
            yield Page(reverse(name), "offers.read")
        for name in ("acknowledgement_request_add", "acknowledgement_template_add"):
            yield Page(reverse(name), "offers.write")
        for noun, row in (("request", link), ("template", template)):
            share = reverse(f"acknowledgement_{noun}_share", args=[row.pk])
            qr = reverse(f"acknowledgement_{noun}_qr", args=[row.pk, "svg"])
            yield Page(share, "offers.read", own_row=True)
            yield Page(qr, "offers.read", own_row=True)
        cancel = reverse("acknowledgement_request_cancel", args=[link.pk])
        yield Page(cancel, "offers.write", own_row=True)
        edit = reverse("acknowledgement_template_edit", args=[template.pk])
        yield Page(edit, "offers.write", own_row=True)
        for act in ("activate", "deactivate"):
            url = reverse(f"acknowledgement_template_{act}", args=[template.pk])
            yield Page(url, "offers.write", own_row=True, post_only=True)


class TestRequests(ListContract):
    path = "/provider/incentive-acknowledgements/requests"
    filter_query = "status=waiting"
    search_term = "home.example"
    queries = 12

    @pytest.fixture
    def reader(self, desk: Client) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, cast: Cast, program: Program) -> Callable[[int], Any]:
        return lambda number: [ask(program=program, user=cast.ada) for _ in range(number)]


class TestTemplates(ListContract):
    path = "/provider/incentive-acknowledgements/requests/link-templates"
    filter_query = "status=active"
    search_term = "spring"
    queries = 12

    @pytest.fixture
    def reader(self, desk: Client) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, cast: Cast, program: Program) -> Callable[[int], Any]:
        return lambda number: [
            make_ack_template(program=program, user=cast.ada) for _ in range(number)
        ]


def typed(program: Program, /, **fields: Any) -> dict[str, Any]:
    return {
        "nonce": "once", "program": program.pk, "incentive_type": "cashback",
        "value_unit": "currency", "amount_amount": "40.00", "amount_currency": "EUR",
        "value_description": "By bank transfer", "delivery_method": "email",
        "recipient_email": "noor@home.example", "recipient_name": "Noor", "message": "",
        **fields,
    }  # fmt: skip


def test_request_by_email_sends_one_invitation_of_seven_days(
    desk: Client, program: Program
) -> None:
    for _ in range(2):
        assert desk.post(ADD, typed(program)).status_code == 303
    made = AcknowledgementRequest.objects.get()
    assert made.expires_at - made.created_at == timedelta(days=7)
    assert [mail.to for mail in mails("E08")] == ["noor@home.example"]
    page = Person().page("acknowledge", secret_in(mails("E08")[-1]))
    assert "€40.00 cashback" in page.text
    assert "By bank transfer" in page.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipient_email": ""}, "Enter the recipient’s address"),
        ({"recipient_email": "noor"}, "Enter a whole e-mail address"),
        ({"amount_amount": "", "value_description": ""}, "Enter a value, a description, or both"),
        ({"incentive_type": ""}, "Choose what kind of incentive it was"),
        ({"program": ""}, "Choose a program"),
    ],
)
def test_incomplete_request_is_refused_at_its_field(
    desk: Client, program: Program, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.post(ADD, typed(program, **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not AcknowledgementRequest.objects.exists()
    assert mails("E08") == []


def test_program_of_a_request_is_own_and_active(desk: Client, cast: Cast, program: Program) -> None:
    foreign = make_program(cast.bright_bikes)
    sleeping = make_program(cast.acme, active=False)
    for other in (foreign, sleeping):
        assert desk.post(ADD, typed(program, program=other.pk)).status_code == 422


def test_answer_closes_the_request_and_reaches_its_maker(cast: Cast, program: Program) -> None:
    row = ask(program=program, user=cast.oscar).acknowledgement
    form = Person().page("acknowledge", ack_secret(row)).form("/acknowledge")
    answer = Person().press(form, message="Received with thanks.", display_name="")
    assert Opened(answer).headings == ["Thank you for confirming"]
    row.refresh_from_db()
    assert row.acknowledgement_request is not None
    assert (row.state, row.acknowledgement_request.status) == ("submitted", "answered")
    assert [mail.to for mail in mails("E14")] == [cast.oscar.email]
    assert mails("E14")[0].link == reverse("acknowledgement_detail", args=[row.pk])


def test_cancelled_request_opens_nothing(desk: Client, cast: Cast, program: Program) -> None:
    asked = ask(program=program, user=cast.ada)
    secret = ack_secret(asked.acknowledgement)
    url = reverse("acknowledgement_request_cancel", args=[asked.pk])
    assert desk.post(url).status_code == 303
    answer = Person().open("acknowledge", secret)
    assert (answer.status_code, Opened(answer).headings) == (410, ["This request was withdrawn"])
    assert desk.post(url).status_code == 409


def visit(url_name: str, slug: str, email: str = "sam@home.example") -> Any:
    """Name oneself on a link as a visitor does."""
    person = Person()
    form = person.page(url_name, None, slug).forms[0]
    form.action = reverse(url_name, args=[slug])
    return person.press(form, name="Sam Okafor", email=email)


def write(email: str) -> Any:
    """Write one's words by the link in the newest mail to the address."""
    secret = secret_in(mails("E08", email)[-1])
    person = Person()
    opened = person.open("acknowledge", secret)
    if opened.status_code != 200:
        return opened
    return person.press(Opened(opened).form("/acknowledge"), message="It came in time, thank you.")


def test_link_takes_the_words_of_the_first_who_writes(cast: Cast, program: Program) -> None:
    asked = ask_by_link(program=program, user=cast.ada)
    slug = asked.link_slug or ""
    assert mails("E08") == []
    for email in ("sam@home.example", "kim@home.example"):
        answer = visit("acknowledgement_link", slug, email)
        assert answer["Location"] == reverse("acknowledgement_link_sent", args=[slug])
    assert not Acknowledgement.objects.exists()
    assert write("kim@home.example").status_code == 200
    late = write("sam@home.example")
    assert late.status_code == 410
    row = Acknowledgement.objects.get()
    assert (row.email, row.state) == ("kim@home.example", "submitted")
    asked.refresh_from_db()
    assert (asked.status, asked.recipient_name) == ("answered", "Sam Okafor")
    assert Person().open("acknowledgement_link", None, slug).status_code == 410


def test_mailed_page_works_once(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada)
    visit("acknowledgement_template_link", template.slug)
    assert write("sam@home.example").status_code == 200
    assert write("sam@home.example").status_code == 410


def test_template_counts_its_uses_and_takes_each_address_once(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada, max_uses=2)
    for email in ("sam@home.example", "kim@home.example"):
        visit("acknowledgement_template_link", template.slug, email)
        assert write(email).status_code == 200
    template.refresh_from_db()
    assert template.uses_count == 2
    full = Person().open("acknowledgement_template_link", None, template.slug)
    assert full.status_code == 410
    unlimited = make_ack_template(program=program, user=cast.ada)
    for expected in (200, 409):
        visit("acknowledgement_template_link", unlimited.slug)
        assert write("sam@home.example").status_code == expected


@pytest.mark.django_db(transaction=True)
def test_last_use_of_a_template_goes_to_exactly_one(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada, max_uses=1)
    emails = ("sam@home.example", "kim@home.example")
    for email in emails:
        visit("acknowledgement_template_link", template.slug, email)
    outcomes = together(*(lambda email=email: write(email).status_code for email in emails))
    template.refresh_from_db()
    assert template.uses_count == Acknowledgement.objects.count() == 1
    assert sorted(str(outcome) for outcome in outcomes) == ["200", "410"]


def test_limit_below_the_uses_so_far_is_refused(desk: Client, cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada, max_uses=5)
    for email in ("sam@home.example", "kim@home.example"):
        visit("acknowledgement_template_link", template.slug, email)
        write(email)
    url = reverse("acknowledgement_template_edit", args=[template.pk])
    data = typed(program, name="Spring", max_uses="1", version=template.version)
    answer = desk.post(url, data)
    assert answer.status_code == 422
    assert "used 2 times already" in answer.content.decode()
    assert desk.post(url, {**data, "max_uses": "2"}).status_code == 303


def test_inactive_template_or_program_takes_no_words(
    desk: Client, cast: Cast, program: Program
) -> None:
    template = make_ack_template(program=program, user=cast.ada)
    url = "acknowledgement_template_link"
    desk.post(reverse("acknowledgement_template_deactivate", args=[template.pk]))
    assert Person().open(url, None, template.slug).status_code == 410
    desk.post(reverse("acknowledgement_template_activate", args=[template.pk]))
    assert Person().open(url, None, template.slug).status_code == 200
    programs.deactivate(program=program, at=clock.now())
    assert Person().open(url, None, template.slug).status_code == 410
    assert Person().open(url, None, "unknown").status_code == 404


def test_trapped_robot_hears_the_same_and_gets_no_mail(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada)
    url = reverse("acknowledgement_template_link", args=[template.slug])
    data = {"nonce": "n", "name": "Bot", "email": "bot@home.example", "website": "x"}
    assert Client().post(url, data).status_code == 303
    assert mails("E08") == []


def test_own_users_cannot_praise_their_own_business(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada)
    visit("acknowledgement_template_link", template.slug, cast.ana.email)
    assert write(cast.ana.email).status_code == 409
    assert not Acknowledgement.objects.exists()


def test_address_gets_three_mails_an_hour_at_most(cast: Cast, program: Program) -> None:
    template = make_ack_template(program=program, user=cast.ada)
    answers = [visit("acknowledgement_template_link", template.slug) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]


def test_link_of_a_request_closes_after_thirty_days(cast: Cast, program: Program) -> None:
    asked = ask_by_link(program=program, user=cast.ada)
    with time_machine.travel(asked.created_at + timedelta(days=30), tick=False):
        answer = Person().open("acknowledgement_link", None, asked.link_slug or "")
    assert answer.status_code == 410


def test_undelivered_invitation_shows_on_the_list(
    desk: Client, cast: Cast, program: Program
) -> None:
    asked = ask(program=program, user=cast.ada)
    acknowledgement_requests.note_undelivered(
        pk=asked.acknowledgement.pk, address=asked.recipient_email, at=clock.now()
    )
    page = desk.get(reverse("acknowledgement_requests")).content.decode()
    assert "Not delivered" in page


def test_renewing_a_withdrawn_request_is_refused(cast: Cast, program: Program) -> None:
    row = make_own(program=program, user=cast.ada, state="invited")
    assert row.acknowledgement_request is not None
    acknowledgement_requests.cancel(asked=row.acknowledgement_request, at=clock.now())
    row.acknowledgement_request.refresh_from_db()
    with pytest.raises(Closed):
        acknowledgement_requests.renew(asked=row.acknowledgement_request, at=clock.now())
