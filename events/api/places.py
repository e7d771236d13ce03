"""Where a call happens, and what of the business it names; all within the subtree of the key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.errors import NotFound
from directory.api.auth import ApiRequest, ForbiddenOrganisation, caller_of
from directory.models import Organisation, Tap
from directory.selectors import network
from events.api.schemas import ClassificationRef, TapRef
from events.choices import EventType
from events.models import BusinessEvent, Classification
from events.selectors import events
from events.selectors.classifications import classification_by_code


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the tenant, the organisation whose subtree the key opens, and the key's name."""

    business: Organisation
    root: Organisation
    name: str

    @classmethod
    def of(cls, request: ApiRequest) -> Caller:
        return cls(request.organisation, request.place, caller_of(request))


def place_of(caller: Caller, tap: TapRef | None) -> tuple[Organisation, Tap | None]:
    """Return the place of the till, or the key's own organisation where none is named.

    Raises `NotFound` with TAP_NOT_FOUND and `ForbiddenOrganisation` for a till of others.
    """
    if tap is None:
        return caller.root, None
    found = network.tap(business=caller.business, code=tap.code)
    if not network.is_within(found.organisation, root=caller.root):
        raise ForbiddenOrganisation
    return found.organisation, found


def classification_of(
    caller: Caller, named: ClassificationRef | None, kind: EventType
) -> Classification | None:
    """Return the classification; raises `NotFound` with CLASSIFICATION_NOT_FOUND."""
    if named is None:
        return None
    return classification_by_code(business=caller.business, code=named.code, kind=kind)


def event_of(caller: Caller, public_id: UUID, kind: EventType | None = None) -> BusinessEvent:
    """Return the event of the key's subtree, of that kind if one is asked.

    Raises `NotFound` with EVENT_NOT_FOUND.
    """
    event = events.event(business=caller.business, public_id=public_id)
    return _visible(event, caller, kind)


def event_numbered(
    caller: Caller, tap: TapRef | None, kind: EventType, reference_number: str
) -> BusinessEvent:
    """Return the event that the place of the till has reported under the number."""
    place, _ = place_of(caller, tap)
    event = events.event_by_reference(
        organisation=place, kind=kind, reference_number=reference_number
    )
    return _visible(event, caller, kind)


def _visible(event: BusinessEvent, caller: Caller, kind: EventType | None) -> BusinessEvent:
    where = {event.business_id, event.merchant_id, event.venue_id, event.organisation_id}
    if caller.root.pk not in where or kind not in {None, event.type}:
        raise NotFound(events.NO_SUCH_EVENT, code=events.EVENT_NOT_FOUND)
    return event
