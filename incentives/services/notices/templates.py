"""E-mails about link templates: E15 (incentives.md 5.6)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core import mail, references
from incentives.models import LinkTemplate, Offer
from incentives.services.notices.base import context_of
from incentives.services.notices.providers import provider_addresses


def template_used_up(template: LinkTemplate, last: Offer, *, at: datetime) -> None:
    """E15: the template made its last offer; to the provider, once for each maximum."""
    assert template.max_uses is not None
    for address in provider_addresses(last):
        mail.queue(
            kind="E15",
            key=f"E15:template-{template.pk}-of-{template.max_uses}:{address.lower()}",
            to=address,
            template="incentives/e15_template_used_up",
            context={
                **context_of(last),
                "template_name": template.name,
                "uses": template.max_uses,
            },
            at=at,
            link=reverse("link_template_edit", args=[template.pk]),
            reference=references.reference("incentives.link_template", template.pk),
            owner_id=template.business_id,
        )
