"""Segments: the list, the editor with live count and plain words, and who is in one now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.http import is_fragment
from core.views import Empty, PageAction, TableView
from directory.filters import SegmentFilter
from directory.forms import refusals
from directory.forms.segments import SegmentForms
from directory.models import Organisation, Segment
from directory.permissions import access, may
from directory.selectors import segments as selectors
from directory.selectors.segments import Rule
from directory.services import segments as services
from directory.sessions import DeskRequest
from directory.tables import SegmentTable
from directory.views.pages import confirm_page, done

TITLE = "Segments"


class SegmentList(TableView):
    """The business's segments."""

    access = "segments.read"
    title = TITLE
    subtitle = "Groups of contacts by rule. Who belongs is found out anew each time."
    table_class = SegmentTable
    filter_class = SegmentFilter
    actions = (PageAction("Add segment", "segment_add", "segments.write", "plus", primary=True),)
    empty = Empty(
        icon="users-group",
        title="No segments yet",
        text="A segment is a rule, such as “bought coffee in the last 30 days”. Offers can be for"
        " its members alone.",
        action_label="Add segment",
        action_url_name="segment_add",
        permission="segments.write",
    )
    no_match = "No segment matches your search"
    noun = ("segment", "segments")
    export_name = "segments"

    def get_queryset(self) -> QuerySet[Segment]:
        return selectors.segments_listed(business=cast("DeskRequest", self.request).organisation)


@access("segments.read")
@require_safe
def segment_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the rule in plain words, how many meet it now, and the newest of them."""
    segment = selectors.segment(business=request.organisation, pk=pk)
    rules = selectors.rules_of(segment=segment)
    seen = _seen(request.organisation, segment.match, rules)
    context = {"segment": segment, "writes": may(request, "segments.write"), **seen}
    return render(request, "directory/segment/detail.html", context)


@access("segments.write")
def segment_add(request: DeskRequest) -> HttpResponse:
    """Add a segment."""
    form = SegmentForms(request.POST or None, business=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            segment = services.create(business=request.organisation, data=form.data(), at=now())
        except DomainError as error:
            refusals.show(form.form, error)
        else:
            return done(request, _page_of(segment), f"“{segment.name}” was added.")
    return _editor(request, form, "Add segment")


@access("segments.write")
def segment_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a segment."""
    segment = selectors.segment(business=request.organisation, pk=pk)
    form = SegmentForms(request.POST or None, business=request.organisation, segment=segment)
    if request.method == "POST" and form.is_valid():
        version = form.form.cleaned_data["version"] or 0
        try:
            services.update(segment=segment, data=form.data(), version=version, at=now())
        except DomainError as error:
            refusals.show(form.form, error)
        else:
            return done(request, _page_of(segment), f"“{segment.name}” was saved.")
    return _editor(request, form, segment.name)


@access("segments.read")
@require_POST
def segment_preview(request: DeskRequest) -> HttpResponse:
    """Say what the criteria typed so far mean and whom they find; nothing is written."""
    form = SegmentForms(request.POST, business=request.organisation)
    context = _seen(request.organisation, form.match, form.usable_rules())
    return render(request, "directory/segment/_preview.html", context)


@access("segments.write")
def segment_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a segment that no condition names."""
    segment = selectors.segment(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.delete(segment=segment)
        return done(request, reverse("segment_list"), f"“{segment.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{segment.name}”?",
        consequences=["The contacts in it stay.", "This cannot be undone."],
        submit_label="Delete",
        cancel_url=reverse("segment_list"),
        danger=True,
        crumbs=[(TITLE, reverse("segment_list")), ("Delete", "")],
    )


def _editor(request: DeskRequest, form: SegmentForms, title: str) -> HttpResponse:
    """Draw the page or, for htmx, the form in it; 422 where something must change first."""
    wrong = form.is_bound and any(one.errors for one in form.all)
    template = "_form.html" if is_fragment(request) else "form.html"
    context = {
        "title": title,
        "form": form,
        **_seen(request.organisation, form.match, form.usable_rules()),
    }
    return render(request, f"directory/segment/{template}", context, status=422 if wrong else 200)


def _seen(business: Organisation, match: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the rules in plain words and whom they find now."""
    return {
        "lines": selectors.describe(business=business, match=match, rules=rules),
        "preview": selectors.preview(business=business, match=match, rules=rules, at=now())
        if rules
        else None,
    }


def _page_of(segment: Segment) -> str:
    return reverse("segment_detail", args=[segment.pk])
