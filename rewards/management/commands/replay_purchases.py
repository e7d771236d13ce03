"""`manage.py replay_purchases FILE`: send the purchases of a CSV file through the intake."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from directory.selectors import business_by_slug
from events.api.places import Caller
from rewards.api.batches import answer_to
from rewards.api.schemas import BatchItem
from rewards.purchase_files import BadFile, FiledPurchase, read
from rewards.till_client import Answer, NoAnswer, Till

Send = Callable[[FiledPurchase], Answer]


class Command(BaseCommand):
    """Sends purchases to this installation, or with --url and --key to any other over HTTP."""

    help = (
        "Post the purchases of a CSV file (docs/api.md says its columns). Interrupted, it is simply run"
        " again: each purchase has an idempotency key derived from its rows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--business", help="Slug of the business (without --url)")
        parser.add_argument("--url", help="Address of a Largesse, e.g. https://largesse.example")
        parser.add_argument("--key", help="API key with the scope events:write (with --url)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send each purchase, print what was refused, and sum up; fails where one got no answer."""
        send = self._over_http(options) if options["url"] else self._here(options)
        counts: Counter[str] = Counter()
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                for purchase in read(lines):
                    counts[self._outcome(purchase, send(purchase))] += 1
        except (BadFile, NoAnswer, OSError) as error:
            self._sum_up(counts)
            raise CommandError(f"{error} Run the command again to go on.") from error
        self._sum_up(counts)

    def _outcome(self, purchase: FiledPurchase, answer: Answer) -> str:
        if answer.status == 201:
            return "there before" if answer.replayed else "posted"
        error = answer.body.get("error", {})
        code = error.get("code", str(answer.status))
        reference = purchase.body["reference_number"]
        self.stderr.write(f"Row {purchase.row}, {reference}: {code}: {error.get('message', '')}")
        return f"refused {code}"

    def _sum_up(self, counts: Counter[str]) -> None:
        parts = [f"{count} {word}" for word, count in counts.items()]
        self.stdout.write(", ".join(parts) or "Nothing was sent.")

    @staticmethod
    def _over_http(options: dict[str, Any]) -> Send:
        if not options["key"]:
            raise CommandError("Give --key, an API key with the scope events:write.")
        till = Till(options["url"], options["key"])
        return lambda purchase: till.post("/events/purchases", purchase.body, key=purchase.key)

    @staticmethod
    def _here(options: dict[str, Any]) -> Send:
        if not options["business"]:
            raise CommandError("Give --business, or --url and --key.")
        business = business_by_slug(slug=options["business"])
        caller = Caller(business, business, f"replay:{business.pk}")

        def send(purchase: FiledPurchase) -> Answer:
            item = BatchItem(kind="purchases", idempotency_key=purchase.key, body=purchase.body)
            made = answer_to(caller=caller, item=item, path="/api/v1/events", at=now())
            return Answer(made.status, json.loads(made.body), made.replayed)

        return send
