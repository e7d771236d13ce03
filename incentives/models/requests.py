"""Incentive requests: a recipient asks a provider for an incentive (incentives.md 8).

A request has the parts of an offer under the same names: recipient, terms, agreed and confirmed
terms, messages, members, distributions. What works on either takes a `models.Subject`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Lower

from core.models import Timestamped
from core.search import gram_index
from directory.models import Contact, Organisation
from incentives.choices import (
    DeliveryMethod,
    EntityStage,
    EntityType,
    IncentiveType,
    OfferType,
    Side,
    TermsKind,
)
from incentives.choices import requests as request_choices
from incentives.choices.requests import (
    REQUEST_CLOSED,
    REQUEST_CONFIRMED,
    REQUEST_FACES,
    RequestStatus,
)
from incentives.models.negotiated import Negotiated
from incentives.models.programs import Program
from incentives.models.values import Valued, value_is_sound

REQUEST_SEARCH_INDEX = "incentives_request_search"
UNSENT = ["draft", "cancelled"]


def request_side_to_move() -> Case:
    """Return the side that moves next as an expression: "provider", "recipient" or "nobody"."""
    whens = []
    for side, label in (("provider", "provider"), ("recipient", "recipient"), ("", "nobody")):
        statuses = [code.value for code, face in REQUEST_FACES.items() if face.waits_for == side]
        whens.append(When(status__in=statuses, then=Value(label)))
    return Case(
        *whens,
        When(status_set_by=Side.PROVIDER.value, then=Value("recipient")),
        default=Value("provider"),
    )


class IncentiveRequest(Negotiated, Timestamped):
    """One request of a recipient or a group to a provider.

    `product_name` and `product_url` are those of the program where there is one, and otherwise what
    the recipient typed: a product without a program can be asked about too.
    """

    noun = "request"
    kind_field = "request_type"
    closed_statuses = REQUEST_CLOSED
    confirmed_statuses = REQUEST_CONFIRMED

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="incentive_requests"
    )
    program = models.ForeignKey(
        Program, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    product_name = models.CharField(max_length=150)
    product_url = models.URLField(max_length=300, blank=True)
    reference = models.CharField(max_length=16, unique=True)
    recipient_email = models.EmailField(max_length=254)
    recipient_name = models.CharField(max_length=120)
    recipient_verified_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="incentive_requests"
    )
    entity_type = models.CharField(max_length=12, choices=EntityType.choices, blank=True)
    entity_stage = models.CharField(max_length=20, choices=EntityStage.choices, blank=True)
    incentive_type = models.CharField(max_length=10, choices=IncentiveType.choices, blank=True)
    request_type = models.CharField(
        max_length=6, choices=OfferType.choices, default=OfferType.SINGLE
    )
    max_required_members = models.PositiveSmallIntegerField(null=True, blank=True)
    delivery_method = models.CharField(
        max_length=5, choices=DeliveryMethod.choices, default=DeliveryMethod.EMAIL
    )
    message = models.CharField(max_length=1024, blank=True)
    message_masked = models.BooleanField(default=False)

    status = models.CharField(
        max_length=20, choices=RequestStatus.choices, default=RequestStatus.DRAFT
    )
    status_set_by = models.CharField(max_length=10, choices=Side.choices, default=Side.RECIPIENT)
    status_changed_at = models.DateTimeField()
    terms = models.ForeignKey(
        "RequestTerms", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_terms = models.ForeignKey(
        "RequestTerms", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_terms = models.ForeignKey(
        "RequestTerms", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_agreed_at = models.DateTimeField(null=True, blank=True)
    # Whether confirming the address shall send the request as well.
    send_when_verified = models.BooleanField(default=False)
    requested_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    link_slug = models.CharField(max_length=40, null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)
    side_to_move = models.GeneratedField(
        expression=request_side_to_move(),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("recipient_email"),
                Value(" "),
                F("recipient_name"),
                Value(" "),
                F("reference"),
                Value(" "),
                F("product_name"),
                Value(" "),
                F("message"),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_request_status", condition=Q(status__in=RequestStatus.values)
            ),
            models.CheckConstraint(
                name="incentives_request_members",
                condition=Q(request_type="single", max_required_members__isnull=True)
                | Q(
                    request_type="group",
                    max_required_members__isnull=False,
                    max_required_members__gte=2,
                    max_required_members__lte=500,
                )
                | Q(request_type="group", status__in=UNSENT, max_required_members__isnull=True),
            ),
            models.CheckConstraint(
                name="incentives_request_verified",
                condition=Q(status__in=UNSENT)
                | Q(recipient_verified_at__isnull=False, contact__isnull=False),
            ),
            models.CheckConstraint(
                name="incentives_request_terms",
                condition=Q(status__in=UNSENT) | Q(terms__isnull=False),
            ),
            models.CheckConstraint(
                name="incentives_request_confirmed_terms",
                condition=~Q(status__in=sorted(code.value for code in REQUEST_CONFIRMED))
                | Q(confirmed_terms__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_request_newest"
            ),
            models.Index(
                fields=["business", "status", "-created_at", "-id"],
                name="incentives_request_by_status",
            ),
            models.Index(
                fields=["business", "side_to_move", "-created_at", "-id"],
                name="incentives_request_by_side",
            ),
            models.Index(
                fields=["business", "status_changed_at", "id"],
                name="incentives_request_waiting",
                condition=Q(side_to_move="provider") & ~Q(status="draft"),
            ),
            models.Index(
                fields=["business", "-requested_at", "-id"],
                name="incentives_request_asked",
                condition=Q(requested_at__isnull=False),
            ),
            models.Index(
                fields=["recipient_email", "-created_at", "-id"],
                name="incentives_request_by_email",
            ),
            gram_index(scope="business_id", column="search_text", name=REQUEST_SEARCH_INDEX),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def status_face(self) -> RequestStatus:
        """The status with its label, tone and icon."""
        return RequestStatus(self.status)

    @property
    def is_verified(self) -> bool:
        """Whether the recipient has shown that the address is theirs."""
        return self.recipient_verified_at is not None

    @property
    def is_editable(self) -> bool:
        """Draft: yes. Requested by Shared Link: yes. Anything else: no (incentives.md 8.1)."""
        return self.is_draft or (self.status == RequestStatus.REQUESTED and self.is_link)

    @property
    def waits_for(self) -> str:
        """The side that moves next, known before the row is stored: "provider", "recipient" or ""."""
        return request_choices.waits_for(self.status, self.status_set_by)


class RequestTerms(Valued):
    """One proposal within a request: who put it on the table, what it promises."""

    request = models.ForeignKey(
        IncentiveRequest, on_delete=models.CASCADE, related_name="proposals"
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=TermsKind.choices)
    proposed_by = models.CharField(max_length=10, choices=Side.choices)
    description = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "number"], name="incentives_request_terms_number"
            ),
            value_is_sound("incentives_request_terms_value"),
        ]


class RequestStatusChange(models.Model):
    """One line of a request's history: from, to, who, when, with which message and terms."""

    request = models.ForeignKey(
        IncentiveRequest, on_delete=models.CASCADE, related_name="status_changes"
    )
    transition = models.CharField(max_length=4)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, choices=RequestStatus.choices)
    actor_kind = models.CharField(max_length=10, choices=Side.choices)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    message = models.ForeignKey("Message", null=True, on_delete=models.SET_NULL, related_name="+")
    terms = models.ForeignKey(RequestTerms, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "-at", "-id"], name="incentives_rchange_newest")]
        triggers = [
            pgtrigger.Protect(name="request_change_append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="request_change_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["actor_user", "message", "terms"]),
                func="RAISE EXCEPTION 'The history of a request is never rewritten.';",
            ),
        ]
