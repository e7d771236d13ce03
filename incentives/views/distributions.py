"""The record of what was delivered for an offer or a request: the batch table and its audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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
from incentives.filters.distributions import DistributionFilter
from incentives.forms.distributions import DistributionBatch
from incentives.models import Distribution, Subject
from incentives.services import actors, distributions, fulfilments
from incentives.tables.distributions import (
    FIELD_LABELS,
    DistributionTable,
    change_text,
)
from incentives.views.desks import OFFERS, REQUESTS, Desk

WRITE, GIVE = "distributions.write", "vouchers.issue"


class Distributions(TableView):
    """Everything that was given for one offer or request, edited in place on the selected rows."""

    desk: Desk[Any]
    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Incentive Distributions"
    table_class = DistributionTable
    filter_class = DistributionFilter
    batch_class = DistributionBatch
    noun = ("distribution", "distributions")
    export_name = "distributions"
    no_match = "No distributions match your search"
    template_name = "incentives/distributions/list.html"
    fragment_name = "incentives/distributions/_results.html"

    @cached_property
    def subject(self) -> Subject:
        """The offer or request of the address, of the business that asks."""
        business = self.request.organisation  # type: ignore[attr-defined]
        return self.desk.find(business, self.kwargs["pk"])  # type: ignore[no-any-return]

    @property
    def subtitle(self) -> str:  # type: ignore[override]
        about = self.desk.title_of(self.subject)
        return f"Incentive {self.desk.noun} {self.subject.reference} · {about}"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return self.desk.crumbs(self.subject, self.title)

    def get_queryset(self) -> QuerySet[Distribution]:
        changes = Prefetch("changes", queryset=selectors.changes_of(subject=self.subject))
        return selectors.distributions_of(subject=self.subject).prefetch_related(changes)

    def can_edit(self) -> bool:
        return distributions.is_editable(self.subject) and may(self.request, WRITE)

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
                subject=self.subject,
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
        counts = selectors.outcome_counts(subject=self.subject)
        return {
            "subject": self.subject,
            "back_url": self.desk.list_url,
            "back_label": self.desk.list_label,
            "messages_url": self.desk.url("messages", self.subject.pk),
            "trail_url": self.desk.url("distribution_trail", self.subject.pk),
            "codes_url": self._codes_url(counts["pending"] + counts["failed"]),
            "counts": counts,
            "read_only_reason": self._read_only_reason(),
            "has_trail": selectors.changes_of(subject=self.subject).exists(),
            "all_settled": bool(counts["success"]) and not counts["pending"],
        }

    def _codes_url(self, open_count: int) -> str:
        """Return where open distributions are fulfilled by voucher codes, or an empty text."""
        is_offered = bool(open_count) and self.can_edit() and may(self.request, GIVE)
        if not is_offered or not fulfilments.is_possible(self.subject):
            return ""
        return self.desk.url("distribution_codes", self.subject.pk)

    def _read_only_reason(self) -> str:
        """Say why nothing can be edited here, or return an empty text."""
        if distributions.is_editable(self.subject):
            return "" if may(self.request, WRITE) else "Your role may look at distributions only."
        if self.subject.confirmed_terms_id is None:
            return ""
        label = self.subject.status_face.label
        return f"The {self.desk.noun} is {label}, so this record can no longer be changed."


class OfferDistributions(Distributions):
    """Page 7: the distributions of an offer."""

    desk = OFFERS
    tour = "offers.distributions"
    empty = Empty(
        icon="gift",
        title="No distributions yet.",
        text="They appear once the offer is Approved Confirmed.",
    )


class RequestDistributions(Distributions):
    """Page 18: the distributions of a request."""

    desk = REQUESTS
    tour = "requests.distributions"
    empty = Empty(
        icon="gift",
        title="No distributions yet.",
        text="They appear once the request is Approved Confirmed.",
    )


def _whole_row(sentences: Mapping[str, str]) -> dict[str, str]:
    """Name the row as a whole as lists name it: by an empty field."""
    return {("" if name == "__all__" else name): text for name, text in sentences.items()}


@require_safe
@access("offers.read", needs_profile=True)
def offer_distribution_trail(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send the audit trail of the offer's distributions as CSV, newest change first."""
    return _send_trail(request, OFFERS, pk)


@require_safe
@access("offers.read", needs_profile=True)
def request_distribution_trail(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send the audit trail of the request's distributions as CSV, newest change first."""
    return _send_trail(request, REQUESTS, pk)


def _send_trail(request: DeskRequest, desk: Desk[Any], pk: int) -> HttpResponseBase:
    subject = desk.find(request.organisation, pk)
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
    name = f"{desk.noun}-{pk}-distribution-changes"
    return exports.csv_response(name, head, _trail(subject))


def _trail(subject: Subject) -> Iterator[list[Any]]:
    for change in exports.records_of(selectors.changes_of(subject=subject)):
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
