"""Redeeming codes, asking about them, and taking a redemption back (vouchers.md 9.1 to 9.4).

Every act locks the code's row first and then changes it by a conditional UPDATE, so that of twenty
tills at the same instant one succeeds. A refusal is returned and not raised: what it leaves behind (a
counted guess, a leaked code made void) must be committed with it. Who answers a person or a machine
asks the verdict for its error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from core.calendar import local
from core.errors import DomainError, StaleStatus
from directory.models import Organisation, User
from vouchers import happenings
from vouchers.choices import OPEN_ISSUANCES, CodeState, IssuanceStatus
from vouchers.models import (
    CodeHold,
    Issuance,
    Partner,
    Redemption,
    RedemptionUpload,
    VoucherCode,
)
from vouchers.outside_choices import Channel, RedemptionResult, Refusal
from vouchers.redemption_rules import (
    REVERSIBLE_FOR,
    SENTENCES,
    Facts,
    nearest,
    refusal_of,
    state_after_reversal,
)
from vouchers.selectors.redeemable import codes_that_read
from vouchers.services import counting, leaks
from vouchers.services.guessing import note_miss, refuse_guessers

STATUSES = {
    Refusal.UNKNOWN: 404,
    Refusal.ALREADY_REDEEMED: 409,
    Refusal.HELD: 409,
    Refusal.AMBIGUOUS: 409,
    Refusal.NOT_REDEEMED: 409,
    Refusal.OTHER_REFERENCE: 409,
}


class RedemptionRefused(DomainError):
    """A code is not redeemed, held or given back; the code of the error is the reason."""

    status = 422
    is_kept: ClassVar[bool] = True

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message, code=refusal.value)
        self.status = STATUSES.get(refusal, 422)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports: for whose lists, by which way, and under which names guesses are counted."""

    business: Organisation
    channel: Channel
    name: str
    partner: Partner | None = None
    user: User | None = None
    guessers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a till says: a code, its own reference, and what it likes to add."""

    code: str
    reference: str = ""
    list_id: str = ""
    redeemed_at: datetime | None = None
    amount_minor: int | None = None
    currency: str = ""
    location: str = ""
    hold_id: UUID | None = None
    upload: RedemptionUpload | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it: the code that was meant, what was written, or why not."""

    code: VoucherCode | None = None
    redemption: Redemption | None = None
    refusal: Refusal | None = None
    message: str = ""
    is_repeat: bool = False

    def error(self) -> RedemptionRefused | None:
        """Return the refusal as an error, for whoever answers with it once it is committed."""
        return None if self.refusal is None else RedemptionRefused(self.refusal, self.message)


def refused(refusal: Refusal, code: VoucherCode | None = None, *, message: str = "") -> Verdict:
    """Return the verdict for a refusal, in its usual words unless better ones are given."""
    return Verdict(code=code, refusal=refusal, message=message or SENTENCES[refusal])


@transaction.atomic
def redeem(*, report: Report, reporter: Reporter, at: datetime) -> Verdict:
    """Mark the code that was read as spent (vouchers.md 9.2).

    The same code with the same reference again is a repetition and returns the first redemption. A
    code that nobody was given is made void and an alert is raised, because it leaked. Raises
    `GuessingBlocked` for a reporter that tried too many unknown codes.
    """
    found = _find(report, reporter, at)
    first = _redeemed_under(found, report.reference)
    if first is not None:
        return Verdict(code=first.code, redemption=first, is_repeat=True)
    code = _meant(found, reporter, at)
    if isinstance(code, Verdict):
        return code
    hold = CodeHold.objects.filter(code=code).first()
    refusal = refusal_of(_facts(code, hold, report.hold_id), report.redeemed_at or at)
    if refusal is not None:
        return _refuse(code, refusal, report, reporter, at)
    return Verdict(code=code, redemption=_spend(code, report, reporter, at))


