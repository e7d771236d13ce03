"""The two pages most views end in: one form, one question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.http import redirect_or_hx


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    template: str = "pages/form.html",
    **context: Any,
) -> HttpResponse:
    """Show the form, with 422 when it comes back with errors."""
    return render(
        request,
        template,
        {"form": form, "title": title, **context},
        status=422 if form.is_bound and form.errors else 200,
    )


def confirm_page(request: HttpRequest, **context: Any) -> HttpResponse:
    """Ask before an act: title, message, consequences, submit_label, cancel_url, danger."""
    return render(request, "pages/confirm.html", context)


def done(request: HttpRequest, url: str, message: str) -> HttpResponse:
    """Say what was done and lead on."""
    messages.success(request, message)
    return redirect_or_hx(request, url)
