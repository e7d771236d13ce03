"""Whether this process lives, and whether it can do its work: for supervisors and load balancers."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.http import public

logger = structlog.get_logger(__name__)

OLDEST_POSTGRESQL = 15
BROKER_PATIENCE = 2  # seconds


class NotReadyError(Exception):
    """A part is missing; the message may be shown to anybody."""


def database() -> None:
    """Ask the database for its version and refuse one that is too old."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        found = int(cursor.fetchone()[0]) // 10_000
    if found < OLDEST_POSTGRESQL:
        raise NotReadyError(f"PostgreSQL {found} is older than {OLDEST_POSTGRESQL}")


def migrations() -> None:
    """Refuse to serve code that is newer than the tables."""
    missing = known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        raise NotReadyError(f"{len(missing)} to apply")


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code; they cannot change while the process runs."""
    return frozenset(MigrationLoader(None).graph.nodes)


def broker() -> None:
    """Reach the broker, or find the folder that stands in for it writable."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]
        if not os.access(folder, os.W_OK):
            raise NotReadyError("folder not writable")
        return
    with current_app.connection_for_write() as link:
        link.ensure_connection(max_retries=0, timeout=BROKER_PATIENCE)


CHECKS: dict[str, Callable[[], None]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
}


def examine(check: Callable[[], None]) -> str:
    """Return "ok" or what is wrong, in words that betray nothing about the machine."""
    try:
        check()
    except NotReadyError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - each part fails in its own way; the probe answers
        logger.warning("not_ready", check=check.__name__, reason=f"{type(error).__name__}: {error}")
        return "unreachable"
    return "ok"


@public("load balancers ask without signing in; the answer holds no data")
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; nothing else is asked, so a slow database restarts nobody."""
    return JsonResponse({"status": "ok"})


@public("load balancers ask without signing in; the answer holds no data")
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether database, migrations and broker are in place: 200, or 503 with what is missing."""
    found = {name: examine(check) for name, check in CHECKS.items()}
    fine = all(answer == "ok" for answer in found.values())
    return JsonResponse(
        {"status": "ok" if fine else "unavailable", "checks": found}, status=200 if fine else 503
    )
