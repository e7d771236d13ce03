"""Write docs/specification/offer-workflow.md from the transition table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from incentives.documentation import page


class Command(BaseCommand):
    help = "Write the page on the workflow of offers, or check that it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail if outdated")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs/specification/offer-workflow.md"
        text = page()
        current = path.read_text() if path.exists() else ""
        if options["check"]:
            if current != text:
                raise CommandError(f"{path} is out of date: run manage.py document_workflow.")
            return
        path.write_text(text)
        self.stdout.write(f"Wrote {path}")