@transaction.atomic
def look_up(
    *, report: Report, reporter: Reporter, at: datetime
) -> tuple[VoucherCode, Refusal | None] | Verdict:
    """Return the code that was read and why it could not be redeemed now; changes nothing.

    An unknown code is a verdict of its own, and counts as a guess.
    """
    code = _meant(_find(report, reporter, at), reporter, at)
    if isinstance(code, Verdict):
        return code
    hold = CodeHold.objects.filter(code=code).first()
    return code, refusal_of(_facts(code, hold, report.hold_id), at)


@transaction.atomic
def reverse(*, report: Report, reporter: Reporter, at: datetime) -> Verdict:
    """Take a redemption back within 30 days, by its code and its reference (vouchers.md 9.4).

    The code is issued again, or expired where its end has passed meanwhile. Reversing twice returns
    the first reversal.
    """
    found = _find(report, reporter, at)
    if not found:
        return _unknown(reporter, at)
    done = (RedemptionResult.REDEEMED, RedemptionResult.REVERSED)
    known = Redemption.objects.filter(
        code__in=found, reference=report.reference, result__in=done
    ).order_by("-pk")
    redemption = known.select_related("code__voucher_list__partner").first()
    if redemption is None:
        other = any(code.state == CodeState.REDEEMED for code in found)
        return refused(Refusal.OTHER_REFERENCE if other else Refusal.NOT_REDEEMED, found[0])
    if redemption.result == RedemptionResult.REVERSED:
        return Verdict(code=redemption.code, redemption=redemption, is_repeat=True)
    if at > redemption.redeemed_at + REVERSIBLE_FOR:
        return refused(Refusal.TOO_LATE, redemption.code)
    _unspend(redemption, reporter, at)
    return Verdict(code=redemption.code, redemption=redemption)


