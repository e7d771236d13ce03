"""Importing contacts: upload, rehearsal with line numbers, import, result file."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import exports
from core.clock import now
from core.errors import DomainError, NotFound
from core.http import is_fragment, redirect_or_hx
from directory import selectors
from directory.forms.imports import UploadForm
from directory.imports.headers import COLUMNS
from directory.models import ContactImport
from directory.permissions import access
from directory.services import contact_imports
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page


@access("contacts.write")
def import_upload(request: DeskRequest) -> HttpResponse:
    """Take a contact file and begin its rehearsal."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = contact_imports.upload(
                business=request.organisation,
                file=form.cleaned_data["file"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            return redirect_or_hx(request, _page_of(job))
    return form_page(
        request,
        form,
        title="Import contacts",
        template="directory/contact/import.html",
        recent=selectors.recent_imports(business=request.organisation),
        columns=COLUMNS,
    )


@access("contacts.write")
@require_safe
def import_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show how far the import is and what it found; the fragment refreshes itself while it runs."""
    job = selectors.contact_import(business=request.organisation, pk=pk)
    running = job.status in contact_imports.RUNNING
    template = "_import.html" if is_fragment(request) else "import_detail.html"
    response = render(request, f"directory/contact/{template}", {"job": job, "running": running})
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@access("contacts.write")
@require_POST
def import_start(request: DeskRequest, pk: int) -> HttpResponse:
    """Import in earnest what the rehearsal showed."""
    job = selectors.contact_import(business=request.organisation, pk=pk)
    contact_imports.start(job=job, at=now())
    return redirect_or_hx(request, _page_of(job))


@access("contacts.write")
@require_POST
def import_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Give the import up; nothing was written."""
    job = selectors.contact_import(business=request.organisation, pk=pk)
    contact_imports.cancel(job=job, at=now())
    return done(request, reverse("contact_list"), "The import was cancelled. Nothing was changed.")


@access("contacts.write")
@require_safe
def import_result(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send every line that cannot be imported, with its number and reasons, as CSV."""
    job = selectors.contact_import(business=request.organisation, pk=pk)
    if not job.file:
        raise NotFound("The uploaded file was deleted after thirty days.")
    rows = contact_imports.bad_lines(job=job)
    return exports.csv_response(f"import-{job.pk}-not-imported", next(rows), rows)


@access("contacts.read")
@require_safe
def import_template(request: DeskRequest) -> HttpResponseBase:
    """Send an empty file with every known column, and one example."""
    example = {
        "email": "maria.example@example.org",
        "first_name": "Maria",
        "last_name": "Example",
        "phone": "+447700900123",
        "birth_date": "1984-05-17",
        "name_day": "08-15",
        "country": "GB",
        "language": "en",
        "tags": "regular",
        "marketing_consent": "yes",
        "gender": "female",
    }
    return exports.csv_response("contacts", COLUMNS, [[example.get(name, "") for name in COLUMNS]])


def _page_of(job: ContactImport) -> str:
    return reverse("contact_import_detail", args=[job.pk])
