"""Asking before an act: in the page's dialog where script runs, else on a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from core.http import is_fragment
from directory.views.pages import done


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what it does, and where either answer leads."""

    title: str
    submit_label: str
    back_url: str
    crumbs: Sequence[tuple[str, str]]
    message: str = ""
    consequences: Sequence[str] = ()
    danger: bool = False


def decide(request: HttpRequest, question: Question, act: Callable[[], str]) -> HttpResponse:
    """Ask on GET; on POST carry the act out, say so and lead back; a refusal is shown as it is."""
    if request.method == "POST":
        return done(request, question.back_url, act())
    context = {
        "title": question.title,
        "message": question.message,
        "consequences": question.consequences,
        "submit_label": question.submit_label,
        "danger": question.danger,
        "cancel_url": question.back_url,
        "crumbs": [*question.crumbs, (question.title, "")],
        "action": request.path,
        "in_dialog": is_fragment(request),
    }
    name = "components/_confirm.html" if is_fragment(request) else "pages/confirm.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
