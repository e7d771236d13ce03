"""The addresses of the application and one more: the purchase written by hand, in SQL."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from core.http import public
from directory.services.api_keys import digest_of
from tests.benchmarks.bench_post_award import MINOR, NOW, one


def by_hand(request: HttpRequest) -> HttpResponse:
    """Store and award the purchase as somebody would who wrote the SQL for this alone."""
    secret = request.headers["Authorization"].removeprefix("Bearer ")
    key, sent = request.headers["Idempotency-Key"], json.loads(request.body)
    with connection.cursor() as cursor:
        business = one(
            cursor,
            "SELECT organisation_id FROM directory_apikey WHERE digest = %s",
            [digest_of(secret)],
        )
    with transaction.atomic(), connection.cursor() as cursor:
        wallet = one(
            cursor,
            "SELECT w.id FROM directory_contact c JOIN wallet_wallet w ON w.contact_id = c.id"
            " WHERE c.business_id = %s AND c.code = %s FOR NO KEY UPDATE OF w",
            [business, sent["contact"]["code"]],
        )
        award(cursor, business, wallet, key, sent)
    answer = {"awards": [{"amount": "2.50"}], "amount_due": sent["amounts"]["total"]}
    return HttpResponse(json.dumps(answer), content_type="application/json", status=201)


def award(cursor: Any, business: int, wallet: int, key: str, sent: dict[str, Any]) -> None:
    """Key, event, lines, lot, account, entry, posting, two balances, answer; in steps."""
    cursor.execute("INSERT INTO by_hand_key VALUES (%s, %s, %s)", [business, key, key])
    event = one(
        cursor,
        "INSERT INTO by_hand_event (business, wallet, reference, performed_at)"
        " VALUES (%s, %s, %s, %s) RETURNING id",
        [business, wallet, key, NOW],
    )
    lines = [
        value
        for number, line in enumerate(sent["lines"])
        for value in (event, number, line["sku"], line["total"])
    ]
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(sent["lines"]))
    cursor.execute(f"INSERT INTO by_hand_line VALUES {rows}", lines)
    lot = one(
        cursor,
        "INSERT INTO by_hand_lot (wallet, event, minor, expires_at) VALUES (%s, %s, %s, %s)"
        " RETURNING id",
        [wallet, event, MINOR, NOW],
    )
    account = one(
        cursor,
        "INSERT INTO by_hand_account (lot, balance, version) VALUES (%s, 0, 0) RETURNING id",
        [lot],
    )
    entry = one(
        cursor,
        "INSERT INTO by_hand_entry (business, key, posted_at) VALUES (%s, %s, now()) RETURNING id",
        [business, key],
    )
    cursor.execute(
        "SELECT id, balance, version FROM by_hand_account WHERE business = %s AND lot IS NULL"
        " FOR NO KEY UPDATE",
        [business],
    )
    cost, balance, version = cursor.fetchone()
    cursor.execute(
        "INSERT INTO by_hand_posting VALUES (%s, %s, %s, %s, %s), (%s, %s, %s, 1, %s)",
        [entry, cost, -MINOR, version + 1, balance - MINOR, entry, account, MINOR, MINOR],
    )
    for pk, change in ((account, MINOR), (cost, -MINOR)):
        cursor.execute(
            "UPDATE by_hand_account SET balance = balance + %s, version = version + 1"
            " WHERE id = %s",
            [change, pk],
        )
    cursor.execute(
        "UPDATE by_hand_key SET answer = jsonb_build_object('lot', %s::bigint)"
        " WHERE business = %s AND key = %s",
        [lot, business, key],
    )


urlpatterns = [
    path("by-hand", csrf_exempt(public("a benchmark's reference", posts_per_hour=10**9)(by_hand))),
    path("", include("config.urls")),
]
