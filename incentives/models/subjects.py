"""What a conversation, a group or a record of distributions is about: an offer or a request."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from incentives.models.offers import Offer
from incentives.models.requests import IncentiveRequest

Subject = Offer | IncentiveRequest


class AboutOne:
    """A row that belongs to an offer or to a request; a check constraint keeps it to one of them."""

    @property
    def subject(self) -> Subject:
        """The offer or request that the row is about."""
        row: Any = self
        found: Subject = row.offer if row.offer_id is not None else row.request
        return found

    @subject.setter
    def subject(self, found: Subject) -> None:
        for name, value in about(found).items():
            setattr(self, name, value)


def about(subject: Subject) -> dict[str, Any]:
    """Return the column that names the subject, for rows about it."""
    return {"offer" if isinstance(subject, Offer) else "request": subject}


def about_one(name: str) -> models.CheckConstraint:
    """Let a row name an offer or a request, never both and never neither."""
    return models.CheckConstraint(
        name=name,
        condition=Q(offer__isnull=False, request__isnull=True)
        | Q(offer__isnull=True, request__isnull=False),
    )
