"""Reading the e-mails that were sent about an offer."""

from __future__ import annotations

from django.db.models import QuerySet

from core import references
from core.errors import NotFound
from core.models import Mail
from directory.models import Organisation
from incentives.models import Offer
from incentives.selectors.offers import offers_of


def mails_of(*, offer: Offer) -> QuerySet[Mail]:
    """Return the mails about the offer, to either side, newest first."""
    reference = references.reference("incentives.offer", offer.pk)
    return Mail.objects.filter(reference=reference).order_by("-created_at", "-id")


def mail_of(*, offer: Offer, pk: int) -> Mail:
    """Return one mail about the offer, or raise `NotFound`."""
    found = mails_of(offer=offer).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such e-mail.")
    return found


def newest_offer(*, business: Organisation) -> Offer | None:
    """Return the business's newest offer that says what it promises, to show e-mails with."""
    rows = offers_of(business=business).filter(terms__isnull=False)
    return (
        rows.select_related("business__provider_profile", "terms")
        .order_by("-created_at", "-id")
        .first()
    )
