"""Acknowledgements of Acme Solar: asked for without an offer, and shown on other sites."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from core import references, tokens
from core.money import Money
from incentives.models import Widget
from incentives.services import (
    acknowledgement_requests,
    acknowledgement_templates,
    acknowledgements,
    publications,
    widgets,
)
from incentives.services.acknowledgement_requests import Asked
from incentives.services.acknowledgement_templates import TemplateValues
from incentives.terms import Terms

if TYPE_CHECKING:
    from config.demo.acme import Town


def tell(town: Town, *, at: datetime) -> None:
    """One request is answered and published, one waits; a link for many; the roof's social proof."""
    mara = town.users["mara"]
    card = Terms.money(Money.parse("30", "EUR"), "Gift card of the garden centre, handed over")
    fair = Asked(
        program=town.programs["roof"],
        incentive_type="gift_card",
        terms=card,
        message="Thank you for telling your neighbours about us at the open house.",
    )
    asked = acknowledgement_requests.ask_by_email(
        business=town.business,
        asked=fair,
        email="zoe.raptis@example.com",
        name="Zoe Raptis",
        actor=mara,
        at=at - timedelta(days=16),
    )
    row = asked.acknowledgement
    token = tokens.newest(
        subject=references.reference("incentives.acknowledgement", row.pk), purposes=["ack"]
    )
    assert token is not None
    acknowledgements.submit(
        secret=tokens.secret_of(token),
        message="The gift card bought two olive trees. They stand right below the panels!",
        display_name="Zoe",
        consent_public=True,
        at=at - timedelta(days=15),
    )
    publications.publish(acknowledgement=row, at=at - timedelta(days=14, hours=20))
    acknowledgement_requests.ask_by_email(
        business=town.business,
        asked=fair,
        email="petros.manos@example.com",
        name="Petros Manos",
        actor=mara,
        at=at - timedelta(days=2),
    )
    acknowledgement_templates.create(
        business=town.business,
        values=TemplateValues(
            Asked(
                program=town.programs["care"],
                incentive_type="discount",
                terms=Terms.words("First cleaning of the year at half price"),
                message="Scan the code on the service slip and tell us how it went.",
            ),
            name="Service slips 2026",
            max_uses=200,
        ),
        actor=mara,
        at=at - timedelta(days=30),
    )
    widgets.make_for_program(program=town.programs["roof"], at=at - timedelta(days=12))


def widget_path() -> str:
    """Return the framed page of the newest Acknowledged offer's widget, or an empty text."""
    rows = Widget.objects.filter(offer__isnull=False, acknowledgement__isnull=False)
    found = rows.filter(is_enabled=True).order_by("-created_at", "-id").first()
    return reverse("embed_acknowledgement", args=[found.key]) if found else ""
