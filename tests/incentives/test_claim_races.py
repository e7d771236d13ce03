"""Two presses at the same moment through the pages of both sides, on a real PostgreSQL (4.4)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse

from core import clock
from incentives.guards import Payload
from incentives.models import ClaimIntent
from incentives.selectors import offer_by_pk
from incentives.services import links
from tests.factories.incentives import make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Carry out the acts in threads that start together, each on a connection of its own."""
    barrier = threading.Barrier(len(acts))
    answers: dict[int, HttpResponse] = {}

    def run(number: int, act: Callable[[], HttpResponse]) -> None:
        try:
            barrier.wait(timeout=20)
            answers[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[number] for number in range(len(acts))]


@pytest.mark.scenario("INC-36")
@pytest.mark.parametrize("round_", range(4))
def test_of_accept_and_cancel_exactly_one_wins_and_the_other_keeps_its_text(round_: int) -> None:
    acme = make_desk("Acme Solar")
    offer = make_offer(program=acme.program)
    secret = secret_in(mails("E01", offer.recipient_email)[-1])
    noor, desk = Person(), Person()
    desk.client.force_login(acme.user)
    counter = noor.page("offer_answer", secret, "counter").form("/claim/counter?")
    composer = Page(desk.client.get(reverse("offer_messages", args=[offer.pk]))).form("/message/")
    recipient, provider = at_once(
        lambda: noor.press(counter, counter_value_amount="70", body="Could it be more?"),
        lambda: desk.press(composer, status="cancelled", body="We ran out of panels."),
    )
    after = offer_by_pk(pk=offer.pk)
    changes = after.status_changes.exclude(to_status__in=["draft", "offered"])
    assert changes.count() == 1
    if after.status == "counter":
        assert (recipient.status_code, provider.status_code) == (303, 409)
        assert "We ran out of panels." in provider.content.decode()
    else:
        assert after.status == "cancelled"
        assert (recipient.status_code, provider.status_code) == (409, 303)
        assert "Could it be more?" in recipient.content.decode()


def test_of_accept_and_cancel_at_once_one_is_written() -> None:
    acme = make_desk("Acme Solar")
    offer = make_offer(program=acme.program)
    secret = secret_in(mails("E01", offer.recipient_email)[-1])
    noor, desk = Person(), Person()
    desk.client.force_login(acme.user)
    accept = noor.page("offer_claim", secret).form("/claim/accept?")
    composer = Page(desk.client.get(reverse("offer_messages", args=[offer.pk]))).form("/message/")
    codes = [
        answer.status_code
        for answer in at_once(
            lambda: noor.press(accept),
            lambda: desk.press(composer, status="cancelled", body="We ran out of panels."),
        )
    ]
    assert sorted(codes) == [303, 409]
    assert (offer_by_pk(pk=offer.pk).status, codes) in (
        ("approved", [303, 409]),
        ("cancelled", [409, 303]),
    )


def test_two_presses_of_one_button_at_once_act_once() -> None:
    offer = make_offer(program=make_desk().program)
    secret = secret_in(mails("E01", offer.recipient_email)[-1])
    form = Person().page("offer_claim", secret).form("/claim/accept?")
    answers = at_once(lambda: Person().press(form), lambda: Person().press(form))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert offer_by_pk(pk=offer.pk).status_changes.filter(to_status="approved").count() == 1
    assert len(mails("E04")) == 1


def test_of_two_confirmations_at_once_one_is_bound() -> None:
    offer = make_offer(program=make_desk().program, delivery="link")
    forms = []
    for name in ("sam", "lee"):
        links.request(
            offer=offer, target="pre_claimed", name=name.title(), email=f"{name}@home.example",
            payload=Payload(), at=clock.now(),
        )  # fmt: skip
        secret = secret_in(mails("E02", f"{name}@home.example")[-1])
        forms.append(Person().page("offer_verify", secret).form("/verify"))
    answers = at_once(*(lambda form=form: Person().press(form) for form in forms))  # type: ignore[misc]
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner = ClaimIntent.objects.get(confirmed_at__isnull=False)
    assert offer_by_pk(pk=offer.pk).recipient_email == winner.email
