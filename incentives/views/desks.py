"""Where the desk's pages of an offer and of a request differ: addresses, rows, statuses, forms.

Conversation, files, own messages and distributions are one code for both; each of its functions is
given one of the two desks below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.urls import reverse

from directory.models import Organisation
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.forms.messages import ComposerForm, OfferComposerForm, RequestComposerForm
from incentives.guards import Payload
from incentives.models import IncentiveRequest, Offer
from incentives.selectors import StatusChoice
from incentives.selectors import requests as request_rows
from incentives.services import messages, request_statuses, statuses
from incentives.services.actors import Actor

S = TypeVar("S", Offer, IncentiveRequest)


class Desk(Generic[S]):
    """One of the two kinds of things that a provider talks about and records distributions of."""

    noun: str
    """Begins the names of its pages: `offer_messages`, `request_messages`."""
    list_label: str
    """The heading of the list that its pages lead back to."""

    def url(self, page: str, *args: Any) -> str:
        """Return the address of one of its pages, e.g. `url("messages", 42)`."""
        return reverse(f"{self.noun}_{page}", args=args)

    @property
    def list_url(self) -> str:
        return reverse(f"{self.noun}s")

    def crumbs(self, subject: S, here: str) -> list[tuple[str, str]]:
        """Return the way to one of the subject's pages."""
        return [
            (self.list_label, self.list_url),
            (subject.reference, self.url("detail", subject.pk)),
            (here, ""),
        ]

    def find(self, business: Organisation, pk: int) -> S:
        """Return the business's own row; another's id raises `NotFound`."""
        raise NotImplementedError

    def title_of(self, subject: S) -> str:
        """Return what the row is about: the product or service."""
        raise NotImplementedError

    def choices(self, subject: S, at: datetime) -> list[StatusChoice]:
        """Return the statuses that the provider may set now."""
        raise NotImplementedError

    def composer(self, *args: Any, subject: S, at: datetime, **kwargs: Any) -> ComposerForm:
        """Return the composer's form for the row as it is now."""
        raise NotImplementedError

    def transition(
        self, *, subject: S, to: str, actor: Actor, payload: Payload, version: int, at: datetime
    ) -> None:
        """Carry the chosen status out."""
        raise NotImplementedError

    def next_step(self, subject: S) -> str:
        """Say what happens next, to the provider."""
        raise NotImplementedError

    def closed(self, subject: S, choices: Sequence[StatusChoice]) -> str:
        """Say why the composer is closed, or return an empty text."""
        if not choices and messages.may_post(subject):
            label = subject.status_face.label
            return f"The {self.noun} is {label}, so the conversation is closed."
        return ""


class OfferDesk(Desk[Offer]):
    noun = "offer"
    list_label = "Incentive Offers"

    def find(self, business: Organisation, pk: int) -> Offer:
        return selectors.offer_of(business=business, pk=pk)

    def title_of(self, subject: Offer) -> str:
        return str(subject.program)

    def choices(self, subject: Offer, at: datetime) -> list[StatusChoice]:
        return selectors.available_statuses(offer=subject, actor_kind=Side.PROVIDER, at=at)

    def composer(self, *args: Any, subject: Offer, at: datetime, **kwargs: Any) -> ComposerForm:
        return OfferComposerForm(*args, offer=subject, at=at, **kwargs)

    def transition(
        self, *, subject: Offer, to: str, actor: Actor, payload: Payload, version: int, at: datetime
    ) -> None:
        statuses.transition(
            offer=subject, to=to, actor=actor, payload=payload, version=version, at=at
        )

    def next_step(self, subject: Offer) -> str:
        return selectors.next_step(subject, Side.PROVIDER)

    def closed(self, subject: Offer, choices: Sequence[StatusChoice]) -> str:
        if subject.is_draft:
            return "The offer is a draft. Send it first, then you can write to the recipient."
        if subject.status == OfferStatus.COMPLETED and not any(row.is_open for row in choices):
            return next((row.reason for row in choices), "") or "The offer is completed."
        return super().closed(subject, choices)


class RequestDesk(Desk[IncentiveRequest]):
    noun = "request"
    list_label = "Incentive Requests"

    def find(self, business: Organisation, pk: int) -> IncentiveRequest:
        return request_rows.request_of(business=business, pk=pk)

    def title_of(self, subject: IncentiveRequest) -> str:
        return subject.product_name

    def choices(self, subject: IncentiveRequest, at: datetime) -> list[StatusChoice]:
        return request_rows.request_statuses(request=subject, actor_kind=Side.PROVIDER, at=at)

    def composer(
        self, *args: Any, subject: IncentiveRequest, at: datetime, **kwargs: Any
    ) -> ComposerForm:
        return RequestComposerForm(*args, request=subject, at=at, **kwargs)

    def transition(
        self,
        *,
        subject: IncentiveRequest,
        to: str,
        actor: Actor,
        payload: Payload,
        version: int,
        at: datetime,
    ) -> None:
        request_statuses.transition(
            request=subject, to=to, actor=actor, payload=payload, version=version, at=at
        )

    def next_step(self, subject: IncentiveRequest) -> str:
        return request_rows.request_next_step(subject, Side.PROVIDER)


OFFERS, REQUESTS = OfferDesk(), RequestDesk()
EitherDesk = OfferDesk | RequestDesk
