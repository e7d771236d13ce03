"""Run the whole of Largesse on this machine, with a town of demo data in it."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import connections

from config import demo, launch, supervisor


class Command(BaseCommand):
    help = "Start database, web server, worker and beat with demo data; Ctrl-C ends them all."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="first port to try")
        parser.add_argument(
            "--follow-caller", action="store_true", help="end when the calling process is killed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until somebody asks to stop; then nothing that was started here is left."""
        launch.refuse_outside_demo()
        # This process talks to a person; what the others log is in their files.
        logging.disable(logging.WARNING)
        if options["follow_caller"]:
            supervisor.end_with_caller()
        with supervisor.stoppable():
            self.say("Preparing the database …")
            with launch.database():
                launch.prepare(report=self.say)
                port = supervisor.free_port(options["host"], options["port"])
                self.serve(options["host"], port)
        self.say("\nStopped. Nothing is left running.")

    def serve(self, host: str, port: int) -> None:
        """Run the processes, say where they are once they answer, and keep them running.

        The worker and beat start after the first page was served: they would only slow it down.
        """
        address = f"http://localhost:{port}"
        web, *background = launch.processes(host=host, port=port, address=address)
        with supervisor.running([web]):
            self.say("Starting the web server, the worker and beat …")
            summary = demo.summary(site=address)
            # The others have connections of their own; this process only watches from here on.
            connections.close_all()
            launch.wait_until_ready(f"http://{host}:{port}", web=web)
            with supervisor.running(background):
                self.say(f"\nLargesse is running at {address}\n\n{summary}")
                self.say(f"Logs: {settings.VAR_DIR / 'log'}. Press Ctrl-C to stop everything.")
                supervisor.watch([web, *background], report=self.say)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
