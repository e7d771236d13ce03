"""Say what is missing on this machine, and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from config import embedded, health

OLDEST_PYTHON = (3, 11)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` is empty where nothing is to be done."""

    name: str
    found: str
    remedy: str = ""
    needed: bool = True


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", version, "Install Python 3.11 or newer and run `make env` again.")
    return Finding("Python", version)


def database() -> Finding:
    if settings.EMBEDDED and not embedded.is_running(settings.VAR_DIR):
        return Finding(
            "Database",
            "the embedded server is not running",
            "`make demo` and the tests start it by themselves; for other commands run "
            "`python -m config.embedded start`.",
        )
    return probe(
        "Database",
        health.database,
        "Check DATABASE_URL: PostgreSQL 15 or newer must answer there and let this user in.",
    )


def migrations() -> Finding:
    return probe("Tables", health.migrations, "Run `manage.py migrate`.")


def broker() -> Finding:
    if settings.REDIS_URL:
        remedy = "Check REDIS_URL: a Redis server must answer there."
    else:
        remedy = f"Make {settings.VAR_DIR / 'broker'} writable for this user."
    return probe("Broker", health.broker, remedy)


def folders() -> Finding:
    folder = settings.VAR_DIR
    while not folder.exists():
        folder = folder.parent
    if os.access(folder, os.W_OK):
        return Finding("Folder for data", str(settings.VAR_DIR))
    return Finding(
        "Folder for data", f"{folder} is not writable", "Set LARGESSE_VAR to one that is."
    )


def site_address() -> Finding:
    local = "localhost" in settings.SITE_URL or "127.0.0.1" in settings.SITE_URL
    if local and not settings.DEBUG:
        return Finding(
            "Address",
            settings.SITE_URL,
            "Set SITE_URL to the public address: links in mails begin with it.",
        )
    return Finding("Address", settings.SITE_URL)


def mail() -> Finding:
    backend = settings.EMAIL_BACKEND
    if settings.DEMO:
        return Finding("Mail", "kept in the demo's outbox page")
    if backend.endswith("smtp.EmailBackend") and settings.EMAIL_HOST == "localhost":
        return Finding(
            "Mail",
            f"smtp at localhost:{settings.EMAIL_PORT}",
            "Set EMAIL_URL, or EMAIL_BACKEND and ANYMAIL for a mail service.",
            needed=False,
        )
    return Finding("Mail", backend)


def chromium() -> Finding:
    named = os.environ.get("CHROMIUM", "")
    found = named if Path(named).is_file() else next(filter(None, map(shutil.which, CHROMIUM)), "")
    if found:
        return Finding("Chromium", found)
    return Finding(
        "Chromium",
        "not found",
        "Only the browser tests need it: `apt-get install chromium`, or name one in CHROMIUM.",
        needed=False,
    )


def probe(name: str, check: Callable[[], None], remedy: str) -> Finding:
    answer = health.examine(check)
    return Finding(name, answer, "" if answer == "ok" else remedy)


def examine() -> Iterator[Finding]:
    """Look at everything in the order in which one needs it."""
    yield python()
    yield folders()
    found = database()
    yield found
    if not found.remedy:
        yield migrations()
    yield broker()
    yield site_address()
    yield mail()
    yield chromium()


class Command(BaseCommand):
    help = "Say what is missing on this machine, and how to get it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each thing looked at; exit with 1 if something needed is missing."""
        missing = 0
        for finding in examine():
            mark = "ok" if not finding.remedy else "MISSING" if finding.needed else "note"
            self.stdout.write(f"{mark:>8}  {finding.name}: {finding.found}")
            if finding.remedy:
                self.stdout.write(f"{'':>10}{finding.remedy}")
                missing += finding.needed
        if missing:
            sys.exit(1)
