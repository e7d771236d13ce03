from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core import outbox
from core.models import OutboxEvent
from tests.kit.concurrency import together

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TOPIC = "tests.parcel_sent"


class Postman:
    """Takes what is handed over; the tasks named in `ill` cannot be reached."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.ill: set[str] = set()

    def __call__(self, task: str, event_id: int) -> None:
        if task in self.ill:
            raise OSError("broker away")
        self.got.append((task, event_id))


@pytest.fixture(autouse=True)
def subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_subscribers", {})
    outbox.subscribe(TOPIC, "tests.weigh")
    outbox.subscribe(TOPIC, "tests.stamp")


def record(key: str = "1", at: datetime = NOW, topic: str = TOPIC) -> None:
    outbox.record(topic=topic, key=key, payload={"parcel": 7}, at=at)


def dispatch(postman: Postman, at: datetime = NOW) -> int:
    return outbox.dispatch(at=at, limit=100, send=postman)


def test_an_event_is_handed_to_every_subscriber_once(db: None) -> None:
    record()
    postman = Postman()
    assert dispatch(postman) == 1
    event = OutboxEvent.objects.get()
    assert postman.got == [("tests.weigh", event.pk), ("tests.stamp", event.pk)]
    assert (event.dispatched_at, event.payload) == (NOW, {"parcel": 7})
    assert dispatch(postman, NOW + DAY) == 0


def test_an_event_recorded_twice_is_one_event(db: None) -> None:
    record()
    record()
    record(topic="tests.other")
    assert OutboxEvent.objects.count() == 2


def test_an_event_of_a_cause_that_did_not_happen_does_not_exist(transactional_db: None) -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert dispatch(Postman()) == 0


def test_subscribing_twice_is_subscribing_once(db: None) -> None:
    outbox.subscribe(TOPIC, "tests.weigh")
    assert outbox.subscribers(TOPIC) == ("tests.weigh", "tests.stamp")


def test_an_event_that_nobody_awaits_is_done(db: None) -> None:
    record(topic="tests.other")
    assert dispatch(Postman()) == 1
    assert OutboxEvent.objects.get().dispatched_at == NOW


def test_an_event_that_could_not_be_handed_over_stays_due_with_growing_pauses(db: None) -> None:
    record()
    postman = Postman()
    postman.ill = {"tests.stamp"}
    pauses, at = [], NOW
    for attempt in range(1, 10):
        assert dispatch(postman, at) == 1
        event = OutboxEvent.objects.get()
        assert event.dispatched_at is None
        assert event.attempts == attempt
        assert "broker away" in event.last_error
        assert dispatch(postman, event.next_attempt_at - timedelta(seconds=1)) == 0
        pauses.append(event.next_attempt_at - at)
        at = event.next_attempt_at
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] == timedelta(hours=1)


def test_an_event_is_never_given_up(db: None) -> None:
    record()
    postman = Postman()
    postman.ill = {"tests.weigh", "tests.stamp"}
    for day in range(1, 40):
        dispatch(postman, NOW + day * DAY)
    postman.ill.clear()
    assert dispatch(postman, NOW + 41 * DAY) == 1
    assert len(postman.got) == 2
    assert OutboxEvent.objects.get().last_error == ""


def test_one_failing_event_does_not_keep_the_others(db: None) -> None:
    outbox.subscribe("tests.other", "tests.sort")
    record()
    record(topic="tests.other")
    postman = Postman()
    postman.ill = {"tests.weigh"}
    assert dispatch(postman) == 2
    assert [task for task, _ in postman.got] == ["tests.sort"]


def test_several_dispatchers_hand_each_event_over_once(transactional_db: None) -> None:
    for number in range(120):
        record(str(number))
    postman = Postman()
    assert sum(together(*[lambda: dispatch(postman)] * 3)) == 120
    assert len(postman.got) == len(set(postman.got)) == 240
