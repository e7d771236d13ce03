"""Every part of the look on a few pages, for whoever works on it; served only where DEBUG is on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from core import clock, tours
from core.charts import Chart, Series
from core.forms import LocalDateTimeField, MoneyField, OnceForm, PercentField
from core.http import public, see_other, toast
from core.money import Money
from core.navigation import Link, Section

ZONES = [(name, name) for name in ("Europe/Athens", "Europe/London", "Europe/Oslo", "Asia/Tokyo")]
COUNTRIES = ("Greece", "Norway", "Japan", "Spain", "Italy", "France", "Austria", "Cyprus", "Malta")
SEGMENTS = [
    (name.lower(), f"Customers in {name}") for name in (*COUNTRIES, "Peru", "Chile", "Fiji")
]

TOUR = tours.Tour(
    key="styleguide",
    steps=(
        tours.Step("[data-tour=figures]", "The figures", "Each opens the list behind it."),
        tours.Step("[data-tour=nowhere]", "Passed over", "This target is not on the page."),
        tours.Step("[data-tour=words]", "In plain words", "Rules, read out as sentences.", "left"),
    ),
)
tours.register(TOUR)


@dataclass(frozen=True)
class Sample:
    """A status as an enum would describe itself."""

    label: str
    tone: str
    icon: str
    hint: str = ""


STATUSES = (
    Sample("Draft", "neutral", "pencil", "You: finish and send it"),
    Sample("Offered", "info", "send", "The recipient moves next"),
    Sample("Negotiating", "progress", "messages", "Either side moves next"),
    Sample("Needs info", "warning", "message-question", "You move next"),
    Sample("Claimed", "success", "circle-check", "Nobody: it is done"),
    Sample("Rejected", "danger", "circle-x", "Nobody: it is over"),
)


class SampleForm(OnceForm):
    """One field of each kind."""

    show_when = {"zone": "delivery=link|code"}

    name = forms.CharField(
        max_length=60, help_text="As your customers read it, e.g. Winter cashback."
    )
    amount = MoneyField(
        currencies=("EUR", "GBP", "JPY"), minimum=Decimal(0), help_text="Of the chosen currency."
    )
    fee = MoneyField(currencies=("EUR",), required=False, label="Fixed fee")
    percent = PercentField(label="Share of the price", help_text="Between 0 and 100.")
    delivery = forms.ChoiceField(
        choices=[("email", "By e-mail"), ("link", "By link"), ("code", "By code")],
        widget=forms.RadioSelect,
        initial="email",
    )
    zone = forms.ChoiceField(choices=ZONES, label="Time zone")
    segments = forms.MultipleChoiceField(
        choices=SEGMENTS, required=False, help_text="Type to search."
    )
    days = forms.MultipleChoiceField(
        choices=[(day, day) for day in ("Mon", "Tue", "Wed", "Thu", "Fri")],
        widget=forms.CheckboxSelectMultiple({"data_layout": "row"}),
        required=False,
    )
    open_until = LocalDateTimeField(zone="Europe/Athens")
    message = forms.CharField(
        widget=forms.Textarea({"maxlength": 200, "rows": 3}), max_length=200, required=False
    )
    file = forms.FileField(required=False, help_text="CSV, up to 10 MB.")
    terms = forms.BooleanField(label="I have read the terms of this offer")


def frame() -> dict[str, Any]:
    """Return what stands around the samples: an invented organisation and its menu."""
    entries = (
        ("Overview", "home", "d"),
        ("Incentive offers", "gift", "o"),
        ("Programs", "speakerphone", ""),
        ("Products & services", "package", ""),
        ("Contacts", "users", "c"),
    )
    places = (("Team", "users-group"), ("API keys", "key"), ("Profile", "building-store"))
    return {
        "demo": True,
        "organisation": SimpleNamespace(name="Acme Solar", pk=1),
        "memberships": [],
        "navigation": [
            Section(
                "",
                tuple(Link(a, "/styleguide", b, c, a == "Incentive offers") for a, b, c in entries),
            ),
            Section(
                "Business", tuple(Link(a, "/styleguide", b, "", current=False) for a, b in places)
            ),
        ],
    }


def chart() -> Chart:
    labels = ["Jul", "Aug", "Sep", "Oct", "Nov"]
    return Chart(
        "chart", "Offers accepted each month", labels, [Series("Accepted", (12, 19, 9, 22, 27))]
    )


@public("a page for developers, served only with DEBUG")
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component once."""
    at = clock.now()
    items = [
        {
            "who": "Maria K.",
            "what": "Accepted the offer",
            "at": at,
            "icon": "circle-check",
            "tone": "success",
        },
        {
            "who": "Acme Solar",
            "what": "Sent a message",
            "at": at - dt.timedelta(hours=2),
            "icon": "message",
            "text": "Thanks for booking with us.\nTell us if the date does not suit you.",
        },
        {
            "who": "Acme Solar",
            "what": "Sent the offer",
            "at": at - dt.timedelta(days=2),
            "icon": "send",
        },
    ]
    steps = [
        {"label": "Goal and type", "state": "done", "url": "#"},
        {"label": "Details", "state": "done", "url": "#"},
        {"label": "Conditions", "state": "current"},
        {"label": "Award", "state": "open"},
        {"label": "Review", "state": "open"},
    ]
    lines = [
        "Contacts in Gold tier or Visited in the last 90 days, and not in Staff, earn this award.",
        "They earn it when they buy hot drinks at Athens Centre, Monday to Friday, 15:00 to 18:00.",
    ]
    context = {
        "items": items,
        "steps": steps,
        "lines": lines,
        "statuses": STATUSES,
        "amount": Money(123450, "EUR"),
        "earlier": at - dt.timedelta(hours=3),
        "chart": chart(),
        "tour": "styleguide",
        "crumbs": [("Start", "/styleguide"), ("Style guide", "")],
        **frame(),
    }
    return render(request, "styleguide/index.html", context)


