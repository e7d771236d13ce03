"""Bringing an offer to the start of any row of the transition table, and performing the row.

Every step goes through the service that its side really uses: the desk's `statuses.transition`, the
e-mailed link's `claims.answer`, the shared link's `links.request` and `links.confirm`, the sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core import references
from core.money import Money
from core.transitions import Transition
from incentives.guards import Payload
from incentives.models import Acknowledgement, Distribution, Offer
from incentives.selectors import offer_of
from incentives.services import acknowledgements, claims, distributions, offers, statuses, sweeps
from incentives.services.distributions import Edit
from incentives.terms import Terms
from tests.factories.incentives import (
    Desk,
    claim_link,
    claim_secret,
    newest_secret,
    offer_values,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = 14 * DAY


def euro(amount: int | str, description: str = "") -> Terms:
    return Terms.money(Money.of(Decimal(amount), "EUR"), description)


TEXT = Payload(text="Which account should it go to?")
COUNTER = Payload(counter=euro(70), text="Could it be a little more?")
GRANT = Payload(granted=euro(30), text="We can give this much.")
YES = Payload()
REOFFER = Payload(text="As you wish.", expires_at=START + 20 * DAY)

Step = tuple[str, str, Payload]
ASK: Step = ("recipient", "needs_info", TEXT)
AGREE: Step = ("recipient", "approved", YES)
CLAIM: Step = ("recipient", "pre_claimed", YES)
CONFIRM: Step = ("provider", "approved_confirmed", YES)
DELIVER: Step = ("provider", "deliver", YES)
THANK: Step = ("recipient", "thank", YES)


@dataclass(frozen=True)
class Stage:
    """An offer of a desk, with the moment that the next step takes place."""

    desk: Desk
    offer: Offer
    at: datetime = START + DAY

    def fresh(self) -> Offer:
        return offer_of(business=self.desk.business, pk=self.offer.pk)

    def secret(self) -> str:
        return claim_secret(self.offer, at=self.at)

    def do(self, *steps: Step, at: datetime | None = None) -> Offer:
        """Carry out the steps, a minute after each other."""
        moment = at or self.at
        for step in steps:
            self._do(step, moment)
            moment += timedelta(minutes=1)
        return self.fresh()

    def provider(self, to: str, payload: Payload = TEXT, *, at: datetime | None = None) -> Offer:
        return self.do(("provider", to, payload), at=at)

    def recipient(self, to: str, payload: Payload = YES, *, at: datetime | None = None) -> Offer:
        return self.do(("recipient", to, payload), at=at)

    def _do(self, step: Step, at: datetime) -> None:
        side, to, payload = step
        offer = self.fresh()
        if to == "deliver":
            deliver(offer, self.desk, at)
        elif to == "thank":
            thank(offer, at)
        elif side == "provider":
            statuses.transition(offer=offer, to=to, actor=self.desk.actor, payload=payload, at=at)
        elif offer.is_unclaimed_link:
            claim_link(offer, target=to, payload=payload, at=at)
        else:
            claims.answer(secret=claim_secret(offer, at=at), to=to, payload=payload, at=at)


def deliver(offer: Offer, desk: Desk, at: datetime, status: str = "success") -> None:
    """Record every Pending distribution of the offer."""
    rows = Distribution.objects.filter(offer=offer, status="pending")
    edits = [
        Edit(row.pk, row.version, row.value.number, "Paid by bank transfer", status) for row in rows
    ]
    distributions.update_batch(subject=offer, edits=edits, actor=desk.actor, at=at)


def thank(offer: Offer, at: datetime) -> None:
    """Confirm receipt in the recipient's words, by the e-mailed invitation."""
    for row in Acknowledgement.objects.filter(offer=offer):
        subject = references.reference("incentives.acknowledgement", row.pk)
        acknowledgements.submit(
            secret=newest_secret(subject, "ack"),
            message="It arrived the next day, thank you.",
            display_name="Noor",
            consent_public=True,
            at=at,
        )


