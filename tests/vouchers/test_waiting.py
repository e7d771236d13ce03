"""The wait list: in order, before newcomers, decided about anew (vouchers.md 5.5, 5.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from directory.models import Organisation, User
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign, make_codes
from tests.vouchers.campaigning import DAY, NOW, ask, available, person, running, stocked
from tests.vouchers.conservation import faults
from vouchers.choices import Outcome, WaitState
from vouchers.models import Attempt, Campaign, Issuance, WaitEntry
from vouchers.recipients import Recipient, of_contact
from vouchers.services import campaign_statuses, revoking, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


def queue(campaign: Campaign, *people: Recipient) -> None:
    """Let the people ask in vain, a minute after each other."""
    for minute, who in enumerate(people):
        given = ask(campaign, who, key=f"wish:{who.key}", at=NOW + timedelta(minutes=minute))
        assert given.outcome == Outcome.WAITLISTED


def states(campaign: Campaign) -> list[str]:
    return list(
        WaitEntry.objects.filter(campaign=campaign)
        .order_by("qualified_at", "pk")
        .values_list("state", flat=True)
    )


@pytest.mark.scenario("VCH-52")
def test_a_top_up_serves_who_waits_in_order_and_passes_over_who_no_longer_qualifies(
    acme: Organisation,
) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    queue(campaign, person("a"), person("b"), person("c"))
    make_codes(sale, 2)
    assert waiting.serve(voucher_list=sale, at=NOW + DAY) == 2
    assert states(campaign) == ["served", "served", "waiting"]

    other = stocked(acme, 0)
    second = running(other)
    a, b, c = (of_contact(make_contact(acme, name)) for name in ("A One", "B Two", "C Three"))
    queue(second, a, b, c)
    assert b.contact is not None
    type(b.contact).objects.filter(pk=b.contact.pk).update(state="terminated")
    make_codes(other, 2)
    assert waiting.serve(voucher_list=other, at=NOW + DAY) == 2
    assert states(second) == ["served", "ineligible", "served"]
    owners = Issuance.objects.filter(campaign=second).values_list("recipient_key", flat=True)
    assert set(owners) == {a.key, c.key}


@pytest.mark.scenario("VCH-53")
def test_a_newcomer_joins_the_end_while_somebody_waits(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    queue(campaign, person("c"))
    make_codes(sale, 1)
    newcomer = ask(campaign, person("d"), at=NOW + timedelta(minutes=5))
    assert (newcomer.outcome, newcomer.reason) == (Outcome.WAITLISTED, "others were first")
    waiting.serve(campaign=campaign, at=NOW + timedelta(minutes=6))
    assert Issuance.objects.get(campaign=campaign).recipient_key == person("c").key
    assert states(campaign) == ["served", "waiting"]


def test_who_asks_again_while_waiting_keeps_the_place(acme: Organisation) -> None:
    campaign = running(stocked(acme, 0))
    queue(campaign, person("a"), person("b"))
    ask(campaign, person("a"), at=NOW + DAY)
    assert WaitEntry.objects.filter(campaign=campaign).count() == 2
    assert WaitEntry.objects.get(recipient_key=person("a").key).qualified_at == NOW


def test_people_of_two_campaigns_are_served_from_one_list_in_one_order(
    acme: Organisation,
) -> None:
    sale = stocked(acme, 0)
    one, two = make_campaign(sale), make_campaign(sale)
    ask(one, person("a"), at=NOW)
    ask(two, person("b"), at=NOW + timedelta(minutes=1))
    ask(one, person("c"), at=NOW + timedelta(minutes=2))
    make_codes(sale, 2)
    waiting.serve(voucher_list=sale, at=NOW + DAY)
    assert states(one) == ["served", "waiting"]
    assert states(two) == ["served"]


def test_a_code_that_returns_to_the_pool_goes_to_who_waits(acme: Organisation) -> None:
    sale = stocked(acme, 1)
    campaign = running(sale)
    first = ask(campaign, person("a")).issuance
    queue(campaign, person("b"))
    assert first is not None
    revoking.revoke(issuance=first, reason="Sent by mistake", actor=None, at=NOW + DAY)
    waiting.serve(at=NOW + DAY)
    assert Issuance.objects.get(status="issued").recipient_key == person("b").key


def test_nobody_is_served_from_a_list_that_is_paused(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    queue(campaign, person("a"))
    make_codes(sale, 1)
    type(sale).objects.filter(pk=sale.pk).update(status="paused")
    assert waiting.serve(at=NOW + DAY) == 0
    type(sale).objects.filter(pk=sale.pk).update(status="active")
    assert waiting.serve(at=NOW + DAY) == 1


def test_entries_end_with_their_campaign(acme: Organisation, ada: User) -> None:
    campaign = running(stocked(acme, 0))
    queue(campaign, person("a"))
    campaign_statuses.end(campaign=campaign, actor=ada, at=NOW + DAY)
    entry = WaitEntry.objects.get()
    assert (entry.state, entry.ended_reason) == (WaitState.EXPIRED, "campaign ended")


def test_somebody_who_is_taken_off_the_list_is_not_served(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    queue(campaign, person("a"), person("b"))
    entry = WaitEntry.objects.get(recipient_key=person("a").key)
    waiting.withdraw(entry=entry, reason="asked us to", at=NOW)
    with pytest.raises(waiting.NotWaiting):
        waiting.serve_entry(entry=entry, at=NOW)
    make_codes(sale, 2)
    waiting.serve(at=NOW + DAY)
    assert states(campaign) == ["withdrawn", "served"]
    assert available(sale) == 1


def test_one_entry_can_be_served_out_of_turn(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale)
    queue(campaign, person("a"), person("b"))
    make_codes(sale, 1)
    entry = WaitEntry.objects.get(recipient_key=person("b").key)
    assert waiting.serve_entry(entry=entry, at=NOW + DAY).outcome == Outcome.ISSUED
    assert states(campaign) == ["waiting", "served"]


def test_waiting_on_in_vain_does_not_fill_the_log(acme: Organisation) -> None:
    campaign = running(stocked(acme, 0))
    queue(campaign, person("a"))
    before = Attempt.objects.count()
    for minute in range(3):
        waiting.serve(at=NOW + timedelta(minutes=minute))
    assert Attempt.objects.count() == before


def test_an_exhausted_campaign_runs_again_after_a_top_up(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    campaign = running(sale, on_exhaustion="stop")
    assert ask(campaign).outcome == Outcome.EXHAUSTED
    make_codes(sale, 1)
    waiting.serve(voucher_list=sale, at=NOW + DAY)
    campaign.refresh_from_db()
    assert campaign.status == "running"
    assert ask(campaign, at=NOW + DAY).outcome == Outcome.ISSUED
