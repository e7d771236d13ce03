"""Staged codes beside each other and beside all codes there are (R-DUP, vouchers.md 4.4).

Each rule is one statement over the whole batch: it takes the losers out of the staged codes and
writes a line for each. What still slips in between comparing and publishing loses against the unique
constraint there.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from vouchers.choices import CodeCase, DuplicateScope
from vouchers.models import (
    CAPACITY,
    ListCount,
    StagedCode,
    UploadBatch,
    UploadLine,
    VoucherCode,
    VoucherList,
)
from vouchers.services.staging import SHOWN, count_reasons

_STAGED = StagedCode._meta.db_table
_LINES = UploadLine._meta.db_table
_CODES = VoucherCode._meta.db_table
_LISTS = VoucherList._meta.db_table
_BATCHES = UploadBatch._meta.db_table
# So few staged codes are joined quickly whatever the planner thinks of their number.
UNPLANNED = 2_000
# A double is somebody's code: its first and last two signs are enough to find it by.
_MASKED = (
    "CASE WHEN length(code) < 6 THEN repeat('•', length(code)) ELSE"
    " left(code, 2) || repeat('•', 6) || right(code, 2) END"
)
_INTO = f"INSERT INTO {_LINES} (batch_id, line_no, value, outcome, reason, message, first_seen)"
_TWICE = """
WITH ranked AS (
    SELECT line_no, min(line_no) OVER (PARTITION BY {key}) AS first
    FROM {staged} WHERE batch_id = %(batch)s
), gone AS (
    DELETE FROM {staged} AS row USING ranked
    WHERE row.batch_id = %(batch)s AND row.line_no = ranked.line_no
        AND ranked.line_no <> ranked.first
    RETURNING row.line_no, row.code, ranked.first
)
{into}
SELECT %(batch)s, line_no, {masked}, 'rejected', 'DUPLICATE_IN_FILE',
    'The same code stands in this file before.', 'first on line ' || first
FROM gone
"""
_THERE = """
WITH gone AS (
    DELETE FROM {staged} AS row USING {codes} AS other
    WHERE row.batch_id = %(batch)s AND row.line_no BETWEEN %(first)s AND %(last)s
        AND other.dedupe_scope = %(scope)s AND other.code_key = {row_key}
        AND other.batch_id <> %(batch)s
    RETURNING row.line_no, row.code, other.voucher_list_id AS list, other.batch_id,
        other.line_no AS other_line
)
{into}
SELECT %(batch)s, gone.line_no, {masked}, 'rejected',
    CASE WHEN list = %(list)s THEN 'DUPLICATE_IN_LIST' ELSE 'DUPLICATE_IN_PARTNER' END,
    CASE WHEN list = %(list)s THEN 'The code is in this list already.'
        ELSE 'The code is in another list of the partner.' END,
    CASE WHEN list = %(list)s THEN 'upload ' || number || ', line ' || other_line
        ELSE 'list ' || list_id END
FROM gone JOIN {batches} AS batch ON batch.id = gone.batch_id
    JOIN {lists} AS voucher_list ON voucher_list.id = gone.list
RETURNING reason
"""
_BEFORE = """
WITH given AS (
    SELECT row.line_no, row.code, min(voucher_list.list_id) AS list_id
    FROM {staged} AS row
    JOIN {codes} AS other ON {same_as_archived} AND other.given_at IS NOT NULL
    JOIN {lists} AS voucher_list ON voucher_list.id = other.voucher_list_id
    WHERE row.batch_id = %(batch)s AND other.voucher_list_id = ANY(%(archived)s)
    GROUP BY row.line_no, row.code
), gone AS (
    DELETE FROM {staged} AS row USING given
    WHERE NOT %(override)s AND row.batch_id = %(batch)s AND row.line_no = given.line_no
)
{into}
SELECT %(batch)s, line_no, {masked}, CASE WHEN %(override)s THEN 'warning' ELSE 'rejected' END,
    'ISSUED_BEFORE', 'Somebody was given this code from an archived list.', 'list ' || list_id
FROM given
"""
_CLASH = """
WITH own AS (
    SELECT line_no, code, min(code) OVER same AS least, max(code) OVER same AS greatest,
        min(line_no) OVER same AS first
    FROM {staged} WHERE batch_id = %(batch)s WINDOW same AS (PARTITION BY upper(code))
), other AS (
    SELECT upper(code) AS folded, min(code) AS code FROM {codes}
    WHERE dedupe_scope = %(scope)s AND voucher_list_id = %(list)s GROUP BY upper(code)
)
{into}
SELECT %(batch)s, own.line_no, {masked_own}, 'warning', 'CASE_CLASH',
    'Another code differs from it only in capitals.',
    CASE WHEN other.code IS NULL THEN 'first on line ' || own.first ELSE 'in this list' END