def _find(report: Report, reporter: Reporter, at: datetime) -> list[VoucherCode]:
    """Lock and return the codes that read so; raises `GuessingBlocked`."""
    refuse_guessers(reporter.guessers, at=at)
    rows = codes_that_read(
        report.code, business=reporter.business, partner=reporter.partner, list_id=report.list_id
    )
    # Who takes a code back locks its issuance first and then the code; so do we.
    keys = list(rows.values_list("pk", flat=True))
    open_ones = Issuance.objects.filter(code__in=keys, status__in=OPEN_ISSUANCES)
    list(open_ones.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return list(rows.select_for_update(of=("self",), no_key=True))


def _meant(found: list[VoucherCode], reporter: Reporter, at: datetime) -> VoucherCode | Verdict:
    if not found:
        return _unknown(reporter, at)
    place = nearest([code.stands for code in found])
    return refused(Refusal.AMBIGUOUS) if place is None else found[place]


def _unknown(reporter: Reporter, at: datetime) -> Verdict:
    note_miss(reporter.guessers, at=at)
    return refused(Refusal.UNKNOWN)


def _redeemed_under(found: list[VoucherCode], reference: str) -> Redemption | None:
    if not reference:
        return None
    rows = Redemption.objects.filter(
        code__in=found, reference=reference, result=RedemptionResult.REDEEMED
    )
    return rows.select_related("code__voucher_list__partner").first()


def _facts(code: VoucherCode, hold: CodeHold | None, hold_id: UUID | None) -> Facts:
    return Facts(
        state=code.stands,
        redeem_until=code.redeem_until,
        late_days=code.voucher_list.partner.late_redemption_days,
        held_until=hold.held_until if hold else None,
        is_own_hold=hold is not None and hold.public_id == hold_id,
    )


def _refuse(
    code: VoucherCode, refusal: Refusal, report: Report, reporter: Reporter, at: datetime
) -> Verdict:
    """Keep the refused report, and void the code where it leaked."""
    issuance = Issuance.objects.filter(code=code, status__in=_HELD_BY).first()
    _write(code, issuance, report, reporter, at, result=RedemptionResult.REFUSED, refusal=refusal)
    message = ""
    if refusal == Refusal.NOT_ISSUED:
        leaks.void_leaked(code=code, reporter_name=reporter.name, at=at)
    if refusal == Refusal.ALREADY_REDEEMED and code.redeemed_at is not None:
        when = _moment(code.redeemed_at, reporter)
        message = f"This code was redeemed on {when} already. Do not take it again."
    return refused(refusal, code, message=message)


def _moment(at: datetime, reporter: Reporter) -> str:
    """Write a moment for whoever reported: machines get ISO 8601, people the time of the business."""
    if reporter.channel == Channel.API:
        return str(happenings.iso(at))
    found = local(at, reporter.business.time_zone)
    return f"{found.day} {found:%b %Y, %H:%M}"


_HELD_BY = (IssuanceStatus.ISSUED, IssuanceStatus.EXPIRED, IssuanceStatus.REDEEMED)


def _spend(code: VoucherCode, report: Report, reporter: Reporter, at: datetime) -> Redemption:
    before = code.stands
    moment = report.redeemed_at or at
    _move(code, CodeState.REDEEMED, redeemed_at=moment)
    issuance = Issuance.objects.filter(code=code, status__in=_HELD_BY).first()
    if issuance is not None:
        _follow(issuance, IssuanceStatus.REDEEMED, at)
    CodeHold.objects.filter(code=code).delete()
    counting.count(
        code.voucher_list_id, redeemed=1, expired=-1 if before == CodeState.EXPIRED else 0
    )
    redemption = _write(code, issuance, report, reporter, at, result=RedemptionResult.REDEEMED)
    if issuance is not None:
        _tell(happenings.REDEEMED, redemption, issuance, at)
    return redemption


def _unspend(redemption: Redemption, reporter: Reporter, at: datetime) -> None:
    code = redemption.code
    state = state_after_reversal(code.redeem_until, at)
    _move(code, state, redeemed_at=None)
    issuance = Issuance.objects.filter(code=code, status=IssuanceStatus.REDEEMED).first()
    if issuance is not None:
        _follow(issuance, IssuanceStatus(state.value), at)
    over = 1 if state == CodeState.EXPIRED else 0
    counting.count(code.voucher_list_id, redeemed=-1, expired=over)
    redemption.result = RedemptionResult.REVERSED
    redemption.reversed_at = redemption.updated_at = at
    redemption.reversed_by_name = reporter.name[:254]
    redemption.save(update_fields=["result", "reversed_at", "reversed_by_name", "updated_at"])
    if issuance is not None:
        _tell(happenings.REDEMPTION_REVERSED, redemption, issuance, at)


def _move(code: VoucherCode, state: CodeState, *, redeemed_at: datetime | None) -> None:
    """Change the state if it is still what was decided on; raises `StaleStatus`."""
    changed = VoucherCode.objects.filter(pk=code.pk, state=code.state).update(
        state=state, redeemed_at=redeemed_at
    )
    if not changed:
        raise StaleStatus("Somebody else was first. Check the code once more.")
    code.state, code.redeemed_at = state, redeemed_at


def _follow(issuance: Issuance, status: IssuanceStatus, at: datetime) -> None:
    closed = None if status == IssuanceStatus.ISSUED else at
    Issuance.objects.filter(pk=issuance.pk, status__in=_HELD_BY).update(
        status=status, closed_at=closed, updated_at=at
    )
    issuance.status = status


def _tell(name: str, redemption: Redemption, issuance: Issuance, at: datetime) -> None:
    happenings.of_issuance(
        name, issuance, at, key=str(redemption.public_id), redemption_id=redemption.pk
    )


def _write(
    code: VoucherCode,
    issuance: Issuance | None,
    report: Report,
    reporter: Reporter,
    at: datetime,
    *,
    result: RedemptionResult,
    refusal: Refusal | None = None,
) -> Redemption:
    return Redemption.objects.create(
        business=reporter.business,
        code=code,
        voucher_list=code.voucher_list,
        issuance=issuance,
        result=result,
        refusal=refusal or "",
        reference=report.reference,
        redeemed_at=report.redeemed_at or at,
        amount_minor=report.amount_minor,
        currency=report.currency,
        location=report.location,
        channel=reporter.channel,
        upload=report.upload,
        reported_by=reporter.user,
        reported_by_name=reporter.name[:254],
        created_at=at,
        updated_at=at,
    )
