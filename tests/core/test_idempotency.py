from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import idempotency
from core.idempotency import KeyReused, Outcome, run_once
from core.models import IdempotencyKey, RateCounter
from tests.kit.concurrency import meeting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Till:
    """An effect that can be counted in the database, so that a rollback takes it back."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        RateCounter.objects.create(bucket=f"effect {self.calls}", window_start=NOW)
        return f"offer {self.calls}"


def once(effect: object, key: str = "k1", scope: str = "offers", print_of: str = "") -> Outcome:
    return run_once(scope=scope, key=key, at=NOW, effect=effect, fingerprint=print_of)  # type: ignore[arg-type]


def test_a_key_used_twice_has_one_effect_and_one_answer(db: None) -> None:
    till = Till()
    assert once(till) == Outcome("offer 1", replayed=False)
    assert once(till) == Outcome("offer 1", replayed=True)
    assert RateCounter.objects.count() == 1


def test_another_key_or_scope_is_another_request(db: None) -> None:
    till = Till()
    results = [once(till), once(till, key="k2"), once(till, scope="payouts")]
    assert [outcome.result for outcome in results] == ["offer 1", "offer 2", "offer 3"]


def test_long_keys_that_begin_alike_are_different_keys(db: None) -> None:
    till = Till()
    once(till, key="k" * 200 + "1")
    assert not once(till, key="k" * 200 + "2").replayed
    assert once(till, key="k" * 200 + "1").replayed


def test_without_a_key_every_call_has_its_effect(db: None) -> None:
    till = Till()
    once(till, key="")
    once(till, key="")
    assert till.calls == 2
    assert not IdempotencyKey.objects.exists()


def test_a_key_used_for_another_request_is_refused(db: None) -> None:
    till = Till()
    one, other = map(idempotency.fingerprint_of, ("amount=5", "amount=6"))
    once(till, print_of=one)
    with pytest.raises(KeyReused) as refusal:
        once(till, print_of=other)
    assert refusal.value.status == 409
    assert till.calls == 1
    assert once(till, print_of=one).replayed


def test_an_effect_that_fails_frees_the_key_and_leaves_nothing(db: None) -> None:
    def fail() -> str:
        RateCounter.objects.create(bucket="half", window_start=NOW)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        once(fail)
    assert not RateCounter.objects.exists()
    assert once(Till()) == Outcome("offer 1", replayed=False)


def test_a_second_caller_at_the_same_moment_waits_and_gets_the_first_answer(
    transactional_db: None,
) -> None:
    till = Till()
    first, second = meeting(lambda: once(till), lambda: once(till))
    assert first == Outcome("offer 1", replayed=False)
    assert second == Outcome("offer 1", replayed=True)
    assert RateCounter.objects.count() == 1


def test_a_second_caller_acts_when_the_first_one_comes_to_nothing(transactional_db: None) -> None:
    till = Till()
    _, second = meeting(lambda: once(Till()), lambda: once(till), commit=False)
    assert second == Outcome("offer 1", replayed=False)
    assert till.calls == 1
    assert IdempotencyKey.objects.count() == 1


def test_keys_are_forgotten_after_a_day(db: None) -> None:
    till = Till()
    once(till)
    assert idempotency.forget(at=NOW + timedelta(hours=24)) == 0
    assert idempotency.forget(at=NOW + timedelta(hours=24, seconds=1)) == 1
    assert once(till) == Outcome("offer 2", replayed=False)
