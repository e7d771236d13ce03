"""The parts of the condition editor that are drawn anew while somebody writes; nothing is stored."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.money import known_currencies
from directory.permissions import access
from directory.sessions import DeskRequest
from events.forms.conditions import ConditionForms


@access("rewards.write")
@require_POST
def condition_editor(request: DeskRequest) -> HttpResponse:
    """Return the editor with a row of times more or less."""
    return render(request, "events/conditions/_editor.html", {"conditions": _sent(request)})


@access("rewards.write")
@require_POST
def condition_words(request: DeskRequest) -> HttpResponse:
    """Return what was typed so far in plain words."""
    return render(request, "events/conditions/_words.html", {"conditions": _sent(request)})


def _sent(request: DeskRequest) -> ConditionForms:
    currency = request.POST.get("conditions-currency", "")
    acting = request.organisation
    return ConditionForms(
        request.POST,
        business=acting.business or acting,
        acting=acting,
        kinds=request.POST.get("conditions-kinds", "").split(","),
        currency=currency if currency in known_currencies() else "",
    )
