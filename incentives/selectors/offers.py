"""Reading offers, always within one business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from core.errors import NotFound
from core.transitions import Transition
from directory.models import Organisation
from incentives import guards
from incentives.choices import (
    FACES,
    OPEN,
    SEATED,
    AcknowledgementState,
    DistributionStatus,
    GroupMemberStatus,
    OfferStatus,
    Side,
)
from incentives.completeness.offers import OfferValues, problems
from incentives.guards import Situation
from incentives.models import (
    Acknowledgement,
    Distribution,
    GroupMember,
    Offer,
    OfferStatusChange,
    Program,
)
from incentives.workflow.offers import OFFER


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """One status that a side may choose now; `reason` says why it cannot be chosen yet."""

    status: str
    label: str
    meaning: str
    transition: Transition
    needs: tuple[str, ...]
    reason: str = ""
    icon: str = ""

    @property
    def is_open(self) -> bool:
        return not self.reason


def offers_of(*, business: Organisation) -> QuerySet[Offer]:
    """Return the business's offers with program and product, unordered."""
    return Offer.objects.filter(business=business).select_related("program__product_service")


def offer_of(*, business: Organisation, pk: int) -> Offer:
    """Return one offer of the business; another's id raises `NotFound`."""
    return _one(Offer.objects.filter(business=business), pk=pk)


def offer_by_pk(*, pk: int) -> Offer:
    """Return an offer that a token or slug named; never use it with an id from a provider."""
    return _one(Offer.objects.all(), pk=pk)


def offer_by_slug(*, slug: str) -> Offer:
    """Return the offer behind a shared link, or raise `NotFound`."""
    found = _in_full(Offer.objects.filter(link_slug=slug)).first()
    if found is None:
        raise NotFound("This link does not lead to an offer.")
    return found


