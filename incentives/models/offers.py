"""Incentive offers, their terms and the history of their statuses.

Terms are rows of their own: every proposal (offer, counter, partial grant) is one, numbered within the
offer and never changed once the offer was sent. `terms` is what lies on the table, `agreed_terms` what
the recipient consented to, `confirmed_terms` what the provider confirmed. Consent is thereby bound to
a version: it holds exactly while `agreed_terms` is `terms`.
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
from incentives import choices
from incentives.choices import (
    CLOSED,
    CONFIRMED,
    FACES,
    JOINABLE,
    DeliveryMethod,
    EntityStage,
    EntityType,
    IncentiveType,
    OfferStatus,
    OfferType,
    Side,
    TermsKind,
)
from incentives.models.link_templates import LinkTemplate
from incentives.models.negotiated import Negotiated
from incentives.models.programs import Program
from incentives.models.values import Valued, value_is_sound

SEARCH_INDEX = "incentives_offer_search"


def side_to_move() -> Case:
    """Return the side that moves next as an expression: "provider", "recipient" or "nobody"."""
    whens = []
    for side, label in (("provider", "provider"), ("recipient", "recipient"), ("", "nobody")):
        statuses = [status.value for status, face in FACES.items() if face.waits_for == side]
        whens.append(When(status__in=statuses, then=Value(label)))
    return Case(
        *whens,
        When(status_set_by=Side.PROVIDER.value, then=Value("recipient")),
        default=Value("provider"),
    )


class Offer(Negotiated, Timestamped):
    """One offer of an incentive to a recipient or a group (incentives.md 3.4)."""

    noun = "offer"
    kind_field = "offer_type"
    closed_statuses = CLOSED
    confirmed_statuses = CONFIRMED

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="incentive_offers"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="offers")
    reference = models.CharField(max_length=16, unique=True)
    entity_type = models.CharField(max_length=12, choices=EntityType.choices, blank=True)
    entity_stage = models.CharField(max_length=20, choices=EntityStage.choices, blank=True)
    incentive_type = models.CharField(max_length=10, choices=IncentiveType.choices, blank=True)
    offer_type = models.CharField(max_length=6, choices=OfferType.choices, default=OfferType.SINGLE)
    max_required_members = models.PositiveSmallIntegerField(null=True, blank=True)
    delivery_method = models.CharField(
        max_length=5, choices=DeliveryMethod.choices, default=DeliveryMethod.EMAIL
    )
    recipient_email = models.EmailField(max_length=254, blank=True)
    recipient_name = models.CharField(max_length=120, blank=True)
    recipient_verified_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="incentive_offers"
    )
    message = models.CharField(max_length=1024, blank=True)
    message_masked = models.BooleanField(default=False)
    show_on_program_page = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    status = models.CharField(max_length=20, choices=OfferStatus.choices, default=OfferStatus.DRAFT)
    status_set_by = models.CharField(max_length=10, choices=Side.choices, default=Side.PROVIDER)
    status_changed_at = models.DateTimeField()
    terms = models.ForeignKey(
        "OfferTerms", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_terms = models.ForeignKey(
        "OfferTerms", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_terms = models.ForeignKey(
        "OfferTerms", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recipient_agreed_at = models.DateTimeField(null=True, blank=True)
    # When the vendor's response window ends; empty while no clock runs.
    answer_due_at = models.DateTimeField(null=True, blank=True)
    # Whether any status of this offer was ever set by a recipient (accept_target).
    recipient_has_moved = models.BooleanField(default=False)
    # The first time; offering again leaves it.
    offered_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    link_slug = models.CharField(max_length=40, null=True, blank=True, unique=True)
    link_template = models.ForeignKey(
        LinkTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    first_opened_at = models.DateTimeField(null=True, blank=True)
    open_count = models.PositiveIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    # Stored, since "waiting for me" is asked of every offer on every visit of the list.
    side_to_move = models.GeneratedField(
        expression=side_to_move(), output_field=models.CharField(max_length=10), db_persist=True
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
                F("message"),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_offer_status", condition=Q(status__in=OfferStatus.values)
            ),
            models.CheckConstraint(
                name="incentives_offer_members",
                condition=Q(offer_type="single", max_required_members__isnull=True)
                # A comparison with an empty column is unknown, which a check lets pass.
                | Q(
                    offer_type="group",
                    max_required_members__isnull=False,
                    max_required_members__gte=2,
                    max_required_members__lte=500,
                )
                | Q(
                    offer_type="group",
                    status__in=["draft", "cancelled"],
                    max_required_members__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="incentives_offer_recipient",
                condition=Q(delivery_method="link")
                | Q(status__in=["draft", "cancelled"])
                | ~Q(recipient_email=""),
            ),
            models.CheckConstraint(
                name="incentives_offer_terms",
                condition=Q(status__in=["draft", "cancelled"]) | Q(terms__isnull=False),
            ),
            models.CheckConstraint(
                name="incentives_offer_confirmed_terms",
                condition=~Q(status__in=sorted(status.value for status in CONFIRMED))
                | Q(confirmed_terms__isnull=False),
            ),
            models.CheckConstraint(
                name="incentives_offer_expiry",
                condition=~Q(status="offered") | Q(expires_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="incentives_offer_newest"),
            models.Index(fields=["business", "-updated_at", "-id"], name="incentives_offer_recent"),
            models.Index(
                fields=["business", "status", "-created_at", "-id"],
                # So that a list of one status, and one type, is counted in the index alone.
                include=["side_to_move", "incentive_type"],
                name="incentives_offer_by_status",
            ),
            models.Index(
                fields=["business", "side_to_move", "-created_at", "-id"],
                name="incentives_offer_by_side",
            ),
            models.Index(
                fields=["business", "status_changed_at", "id"],
                name="incentives_offer_waiting",
                condition=Q(side_to_move="provider") & ~Q(status="draft"),
            ),
            models.Index(
                fields=["business", "program", "-created_at", "-id"],
                name="incentives_offer_by_program",
            ),
            models.Index(
                fields=["business", "-offered_at", "-id"],
                name="incentives_offer_offered",
                condition=Q(offered_at__isnull=False),
            ),
            models.Index(
                fields=["business", "recipient_email", "-id"], name="incentives_offer_by_email"
            ),
            models.Index(
                fields=["link_template", "-created_at", "-id"],
                name="incentives_offer_by_template",
                condition=Q(link_template__isnull=False),
            ),
            gram_index(scope="business_id", column="search_text", name=SEARCH_INDEX),
            models.Index(
                fields=["expires_at"],
                name="incentives_offer_expiring",
                condition=Q(status="offered"),
            ),
            models.Index(
                fields=["answer_due_at"],
                name="incentives_offer_silent",
                condition=Q(answer_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def status_face(self) -> OfferStatus:
        """The status with its label, tone and icon."""
        return OfferStatus(self.status)

    @property
    def is_bound(self) -> bool:
        """Whether a recipient with a verified address is attached."""
        return self.recipient_verified_at is not None

    @property
    def is_unclaimed_link(self) -> bool:
        """Link delivery, Offered and not bound; a group's link waits until its lead answers."""
        is_waiting = self.status == OfferStatus.OFFERED
        return self.is_link and is_waiting and (self.is_group or not self.is_bound)

    @property
    def is_joinable(self) -> bool:
        """Whether the group takes members in this status; a place must be free besides."""
        return self.is_group and self.status in JOINABLE

    @property
    def is_shareable(self) -> bool:
        """Whether the link still does something for who opens it."""
        return self.is_link and (self.is_unclaimed_link or self.is_joinable)

    @property
    def waits_for(self) -> str:
        """The side that moves next, known before the row is stored: "provider", "recipient" or ""."""
        return choices.waits_for(self.status, self.status_set_by)


class OfferTerms(Valued):
    """One proposal within an offer: who put it on the table, what it promises."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=TermsKind.choices)
    proposed_by = models.CharField(max_length=10, choices=Side.choices)
    description = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="incentives_terms_number"),
            value_is_sound("incentives_terms_value"),
        ]


class OfferStatusChange(models.Model):
    """One line of an offer's history: from, to, who, when, with which message and terms."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="status_changes")
    transition = models.CharField(max_length=4)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, choices=OfferStatus.choices)
    actor_kind = models.CharField(max_length=10, choices=Side.choices)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    message = models.ForeignKey("Message", null=True, on_delete=models.SET_NULL, related_name="+")
    terms = models.ForeignKey(OfferTerms, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["offer", "-at", "-id"], name="incentives_change_newest")]
        triggers = [
            pgtrigger.Protect(name="status_change_append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="status_change_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["actor_user", "message", "terms"]),
                func="RAISE EXCEPTION 'The history of an offer is never rewritten.';",
            ),
        ]
