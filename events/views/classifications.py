"""A business's own labels on purchases and achievements."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from core.clock import now
from core.errors import DomainError
from core.filters import BaseFilter
from core.tables import ActionsColumn, ChoiceColumn, Column, RowAction, WhenColumn
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.tables import DeskTable
from directory.views.pages import confirm_page, done, form_page
from events.choices import ClassificationType
from events.forms.classifications import ClassificationForm
from events.models import Classification
from events.selectors import classifications as selectors
from events.services import classifications as services

TITLE = "Classifications"


class ClassificationTable(DeskTable):
    """Classifications in use."""

    name = Column("Name", sortable=True)
    code = Column("Code", sortable=True, css="cell-id")
    type = ChoiceColumn("For", choices=ClassificationType, sortable=True)
    description = Column("Description", stacked=False)
    updated_at = WhenColumn("Updated", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = TITLE

    def name_of(self, record: Classification) -> str:
        return record.name

    def render_name(self, value: str, record: Classification) -> Any:
        if not self.may("catalogue.write"):
            return value
        url = reverse("classification_edit", args=[record.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str, record: Classification) -> str:
        return value

    def actions(self, record: Classification) -> list[RowAction]:
        """Return editing and deletion for those who may write."""
        if not self.may("catalogue.write"):
            return []
        edit = reverse("classification_edit", args=[record.pk])
        delete = reverse("classification_delete", args=[record.pk])
        return [
            RowAction("Edit", edit, "pencil"),
            RowAction("Delete", delete, "trash", danger=True),
        ]


class ClassificationFilter(BaseFilter):
    """Classifications by name, code and kind of event."""

    type = django_filters.ChoiceFilter(label="For", choices=ClassificationType.choices)

    chips = "type"
    search_label = "Search classifications"
    search_hint = "Name or code"

    class Meta:
        model = Classification
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Classification], term: str) -> QuerySet[Classification]:
        return queryset.filter(name__icontains=term) | queryset.filter(code__icontains=term)


class ClassificationList(TableView):
    """The labels that tills and apps put on events."""

    access = "catalogue.read"
    title = TITLE
    subtitle = "Your labels on purchases and achievements, such as dine in or delivery."
    table_class = ClassificationTable
    filter_class = ClassificationFilter
    actions = (
        PageAction(
            "Add classification", "classification_add", "catalogue.write", "plus", primary=True
        ),
    )
    empty = Empty(
        icon="tag",
        title="No classifications yet",
        text="Tills name a classification with a purchase; offers can ask for it.",
        action_label="Add classification",
        action_url_name="classification_add",
        permission="catalogue.write",
    )
    no_match = "No classification matches your search"
    noun = ("classification", "classifications")
    export_name = "classifications"

    def get_queryset(self) -> QuerySet[Classification]:
        business = cast("DeskRequest", self.request).organisation
        return selectors.classifications_of(business=business)


@access("catalogue.write")
def classification_add(request: DeskRequest) -> HttpResponse:
    """Add a classification."""
    form = ClassificationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.create(
                business=request.organisation,
                kind=values["type"],
                name=values["name"],
                code=values["code"],
                description=values["description"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("classification_list"), f"“{values['name']}” was added.")
    return _form(request, form, "Add classification")


@access("catalogue.write")
def classification_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Rename a classification."""
    found = selectors.classification(business=request.organisation, pk=pk)
    form = ClassificationForm(request.POST or None, classification=found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.update(
                classification=found,
                name=values["name"],
                code=values["code"],
                description=values["description"],
                version=values["version"] or 0,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("classification_list"), f"“{values['name']}” was saved.")
    return _form(request, form, found.name)


@access("catalogue.write")
def classification_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then take a classification out of use."""
    found = selectors.classification(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.delete(classification=found, at=now())
        return done(request, reverse("classification_list"), f"“{found.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{found.name}”?",
        consequences=["Old events keep it.", "Tills that still send it are refused."],
        submit_label="Delete",
        cancel_url=reverse("classification_list"),
        danger=True,
        crumbs=[(TITLE, reverse("classification_list")), ("Delete", "")],
    )


def _form(request: DeskRequest, form: ClassificationForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("classification_list"),
        crumbs=[(TITLE, reverse("classification_list")), (title, "")],
    )
