"""Link templates for acknowledgements: one address that many recipients may use, counted
(incentives.md 3.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from core.codes import slug
from core.errors import Invalid, StaleVersion
from directory.models import Organisation, User
from incentives.choices import TemplateStatus
from incentives.models import AcknowledgementTemplate
from incentives.services.acknowledgement_requests import Asked, columns_of, refuse_problems

MOST_USES = 100_000


@dataclass(frozen=True, slots=True)
class TemplateValues:
    """What a template asks about, its name, and how often it may be used (None: without limit)."""

    asked: Asked
    name: str
    max_uses: int | None = None


def create(
    *, business: Organisation, values: TemplateValues, actor: User, at: datetime
) -> AcknowledgementTemplate:
    """Make an Active template with an address of its own."""
    _check(values)
    return AcknowledgementTemplate.objects.create(
        **columns_of(values.asked),
        business=business,
        name=values.name.strip(),
        max_uses=values.max_uses,
        slug=slug(),
        created_by=actor,
        created_at=at,
        updated_at=at,
    )


def update(
    *, template: AcknowledgementTemplate, values: TemplateValues, version: int, at: datetime
) -> AcknowledgementTemplate:
    """Change the template; its address stays and only future uses are affected.

    Raises `StaleVersion`, and `Invalid` at `max_uses` for a limit below the uses so far.
    """
    _check(values)
    with transaction.atomic():
        locked = AcknowledgementTemplate.objects.select_for_update().get(pk=template.pk)
        if locked.version != version:
            raise StaleVersion("A colleague changed this template meanwhile. Look at it first.")
        if values.max_uses is not None and values.max_uses < locked.uses_count:
            sentence = f"It was used {locked.uses_count} times already. Enter that number or more."
            raise Invalid(sentence, fields={"max_uses": sentence})
        for name, value in columns_of(values.asked).items():
            setattr(locked, name, value)
        locked.name, locked.max_uses = values.name.strip(), values.max_uses
        locked.version, locked.updated_at = locked.version + 1, at
        locked.save()
    return locked


def activate(*, template: AcknowledgementTemplate, at: datetime) -> None:
    """Let the template's link be used again."""
    _set(template, TemplateStatus.ACTIVE, at)


def deactivate(*, template: AcknowledgementTemplate, at: datetime) -> None:
    """Pause the template's link: visitors read that it is not active."""
    _set(template, TemplateStatus.INACTIVE, at)


def _set(template: AcknowledgementTemplate, status: TemplateStatus, at: datetime) -> None:
    AcknowledgementTemplate.objects.filter(pk=template.pk).exclude(status=status).update(
        status=status, updated_at=at, version=F("version") + 1
    )
    template.refresh_from_db(fields=["status", "version", "updated_at"])


def _check(values: TemplateValues) -> None:
    refuse_problems(values.asked)
    if not values.name.strip():
        sentence = "Give the template a name."
        raise Invalid(sentence, fields={"name": sentence})
    if values.max_uses is not None and not 1 <= values.max_uses <= MOST_USES:
        sentence = f"Enter 1 to {MOST_USES:,} uses, or leave it empty for no limit."
        raise Invalid(sentence, fields={"max_uses": sentence})
