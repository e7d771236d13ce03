"""Prove the books, and freeze those of a business where they do not add up."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from core.clock import now
from wallet.services import integrity


class Command(BaseCommand):
    help = "Recompute every balance from the postings; a finding stops the writes of its business."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every finding and raise CommandError if there is one."""
        findings = integrity.check(at=now())
        for finding in findings:
            self.stderr.write(f"{finding.code}: {finding.detail}")
        if findings:
            raise CommandError(f"{len(findings)} findings. Writes are frozen until released.")
        self.stdout.write("The books add up.")
