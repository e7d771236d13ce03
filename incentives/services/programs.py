"""Programs: one for each product or service, Active from the start (incentives.md 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from core.codes import slug
from core.errors import Conflict, StaleVersion
from directory.models import Organisation, ProductService
from incentives.choices import ProgramStatus
from incentives.models import Program


class HasProgram(Conflict):
    """The product or service has a program already."""

    code = "product_has_program"


def create(
    *,
    business: Organisation,
    product_service: ProductService,
    allowed_incentive_types: Sequence[str],
    at: datetime,
) -> Program:
    """Open a program for the product or service; an empty list of types allows all four."""
    try:
        with transaction.atomic():
            return Program.objects.create(
                business=business,
                product_service=product_service,
                allowed_incentive_types=list(allowed_incentive_types),
                slug=slug(),
                created_at=at,
                updated_at=at,
            )
    except IntegrityError as error:
        sentence = "This product or service has a program already."
        raise HasProgram(sentence, fields={"product_service": sentence}) from error


def update(
    *, program: Program, allowed_incentive_types: Sequence[str], version: int, at: datetime
) -> Program:
    """Change which incentives the program gives; offers already made go on."""
    changed = Program.objects.filter(pk=program.pk, version=version).update(
        allowed_incentive_types=list(allowed_incentive_types),
        updated_at=at,
        version=F("version") + 1,
    )
    if not changed:
        raise StaleVersion(
            "A colleague changed this program meanwhile. Look at it, then edit again."
        )
    program.refresh_from_db()
    return program


def activate(*, program: Program, at: datetime) -> None:
    """Let new offers choose the program again, and its shared links be claimed."""
    _set(program, ProgramStatus.ACTIVE, at)


def deactivate(*, program: Program, at: datetime) -> None:
    """Keep new offers from choosing the program; its shared links say so until it is active again."""
    _set(program, ProgramStatus.INACTIVE, at)


def _set(program: Program, status: ProgramStatus, at: datetime) -> None:
    Program.objects.filter(pk=program.pk).exclude(status=status).update(
        status=status, updated_at=at, version=F("version") + 1
    )
    program.refresh_from_db()
