"""Making, editing and switching link templates (incentives.md 7.1).

What is changed holds for future uses only: offers made earlier keep the terms they were made with.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from core.codes import slug
from core.errors import Conflict, Invalid, StaleVersion
from directory.models import Organisation
from incentives.choices import TemplateStatus
from incentives.completeness.templates import MAX_NAME, TemplateValues, template_problems
from incentives.models import LinkTemplate
from incentives.selectors.link_templates import values_of_template
from incentives.services.actors import Actor
from incentives.services.proposals import columns_of
from incentives.terms import Terms

COPY = " (copy)"


class Incomplete(Invalid):
    """Something keeps the template from being saved; `fields` names all of it."""

    code = "link_template_incomplete"


class ProgramInactive(Conflict):
    """A new template can only choose an active program."""

    code = "program_inactive"


def create(
    *, business: Organisation, values: TemplateValues, actor: Actor, at: datetime
) -> LinkTemplate:
    """Store a complete template; it is Active at once and has an address that cannot be guessed."""
    _refuse(template_problems(values, at))
    _refuse_foreign(values, business)
    return _insert(business, values, actor, at, TemplateStatus.ACTIVE)


def update(
    *, template: LinkTemplate, values: TemplateValues, version: int, at: datetime
) -> LinkTemplate:
    """Change what future uses make; the address and the uses so far stay.

    The row is locked, so that the maximum of uses is held against the uses that there really are.
    A program that was deactivated meanwhile may be kept, but not chosen. Raises `Incomplete` with
    every field, or `StaleVersion` when a colleague was faster.
    """
    with transaction.atomic():
        locked = lock(template)
        if locked.version != version:
            raise StaleVersion(
                "A colleague changed this template meanwhile. Look at it, then edit again."
            )
        found = template_problems(values, at, uses_count=locked.uses_count)
        if values.offer.program is not None and values.offer.program.pk == locked.program_id:
            found.pop("program", None)
        _refuse(found)
        _refuse_foreign(values, locked.business)
        columns = _columns(values)
        LinkTemplate.objects.filter(pk=locked.pk).update(
            **columns, updated_at=at, version=F("version") + 1
        )
    template.refresh_from_db()
    return template


def activate(*, template: LinkTemplate, at: datetime) -> None:
    """Let the link be used again."""
    _switch(template, TemplateStatus.ACTIVE, at)


def deactivate(*, template: LinkTemplate, at: datetime) -> None:
    """Pause the link: whoever opens it reads that it is not active; offers made go on."""
    _switch(template, TemplateStatus.INACTIVE, at)


def duplicate(*, template: LinkTemplate, actor: Actor, at: datetime) -> LinkTemplate:
    """Copy a template under a new address, unused and Inactive until somebody has looked at it."""
    if not template.program.is_active:
        raise ProgramInactive(
            "The program of this template is not active. Activate it first, then duplicate."
        )
    values = values_of_template(template)
    name = f"{template.name[: MAX_NAME - len(COPY)]}{COPY}"
    copied = TemplateValues(name, values.offer, values.validity_days, values.max_uses)
    return _insert(template.business, copied, actor, at, TemplateStatus.INACTIVE)


def lock(template: LinkTemplate) -> LinkTemplate:
    """Lock and reload the template; uses are counted, and limits held, under this lock alone."""
    return (
        LinkTemplate.objects.select_for_update(of=("self",))
        .select_related("business__provider_profile", "program__product_service", "created_by")
        .get(pk=template.pk)
    )


def _refuse(found: dict[str, str]) -> None:
    if found:
        raise Incomplete("Some answers are missing or need a change.", fields=found)


def _refuse_foreign(values: TemplateValues, business: Organisation) -> None:
    program = values.offer.program
    if program is None or program.business_id != business.pk:
        raise Incomplete("Select a valid choice.", fields={"program": "Select a valid choice."})


def _insert(
    business: Organisation,
    values: TemplateValues,
    actor: Actor,
    at: datetime,
    status: TemplateStatus,
) -> LinkTemplate:
    return LinkTemplate.objects.create(
        business=business,
        status=status,
        slug=slug(),
        created_by=actor.user,
        created_at=at,
        updated_at=at,
        **_columns(values),
    )


def _columns(values: TemplateValues) -> dict[str, Any]:
    offer = values.offer
    return {
        "name": values.name.strip(),
        "program": offer.program,
        "entity_type": offer.entity_type,
        "entity_stage": offer.entity_stage,
        "incentive_type": offer.incentive_type,
        "offer_type": offer.offer_type,
        "max_required_members": offer.max_required_members,
        "message": offer.message.strip(),
        "message_masked": offer.message_masked,
        "show_on_program_page": offer.show_on_program_page,
        "validity_days": values.validity_days,
        "max_uses": values.max_uses,
        **columns_of(offer.terms or Terms.words("")),
    }


def _switch(template: LinkTemplate, status: TemplateStatus, at: datetime) -> None:
    LinkTemplate.objects.filter(pk=template.pk).exclude(status=status).update(
        status=status, updated_at=at, version=F("version") + 1
    )
    template.refresh_from_db()
