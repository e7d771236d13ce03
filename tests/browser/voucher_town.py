"""What the browser sees of campaigns: a list that runs low, campaigns of each kind, and their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from core import clock
from directory.models import Organisation
from tests.factories.directory import make_contact
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.vouchers.campaigning import ask, person
from vouchers.choices import (
    CampaignStatus,
    CodeState,
    Delivery,
    OnExhaustion,
    Qualification,
    RunState,
)
from vouchers.models import AudienceRun, Campaign, Issuance, RunPerson, VoucherList
from vouchers.recipients import of_contact
from vouchers.services import alerts


@dataclass
class Town:
    """What the pages below are about."""

    sale: VoucherList
    live: Campaign
    audience: Campaign
    draft: Campaign
    given: Issuance


def make_town(acme: Organisation) -> Town:
    """A list that runs low, a live campaign, one for an audience with people who wait, and a draft."""
    at = clock.now()
    puma = make_partner(acme, "Puma", contact_email="codes@puma.example")
    sale = make_list(puma, "summer-sale", at=at, name="Summer sale in all shops of the coast")
    make_codes(sale, 5, at=at)
    make_codes(sale, 20, state=CodeState.REDEEMED, at=at - timedelta(days=2))
    live = make_campaign(sale, "Thank you", max_total=40, description="For a good word.")
    anna = make_contact(acme, "Anna Andersson", email="anna@home.example")
    given = ask(live, of_contact(anna, email="anna@home.example"), at=at).issuance
    ask(live, of_contact(anna, email="anna@home.example"), at=at)
    audience = make_campaign(
        sale,
        "Welcome",
        quota=3,
        qualification=Qualification.AUDIENCE,
        on_exhaustion=OnExhaustion.WAITLIST,
    )
    run = AudienceRun.objects.create(
        campaign=audience, seed=1, size=3, state=RunState.DONE, ended_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    for place, name in enumerate(("one", "two", "three", "four")):
        outcome = ask(audience, person(name), at=at).outcome
        RunPerson.objects.create(run=run, place=place, recipient_key=name, outcome=outcome)
    draft = make_campaign(sale, "Autumn", status=CampaignStatus.DRAFT)
    alerts.look_around(at=at)
    assert given is not None
    Issuance.objects.filter(pk=given.pk).update(delivery_status=Delivery.BOUNCED)
    return Town(sale, live, audience, draft, given)


def paths_of(town: Town) -> dict[str, str]:
    one = f"/vouchers/campaigns/{town.live.pk}"
    other = f"/vouchers/campaigns/{town.audience.pk}"
    draft = f"/vouchers/campaigns/{town.draft.pk}"
    issued = f"/vouchers/issuances/{town.given.public_id}"
    steps = ("start", "who", "what", "when", "message", "review")
    return {
        "dashboard": reverse("dashboard"),
        "lists": "/vouchers/lists",
        "list": f"/vouchers/lists/{town.sale.list_id}",
        "ask": f"/vouchers/lists/{town.sale.list_id}/ask",
        "campaigns": "/vouchers/campaigns",
        "new": "/vouchers/campaigns/new",
        **{f"step-{name}": f"{draft}/edit/{name}" for name in steps},
        "overview": one,
        "sources": f"{one}/lists",
        "recipients": f"{one}/recipients",
        "waiting": f"{other}/waiting",
        "decisions": f"{one}/decisions",
        "runs": f"{other}/runs",
        "run": f"{other}/runs/new",
        "message": f"{one}/message",
        "settings": f"{one}/settings",
        "activity": f"{one}/activity",
        "pause": f"{one}/pause",
        "give": f"{one}/give",
        "links": f"{one}/claim-links",
        "test": f"{one}/send-test",
        "people": "/vouchers/people/new",
        "issued": "/vouchers/issuances",
        "voucher": issued,
        "resend": f"{issued}/resend",
        "revoke": f"{issued}/revoke",
        "alerts": "/vouchers/alerts",
        "thresholds": "/vouchers/settings",
        "report": "/vouchers/reports",
        "report-lists": "/vouchers/reports?by=list",
        "report-waiting": "/vouchers/reports?by=waiting",
    }
