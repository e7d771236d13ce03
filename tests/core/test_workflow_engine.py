from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core import workflow
from core.clock import now
from core.errors import StaleStatus
from core.transitions import Transition
from incentives.models import Offer, OfferStatusChange
from tests.factories.incentives import make_desk, make_offer
from tests.kit.concurrency import meeting, split, together

LATER = datetime(2030, 1, 1, tzinfo=UTC)
CANCEL = Transition("X1", "offered", "cancelled", "provider")
DECLINE = Transition("X2", "offered", "rejected", "recipient")
BY_RECIPIENT = Transition("X3", "offered", "cancelled", "provider", after="recipient")


@pytest.fixture
def offer(db: None) -> Offer:
    return make_offer(program=make_desk().program)


def history(changed: Offer, left: str) -> OfferStatusChange:
    return OfferStatusChange.objects.create(
        offer=changed,
        transition="X",
        from_status=left,
        to_status=changed.status,
        actor_kind="system",
        actor_name="test",
        at=LATER,
    )


def perform(offer: Offer, row: Transition, **more: Any) -> Offer:
    workflow.perform(offer, row, at=LATER, history=history, **more)
    return offer


def test_a_change_writes_status_side_moment_and_version(offer: Offer) -> None:
    before = offer.version
    perform(offer, CANCEL)
    stored = Offer.objects.get(pk=offer.pk)
    for seen in (offer, stored):
        assert (seen.status, seen.status_set_by, seen.status_changed_at) == (
            "cancelled",
            "provider",
            LATER,
        )
        assert seen.version == before + 1


def test_further_columns_change_together_with_the_status(offer: Offer) -> None:
    perform(offer, CANCEL, values={"closed_at": LATER})
    assert Offer.objects.get(pk=offer.pk).closed_at == LATER == offer.closed_at


def test_a_change_writes_its_line_of_history(offer: Offer) -> None:
    perform(offer, CANCEL)
    line = OfferStatusChange.objects.latest("pk")
    assert (line.from_status, line.to_status) == ("offered", "cancelled")


def test_a_failing_history_takes_the_change_back(offer: Offer) -> None:
    def broken(changed: Offer, left: str) -> None:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError):
        workflow.perform(offer, CANCEL, at=LATER, history=broken)
    assert Offer.objects.get(pk=offer.pk).status == "offered"


def test_a_row_that_left_its_source_status_is_not_changed(offer: Offer) -> None:
    seen = Offer.objects.get(pk=offer.pk)
    perform(offer, CANCEL)
    count = OfferStatusChange.objects.count()
    with pytest.raises(StaleStatus) as refusal:
        perform(seen, DECLINE)
    assert refusal.value.status == 409
    assert Offer.objects.get(pk=offer.pk).status == "cancelled"
    assert seen.status == "offered"
    assert OfferStatusChange.objects.count() == count


def test_a_row_of_another_version_is_not_changed(offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(version=offer.version + 1)
    with pytest.raises(StaleStatus):
        perform(offer, CANCEL)
    assert Offer.objects.get(pk=offer.pk).status == "offered"


def test_a_row_whose_status_the_other_side_set_is_not_changed(offer: Offer) -> None:
    with pytest.raises(StaleStatus):
        perform(offer, BY_RECIPIENT)
    Offer.objects.filter(pk=offer.pk).update(status_set_by="recipient")
    perform(offer, BY_RECIPIENT)
    assert Offer.objects.get(pk=offer.pk).status == "cancelled"


@pytest.fixture
def committed_offer(transactional_db: None) -> Offer:
    return make_offer(program=make_desk().program, at=now())


def test_of_two_simultaneous_changes_exactly_one_wins(committed_offer: Offer) -> None:
    def attempt(row: Transition) -> str:
        return perform(Offer.objects.get(pk=committed_offer.pk), row).status

    won, refused = split(meeting(lambda: attempt(CANCEL), lambda: attempt(DECLINE)))
    assert won == ["cancelled"]
    assert [type(error) for error in refused] == [StaleStatus]
    assert Offer.objects.get(pk=committed_offer.pk).status == "cancelled"
    assert OfferStatusChange.objects.filter(transition="X").count() == 1


def test_of_five_simultaneous_changes_exactly_one_wins(committed_offer: Offer) -> None:
    def attempt() -> str:
        return perform(Offer.objects.get(pk=committed_offer.pk), CANCEL).status

    won, refused = split(together(*[attempt] * 5))
    assert won == ["cancelled"]
    assert [type(error) for error in refused] == [StaleStatus] * 4
    assert Offer.objects.get(pk=committed_offer.pk).version == committed_offer.version + 1
