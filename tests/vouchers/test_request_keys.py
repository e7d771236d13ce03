"""The same request has the same answer, and one key is one person's (vouchers.md 5.3, 5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from directory.models import Organisation
from tests.api.client import Till, error_of
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_codes
from tests.kit.concurrency import split, together
from tests.vouchers.campaigning import NOW, ask, code_of, hold, person, running, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import Outcome, WaitState
from vouchers.models import Campaign, Issuance, WaitEntry
from vouchers.recipients import of_contact, of_email
from vouchers.selectors.recipients import recipient_for
from vouchers.services import confirming, waiting
from vouchers.services.issuing import KeyReused
from vouchers.services.reservations import ReservationOver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


def test_a_key_of_somebody_who_waits_is_not_taken_for_somebody_else(acme: Organisation) -> None:
    campaign = running(stocked(acme, 0))
    assert ask(campaign, person("ann"), key="k").outcome == Outcome.WAITLISTED
    with pytest.raises(KeyReused):
        ask(campaign, person("ben"), key="k")
    assert ask(campaign, person("ann"), key="k").outcome == Outcome.WAITLISTED
    assert WaitEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_join_with_one_key_at_once_one_waits(acme: Organisation) -> None:
    campaign = running(stocked(acme, 0))
    answers = together(
        lambda: ask(campaign, person("ann"), key="k"), lambda: ask(campaign, person("ben"), key="k")
    )
    joined, refused = split(answers)
    assert [result.outcome for result in joined] == [Outcome.WAITLISTED]
    assert [type(error) for error in refused] == [KeyReused]


def test_nobody_behind_an_entry_that_cannot_be_served_waits_for_ever(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    for minute, name in enumerate(("ann", "ben")):
        ask(campaign, person(name), key=name, at=NOW + timedelta(minutes=minute))
    make_codes(sale, 3)
    # The key of the first was used for somebody else meanwhile, by whatever way.
    first = WaitEntry.objects.get(idempotency_key="ann")
    taken = waiting.serve_entry(entry=first, at=NOW).issuance
    assert taken is not None
    WaitEntry.objects.filter(pk=first.pk).update(
        state=WaitState.WAITING,
        ended_at=None,
        issuance=None,
        recipient_key="email:eve@home.example",
    )
    assert waiting.serve(campaign=campaign, at=NOW) == 1
    first.refresh_from_db()
    assert first.state == WaitState.INELIGIBLE
    assert "somebody else" in first.ended_reason
    assert Issuance.objects.filter(recipient_key=person("ben").key).count() == 1


def test_who_confirms_a_lapsed_reservation_twice_has_one_fresh_code(acme: Organisation) -> None:
    campaign = running(stocked(acme, 3))
    reserved = hold(campaign).issuance
    assert reserved is not None
    late = NOW + timedelta(minutes=20)
    first = confirming.confirm(issuance=reserved, at=late)
    again = confirming.confirm(issuance=reserved, at=late)
    assert (first.outcome, again.outcome) == (Outcome.ISSUED, Outcome.ALREADY_ISSUED)
    assert code_of(first) == code_of(again)
    assert Issuance.objects.filter(status="issued").count() == 1


def test_a_released_reservation_is_over_for_whoever_confirms_it(acme: Organisation) -> None:
    reserved = hold(running(stocked(acme, 3))).issuance
    assert reserved is not None
    confirming.release(issuance=reserved, at=NOW)
    with pytest.raises(ReservationOver):
        confirming.confirm(issuance=reserved, at=NOW)


@pytest.fixture
def one_each(acme: Organisation) -> Campaign:
    return running(stocked(acme, 5), max_per_recipient=1)


def test_who_becomes_a_contact_keeps_the_code_of_the_same_request(one_each: Campaign) -> None:
    first = ask(one_each, of_email("rita@home.example"), key="order-1")
    contact = make_contact(one_each.business, "Rita", email="Rita@home.example")
    again = ask(one_each, of_contact(contact, email="rita@home.example"), key="order-1")
    assert again.outcome == Outcome.ALREADY_ISSUED
    assert code_of(again) == code_of(first)
    with pytest.raises(KeyReused):
        ask(one_each, person("sam"), key="order-1")


def test_who_becomes_a_contact_does_not_get_what_they_had_already(
    one_each: Campaign, acme: Organisation
) -> None:
    """Limits are a person's, however they were named (vouchers.md 2.8)."""
    assert ask(one_each, of_email("rita@home.example")).outcome == Outcome.ISSUED
    assert ask(one_each, recipient_for(business=acme, phone="+44 20 7946 0018")).outcome == (
        Outcome.ISSUED
    )
    rita = make_contact(acme, "Rita", email="rita@home.example")
    tom = make_contact(acme, "Tom", email="tom@home.example", phone="+44 20 7946 0018")
    for contact in (rita, tom):
        assert ask(one_each, of_contact(contact)).outcome == Outcome.LIMIT_REACHED
    other = make_contact(acme, "Sam", email="sam@home.example")
    assert ask(one_each, of_contact(other)).outcome == Outcome.ISSUED


def test_the_api_shows_a_contact_what_their_address_was_given_before(
    one_each: Campaign, acme: Organisation, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    till, name = Till(acme), {"recipient": {"email": "rita@home.example"}}
    path = f"/voucher-campaigns/{one_each.reference}/issue"
    first = till.post(path, name, key="k")
    make_contact(acme, "Rita", email="rita@home.example")
    assert till.post(path, name, key="k").json()["voucher_code"] == first.json()["voucher_code"]
    told = till.get("/vouchers", {"identity": "rita@home.example"}).json()["vouchers"]
    assert [one["voucher_code"] for one in told] == [first.json()["voucher_code"]]
    other = {"recipient": {"email": "sam@home.example"}}
    error_of(till.post(path, other, key="k"), 409, "KEY_REUSED")
