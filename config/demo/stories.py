"""The offers of Acme Solar: more than forty stories over all seventeen statuses.

Each story is a row: who, what for, how much, how many days ago it began, and its steps. A step names
the side, what happens and the words; the teller plays it through the services at the right moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from config.demo.scripts import GROUP, STORIES, Step, Story
from core import references, tokens
from core.money import Money
from incentives.guards import Payload
from incentives.models import Distribution, Offer
from incentives.selectors import offer_of
from incentives.services import (
    acknowledgements,
    claims,
    distributions,
    groups,
    links,
    messages,
    notices,
    offers,
    statuses,
)
from incentives.services.actors import Actor, provider, recipient
from incentives.terms import Terms

if TYPE_CHECKING:
    from config.demo.acme import Town

EURO = "EUR"
PAUSE = timedelta(hours=7, minutes=23)


def tell(town: Town, *, at: datetime) -> None:
    """Play every story, the oldest first, so that ids grow with time as in a real business."""
    for story in sorted(STORIES, key=lambda story: -story.days_ago):
        _Teller(town, story, at).play()
    _tell_group(town, at)


def terms_of(worth: str, words: str) -> Terms:
    """Read "50" as money, "12.5%" as a percentage and "" as words alone."""
    if worth.endswith("%"):
        return Terms.percentage(Decimal(worth[:-1]), words)
    if worth:
        return Terms.money(Money.parse(worth, EURO), words)
    return Terms.words(words)


@dataclass
class _Teller:
    """Plays one story; `moment` is when its next step happens."""

    town: Town
    story: Story
    now: datetime

    def __post_init__(self) -> None:
        # Nobody works at the same minute every day: the name of the story moves its hour.
        drift = timedelta(minutes=sum(map(ord, self.story.email)) % 480)
        self.moment = self.now - timedelta(days=self.story.days_ago) + drift
        self.moment = min(self.moment, self.now - timedelta(minutes=40))
        self.actor: Actor = provider(self.town.users[self.story.by])

    def play(self) -> None:
        offer = self._send()
        for step in self.story.steps:
            self.moment = min(self.moment + PAUSE, self.now - timedelta(minutes=5))
            offer = offer_of(business=self.town.business, pk=offer.pk)
            self._take(offer, step)

    def _values(self) -> offers.OfferValues:
        story = self.story
        days = story.lasts if story.lasts else offers.DEFAULT_DAYS[story.delivery]
        return offers.OfferValues(
            program=self.town.programs[story.program],
            entity_type=story.entity,
            entity_stage=story.stage,
            incentive_type=story.kind,
            terms=terms_of(story.worth, story.words),
            delivery_method=story.delivery,
            recipient_email=story.email if story.delivery == "email" else "",
            recipient_name=story.name if story.delivery == "email" else "",
            message=story.message,
            show_on_program_page=story.delivery == "link",
            expires_at=self.moment + timedelta(days=days),
        )

    def _send(self) -> Offer:
        make = offers.create_draft if self.story.is_draft else offers.create_and_send
        return make(
            business=self.town.business, values=self._values(), actor=self.actor, at=self.moment
        )

    def _take(self, offer: Offer, step: Step) -> None:
        payload = Payload(
            text=step.text,
            counter=terms_of(step.worth, step.words) if step.act == "counter" else None,
            granted=terms_of(step.worth, step.words) if step.act == "partial_granted" else None,
        )
        if step.side == "recipient":
            self._recipient(offer, step, payload)
        elif step.act == "deliver":
            self._record(offer, step)
        elif step.act == "write":
            messages.post(subject=offer, actor=self.actor, body=step.text, at=self.moment)
        else:
            statuses.transition(
                offer=offer, to=step.act, actor=self.actor, payload=payload, at=self.moment
            )

    def _recipient(self, offer: Offer, step: Step, payload: Payload) -> None:
        if step.act == "thank":
            self._acknowledge(offer, step)
        elif step.act == "write":
            messages.post(subject=offer, actor=recipient(offer), body=step.text, at=self.moment)
        elif offer.is_unclaimed_link:
            self._claim_link(offer, step, payload)
        else:
            token = tokens.newest(subject=notices.reference_of(offer), purposes=claims.PURPOSES)
            assert token is not None
            secret = tokens.secret_of(token)
            claims.note_opened(offer=offer, at=self.moment)
            claims.answer(secret=secret, to=step.act, payload=payload, at=self.moment)

    def _claim_link(self, offer: Offer, step: Step, payload: Payload) -> None:
        intent = links.request(
            offer=offer,
            target=step.act,
            name=self.story.name,
            email=self.story.email,
            payload=payload,
            at=self.moment,
        )
        token = tokens.newest(
            subject=references.reference("incentives.intent", intent.pk), purposes=["verify"]
        )
        assert token is not None
        links.confirm(secret=tokens.secret_of(token), at=self.moment + timedelta(minutes=4))

    def _record(self, offer: Offer, step: Step) -> None:
        rows = Distribution.objects.filter(offer=offer).order_by("id")
        edits = [
            distributions.Edit(row.pk, row.version, row.value.number, step.text, step.words)
            for row in rows
        ]
        actor = provider(self.town.users["finn"])
        distributions.update_batch(subject=offer, edits=edits, actor=actor, at=self.moment)

    def _acknowledge(self, offer: Offer, step: Step) -> None:
        invitation = offer.acknowledgements.get()
        token = tokens.newest(
            subject=references.reference("incentives.acknowledgement", invitation.pk),
            purposes=["ack"],
        )
        assert token is not None
        acknowledgements.submit(
            secret=tokens.secret_of(token),
            message=step.text,
            display_name=self.story.name.split()[0],
            consent_public=True,
            at=self.moment,
        )


def _tell_group(town: Town, at: datetime) -> None:
    """A street buys together: twelve places, eleven neighbours, confirmed and waiting for the record."""
    began = at - timedelta(days=9)
    actor = provider(town.users["oscar"])
    offer = offers.create_and_send(
        business=town.business,
        values=offers.OfferValues(
            program=town.programs["roof"],
            entity_type="individual",
            entity_stage="prospect_customer",
            incentive_type="cashback",
            terms=terms_of("250", "Paid out once your roof is connected"),
            offer_type="group",
            max_required_members=12,
            delivery_method="link",
            message=GROUP.message,
            expires_at=began + timedelta(days=30),
        ),
        actor=actor,
        at=began,
    )
    lead = None
    for number, (name, email) in enumerate(GROUP.people):
        moment = began + timedelta(hours=3 * number + 2)
        member = groups.join(offer=offer, email=email, name=name, at=moment)
        lead = lead or member
    assert lead is not None
    offer = offer_of(business=town.business, pk=offer.pk)
    speaker = Actor("recipient", lead.name, member=lead)
    yes = began + timedelta(days=3)
    statuses.transition(offer=offer, to="pre_claimed", actor=speaker, at=yes)
    offer = offer_of(business=town.business, pk=offer.pk)
    confirmed = yes + timedelta(hours=5)
    statuses.transition(
        offer=offer,
        to="approved_confirmed",
        actor=actor,
        payload=Payload(text=GROUP.confirmation, short_group_ok=True),
        at=confirmed,
    )
    _record_some(offer, provider(town.users["finn"]), confirmed + timedelta(days=2))


def _record_some(offer: Offer, actor: Actor, at: datetime) -> None:
    """Five were paid, one payment bounced, the others wait for the batch edit."""
    rows = list(Distribution.objects.filter(offer=offer).order_by("id")[:6])
    edits = [
        distributions.Edit(
            row.pk,
            row.version,
            row.value.number,
            "Bank transfer of 250 EUR, reference SOLAR-STREET"
            if number
            else "Transfer came back: account closed. New IBAN asked for by e-mail.",
            "success" if number else "failed",
        )
        for number, row in enumerate(rows)
    ]
    distributions.update_batch(subject=offer, edits=edits, actor=actor, at=at)
