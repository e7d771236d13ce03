"""Settings › Rewards, with the manual's example worked out as one chooses (rewards.md 2.10, 6)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError
from core.money import Money
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from rewards.forms.settings import RewardSettingsForm
from rewards.rules import worked_example
from rewards.selectors.settings import settings_of
from rewards.services import settings as services
from rewards.views.desk import business_of


@access("rewards.settings")
@require_http_methods(["GET", "HEAD", "POST"])
def reward_settings(request: DeskRequest) -> HttpResponse:
    """Show and save what the business has chosen for its rewards."""
    business = business_of(request)
    form = RewardSettingsForm(request.POST or None, settings=settings_of(business=business))
    if request.method == "POST" and form.is_valid():
        try:
            services.update(
                business=business,
                data=form.data_for_service(),
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("reward_settings"), "Reward settings saved.")
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "tour": "rewards.settings", **_example(request, form)}
    return render(request, "rewards/settings/page.html", context, status=status)


@access("rewards.settings")
@require_POST
def resolution_example(request: DeskRequest) -> HttpResponse:
    """Work the example out for what is chosen so far; nothing is saved."""
    settings = settings_of(business=business_of(request))
    form = RewardSettingsForm(request.POST, settings=settings)
    return render(request, "rewards/settings/_example.html", _example(request, form))


def _example(request: DeskRequest, form: RewardSettingsForm) -> dict[str, Any]:
    currency = business_of(request).base_currency
    toggle = form.toggle_typed
    tables = [
        ("The manual's example", worked_example.SEED),
        ("With instant discounts", worked_example.INSTANT),
    ]
    return {
        "chosen": form.mode_typed,
        "toggle": toggle,
        "purchase": Money(worked_example.PURCHASE_MINOR, currency),
        "tables": [
            {
                "title": title,
                "entries": [
                    {"entry": entry, "amount": Money(entry.amount_minor, currency)}
                    for entry in entries
                ],
                "lines": [
                    {"line": line, "total": Money(line.total_minor, currency)}
                    for line in worked_example.lines(entries, only_best_instant=toggle)
                ],
            }
            for title, entries in tables
        ],
    }
