from __future__ import annotations

from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core import jobs


class Broker:
    """Stands in for the broker: takes hints, or is away."""

    def __init__(self) -> None:
        self.hints: list[tuple[str, dict[str, Any]]] = []
        self.pauses: list[float | None] = []
        self.away: Exception | None = None

    def send_task(self, name: str, kwargs: dict[str, Any], **options: Any) -> None:
        if self.away:
            raise self.away
        self.hints.append((name, kwargs))
        self.pauses.append(options["countdown"])


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    """A broker that nothing is on its way to."""
    broker = Broker()
    monkeypatch.setattr(jobs, "_held", jobs.Held())
    monkeypatch.setattr(current_app._get_current_object(), "send_task", broker.send_task)
    return broker


def test_a_hint_leaves_when_the_transaction_commits(
    db: None, broker: Broker, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("core.send_due_mail", offer=7)
        assert broker.hints == []
    assert broker.hints == [("core.send_due_mail", {"offer": 7})]


def test_a_hint_of_what_did_not_happen_never_leaves(
    db: None, broker: Broker, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.enqueue("core.send_due_mail")
        transaction.set_rollback(True)
    assert broker.hints == []


def test_the_same_hint_twice_in_one_transaction_is_sent_once(
    db: None, broker: Broker, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in (1, 1, 2):
            jobs.enqueue("core.send_due_mail", offer=number)
    assert [ids for _, ids in broker.hints] == [{"offer": 1}, {"offer": 2}]


def test_a_hint_taken_back_with_its_savepoint_does_not_silence_the_next_one(
    db: None, broker: Broker, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            jobs.enqueue("core.send_due_mail")
            transaction.set_rollback(True)
        jobs.enqueue("core.send_due_mail")
    assert len(broker.hints) == 1


@pytest.mark.parametrize("trouble", [OperationalError("away"), ConnectionRefusedError()])
def test_a_request_succeeds_although_the_broker_is_away(
    db: None, broker: Broker, django_capture_on_commit_callbacks: Any, trouble: Exception
) -> None:
    broker.away = trouble
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("core.send_due_mail")
    assert broker.hints == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pause", "hints"), [(3600.0, 1), (0.0, 3)])
def test_what_happens_while_a_hint_is_held_back_needs_none_of_its_own(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, pause: float, hints: int
) -> None:
    monkeypatch.setattr(jobs, "PAUSE", pause)
    for _ in range(3):
        jobs.enqueue_soon("core.forget_expired")
    assert broker.hints == [("core.forget_expired", {})] * hints
    assert set(broker.pauses) == {pause}
