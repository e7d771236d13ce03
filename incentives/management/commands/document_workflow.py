"""Write the pages on the workflows of offers and requests from their transition tables."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from incentives.documentation import WORKFLOWS


class Command(BaseCommand):
    help = "Write the pages on the workflows, or check that they are up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail if outdated")

    def handle(self, *args: Any, **options: Any) -> None:
        for workflow in WORKFLOWS:
            path = Path(settings.BASE_DIR) / "docs/specification" / workflow.file
            text = workflow.page()
            current = path.read_text() if path.exists() else ""
            if not options["check"]:
                path.write_text(text)
                self.stdout.write(f"Wrote {path}")
            elif current != text:
                raise CommandError(f"{path} is out of date: run manage.py document_workflow.")
