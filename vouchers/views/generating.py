"""Generating codes for the business's own coupon engine (vouchers.md 8, page 7; 9.5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError
from core.http import redirect_or_hx
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import form_page
from vouchers.forms.uploads import GenerateForm
from vouchers.generating import faults_of
from vouchers.models import VoucherList
from vouchers.selectors import lists
from vouchers.services import drawing, upload_ends, uploads
from vouchers.views.desk import business_of

EXAMPLES = 3


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_generate(request: DeskRequest, list_id: str) -> HttpResponse:
    """Ask how codes are to look, and queue their drawing."""
    found = lists.voucher_list(business=business_of(request), list_id=list_id)
    uploads.check_open(found, at=now())
    zone = business_of(request).time_zone
    form = GenerateForm(request.POST or None, zone=zone, initial={"quantity": 1_000})
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            batch = drawing.generate(
                voucher_list=found,
                recipe=form.recipe(),
                redeem_until=form.cleaned_data["redeem_until"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return redirect_or_hx(request, upload_ends.page_of(batch))
    return form_page(
        request,
        form,
        title="Generate codes",
        template="vouchers/uploads/generate.html",
        voucher_list=found,
        crumbs=[
            ("Voucher Lists", reverse("voucher_lists")),
            (found.name, reverse("voucher_list", args=[found.list_id])),
            ("Generate codes", ""),
        ],
        tour="vouchers.generate",
        **_arithmetic(found, GenerateForm(_defaults(form), zone=zone)),
    )


@access("vouchers.write")
@require_POST
def voucher_generate_capacity(request: DeskRequest, list_id: str) -> HttpResponse:
    """Show examples and the arithmetic of what is being typed; nothing is written."""
    found = lists.voucher_list(business=business_of(request), list_id=list_id)
    form = GenerateForm(request.POST, zone=business_of(request).time_zone)
    return render(request, "vouchers/uploads/_capacity.html", _arithmetic(found, form))


def _arithmetic(voucher_list: VoucherList, form: GenerateForm) -> dict[str, Any]:
    """Return examples and capacity of the recipe in the form, or what is missing in it."""
    if not form.is_valid():
        return {"fault": "Fill in how many codes, and what they look like."}
    recipe = form.recipe()
    faults = faults_of(recipe)
    if faults:
        return {"fault": next(iter(faults.values()))}
    return {
        "capacity": drawing.capacity_of(voucher_list=voucher_list, recipe=recipe),
        "examples": list(recipe.draw(EXAMPLES)) if recipe.combinations > EXAMPLES else [],
    }


def _defaults(form: GenerateForm) -> dict[str, Any]:
    """Return what the form shows, as if it had been sent."""
    if form.is_bound:
        return dict(form.data.items())
    return {
        name: form.get_initial_for_field(field, name) for name, field in form.fields.items()
    } | {"signs": "readable"}
