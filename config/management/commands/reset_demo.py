"""Start the demo town over."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from config import launch


class Command(BaseCommand):
    help = "Drop every table and build the demo town anew. Refuses outside of the demo."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Drop everything and build it again; raise CommandError unless this is the demo."""
        launch.refuse_outside_demo()
        with launch.database():
            launch.wipe()
            launch.prepare(report=self.stdout.write)
        self.stdout.write("The demo town is as on its first day.")
