"""Showing a recipient's words in public, and taking them back (incentives.md 3.11, 7.2).

Only words whose writer agreed are ever published. The words of an offer are first published by
setting the offer to Acknowledged (P36); those of other sources, and of members who wrote later, one by
one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Conflict, NotFound
from incentives.choices import AcknowledgementState, OfferStatus
from incentives.models import Acknowledgement, Offer
from incentives.selectors.acknowledgements import submitted_of
from incentives.services import widgets

NO_CONSENT = (
    "The recipient did not agree that these words be shown publicly."
    " They stay between you and them."
)


class NotPublishable(Conflict):
    """The words cannot be published as things stand."""

    code = "acknowledgement_not_publishable"


def publish_chosen(*, offer: Offer, pk: int | None, at: datetime) -> None:
    """Publish the chosen submitted words, or the first that may be public, and make the widget (P36).

    Words without public consent are accepted with the offer but not published: they stay submitted.
    Raises `NotFound` for a choice that is not among the offer's submitted words.
    """
    rows = submitted_of(offer=offer).select_for_update()
    chosen = (rows.filter(pk=pk) if pk else rows).first()
    if chosen is None:
        raise NotFound("There is no such acknowledgement to publish.")
    if chosen.consent_public:
        _show(chosen, at)
    widgets.make_for_offer(
        offer=offer, acknowledgement=chosen if chosen.consent_public else None, at=at
    )


def refusal_of(acknowledgement: Acknowledgement) -> str:
    """Say why the words cannot be published now, or return an empty text."""
    offer = acknowledgement.offer
    if not acknowledgement.is_submitted:
        return "The recipient has not answered yet."
    if acknowledgement.is_published:
        return "These words are published already."
    if not acknowledgement.consent_public:
        return NO_CONSENT
    if offer is not None and offer.status == OfferStatus.COMPLETED:
        return "Set the offer to Acknowledged: that publishes the words you choose."
    return ""


def publish(*, acknowledgement: Acknowledgement, at: datetime) -> None:
    """Publish submitted words, or hidden ones again; raises `NotPublishable` in words."""
    with transaction.atomic():
        locked = _locked(acknowledgement)
        if reason := refusal_of(locked):
            raise NotPublishable(reason)
        _show(locked, at)
        if locked.offer is None:
            widgets.make_own(acknowledgement=locked, at=at)
        else:
            widgets.make_for_offer(offer=locked.offer, acknowledgement=locked, at=at)


def hide(*, acknowledgement: Acknowledgement, at: datetime) -> None:
    """Take published words off every widget and public page; raises `NotPublishable` otherwise."""
    with transaction.atomic():
        locked = _locked(acknowledgement)
        if not locked.is_published:
            raise NotPublishable("Only published words can be hidden.")
        locked.state, locked.updated_at = AcknowledgementState.HIDDEN, at
        locked.save(update_fields=["state", "updated_at"])


def _locked(acknowledgement: Acknowledgement) -> Acknowledgement:
    rows = Acknowledgement.objects.select_for_update(of=("self",)).select_related("offer")
    return rows.get(pk=acknowledgement.pk)


def _show(acknowledgement: Acknowledgement, at: datetime) -> None:
    """Publish; the date that a widget shows is that of the first time."""
    acknowledgement.state = AcknowledgementState.PUBLISHED
    acknowledgement.published_at = acknowledgement.published_at or at
    acknowledgement.updated_at = at
    acknowledgement.save(update_fields=["state", "published_at", "updated_at"])
