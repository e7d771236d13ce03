"""Link templates for tests, and their use as a visitor uses them: ask, then confirm by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from core import clock, references
from incentives.completeness.templates import TemplateValues
from incentives.guards import Payload
from incentives.models import ClaimIntent, LinkTemplate, Offer, Program
from incentives.services import confirmations, link_templates, template_claims
from incentives.services.actors import provider
from tests.factories.incentives import _first_admin, newest_secret, offer_values

_numbers = count(1)
OWN = frozenset({"name", "validity_days", "max_uses"})


def template_values(program: Program, **fields: Any) -> TemplateValues:
    """Return complete values of a Single template; any field of it or of its offers may be given."""
    at = clock.now()
    offer = offer_values(
        program,
        at=at,
        delivery_method="link",
        expires_at=None,
        **{name: value for name, value in fields.items() if name not in OWN},
    )
    values = TemplateValues(name=f"Spring fair {next(_numbers)}", offer=offer)
    return replace(values, **{name: value for name, value in fields.items() if name in OWN})


def make_template(program: Program, *, active: bool = True, **fields: Any) -> LinkTemplate:
    """Make a link template of the program; fields are those of `template_values`."""
    template = link_templates.create(
        business=program.business,
        values=template_values(program, **fields),
        actor=provider(_first_admin(program.business)),
        at=clock.now(),
    )
    if not active:
        link_templates.deactivate(template=template, at=clock.now())
    return template


def make_group_template(program: Program, cap: int = 3, **fields: Any) -> LinkTemplate:
    return make_template(program, offer_type="group", max_required_members=cap, **fields)


def ask_template(
    template: LinkTemplate,
    *,
    email: str = "",
    target: str = "",
    payload: Payload | None = None,
    at: datetime | None = None,
) -> str:
    """Leave a wish on the link and return the secret of the mail that confirms it."""
    intent = template_claims.request(
        template=template,
        target=target or (ClaimIntent.JOIN if template.is_group else "pre_claimed"),
        name="Sam Okafor",
        email=email or f"visitor{next(_numbers)}@home.example",
        payload=payload or Payload(),
        at=at or clock.now(),
    )
    assert intent is not None, "the address has an open offer of the template"
    return newest_secret(references.reference("incentives.intent", intent.pk), "verify")


def use_template(template: LinkTemplate, *, at: datetime | None = None, **asked: Any) -> Offer:
    """Claim by the template's link as a visitor does; return the offer that was made."""
    secret = ask_template(template, at=at, **asked)
    offer, _ = confirmations.confirm(secret=secret, at=at or clock.now())
    return offer
