"""Claiming by a link template: every confirmation makes an offer of its own (incentives.md 7.1).

The template's row is locked for the whole of a confirmation. Under that lock the uses are counted, the
maximum is held, and an address that has an open offer already is led to it instead of to a second one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from core import ratelimit
from core.errors import Gone, Invalid
from incentives.choices import OfferStatus, Side
from incentives.completeness.offers import problems
from incentives.guards import Payload, refusal_of
from incentives.models import ClaimIntent, LinkTemplate, Offer
from incentives.selectors import available_statuses, situation_of
from incentives.selectors.groups import lead_of
from incentives.selectors.link_templates import (
    offer_preview,
    open_offer_of,
    template_by_pk,
    values_of_template,
)
from incentives.services import (
    groups,
    intents,
    link_templates,
    links,
    notices,
    offers,
    statuses,
    visitors,
)
from incentives.services.actors import Actor, recipient


class LinkInactive(Gone):
    """The template or its program is switched off, or it promises what the program no longer gives."""

    code = "link_not_active"
    heading = "This link is not active"


class ProgramInactive(LinkInactive):
    """The program of the template is not active."""

    code = "program_not_active"
    heading = "This program is not active at the moment"


class UsedUp(Gone):
    """The template made as many offers as it may."""

    code = "link_used_up"
    heading = "This offer is no longer available"


def refuse_closed(template: LinkTemplate, *, at: datetime) -> None:
    """Raise unless the link makes offers now."""
    if not template.program.is_active:
        raise ProgramInactive("Please try again later, or ask the provider.")
    if not template.is_active or problems(values_of_template(template).offer_at(at), at):
        raise LinkInactive("The provider has paused it. Please ask them for another one.")
    if template.is_full:
        raise UsedUp("It was given as often as the provider meant to. Ask them for another one.")


def template_of(intent: ClaimIntent) -> LinkTemplate:
    """Return the template that the wish is for, as pages show it."""
    assert intent.template_id is not None
    return template_by_pk(pk=intent.template_id)


def refuse_closed_to(template: LinkTemplate, *, email: str, at: datetime) -> None:
    """Raise as `refuse_closed` does, unless the address has an open offer that it is led to."""
    if open_offer_of(template=template, email=email) is None:
        refuse_closed(template, at=at)


def promise_of(template: LinkTemplate) -> str:
    """Return what the visitor reads and agrees to, so that a change of it can be told."""
    terms = template.value
    parts = (
        template.program_id,
        template.incentive_type,
        template.offer_type,
        template.max_required_members,
        terms.unit,
        terms.number,
        terms.currency,
        terms.description,
    )
    return "|".join(str(part) for part in parts)


def request(
    *,
    template: LinkTemplate,
    target: str,
    name: str,
    email: str,
    payload: Payload,
    at: datetime,
) -> ClaimIntent | None:
    """Store what the visitor wishes and mail a link to confirm the address (E02).

    An address that has an open offer of the template gets the way back to that one instead (E03), and
    None is returned; the page says the same. A target that a visitor may not choose raises `Invalid`,
    more than 3 mails an hour to an address raise `TooMany`.
    """
    refuse_closed(template, at=at)
    email = email.strip().lower()
    _refuse_target(template, target, payload, at)
    if (known := open_offer_of(template=template, email=email)) is not None:
        ratelimit.hit(
            bucket=f"verify:{email}",
            limit=intents.VERIFICATIONS_PER_HOUR,
            per=timedelta(hours=1),
            at=at,
        )
        with transaction.atomic():
            _way_back(known, at)
        return None
    packed = intents.pack(payload, terms_id=None) | {"promise": promise_of(template)}
    wish = ClaimIntent(template=template, target=target, name=name, email=email, payload=packed)
    return intents.store(wish, at=at)


def _refuse_target(template: LinkTemplate, target: str, payload: Payload, at: datetime) -> None:
    """Refuse what cannot be wished for: a group is founded, anything else is a first answer."""
    sentence = "That cannot be done with this link."
    if template.is_group:
        if target != ClaimIntent.JOIN:
            raise Invalid(sentence, fields={"target": sentence})
        return
    preview = offer_preview(template, at=at)
    rows = {
        choice.status: choice.transition
        for choice in available_statuses(offer=preview, actor_kind=Side.RECIPIENT, at=at)
        if choice.status != OfferStatus.REJECTED
    }
    if target not in rows:
        raise Invalid(sentence, fields={"target": sentence})
    # The address is verified when the wish is confirmed; all else is judged now, and then again.
    now = replace(situation_of(preview, at=at), is_verified=True)
    if wrong := refusal_of(rows[target], now, payload):
        raise Invalid(next(iter(wrong.values())), fields=wrong)


def carry_out(intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    """Make the offer of a confirmed wish and do with it what was wished; one use is counted.

    Who has an open offer of the template is led to that one, and nothing is counted. Raises
    `LinkInactive` or `UsedUp` when the link was closed meanwhile, `TermsChanged` when it promises
    something else by now, `NotForYou` for the vendor's own users.
    """
    assert intent.template is not None
    template = link_templates.lock(intent.template)
    visitors.refuse_own_address(business_id=template.business_id, email=intent.email)
    if (known := open_offer_of(template=template, email=intent.email)) is not None:
        return known, _way_back(known, at)
    refuse_closed(template, at=at)
    if intent.payload.get("promise") != promise_of(template):
        raise intents.TermsChanged(
            "The provider changed the offer meanwhile. Open the link again to see it."
        )
    offer = _make(template, at)
    _count_use(template, offer, at)
    return _found(offer, intent, at) if intent.is_join else _claim(offer, intent, at)


def _make(template: LinkTemplate, at: datetime) -> Offer:
    """Make the offer in the provider's name: a shared link that nobody has claimed yet (P02)."""
    actor = Actor(Side.PROVIDER.value, template.business.name, user=template.created_by)
    return offers.create_and_send(
        business=template.business,
        values=values_of_template(template).offer_at(at),
        actor=actor,
        at=at,
        link_template=template,
    )


def _count_use(template: LinkTemplate, offer: Offer, at: datetime) -> None:
    """Count one use; the last one that the maximum allows is told to the provider (E15)."""
    LinkTemplate.objects.filter(pk=template.pk).update(uses_count=F("uses_count") + 1)
    if template.uses_count + 1 == template.max_uses:
        notices.template_used_up(template, offer, at=at)


def _claim(offer: Offer, intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    links.bind(offer, email=intent.email, name=intent.name, at=at)
    offer = statuses.transition(
        offer=offer,
        to=intent.target,
        actor=recipient(offer),
        payload=intents.wish_of(intent),
        at=at,
    )
    return offer, notices.claimed_by_link(offer, at=at)


def _found(offer: Offer, intent: ClaimIntent, at: datetime) -> tuple[Offer, str]:
    """Seat the first of a new group, who leads it and invites the others by the group's own link."""
    member = groups.join(offer=offer, email=intent.email, name=intent.name, at=at)
    offer = statuses.lock(offer)
    return offer, notices.joined(offer, member, at=at)


def _way_back(offer: Offer, at: datetime) -> str:
    """Mail the address the way back to the offer that it has; return the secret of that link."""
    lead = lead_of(offer=offer) if offer.is_group else None
    if lead is not None:
        return notices.joined(offer, lead, at=at)
    return notices.claimed_by_link(offer, at=at)
