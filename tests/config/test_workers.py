"""A real worker process over a real broker: what is queued in the web process gets done."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.celery import DEFAULT, SCHEDULE, WEBHOOKS, app
from core.models import OutboxEvent
from tests.factories.directory import make_business
from tests.kit.processes import ROOT, clean_environment, nothing_left_of, until
from tests.vouchers.receiving import receiver
from vouchers import happenings
from vouchers.outside_choices import MessageState
from vouchers.services import webhook_delivery, webhooks
from vouchers.services.webhooks import EndpointData

PAST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def environment(var: Path, **values: str) -> dict[str, str]:
    """Point a process of the application at the test's own database and broker."""
    database = connection.settings_dict
    login = ":".join(filter(None, [database["USER"], database.get("PASSWORD")]))
    place = f"host={database['HOST']}&port={database['PORT'] or 5432}"
    return clean_environment(
        DEBUG="1",
        LARGESSE_VAR=str(var),
        DATABASE_URL=f"postgres://{login}@/{database['NAME']}?{place}",
        DJANGO_SETTINGS_MODULE="config.settings",
        **values,
    )


@contextmanager
def worker(env: dict[str, str], log: Path, *options: str) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "info"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *options],
            env=env,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            until(lambda: "ready." in log.read_text(), "the worker to be ready", 60)
            yield
        finally:
            process.terminate()
            process.wait(30)


def send(env: dict[str, str], name: str) -> None:
    """Enqueue as a web process does: through `core.jobs`, in a committed transaction."""
    code = f"import django; django.setup(); from core import jobs; jobs.enqueue({name!r})"
    subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True)


def carry_out(env: dict[str, str], folder: Path) -> None:
    """Fail unless a worker hands on the event that waits in the outbox."""
    event = OutboxEvent.objects.create(
        topic="test", key="k1", payload={}, occurred_at=PAST, next_attempt_at=PAST
    )
    with worker(env, folder / "worker.log"):
        send(env, "core.dispatch_outbox")
        until(
            lambda: OutboxEvent.objects.get(pk=event.pk).dispatched_at is not None,
            "the worker to dispatch the event",
        )


@pytest.mark.django_db(transaction=True)
def test_worker_over_folders_does_what_was_enqueued(tmp_path: Path) -> None:
    with nothing_left_of(tmp_path):
        carry_out(environment(tmp_path / "var"), tmp_path)


@pytest.mark.django_db(transaction=True)
def test_webhooks_go_out_by_a_worker_of_their_own_queue(tmp_path: Path, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    env = environment(tmp_path / "var", WEBHOOKS_ALLOW_LOOPBACK="1")
    with nothing_left_of(tmp_path), receiver(200) as server:
        data = EndpointData(url=server.url, event_types=[happenings.REWARDED])
        endpoint, _ = webhooks.create(business=make_business(), data=data, actor=None, at=PAST)
        webhook_delivery.send_test(endpoint=endpoint, at=PAST)
        with worker(env, tmp_path / "worker.log", "--queues", WEBHOOKS):
            send(env, "vouchers.deliver_webhooks")
            until(lambda: len(server.requests) == 1, "the worker to call the receiver")
            until(
                lambda: endpoint.messages.get().state == MessageState.DELIVERED,
                "the worker to write the answer down",
            )


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_worker_over_redis_does_what_was_enqueued(tmp_path: Path) -> None:
    address = os.environ.get("TEST_REDIS_URL")
    if not address:
        pytest.skip("TEST_REDIS_URL names no Redis server")
    with nothing_left_of(tmp_path):
        carry_out(environment(tmp_path / "var", REDIS_URL=address), tmp_path)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_hint_sent_while_no_worker_runs_waits_for_one_in_redis(tmp_path: Path) -> None:
    address = os.environ.get("TEST_REDIS_URL")
    if not address:
        pytest.skip("TEST_REDIS_URL names no Redis server")
    env = environment(tmp_path / "var", REDIS_URL=address)
    event = OutboxEvent.objects.create(
        topic="test", key="k2", payload={}, occurred_at=PAST, next_attempt_at=PAST
    )
    with nothing_left_of(tmp_path):
        send(env, "core.dispatch_outbox")
        with worker(env, tmp_path / "worker.log"):
            until(
                lambda: OutboxEvent.objects.get(pk=event.pk).dispatched_at is not None,
                "the worker to find the waiting hint",
            )


def test_every_entry_of_the_schedule_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {task for task, _ in SCHEDULE.values()} <= set(app.tasks)


def test_webhooks_have_a_queue_of_their_own_that_a_plain_worker_serves_too() -> None:
    queues = {task: app.amqp.router.route({}, task)["queue"].name for task, _ in SCHEDULE.values()}
    apart = {task for task, queue in queues.items() if queue != DEFAULT}
    assert apart == {"vouchers.deliver_webhooks"}
    assert set(app.amqp.queues.consume_from) == {DEFAULT, WEBHOOKS}
    # Two queues on one exchange and key would each get everything.
    routes = {(queue.exchange.name, queue.routing_key) for queue in app.amqp.queues.values()}
    assert len(routes) == 2
