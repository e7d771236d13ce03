"""Reading incentive requests: of one business for the desk, of one address for those who ask."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from core.errors import NotFound
from directory.models import Organisation
from incentives import guards
from incentives.choices import SEATED, DistributionStatus
from incentives.choices.requests import REQUEST_FACES, RequestStatus
from incentives.completeness.requests import RequestValues, problems
from incentives.guards import Situation
from incentives.models import (
    Distribution,
    GroupMember,
    IncentiveRequest,
    Program,
    RequestStatusChange,
)
from incentives.selectors.offers import StatusChoice
from incentives.words.requests import next_step as _next_step
from incentives.words.requests import plain_words as _plain_words
from incentives.workflow.requests import REQUEST

LINKED = ("business__provider_profile", "program__product_service", "contact")
TERMS = ("terms", "agreed_terms", "confirmed_terms")


def requests_of(*, business: Organisation) -> QuerySet[IncentiveRequest]:
    """Return what was really asked of the business, unordered; drafts are their authors' alone.

    A request that was cancelled while still a draft never reached the provider either.
    """
    return IncentiveRequest.objects.filter(business=business, requested_at__isnull=False)


def requests_listed(*, business: Organisation) -> QuerySet[IncentiveRequest]:
    """Return the business's requests with what the list shows besides: how full each group is."""
    taken = (
        GroupMember.objects.filter(request=OuterRef("pk"), status__in=SEATED)
        .order_by()
        .values("request")
        .annotate(taken=Count("pk"))
        .values("taken")
    )
    members = Case(When(request_type="group", then=Coalesce(Subquery(taken), 0)), default=Value(0))
    return requests_of(business=business).annotate(members_taken=members)


def request_of(*, business: Organisation, pk: int) -> IncentiveRequest:
    """Return one request that the business received; anything else raises `NotFound`."""
    return _one(requests_of(business=business), pk=pk)


def request_by_pk(*, pk: int) -> IncentiveRequest:
    """Return a request that a token named; never use it with an id from a provider."""
    return _one(IncentiveRequest.objects.all(), pk=pk)


def request_by_slug(*, slug: str) -> IncentiveRequest:
    """Return the request behind a shared link, or raise `NotFound`."""
    found = _in_full(IncentiveRequest.objects.filter(link_slug=slug)).first()
    if found is None:
        raise NotFound("This link does not lead to a request.")
    return found


def own_requests(*, address: str) -> QuerySet[IncentiveRequest]:
    """Return what the owner of a verified address asked of anybody, unordered.

    What somebody else typed the address into, without confirming it, is not theirs.
    """
    return IncentiveRequest.objects.filter(
        recipient_email=address, recipient_verified_at__isnull=False
    ).select_related("business")


def own_request(*, address: str, pk: int) -> IncentiveRequest:
    """Return one of the address's own requests, or raise `NotFound`."""
    return _one(own_requests(address=address), pk=pk)


def program_for_request(*, slug: str) -> Program:
    """Return the Active program of the address, of a provider that is ready, or raise `NotFound`."""
    found = (
        Program.objects.filter(slug=slug, status="active", business__is_active=True)
        .select_related("product_service", "business__provider_profile")
        .first()
    )
    if found is None:
        raise NotFound("There is no such program.")
    return found


def _in_full(rows: QuerySet[IncentiveRequest]) -> QuerySet[IncentiveRequest]:
    return rows.select_related(*LINKED, *TERMS)


def _one(rows: QuerySet[IncentiveRequest], *, pk: int) -> IncentiveRequest:
    found = _in_full(rows.filter(pk=pk)).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def request_values_of(request: IncentiveRequest) -> RequestValues:
    """Return what is stored of the request as the value that forms and rules speak of."""
    return RequestValues(
        program=request.program,
        product_name=request.product_name,
        product_url=request.product_url,
        recipient_email=request.recipient_email,
        recipient_name=request.recipient_name,
        entity_type=request.entity_type,
        entity_stage=request.entity_stage,
        incentive_type=request.incentive_type,
        terms=request.terms.value if request.terms else None,
        request_type=request.request_type,
        max_required_members=request.max_required_members,
        delivery_method=request.delivery_method,
        message=request.message,
        message_masked=request.message_masked,
    )


def request_situation_of(request: IncentiveRequest, *, at: datetime) -> Situation:
    """Load all that a guard may look at; at most one query."""
    facts: dict[str, object] = {}
    if request.is_draft:
        facts["missing"] = problems(request_values_of(request))
    elif request.is_confirmed:
        states = list(request.distributions.order_by("id").values_list("pk", "status"))
        facts["pending_distributions"] = tuple(
            pk for pk, status in states if status == DistributionStatus.PENDING
        )
        facts["success_count"] = sum(status == DistributionStatus.SUCCESS for _, status in states)
    elif request.is_group:
        facts["active_members"] = request_seats_taken(request=request)
    return Situation(
        at=at,
        offer_type=request.request_type,
        delivery_method=request.delivery_method,
        terms=request.terms.value if request.terms else None,
        has_consent=request.has_consent,
        is_verified=request.is_verified,
        is_addressed=True,
        max_members=request.max_required_members or 1,
        **facts,  # type: ignore[arg-type]
    )


def request_statuses(
    *, request: IncentiveRequest, actor_kind: str, at: datetime
) -> list[StatusChoice]:
    """Return exactly the statuses that the side may choose now, in table order."""
    now = request_situation_of(request, at=at)
    rows = REQUEST.available(status=request.status, actor=actor_kind, set_by=request.status_set_by)
    return [
        StatusChoice(
            status=row.target,
            label=RequestStatus(row.target).label,
            meaning=REQUEST_FACES[RequestStatus(row.target)].meaning,
            transition=row,
            needs=row.needs,
            reason=guards.explain(row, now),
            icon=RequestStatus(row.target).icon,
        )
        for row in rows
    ]


def request_members(*, request: IncentiveRequest) -> QuerySet[GroupMember]:
    """Return the members in the order in which they came."""
    return request.members.order_by("invited_at", "id")


def members_listed(*, request: IncentiveRequest) -> QuerySet[GroupMember]:
    """Return the members with how their distribution stands, unordered."""
    state = Distribution.objects.filter(group_member=OuterRef("pk")).values("status")[:1]
    return request.members.annotate(outcome=Subquery(state))


def request_seats_taken(*, request: IncentiveRequest) -> int:
    return request.members.filter(status__in=SEATED).count()


def request_history(*, request: IncentiveRequest) -> QuerySet[RequestStatusChange]:
    """Return the request's status changes, newest first, with message and terms."""
    return request.status_changes.select_related("message", "terms").order_by("-at", "-id")


def request_actions(request: IncentiveRequest) -> frozenset[str]:
    """Return the entries of the provider's row menu for this request."""
    actions = {"messages", "distributions", "details"}
    if request.is_group:
        actions.add("members")
    if request.program_id is not None:
        actions.add("program")
    return frozenset(actions)


def request_words(request: IncentiveRequest) -> list[str]:
    """Say the stored request in sentences, as the provider reads it."""
    return _plain_words(
        recipient=request.recipient_name,
        stage=request.entity_stage,
        product=request.product_name,
        terms=request.terms.value if request.terms else None,
        incentive_type=request.incentive_type,
        members=request.max_required_members,
        masked=request.message_masked,
    )


def request_next_step(request: IncentiveRequest, side: str) -> str:
    """Say what happens next with the request, to the provider or to the recipient."""
    return _next_step(status=request.status, set_by=request.status_set_by, side=side)
