"""Two campaign links of the town: the spring fair's, in use, and last autumn's, switched off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from core import references, tokens
from core.money import Money
from incentives.completeness.offers import OfferValues
from incentives.completeness.templates import TemplateValues
from incentives.guards import Payload
from incentives.models import LinkTemplate, Program
from incentives.services import confirmations, link_templates, template_claims
from incentives.services.actors import provider
from incentives.terms import Terms

if TYPE_CHECKING:
    from config.demo.acme import Town

FAIR = "You met us at the energy fair: this goes off your home energy survey."
AUTUMN = "A clean panel before the winter: a tenth off your first year of care."
VISITORS = (
    ("Despina Rallis", "despina.rallis@example.com", "pre_claimed", ""),
    ("Tom Achterberg", "tom.achterberg@example.com", "needs_info", "Is a flat on the top floor fine?"),
    ("Rania Saleh", "rania.saleh@example.com", "pre_claimed", "See you in May."),
)  # fmt: skip


def tell(town: Town, *, at: datetime) -> None:
    """Make both templates; three visitors of the fair use the first one."""
    fair = _make(
        town,
        "Energy fair, stand 12",
        town.programs["survey"],
        Terms.money(Money(4_000, "EUR"), "Taken off the price of your survey"),
        message=FAIR,
        max_uses=50,
        at=at - timedelta(days=9),
    )
    autumn = _make(
        town,
        "Autumn newsletter",
        town.programs["care"],
        Terms.words("One month of care for free"),
        message=AUTUMN,
        max_uses=None,
        at=at - timedelta(days=150),
    )
    link_templates.deactivate(template=autumn, at=at - timedelta(days=95))
    for number, (name, email, target, text) in enumerate(VISITORS):
        _use(fair, name, email, target, text, at - timedelta(days=6 - 2 * number, hours=number))


def program_path() -> str:
    """Return the path of the public page that has something to see, or nothing."""
    shown = LinkTemplate.objects.filter(show_on_program_page=True, program__status="active")
    found = shown.select_related("program").order_by("pk").first()
    return reverse("program_public", args=[found.program.slug]) if found else ""


def _make(
    town: Town,
    name: str,
    program: Program,
    terms: Terms,
    *,
    message: str,
    max_uses: int | None,
    at: datetime,
) -> LinkTemplate:
    offer = OfferValues(
        program=program,
        entity_type="individual",
        entity_stage="prospect_customer",
        incentive_type="discount",
        terms=terms,
        delivery_method="link",
        message=message,
        show_on_program_page=True,
    )
    return link_templates.create(
        business=town.business,
        values=TemplateValues(name, offer, validity_days=30, max_uses=max_uses),
        actor=provider(town.users["mara"]),
        at=at,
    )


def _use(
    template: LinkTemplate, name: str, email: str, target: str, text: str, at: datetime
) -> None:
    """Claim by the link as a visitor does: ask, then confirm by the mail a little later."""
    intent = template_claims.request(
        template=template,
        target=target,
        name=name,
        email=email,
        payload=Payload(text=text),
        at=at,
    )
    assert intent is not None
    subject = references.reference("incentives.intent", intent.pk)
    token = tokens.newest(subject=subject, purposes=["verify"])
    assert token is not None
    confirmations.confirm(secret=tokens.secret_of(token), at=at + timedelta(minutes=9))
