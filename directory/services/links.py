"""Partnerships of businesses: one invites, the other accepts, either ends it (rewards.md 2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core import workflow
from core.errors import Conflict, Invalid
from directory.choices import LinkStatus
from directory.link_workflow import MACHINE
from directory.models import BusinessLink, Organisation


class NotABusiness(Invalid):
    """Only another business can be a partner."""

    code = "not_a_business"


class LinkedAlready(Conflict):
    """The business was invited or belongs to the network already."""

    code = "linked_already"


class LinkStepRefused(Conflict):
    """That side cannot take this step now."""

    code = "link_step_refused"


def invite(
    *, business: Organisation, partner: Organisation, is_charity: bool = False, at: datetime
) -> BusinessLink:
    """Ask another business into the network; raises `NotABusiness` and `LinkedAlready`."""
    if not partner.is_business or partner == business:
        raise NotABusiness("Choose another business.")
    try:
        with transaction.atomic():
            return BusinessLink.objects.create(
                business=business,
                partner=partner,
                is_charity=is_charity,
                status=LinkStatus.INVITED,
                status_set_by="business",
                status_changed_at=at,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError as error:
        if "directory_link_once" not in str(error):
            raise
        raise LinkedAlready(f"{partner.name} is invited or belongs to your network.") from error


def accept(*, link: BusinessLink, at: datetime) -> BusinessLink:
    """Join the network that invited us."""
    return _step(link, LinkStatus.ACCEPTED, "partner", at)


def end(*, link: BusinessLink, by: str, at: datetime) -> BusinessLink:
    """Decline, withdraw, leave or end; `by` is the side that does it: "business" or "partner"."""
    return _step(link, LinkStatus.ENDED, by, at)


def _step(link: BusinessLink, target: LinkStatus, actor: str, at: datetime) -> BusinessLink:
    row = MACHINE.find(status=link.status, target=target, actor=actor, set_by=link.status_set_by)
    if row is None:
        raise LinkStepRefused(f"This partnership is {link.step.label.lower()}.")
    workflow.perform(link, row, at=at, history=_kept_by_trigger, values={"updated_at": at})
    return link


def _kept_by_trigger(link: Any, left: str) -> None:
    """The trigger that tracks the table writes the history row in the same transaction."""
