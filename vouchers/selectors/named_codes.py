"""The codes of one list that a file names, and how each of them stands (vouchers.md 8, page 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from vouchers.choices import CodeCase
from vouchers.models import VoucherCode, VoucherList

PORTION = 2_000


def key_of(voucher_list: VoucherList, code: str) -> str:
    """Return the code as the list compares it."""
    return code.upper() if voucher_list.code_case == CodeCase.INSENSITIVE else code


def standing_of(
    *, voucher_list: VoucherList, scope: int, codes: Collection[str]
) -> dict[str, tuple[UUID, str]]:
    """Return id and state of those of the codes that the list has, by the code as it is compared.

    `scope` is where a code of the list may stand only once, by which the index finds it.
    """
    keys = sorted({key_of(voucher_list, one) for one in codes})
    rows = VoucherCode.objects.filter(voucher_list=voucher_list, dedupe_scope=scope)
    found: dict[str, tuple[UUID, str]] = {}
    for portion in _portions(keys):
        for key, pk, state in rows.filter(code_key__in=portion).values_list(
            "code_key", "pk", "state"
        ):
            found[key] = (pk, state)
    return found


def _portions(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), PORTION):
        yield keys[start : start + PORTION]
