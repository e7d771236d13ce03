"""What the demo is made of: a database, tables, a town, and the processes that serve it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from config import demo, embedded
from config.supervisor import Child
from core.clock import now

WEB_PROCESSES = 2
WEB_THREADS = 4
BACKGROUND_PROCESSES = 2
PATIENCE = 90.0  # seconds for the web server's first answer
HOPELESS = 3  # a web server that has failed so often before its first answer will not come


def refuse_outside_demo() -> None:
    """Raise CommandError unless this process may hold demo data: DEBUG and LARGESSE_DEMO are on."""
    if not (settings.DEBUG and settings.DEMO):
        raise CommandError("This is for demo data only: set DEBUG=1 and LARGESSE_DEMO=1.")


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Have a database for the length of a `with` block: the named one, or the embedded one."""
    if not settings.EMBEDDED:
        yield
        return
    try:
        with embedded.lease(settings.VAR_DIR):
            yield
    except embedded.EmbeddedDatabaseError as error:
        raise CommandError(str(error)) from error


def unapplied() -> bool:
    """Tell whether tables lag behind the code; asking is cheap, `migrate` with nothing to do is not."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare(*, report: Callable[[str], None]) -> None:
    """Bring the tables up to date, and build the town if nobody lives there yet.

    The town is built in one transaction: an interrupted build leaves an empty place, not half a town.
    """
    if unapplied():
        call_command("migrate", interactive=False, verbosity=0)
    if demo.is_empty():
        report("Building the demo town; this happens once …")
        with transaction.atomic():
            demo.build(at=now())


def wipe() -> None:
    """Drop every table. Emptying them would not do: some refuse to lose rows."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    for folder in (settings.VAR_DIR / "broker", settings.VAR_DIR / "cache"):
        for file in folder.glob("*"):
            file.unlink(missing_ok=True)


def environment(address: str) -> dict[str, str]:
    """Return what every process of the demo is told; `address` is what links begin with."""
    return {**os.environ, "SITE_URL": address, "DEBUG": "1", "LARGESSE_DEMO": "1"}


def processes(*, host: str, port: int, address: str) -> list[Child]:
    """Return the web server, the worker and beat."""
    env = environment(address)
    log = settings.VAR_DIR / "log"
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(WEB_PROCESSES)),
        *("--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers"),
        "config.wsgi:application",
    ]
    worker = [*celery, "worker", "--concurrency", str(BACKGROUND_PROCESSES), "--loglevel", "info"]
    # The plain scheduler keeps its table in memory: nothing on disk to go stale or to fight over.
    beat = [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile="]
    return [
        Child(name, command, env, settings.BASE_DIR, log / f"{name}-{port}.log")
        for name, command in (("web", web), ("worker", worker), ("beat", beat))
    ]


def wait_until_ready(address: str, *, web: Child) -> None:
    """Return once the web server answers that database, tables and broker are in place."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and web.failures < HOPELESS:
        web.look(now=time.monotonic())
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    tail = "\n".join(web.log.read_text(errors="replace").splitlines()[-20:])
    raise CommandError(f"The web server does not answer. The end of {web.log}:\n{tail}")