def _in_full(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    return rows.select_related(
        "business__provider_profile",
        "program__product_service",
        "terms",
        "agreed_terms",
        "confirmed_terms",
        "contact",
        "created_by",
    )


def _one(rows: QuerySet[Offer], *, pk: int) -> Offer:
    found = _in_full(rows.filter(pk=pk)).first()
    if found is None:
        raise NotFound("There is no such offer.")
    return found


def programs_of(*, business: Organisation) -> QuerySet[Program]:
    return Program.objects.filter(business=business).select_related("product_service")


def active_programs_of(*, business: Organisation) -> QuerySet[Program]:
    return programs_of(business=business).filter(status="active")


def open_twin(
    *,
    business: Organisation,
    program: Program,
    addresses: Sequence[str],
    but: int | None = None,
) -> Offer | None:
    """Return an open e-mailed offer of the program to one of the addresses, for the warning.

    A group counts by each of its members who was invited or has a place.
    """
    members = GroupMember.objects.filter(
        offer__business=business,
        offer__program=program,
        email__in=addresses,
        status__in=[*SEATED, GroupMemberStatus.PENDING],
    )
    rows = Offer.objects.filter(
        Q(recipient_email__in=addresses) | Q(pk__in=members.values("offer")),
        business=business,
        program=program,
        delivery_method="email",
        status__in=OPEN,
    )
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.order_by("-id").first()


def members_of(*, offer: Offer) -> QuerySet[GroupMember]:
    return GroupMember.objects.filter(offer=offer).order_by("invited_at", "id")


def values_of(offer: Offer) -> OfferValues:
    """Return what is stored of the offer as the value that forms and rules speak of."""
    members: tuple[str, ...] = ()
    if offer.is_group and not offer.is_link:
        members = tuple(members_of(offer=offer).values_list("email", flat=True))
    return OfferValues(
        program=offer.program,
        entity_type=offer.entity_type,
        entity_stage=offer.entity_stage,
        incentive_type=offer.incentive_type,
        terms=offer.terms.value if offer.terms else None,
        offer_type=offer.offer_type,
        max_required_members=offer.max_required_members,
        delivery_method=offer.delivery_method,
        recipient_email=offer.recipient_email if not offer.is_link else "",
        recipient_name=offer.recipient_name,
        member_addresses=members,
        message=offer.message,
        message_masked=offer.message_masked,
        show_on_program_page=offer.show_on_program_page,
        expires_at=offer.expires_at,
    )


def situation_of(offer: Offer, *, at: datetime, actor_is_lead: bool = True) -> Situation:
    """Load all that a guard may look at; a fixed number of queries, two for a Single offer."""
    now = Situation(
        at=at,
        offer_type=offer.offer_type,
        delivery_method=offer.delivery_method,
        terms=offer.terms.value if offer.terms else None,
        has_consent=offer.has_consent,
        is_verified=offer.is_bound,
        is_addressed=bool(offer.recipient_email),
        recipient_has_moved=offer.recipient_has_moved,
        program_active=offer.program.is_active,
        expires_at=offer.expires_at,
        answer_due_at=offer.answer_due_at,
        max_members=offer.max_required_members or 1,
        actor_is_lead=actor_is_lead,
    )
    if offer.is_draft:
        return replace(now, missing=problems(values_of(offer), at))
    if offer.is_group:
        counts = GroupMember.objects.filter(offer=offer).aggregate(
            active=Count("pk", filter=Q(status__in=["active", "claimed"])),
            unclaimed=Count("pk", filter=Q(status=GroupMemberStatus.ACTIVE)),
        )
        now = replace(now, active_members=counts["active"], unclaimed_members=counts["unclaimed"])
    if offer.is_confirmed:
        states = list(
            Distribution.objects.filter(offer=offer).order_by("id").values_list("pk", "status")
        )
        now = replace(
            now,
            pending_distributions=tuple(
                pk for pk, status in states if status == DistributionStatus.PENDING
            ),
            success_count=sum(status == DistributionStatus.SUCCESS for _, status in states),
            submitted_acknowledgements=Acknowledgement.objects.filter(
                offer=offer, state=AcknowledgementState.SUBMITTED
            ).count(),
        )
    return now


def available_statuses(*, offer: Offer, actor_kind: str, at: datetime) -> list[StatusChoice]:
    """Return exactly the statuses that the side may choose now, in table order."""
    now = situation_of(offer, at=at)
    if actor_kind == Side.RECIPIENT:
        # Answering takes an e-mailed token, by which the address is verified.
        now = replace(now, is_verified=True)
    rows = OFFER.available(status=offer.status, actor=actor_kind, set_by=offer.status_set_by)
    return [
        StatusChoice(
            status=row.target,
            label=OfferStatus(row.target).label,
            meaning=FACES[OfferStatus(row.target)].meaning,
            transition=row,
            needs=row.needs,
            reason=guards.explain(row, now),
            icon=OfferStatus(row.target).icon,
        )
        for row in rows
        if guards.is_shown(row, now)
    ]


def row_actions(offer: Offer) -> frozenset[str]:
    """Return the entries of the row menu that the manual lists for this offer (2.2)."""
    actions = {"messages", "distributions", "program", "details"}
    if offer.is_unclaimed_link:
        actions.add("edit")
    if offer.is_shareable:
        actions.add("share")
    if offer.is_draft:
        actions.add("edit")
    if offer.is_group:
        actions.add("members")
    if offer.status == OfferStatus.ACKNOWLEDGED:
        actions.add("embed")
    return frozenset(actions)


def detail_actions(offer: Offer) -> frozenset[str]:
    """Return the further actions of the details page (2.2)."""
    actions: set[str] = set()
    if offer.is_draft:
        actions |= {"send", "delete"}
    if offer.status == OfferStatus.OFFERED and not offer.is_link and not offer.is_group:
        actions.add("resend")
    if offer.status in {OfferStatus.EXPIRED, OfferStatus.NO_RESPONSE}:
        actions.add("reoffer")
    if OFFER.find(
        status=offer.status,
        target=OfferStatus.CANCELLED,
        actor=Side.PROVIDER,
        set_by=offer.status_set_by,
    ):
        actions.add("cancel")
    return frozenset(actions)


def history_of(*, offer: Offer) -> QuerySet[OfferStatusChange]:
    """Return the offer's status changes, newest first, with actor, message and terms."""
    return (
        OfferStatusChange.objects.filter(offer=offer)
        .select_related("actor_user", "message", "terms")
        .order_by("-at", "-id")
    )
