"""The record of what was delivered for an offer: the batch table and its audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import exports
from core.bulk import BatchForm
from core.clock import now
from core.errors import Forbidden
from core.selection import BatchResult, RowsRefused
from core.views import Empty, TableView
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus
from incentives.distribution_table import (
    FIELD_LABELS,
    DistributionFilter,
    DistributionTable,
    change_text,
)
from incentives.forms.distributions import DistributionBatch
from incentives.models import Distribution, Offer
from incentives.services import actors, distributions

WRITE = "distributions.write"


class OfferDistributions(TableView):
    """Page 7: everything that was given for one offer, edited in place on the selected rows."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Incentive Distributions"
    table_class = DistributionTable
    filter_class = DistributionFilter
    batch_class = DistributionBatch
    noun = ("distribution", "distributions")
    no_match = "No distributions match your search"
    tour = "offers.distributions"
    template_name = "incentives/distributions/list.html"
    fragment_name = "incentives/distributions/_results.html"
    empty = Empty(
        icon="gift",
        title="No distributions yet.",
        text="They appear once the offer is Approved Confirmed.",
    )

    @cached_property
    def offer(self) -> Offer:
        """The offer of the address, of the business that asks."""
        return selectors.offer_of(business=self.request.organisation, pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    @property
    def subtitle(self) -> str:  # type: ignore[override]
        return f"Incentive offer {self.offer.reference} · {self.offer.program}"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        offer = self.offer
        return [
            ("Incentive Offers", reverse("offers")),
            (offer.reference, reverse("offer_detail", args=[offer.pk])),
            (self.title, ""),
        ]

    def get_queryset(self) -> QuerySet[Distribution]:
        changes = Prefetch("changes", queryset=selectors.changes_of(offer=self.offer))
        return selectors.distributions_of(offer=self.offer).prefetch_related(changes)

    def can_edit(self) -> bool:
        return distributions.is_editable(offer=self.offer) and may(self.request, WRITE)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the selected rows; whoever may only read is told so."""
        if "batch" in request.POST and not may(request, WRITE):
            raise Forbidden("Your role does not allow recording distributions.")
        return super().post(request, *args, **kwargs)

    def apply(self, batch: BatchForm) -> BatchResult:
        """Record the edits in one go; a refused row keeps all others from being saved."""
        assert isinstance(batch, DistributionBatch)
        try:
            return distributions.update_batch(
                offer=self.offer,
                edits=batch.edits(),
                actor=actors.provider(self.request.user),  # type: ignore[arg-type]
                at=now(),
            )
        except distributions.BatchRefused as refusal:
            rows = {pk: _whole_row(sentences) for pk, sentences in refusal.rows.items()}
            self._show_stored(batch, rows)
            refused = RowsRefused(rows, refusal.message)
            refused.status = refusal.status
            raise refused from refusal

    def _show_stored(self, batch: DistributionBatch, rows: dict[int, dict[str, str]]) -> None:
        """Say what a stale row holds by now, and let the next press replace that knowingly."""
        for record in self.get_queryset().filter(pk__in=[pk for pk in rows if "" in rows[pk]]):
            row = batch.row(record)
            row.record, row.version = record, record.version
            stored = ", ".join(
                part
                for part in (
                    record.get_status_display(),
                    record.value.value_text,
                    record.description,
                )
                if part
            )
            rows[record.pk][""] += f" It reads now: {stored}."

    def extra_context(self) -> Mapping[str, Any]:
        counts = selectors.outcome_counts(offer=self.offer)
        return {
            "offer": self.offer,
            "counts": counts,
            "read_only_reason": self._read_only_reason(),
            "has_trail": selectors.changes_of(offer=self.offer).exists(),
            "all_settled": bool(counts["success"]) and not counts["pending"],
        }

    def _read_only_reason(self) -> str:
        """Say why nothing can be edited here, or return an empty text."""
        if distributions.is_editable(offer=self.offer):
            return "" if may(self.request, WRITE) else "Your role may look at distributions only."
        if self.offer.confirmed_terms_id is None:
            return ""
        label = OfferStatus(self.offer.status).label
        return f"The offer is {label}, so this record can no longer be changed."


def _whole_row(sentences: Mapping[str, str]) -> dict[str, str]:
    """Name the row as a whole as lists name it: by an empty field."""
    return {("" if name == "__all__" else name): text for name, text in sentences.items()}


@require_safe
@access("offers.read", needs_profile=True)
def offer_distribution_trail(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send the audit trail of the offer's distributions as CSV, newest change first."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    head = (
        "Distribution ID",
        "Email",
        "When",
        "Who",
        "Field",
        "Old value",
        "New value",
        "Batch",
    )
    return exports.csv_response(f"offer-{offer.pk}-distribution-changes", head, _trail(offer))


def _trail(offer: Offer) -> Iterator[list[Any]]:
    for change in exports.records_of(selectors.changes_of(offer=offer)):
        yield [
            f"D-{change.distribution_id}",
            change.distribution.recipient_email,
            change.at,
            change.actor_name,
            FIELD_LABELS.get(change.field, change.field),
            change_text(change.field, change.old_value),
            change_text(change.field, change.new_value),
            str(change.batch),
        ]
