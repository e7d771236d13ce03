"""A list page for tests: all mails, with every kind of column, filters, search, export and a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import path

from config.urls import urlpatterns as product_urls
from core.bulk import BatchForm
from core.columns import (
    ActionsColumn,
    Column,
    EditableColumn,
    IdColumn,
    LongTextColumn,
    RowAction,
    SelectColumn,
    StatusColumn,
    WhenColumn,
)
from core.filters import BaseFilter
from core.models import Mail
from core.selection import BatchResult, RowsRefused
from core.tables import BaseTable
from core.views import Empty, TableView

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def mails(count: int, **fields: Any) -> list[Mail]:
    """Store that many mails, one a minute, all alike but for key and time."""
    first = Mail.objects.count()
    values = {"kind": "news", "to": "ada@example.com", "template": "plain", **fields}
    return Mail.objects.bulk_create(
        Mail(
            key=f"mail-{number}",
            next_attempt_at=AT,
            created_at=AT + dt.timedelta(minutes=number),
            **values,
        )
        for number in range(first, first + count)
    )


class MailTable(BaseTable):
    select = SelectColumn()
    id = IdColumn(prefix="M-", sortable=True)
    key = LongTextColumn("Key", length=12, sortable=True)
    to = EditableColumn(Column("To", sortable=True), field="to")
    template = Column("Template")
    status = StatusColumn(choices=Mail.Status, sortable=True)
    owner_id = Column("Owner", sortable=True)
    attempts = EditableColumn(Column("Attempts"), field="attempts")
    created_at = WhenColumn("Created", sortable=True, second="sent_at", second_label="Sent")
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Mails"

    def name_of(self, record: Mail) -> str:
        return f"M-{record.pk}"

    def actions(self, record: Mail) -> Sequence[RowAction]:
        if record.status != Mail.Status.FAILED:
            return ()
        return (RowAction("Send again", f"/again/{record.pk}", post=True),)


class MailFilter(BaseFilter):
    chips = "status"
    search_hint = "Key or address"

    status = django_filters.MultipleChoiceFilter(
        distinct=False, choices=Mail.Status.choices, label="Status"
    )
    kind = django_filters.ChoiceFilter(choices=[("news", "News"), ("bill", "Bill")], label="Kind")
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label="Created")

    def search(self, queryset: QuerySet[Mail], term: str) -> QuerySet[Mail]:
        return queryset.filter(Q(key__icontains=term) | Q(to__icontains=term))


class MailRow(forms.Form):
    to = forms.EmailField()
    attempts = forms.IntegerField(min_value=0, label="Attempts")


class MailBatch(BatchForm):
    row_form = MailRow
    version_field = "attempts"

    def initial(self, record: Mail) -> Mapping[str, Any]:
        return {"to": record.to, "attempts": record.attempts}

    def label_of(self, record: Mail) -> str:
        return f"M-{record.pk}"


class MailList(TableView):
    access = "signed-in"
    title = "Mails"
    table_class = MailTable
    filter_class = MailFilter
    empty = Empty(title="No mail yet", text="It appears once something was sent.")
    no_match = "No mails match your search"
    noun = ("mail", "mails")
    export_name = "mails"

    def get_queryset(self) -> QuerySet[Mail]:
        return Mail.objects.exclude(kind="secret")


class SmallCapList(MailList):
    count_cap = 30


class MailBatchList(MailList):
    batch_class = MailBatch

    def can_edit(self) -> bool:
        return "closed" not in self.request.GET

    def apply(self, batch: BatchForm) -> BatchResult:
        stale = [row.pk for row in batch.rows if row.version != row.record.attempts]
        if stale:
            raise RowsRefused({pk: {"": "It was changed meanwhile."} for pk in stale})
        for row in batch.rows:
            Mail.objects.filter(pk=row.pk).update(**row.values)
        changed = tuple(row.pk for row in batch.rows if row.changed)
        same = tuple(row.pk for row in batch.rows if not row.changed)
        return BatchResult(changed, same)


urlpatterns = [
    path("mails", MailList.as_view(), name="mails"),
    path("mails/small-cap", SmallCapList.as_view(), name="mails_small_cap"),
    path("mails/batch", MailBatchList.as_view(), name="mails_batch"),
    *product_urls,
]