@public("a page for developers, served only with DEBUG")
def sample_form(request: HttpRequest) -> HttpResponse:
    """Show a form with each field, and its errors once sent empty."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SampleForm(*sent)
    if request.method == "POST" and form.is_valid():
        return see_other("/styleguide")
    context = {
        "form": form,
        "title": "New sample",
        "intro": "Every kind of field once.",
        "cancel_url": "/styleguide",
        "submit_label": "Save the sample",
        "crumbs": [("Start", "/styleguide"), ("New sample", "")],
        **frame(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "pages/form.html", context, status=status)


@public("a page for developers, served only with DEBUG")
def claim(request: HttpRequest) -> HttpResponse:
    """Show the recipient's layout."""
    context = {
        "provider": SimpleNamespace(name="Acme Solar", logo=None),
        "amount": Money(5000, "EUR"),
        "until": clock.now() + dt.timedelta(days=6),
        "demo": True,
    }
    return render(request, "styleguide/claim.html", context)


@public("a page for developers, served only with DEBUG")
def dialog(request: HttpRequest) -> HttpResponse:
    """Show a confirmation in the dialog; sent, it answers with a short message."""
    if request.method == "POST":
        level = "error" if "error" in request.POST else "success"
        response = HttpResponse(status=204)
        return toast(response, "D-10477 was updated.", level=level)
    context = {
        "title": "Cancel this offer?",
        "message": "Maria K. can no longer accept it.",
        "consequences": ["The link in her e-mail stops working.", "It cannot be sent again."],
        "submit_label": "Cancel the offer",
        "cancel_url": "/styleguide",
        "danger": True,
        "in_dialog": True,
        "action": "/styleguide/dialog",
    }
    return render(request, "components/_confirm.html", context)


urlpatterns = [
    path("styleguide", styleguide, name="styleguide"),
    path("styleguide/form", sample_form, name="styleguide_form"),
    path("styleguide/claim", claim, name="styleguide_claim"),
    path("styleguide/dialog", dialog, name="styleguide_dialog"),
]
