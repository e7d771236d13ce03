"""Import a contact file from the command line."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from core.errors import DomainError
from core.exports import defused
from directory import selectors
from directory.imports.reading import Line
from directory.services import contact_imports
from directory.services.contact_imports import Report

LINES_SHOWN = 20


class Command(BaseCommand):
    help = "Import contacts from a CSV file (UTF-8); see the contacts page for its columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--business", required=True, help="the business's slug")
        parser.add_argument("--dry-run", action="store_true", help="count, but write nothing")
        parser.add_argument("--result", type=Path, help="write the lines that cannot be used here")

    def handle(self, *_args: Any, **options: Any) -> None:
        write = not options["dry_run"]
        try:
            business = selectors.business_by_slug(slug=options["business"])
            with ExitStack() as stack:
                stream = stack.enter_context(options["file"].open("rb"))
                report = contact_imports.run_file(
                    business=business,
                    stream=stream,
                    write=write,
                    at=now(),
                    on_chunk=self._follower(stack, options["result"]),
                )
        except (DomainError, OSError) as error:
            raise CommandError(getattr(error, "message", str(error))) from error
        self._summarise(report, write=write)

    def _follower(self, stack: ExitStack, result: Path | None) -> Any:
        """Return what hears of each chunk: shows the first bad lines, writes all to the result file."""
        writer = None
        if result is not None:
            file = stack.enter_context(result.open("w", encoding="utf-8-sig", newline=""))
            writer = csv.writer(file)
            writer.writerow(["line", "reason", "cells"])
        shown = 0

        def follow(report: Report, bad: list[Line]) -> None:
            nonlocal shown
            for line in bad:
                reason = contact_imports.reasons(line)
                if shown < LINES_SHOWN:
                    self.stderr.write(f"line {line.number}: {reason}")
                    shown += 1
                if writer is not None:
                    writer.writerow([line.number, reason, *map(defused, line.cells)])

        return follow

    def _summarise(self, report: Report, *, write: bool) -> None:
        if report.unknown_headers:
            self.stdout.write(f"Columns left out: {', '.join(report.unknown_headers)}")
        counts = report.counts
        self.stdout.write(
            f"{report.rows} lines: {counts.new} new, {counts.changed} changed,"
            f" {counts.same} known already, {report.bad} not usable"
        )
        if not write:
            self.stdout.write("Nothing was written (--dry-run).")
