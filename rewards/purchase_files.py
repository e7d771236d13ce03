"""Purchases in a CSV file: one row for each line of a basket (docs/api.md).

Rows that follow each other with the same `tap` and `reference_number` are one purchase. Its amounts are
the sums of its lines. The idempotency key of a purchase is derived from its rows, so that a file may be
sent again after a break: what arrived is answered from store, what was corrected since is refused.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

NEEDED = ("reference_number", "performed_at", "currency", "sku", "quantity", "net", "tax", "total")
OPTIONAL = (
    "tap",
    "contact_code",
    "contact_email",
    "contact_phone",
    "wallet_code",
    "classification",
    "name",
    "family",
    "pass_code",
    "discount",
)
CONTACTS = {
    "contact_code": "code",
    "contact_email": "email",
    "contact_phone": "phone",
    "wallet_code": "wallet_code",
}


class BadFile(ValueError):
    """The file cannot be read as purchases; the message says where and why."""


@dataclass(frozen=True, slots=True)
class FiledPurchase:
    """A purchase of the file: where it stands, its idempotency key and the body of the call."""

    row: int
    key: str
    body: dict[str, Any]


def read(lines: Iterable[str]) -> Iterator[FiledPurchase]:
    """Yield the purchases of the file in order; raises `BadFile` at the first one that cannot be."""
    reader = csv.DictReader(lines)
    names = reader.fieldnames or []
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in (*NEEDED, *OPTIONAL)]
    if missing or unknown:
        raise BadFile(f"Columns missing: {missing}; columns unknown: {unknown}.")
    rows = ((number, row) for number, row in enumerate(reader, start=2))
    for _, group in groupby(rows, key=lambda one: (one[1].get("tap"), one[1]["reference_number"])):
        yield _purchase(list(group))


def _purchase(rows: list[tuple[int, dict[str, str]]]) -> FiledPurchase:
    number, first = rows[0]
    lines = [_line(row, at) for at, row in rows]
    body: dict[str, Any] = {
        "reference_number": first["reference_number"],
        "performed_at": first["performed_at"],
        "currency": first["currency"],
        "amounts": {
            **{name: _sum(rows, name) for name in ("net", "tax", "total")},
            **({"discount": first["discount"]} if first.get("discount") else {}),
        },
        "lines": lines,
    }
    if first.get("tap"):
        body["tap"] = {"code": first["tap"]}
    if first.get("classification"):
        body["classification"] = {"code": first["classification"]}
    if first.get("pass_code"):
        body["pass_code"] = first["pass_code"]
    named = {kind: first[name] for name, kind in CONTACTS.items() if first.get(name)}
    if len(named) > 1:
        raise BadFile(f"Row {number}: name the contact in one way, not in {len(named)}.")
    if named:
        body["contact"] = named
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return FiledPurchase(number, f"replay-{digest[:40]}", body)


def _line(row: dict[str, str], number: int) -> dict[str, str]:
    if None in row or None in row.values():
        raise BadFile(f"Row {number} has another number of columns than the heading.")
    line = {name: row[name] for name in ("sku", "quantity", "net", "tax", "total")}
    return line | {name: row[name] for name in ("name", "family") if row.get(name)}


def _sum(rows: list[tuple[int, dict[str, str]]], name: str) -> str:
    total = Decimal(0)
    for number, row in rows:
        try:
            total += Decimal(row[name])
        except InvalidOperation as error:
            raise BadFile(f"Row {number}: {row[name]!r} is no amount.") from error
    return f"{total:f}"
