"""Making the codes of a file void: what the partner recalled, or what got about (vouchers.md 8, page 3).

The file is read and compared first, and says what would happen; nothing changes before somebody
confirms it. Codes that nobody was given become void at once. Those that somebody has are left to them,
or taken back as the page of the issued voucher does it, where that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import connection, transaction

from core.errors import Conflict, Invalid
from directory.models import User
from vouchers.choices import CodeState, IssuanceStatus, VoidReason
from vouchers.importing.lines import FileRefused, Rules
from vouchers.importing.reading import CodeFile, Problem
from vouchers.masking import masked
from vouchers.models import Issuance, VoucherCode, VoucherList
from vouchers.selectors.named_codes import PORTION, key_of, standing_of
from vouchers.services import alerts, codes, counting, reveals, revoking
from vouchers.services.comparing import scope_of
from vouchers.services.lists import ListArchived

MOST = 10_000
MOST_BYTES = 5 * 1024 * 1024
# Taking a code back is a decision about a person, each with its own mail and event.
MOST_TAKEN_BACK = 500
# Every code that the list could ever have held can be named.
RULES = Rules(min_length=1, max_length=255, is_damage_accepted=True)

_VOID_MANY = """
WITH gone AS (
    UPDATE vouchers_vouchercode SET state = 'void', void_reason = %s, void_note = %s,
        voided_at = %s
    WHERE id = ANY (%s) AND state = 'available' RETURNING id
)
SELECT count(*) FROM gone
"""


class NotAListOfCodes(Invalid):
    """The file cannot be read as codes, one a line; the message says why."""

    code = "not_a_list_of_codes"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"file": sentence})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file that names no code to be made void; the code is masked."""

    number: int
    masked: str
    why: str


@dataclass(frozen=True, slots=True)
class Named:
    """What the file names: codes of the list by their states, and the lines that name none."""

    by_state: dict[str, tuple[UUID, ...]]
    lines: tuple[Line, ...]

    def count(self, *states: str) -> int:
        """Return how many codes are in one of the states."""
        return sum(len(self.by_state.get(one, ())) for one in states)

    @property
    def free(self) -> int:
        """Codes that nobody was given, those put aside included."""
        return self.count(CodeState.AVAILABLE, CodeState.RESERVED)

    @property
    def given(self) -> int:
        """Codes that somebody has and has not used."""
        return self.count(CodeState.ISSUED)

    @property
    def spent(self) -> int:
        """Codes that were used, or whose time passed with somebody."""
        return self.count(CodeState.REDEEMED, CodeState.EXPIRED)

    @property
    def gone(self) -> int:
        return self.count(CodeState.VOID)


@dataclass(frozen=True, slots=True)
class Voided:
    """How many codes became void, and how many were taken back from somebody."""

    free: int
    taken_back: int


def look(*, voucher_list: VoucherList, file: IO[bytes]) -> Named:
    """Return what the file names, and change nothing; raises `NotAListOfCodes`."""
    read, problems = _read(file)
    found = standing_of(voucher_list=voucher_list, scope=scope_of(voucher_list), codes=read)
    by_state: dict[str, list[UUID]] = {}
    lines = [Line(one.line, masked(one.value), one.message) for one in problems]
    seen: set[str] = set()
    for code, number in read.items():
        key = key_of(voucher_list, code)
        if key not in found:
            lines.append(Line(number, masked(code), "This list holds no such code."))
        elif key not in seen:
            seen.add(key)
            pk, state = found[key]
            by_state.setdefault(state, []).append(pk)
    ordered = tuple(sorted(lines, key=lambda one: one.number))
    return Named({state: tuple(keys) for state, keys in by_state.items()}, ordered)


def void_named(
    *,
    voucher_list: VoucherList,
    file: IO[bytes],
    reason: str,
    note: str,
    takes_back: bool = False,
    actor: User,
    at: datetime,
) -> Voided:
    """Make the codes of the file void that nobody was given, and with `takes_back` the others too.

    Portion by portion, each committed by itself: doing it again goes on where it stopped. Raises
    `ListArchived`, `NotAListOfCodes`, `ReasonMissing`, and `Conflict` for more than 500 codes that
    would have to be taken back from somebody.
    """
    if voucher_list.is_archived:
        raise ListArchived(f"“{voucher_list.name}” is archived: nothing of it is given out.")
    note = reveals.check_void(reason=reason, note=note)
    named = look(voucher_list=voucher_list, file=file)
    if takes_back and named.given > MOST_TAKEN_BACK:
        raise Conflict(
            f"{named.given:,} of these codes belong to somebody. Divide the file: at most"
            f" {MOST_TAKEN_BACK} are taken back at once."
        )
    taken_back = 0
    if takes_back:
        given = named.by_state.get(CodeState.ISSUED, ())
        taken_back = sum(_taken_back(pk, note, actor, at) for pk in given)
    held = named.by_state.get(CodeState.RESERVED, ())
    free = sum(_void_held(pk, reason, note, actor, at) for pk in held)
    words = f"{actor.display_name}: {note}"[:300]
    for portion in _portions(named.by_state.get(CodeState.AVAILABLE, ())):
        free += _void_many(voucher_list, portion, VoidReason(reason), words, at)
    alerts.look(voucher_list_id=voucher_list.pk, at=at)
    return Voided(free, taken_back)


def _read(file: IO[bytes]) -> tuple[dict[str, int], list[Problem]]:
    """Return the codes with their first lines, and the lines that hold none."""
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise NotAListOfCodes("The file is larger than 5 MB. Divide it.")
    read: dict[str, int] = {}
    refused: list[Problem] = []
    try:
        for portion in CodeFile(file, RULES):  # type: ignore[arg-type]
            for number, code in portion.good:
                read.setdefault(code, number)
            refused += [one for one in portion.problems if one.is_refused]
    except FileRefused as error:
        raise NotAListOfCodes(error.message) from error
    if len(read) > MOST:
        raise NotAListOfCodes(f"The file names more than {MOST:,} codes. Divide it.")
    return read, refused


def _void_many(
    voucher_list: VoucherList, keys: Sequence[UUID], reason: VoidReason, note: str, at: datetime
) -> int:
    """Make those of the codes void that are still available, and move the counters along."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_VOID_MANY, [reason, note, at, list(keys)])
        done = int(cursor.fetchone()[0])
        counting.count(voucher_list.pk, uploaded=-done, void=done)
    return done


def _void_held(pk: UUID, reason: str, note: str, actor: User, at: datetime) -> bool:
    """End the reservation of the code and make it void; False when it was confirmed meanwhile."""
    code = VoucherCode.objects.select_related("voucher_list").get(pk=pk)
    try:
        reveals.void(code=code, actor=actor, reason=reason, note=note, at=at)
    except reveals.NotVoidable:
        return False
    return True


def _taken_back(pk: UUID, note: str, actor: User, at: datetime) -> bool:
    """Take the code back from whoever has it, and make it void even if nobody can have seen it."""
    row = Issuance.objects.filter(code=pk, status=IssuanceStatus.ISSUED).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            revoking.revoke(issuance=row, reason=note, actor=actor, at=at)
            words = f"{actor.display_name}: {note}"
            codes.void(pk, was=CodeState.AVAILABLE, reason=VoidReason.REVOKED, note=words, at=at)
    except revoking.NotRevocable:
        return False
    return True


def _portions(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(keys), PORTION):
        yield keys[start : start + PORTION]
