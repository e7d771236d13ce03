"""Vouchers › Alerts and Settings (vouchers.md 8, pages 15 and 18)."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.history import history_of
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from vouchers.choices import AlertState
from vouchers.filters.alerts import AlertFilter
from vouchers.forms.alerts import SettingsForm, SnoozeForm
from vouchers.models import Alert
from vouchers.selectors import alerts as selectors
from vouchers.services import alerts, settings
from vouchers.tables.alerts import AlertTable
from vouchers.views.desk import business_of

TITLE = "Voucher alerts"


class AlertList(TableView):
    """What needs somebody, and what was settled."""

    access = "vouchers.read"
    title = TITLE
    subtitle = "Raised once when a threshold is crossed; they end by themselves."
    table_class = AlertTable
    filter_class = AlertFilter
    actions = (PageAction("Thresholds", "voucher_settings", "vouchers.write", "adjustments"),)
    empty = Empty(
        icon="bell",
        title="Nothing needs you",
        text="You hear here, and by e-mail, when a list runs low, expires soon, or has no code left"
        " while people wait. Each list has its own thresholds; what is settled stands under"
        " “Resolved”.",
    )
    no_match = "No alerts match your search"
    noun = ("alert", "alerts")
    export_name = "voucher-alerts"
    tour = "vouchers.alerts"
    template_name = "vouchers/campaigns/page_list.html"

    def get_queryset(self) -> QuerySet[Alert]:
        rows = selectors.alerts_of(business=business_of(cast("DeskRequest", self.request)))
        if self.request.GET.get("state") != AlertState.RESOLVED:
            rows = rows.exclude(state=AlertState.RESOLVED)
        return selectors.with_sleep(rows, at=now())


@access("campaigns.write")
@require_POST
def alert_acknowledge(request: DeskRequest, pk: int) -> HttpResponse:
    """Note that somebody saw the alert; nobody is reminded any more."""
    alert = selectors.alert(business=business_of(request), pk=pk)
    alerts.acknowledge(alert=alert, actor=request.user, at=now())
    words = "It is settled." if alert.resolved_at else "Nobody is reminded of it any more."
    return done(request, reverse("voucher_alerts"), f"Acknowledged: {alert.face.label}. {words}")


@access("campaigns.write")
@require_http_methods(["GET", "HEAD", "POST"])
def alert_snooze(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for how long, then keep quiet about the alert."""
    alert = selectors.alert(business=business_of(request), pk=pk)
    form = SnoozeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alerts.snooze(alert=alert, days=form.cleaned_data["days"], at=now())
        except DomainError as error:
            if not error.fields:
                raise
            refusals.show(form, error)
        else:
            url = reverse("voucher_alerts")
            return done(request, url, f"Quiet for {form.cleaned_data['days']} days.")
    return form_page(
        request,
        form,
        title="Snooze the alert",
        intro=str(alert),
        submit_label="Snooze",
        cancel_url=reverse("voucher_alerts"),
        crumbs=[(TITLE, reverse("voucher_alerts")), ("Snooze", "")],
    )


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_settings(request: DeskRequest) -> HttpResponse:
    """Show and save what new lists warn of, and who hears of all alerts."""
    business = business_of(request)
    stored = selectors.settings_of(business=business)
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_of(stored))
    if request.method == "POST" and form.is_valid():
        try:
            settings.update(
                business=business,
                data=form.values(),
                version=form.cleaned_data["version"],
                for_all_lists=form.cleaned_data["for_all_lists"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("voucher_settings"), "Voucher settings saved.")
    context = {
        "form": form,
        "history": history_of(stored, shows_values=True) if stored.pk else [],
        "tour": "vouchers.settings",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/settings/page.html", context, status=status)
