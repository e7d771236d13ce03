"""Voucher lists with very many codes, written by the database itself."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tests.factories.vouchers import MORNING, make_batch
from vouchers.models import VoucherList
from vouchers.services import counting

INSERT = """
INSERT INTO vouchers_vouchercode (
    id, voucher_list_id, batch_id, line_no, code, code_key, dedupe_scope, pick_key, state,
    void_reason, void_note, given_at, redeem_until
)
SELECT gen_random_uuid(), %(list)s, %(batch)s, n, 'BENCH-' || n, 'BENCH-' || n, %(list)s, n,
    CASE WHEN n <= %(given)s THEN 'issued' ELSE 'available' END, '', '',
    CASE WHEN n <= %(given)s THEN %(at)s::timestamptz END,
    CASE WHEN n <= %(given)s THEN %(at)s::timestamptz + interval '1 year' END
FROM generate_series(1, %(count)s) AS n
"""


def fill(voucher_list: VoucherList, count: int, *, given: int = 0) -> None:
    """Put so many codes into an empty list as one upload, the first `given` of them given out."""
    batch = make_batch(voucher_list, row_count=count, accepted_count=count, published_count=count)
    values: dict[str, Any] = {
        "list": voucher_list.pk, "batch": batch.pk, "count": count, "given": given, "at": MORNING,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
    counting.count(voucher_list.pk, uploaded=count, issued=given)