FROM own LEFT JOIN other ON other.folded = upper(own.code)
WHERE own.least <> own.greatest OR other.code <> own.code
"""


def scope_of(voucher_list: VoucherList) -> int:
    """Return within what a code of the list may stand once: its list, or its partner (R-DUP)."""
    is_partner = voucher_list.partner.duplicate_scope == DuplicateScope.PARTNER
    return -voucher_list.partner_id if is_partner else voucher_list.pk


def key_of(voucher_list: VoucherList, column: str = "code") -> str:
    """Return the SQL by which codes of the list are compared."""
    return column if voucher_list.code_case == CodeCase.EXACT else f"upper({column})"


def compare(batch: UploadBatch) -> None:
    """Take out what is twice in the batch, already there, or was issued before; warn of clashes."""
    with connection.cursor() as cursor:
        # Sorting a million codes in the server's 4 MB would go through the disk several times.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        if batch.staged_count > UNPLANNED:
            cursor.execute(f"ANALYZE {_STAGED}")
    _count(batch, "DUPLICATE_IN_FILE", _run(batch, _TWICE))
    take_out_existing(batch)
    _compare_with_archived(batch)
    if batch.voucher_list.code_case == CodeCase.EXACT and _has_small_letters(batch):
        _warn(batch, "CASE_CLASH", _run(batch, _CLASH))
    batch.accepted_count = batch.staged_count = StagedCode.objects.filter(batch_id=batch.pk).count()
    fit(batch)


def take_out_existing(batch: UploadBatch, *, first: int = 0, last: int = 2**31 - 1) -> int:
    """Refuse the staged codes of these lines that are there already; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(batch, _THERE), {**_values(batch), "first": first, "last": last})
        found = Counter(row[0] for row in cursor.fetchall())
    for reason, number in found.items():
        _count(batch, reason, number)
    return found.total()


def room_in(voucher_list: VoucherList) -> int:
    """Return how many codes the list still takes; void ones do not count."""
    counts = ListCount.objects.filter(voucher_list=voucher_list)
    return max(0, CAPACITY - (counts.aggregate(codes=Sum("uploaded"))["codes"] or 0))


def fit(batch: UploadBatch) -> None:
    """Refuse the last staged codes, by line, that the list has no room for (LIST_FULL)."""
    room = room_in(batch.voucher_list)
    staged = StagedCode.objects.filter(batch_id=batch.pk, line_no__gt=batch.published_line)
    staged = staged.order_by("line_no")
    left = batch.accepted_count - batch.published_count
    if left <= room:
        return
    beyond = staged.values_list("line_no", flat=True)[room : room + 1][0]
    full = staged.filter(line_no__gte=beyond)
    UploadLine.objects.bulk_create(
        UploadLine(
            batch=batch, line_no=number, value="", outcome="rejected", reason="LIST_FULL",
            message="The list holds a million codes.",
        )
        for number in full.values_list("line_no", flat=True)[:SHOWN]
    )  # fmt: skip
    removed, _ = full.delete()
    batch.full_from_line = min(beyond, batch.full_from_line or beyond)
    batch.accepted_count -= removed
    _count(batch, "LIST_FULL", removed)


def _compare_with_archived(batch: UploadBatch) -> None:
    """Refuse what an archived list of the same partner and tag gave out, or take it with a warning."""
    own = batch.voucher_list
    archived = VoucherList.objects.filter(partner=own.partner_id, list_tag=own.list_tag)
    cases = dict(archived.exclude(pk=own.pk).values_list("pk", "code_case"))
    if not cases:
        return
    override = bool(batch.issued_before_reason)
    # Where one of the lists took AbC for ABC, whoever has the one has the other.
    is_alike = {*cases.values(), own.code_case} == {own.code_case}
    same = f"other.code_key = {key_of(own, 'row.code')}"
    statement = _BEFORE.replace(
        "{same_as_archived}", same if is_alike else "upper(other.code_key) = upper(row.code)"
    )
    found = _run(batch, statement, archived=list(cases), override=override)
    (_warn if override else _count)(batch, "ISSUED_BEFORE", found)


def _has_small_letters(batch: UploadBatch) -> bool:
    """Tell whether codes of the batch, or of one before it, have small letters that could clash."""
    if batch.reading.get("has_small_letters", True):
        return True
    before = UploadBatch.objects.filter(voucher_list=batch.voucher_list_id).exclude(pk=batch.pk)
    # Generated and older batches were not read.
    return before.filter(Q(reading__has_small_letters=True) | Q(reading={})).exists()


def _run(batch: UploadBatch, statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_sql(batch, statement), {**_values(batch), **values})
        return int(cursor.rowcount)


def _sql(batch: UploadBatch, statement: str) -> str:
    own = batch.voucher_list
    return statement.format(
        staged=_STAGED,
        codes=_CODES,
        lists=_LISTS,
        batches=_BATCHES,
        into=_INTO,
        masked=_MASKED,
        masked_own=_MASKED.replace("code", "own.code"),
        key=key_of(own),
        row_key=key_of(own, "row.code"),
    )


def _values(batch: UploadBatch) -> dict[str, Any]:
    own = batch.voucher_list
    return {"batch": batch.pk, "list": own.pk, "scope": scope_of(own)}


def _count(batch: UploadBatch, reason: str, number: int) -> None:
    """Count refused lines by their reason."""
    if not number:
        return
    batch.rejected_count += number
    if reason == "DUPLICATE_IN_FILE":
        batch.duplicate_in_file_count += number
    elif reason.startswith("DUPLICATE"):
        batch.duplicate_existing_count += number
    count_reasons(batch, Counter({reason: number}))


def _warn(batch: UploadBatch, reason: str, number: int) -> None:
    if number:
        batch.warning_count += number
        count_reasons(batch, Counter({reason: number}))
