"""The proof job: verify the books, and stop the writes of a business where they do not add up."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import structlog
from django.db import transaction

from directory.models import Organisation, User
from wallet.models import LedgerCheck, LedgerFreeze, Wallet
from wallet.verification import Finding, verify

logger = structlog.get_logger(__name__)
MOST_KEPT = 100


def check(*, at: datetime) -> list[Finding]:
    """Verify the whole ledger, freeze the books of every business with a finding, and return them.

    The run is kept, so that the desk can say when the books were last proved.
    A finding that names no business concerns every business that has wallets.
    """
    findings = verify()
    LedgerCheck.objects.create(
        checked_at=at,
        finding_count=len(findings),
        findings=[[one.business_id, one.code, one.detail] for one in findings[:MOST_KEPT]],
    )
    by_business: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        for business in _concerned(finding):
            by_business[business].append(finding)
    for business, found in by_business.items():
        _freeze(business, found, at)
    for finding in findings:
        logger.error("ledger_finding", code=finding.code, detail=finding.detail)
    return findings


def release(*, business: Organisation, by: User, note: str, at: datetime) -> None:
    """Let the books of the business take entries again, on somebody's word."""
    LedgerFreeze.objects.filter(business=business, released_at__isnull=True).update(
        released_at=at, released_by=by, note=note
    )


def _concerned(finding: Finding) -> list[int]:
    if finding.business_id is not None:
        return [finding.business_id]
    return list(Wallet.objects.order_by().values_list("business_id", flat=True).distinct())


def _freeze(business_id: int, findings: list[Finding], at: datetime) -> None:
    with transaction.atomic():
        LedgerFreeze.objects.bulk_create(
            [
                LedgerFreeze(
                    business_id=business_id,
                    findings=[f"{found.code}: {found.detail}" for found in findings[:MOST_KEPT]],
                    frozen_at=at,
                )
            ],
            ignore_conflicts=True,
        )