def sent(desk: Desk, delivery: str = "email", terms: Terms | None = None) -> Stage:
    """Send a Single offer at `START`."""
    more = {} if terms is None else {"terms": terms}
    values = offer_values(desk.program, at=START, delivery_method=delivery, **more)
    offer = offers.create_and_send(
        business=desk.business, values=values, actor=desk.actor, at=START
    )
    return Stage(desk, offer)


def drafted(desk: Desk, delivery: str = "email") -> Stage:
    values = offer_values(desk.program, at=START, delivery_method=delivery)
    offer = offers.create_draft(business=desk.business, values=values, actor=desk.actor, at=START)
    return Stage(desk, offer)


# (status, set by): the steps that lead there from Offered; {} stands for the first yes.
WAYS: dict[tuple[str, str], tuple[Step, ...]] = {
    ("offered", "provider"): (),
    ("needs_info", "recipient"): (ASK,),
    ("requires_revision", "recipient"): (("recipient", "requires_revision", TEXT),),
    ("counter", "recipient"): (COUNTERED := ("recipient", "counter", COUNTER),),
    ("needs_info", "provider"): (COUNTERED, ("provider", "needs_info", TEXT)),
    ("requires_revision", "provider"): (COUNTERED, ("provider", "requires_revision", TEXT)),
    ("info_provided", "recipient"): (
        COUNTERED,
        ("provider", "needs_info", TEXT),
        ("recipient", "info_provided", TEXT),
    ),
    ("partial_granted", "provider"): (COUNTERED, ("provider", "partial_granted", GRANT)),
    ("approved", "recipient"): (ASK, AGREE),
    ("pre_claimed", "recipient"): (CLAIM,),
    ("approved_confirmed", "provider"): (ASK, AGREE, CONFIRM),
    ("claimed", "recipient"): (ASK, AGREE, CONFIRM, ("recipient", "claimed", YES)),
    ("completed", "provider"): (ASK, AGREE, CONFIRM, DELIVER, ("provider", "completed", YES)),
}
# What must have happened besides the status.
BEFORE: dict[str, tuple[Step, ...]] = {"P33": (DELIVER,), "P35": (DELIVER,), "P36": (THANK,)}
# On a shared link these need a bound recipient: somebody who asked and got the offer again.
BOUND_FIRST = {"R01", "R06"}


def before(row: Transition, desk: Desk, delivery: str) -> Stage:
    """Return an offer to which the row applies, a day before it is performed."""
    if row.source == "draft":
        return drafted(desk, delivery)
    stage = sent(desk, delivery)
    if row.source == "expired":
        statuses.expire_now(offer=stage.offer, at=START + 40 * DAY)
        return Stage(desk, stage.offer, START + 41 * DAY)
    if row.source == "no_response":
        stage.do(*WAYS["needs_info", "provider"], at=START)
        sweeps.close_silent(at=START + WINDOW + DAY)
        return Stage(desk, stage.offer, START + WINDOW + 2 * DAY)
    assert row.source is not None
    side = row.after or next(by for status, by in WAYS if status == row.source)
    steps = WAYS[row.source, side] + BEFORE.get(row.code, ())
    if delivery == "link" and row.code in BOUND_FIRST:
        steps = (ASK, ("provider", "offered", TEXT))
    stage.do(*steps, at=START)
    return stage


def payload_of(row: Transition, at: datetime) -> Payload:
    """Return what the row asks for, and no more."""
    needs = {name.rstrip("?") for name in row.needs}
    return Payload(
        text="We would like to know more." if "text" in needs else "",
        terms=euro(55, "New terms") if "terms" in needs else None,
        granted=euro(20) if "granted" in needs else None,
        counter=euro(80) if "counter" in needs else None,
        expires_at=at + 9 * DAY if "expiry" in needs or "new expiry" in row.effects else None,
    )


def perform(row: Transition, stage: Stage) -> Offer:
    """Perform the row and return the fresh offer."""
    if row.actor == "system":
        sweep = sweeps.expire_due if row.target == "expired" else sweeps.close_silent
        assert sweep(at=stage.at) == 1
        return stage.fresh()
    return stage.do((row.actor, row.target, payload_of(row, stage.at)))
