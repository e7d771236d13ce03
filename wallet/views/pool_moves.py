"""Moving money of a pool to its newest version, by finance (wallet.md 4.2, 9.5)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from core.clock import now
from core.errors import DomainError
from core.templatetags.ui import plural
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from wallet.errors import NothingToMove
from wallet.forms.contacts import ReasonForm
from wallet.selectors import pools as selectors
from wallet.services import moving
from wallet.views.shared import POOLS, crumbs


@access("wallet.write")
def pool_move(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then bring all money of the pool under its newest version."""
    pool, at = selectors.pool(business=request.organisation, pk=pk), now()
    url = reverse("pool_detail", args=[pool.pk])
    form = ReasonForm(request.POST or None)
    found = moving.movable(pool=pool, at=at)
    if not found.lot_count:
        raise NothingToMove
    if request.method == "POST" and form.is_valid():
        try:
            moving.begin(pool=pool, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except DomainError as error:
            refusals.show(form, error)
        else:
            note = f"The money comes under version {found.version.number} within minutes."
            return done(request, f"{url}#versions", note)
    response = confirm_page(
        request,
        form=form,
        title=f"Move money of “{pool.name}” to version {found.version.number}?",
        message=_refused(found) if found.narrowings else "",
        consequences=_consequences(found),
        submit_label="Move the money",
        cancel_url=url,
        crumbs=crumbs((POOLS, reverse("pool_list")), (pool.name, url), ("Move money", "")),
    )
    response.status_code = 422 if form.is_bound and form.errors else 200
    return response


def _consequences(found: moving.Movable) -> list[str]:
    lots, people = (
        plural(found.lot_count, "lot,lots"),
        plural(found.contact_count, "contact,contacts"),
    )
    return [
        f"{lots} of {people} come under the newest rules, with what is on hold of them.",
        "No money begins later and none lapses earlier than it was promised.",
        "Each lot keeps a record of the version under which it was granted.",
    ]


def _refused(found: moving.Movable) -> str:
    """Say why the newest version cannot take the money, before anybody presses the button."""
    return " ".join(("This would be refused.", *found.narrowings, "Edit the pool first."))
