"""Write a contact file with invented people."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.imports import generating


class Command(BaseCommand):
    help = "Write a CSV file of invented contacts; the same seed gives the same file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help="the file to write")
        parser.add_argument("--rows", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--faults", type=int, default=0, help="how many lines to spoil, each kind in turn"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        rows, faults = options["rows"], options["faults"]
        if rows < 1 or not 0 <= faults < max(rows, 1):
            raise CommandError("Give at least one row, and fewer faults than rows.")
        out: Path = options["out"]
        with out.open("w", encoding="utf-8", newline="") as stream:
            spoilt = generating.write(stream=stream, rows=rows, seed=options["seed"], faults=faults)
        self.stdout.write(f"{rows} lines written to {out}")
        for kind, number in sorted(spoilt.items()):
            self.stdout.write(f"  {number} spoilt: {kind}")
