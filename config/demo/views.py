"""The demo's overview: five things to try, who to sign in as, three claim links."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import demo
from config.demo import acknowledgements, link_templates, voucher_links
from config.demo.groups import GROUPS
from config.demo.scripts import STORIES
from core.clock import now
from core.http import public
from directory.models import ContactImport
from incentives.models import Distribution, Offer

COUNTERING = "sofia.lambrou@example.com"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to try; `done` looks at what the visitor has really changed."""

    title: str
    text: str
    url: str
    label: str
    icon: str
    done: bool


@require_safe
@public("the demo's front door; answers 404 outside of the demo")
def overview(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    context = {
        "tasks": _tasks(),
        "logins": demo.logins(),
        "password": demo.PASSWORD,
        "claim_links": demo.claim_links(),
        "widget_url": acknowledgements.widget_path(),
        "voucher_url": voucher_links.claim_path(now()),
        "program_url": link_templates.program_path(),
    }
    return render(request, "demo/overview.html", context)


def _tasks() -> list[Task]:
    open_link = demo.claim_links().get("open", reverse("demo_overview"))
    counter = Offer.objects.filter(recipient_email=COUNTERING).first()
    group = Offer.objects.filter(offer_type="group").first()
    asked = Offer.objects.filter(recipient_email=demo.OPEN).first()
    offers = reverse("offers")
    return [
        Task(
            "Claim an offer on a phone",
            "You are Maria. Open the link from her mail, make the window narrow, and accept,"
            " counter or ask. Nothing needs an account.",
            open_link,
            "Open Maria's link",
            "phone",
            asked is not None and asked.status != "offered",
        ),
        Task(
            "Answer a counter-offer",
            "Sofia wants 400 instead of 300. Confirm her terms, grant a part, or ask back.",
            reverse("offer_messages", args=[counter.pk]) if counter else offers,
            "Read Sofia's message",
            "messages",
            counter is not None and counter.status != "counter",
        ),
        Task(
            "Record what was delivered",
            "Eleven neighbours bought together. Tick those you paid, say how, update them at once.",
            reverse("offer_distributions", args=[group.pk]) if group else offers,
            "Open the distributions",
            "checklist",
            not Distribution.objects.filter(offer=group, status="pending").exists(),
        ),
        Task(
            "Send an offer of your own",
            "To any address: the mail lands in the demo's outbox, and nowhere else.",
            reverse("offer_add"),
            "Create an offer",
            "send",
            Offer.objects.filter(link_template__isnull=True).count() > len(STORIES) + 1 + GROUPS,
        ),
        Task(
            "Import contacts from a file",
            "Upload a CSV, see the rehearsal with line numbers, then import.",
            reverse("contact_import"),
            "Go to the contacts",
            "upload",
            ContactImport.objects.filter(status="done").exists(),
        ),
    ]
