"""Try a purchase: what the till would answer, condition by condition; nothing is stored.

The same engine with the same configuration as at the till. A draft takes part as if it and its scheme
were active, so that an offer can be judged before anybody earns it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.money import Money
from directory.models import Contact, Organisation
from events.conditions import Verdict
from events.drafts import PurchaseData, check_purchase
from events.models import Classification
from events.selectors.facts import draft_facts
from rewards.choices import ResolutionMode, TraceReason, Trigger
from rewards.configuration import Offer, Settings
from rewards.models import RewardOffer, RewardScheme
from rewards.rules.evaluation import Outcome, evaluate
from rewards.rules.verdicts import verdicts
from rewards.selectors.definitions import definition_of, with_schemes_named
from rewards.selectors.history import history_of
from rewards.selectors.reach import as_if_active, would_join
from rewards.selectors.schemes import memberships_of
from rewards.selectors.snapshots import snapshot_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOffer:
    """What became of one offer: every condition, the reason, and what it gave or would have given."""

    offer: Offer
    scheme: str
    is_draft: bool
    verdicts: tuple[Verdict, ...]
    reason: TraceReason
    candidate: Money | None
    granted: Money | None

    @property
    def is_granted(self) -> bool:
        return self.granted is not None

    @property
    def is_match(self) -> bool:
        """Whether every condition held, whatever resolution made of it."""
        return self.candidate is not None

    @property
    def failed(self) -> int:
        return sum(1 for verdict in self.verdicts if not verdict.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The answer of the till: offers that win, that lose to others, and that do not match."""

    offers: tuple[TriedOffer, ...]
    total: Money
    instant: Money
    cashback: Money
    mode: ResolutionMode
    only_best_instant: bool
    skipped: TraceReason | None = None

    @property
    def due(self) -> Money:
        return self.total - self.instant

    @property
    def winners(self) -> list[TriedOffer]:
        return [one for one in self.offers if one.is_granted]

    @property
    def beaten(self) -> list[TriedOffer]:
        return [one for one in self.offers if one.is_match and not one.is_granted]

    @property
    def others(self) -> list[TriedOffer]:
        return [one for one in self.offers if not one.is_match]


def try_purchase(
    *,
    business: Organisation,
    place: Organisation,
    data: PurchaseData,
    contact: Contact,
    classification: Classification | None = None,
    draft: RewardOffer | None = None,
    at: datetime,
) -> Tried:
    """Return what the purchase would earn, and why; a fixed number of queries, none of which writes.

    `draft` takes part as if active. Raises what `events.drafts.check_purchase` raises.
    """
    check_purchase(data, at=at)
    facts = draft_facts(
        business=business,
        place=place,
        data=data,
        contact=contact,
        classification=classification,
        at=at,
    )
    configuration = snapshot_of(business=business)
    if draft is not None:
        configuration = configuration.with_offer(_counted(draft))
        closed = configuration.closed_schemes - {draft.scheme_id or 0}
        configuration = replace(configuration, closed_schemes=closed)
    assert facts.contact is not None
    joined = memberships_of(business=business, contacts=[contact])[contact.pk]
    known = would_join(facts.contact, draft.scheme if draft else None, joined)
    facts = replace(facts, contact=known)
    history = history_of(business=business, facts=facts, configuration=configuration, locks=False)
    outcome = evaluate(facts, configuration, history, at)
    names = dict(RewardScheme.objects.filter(business=business).values_list("pk", "name"))
    tried = tuple(
        _tried(
            offer,
            outcome,
            verdicts(
                with_schemes_named(offer, names),
                facts,
                history,
                closed_schemes=configuration.closed_schemes,
            ),
            names,
            is_draft=draft is not None and offer.id == draft.pk,
        )
        for offer in configuration.listening_to(Trigger.PURCHASE)
    )
    return _answer(tried, outcome, data, configuration.settings)


def _counted(draft: RewardOffer) -> Offer:
    """Return the draft as if it were active; its own dates count, its activation does not."""
    offer = definition_of(draft)
    return replace(
        as_if_active(offer),
        available_from=offer.available_from,
        available_to=offer.available_to,
    )


def _tried(
    offer: Offer,
    outcome: Outcome,
    checked: tuple[Verdict, ...],
    schemes: Mapping[int, str],
    *,
    is_draft: bool,
) -> TriedOffer:
    trace = outcome.trace_of(offer.id)
    given = [grant.amount for grant in outcome.awards if grant.offer.id == offer.id]
    reason = trace.reason if trace else (outcome.skipped or TraceReason.NO_CONTACT)
    minor = trace.amount_minor if trace else None
    return TriedOffer(
        offer=offer,
        scheme=schemes.get(offer.scheme_id or 0, ""),
        is_draft=is_draft,
        verdicts=checked,
        reason=reason,
        candidate=None if minor is None else Money(minor, offer.currency),
        granted=given[0] if given else None,
    )


def _answer(
    tried: tuple[TriedOffer, ...], outcome: Outcome, data: PurchaseData, settings: Settings
) -> Tried:
    instant = outcome.instant_minor
    cashback = sum(grant.amount_minor for grant in outcome.awards if not grant.offer.is_instant)
    order = sorted(
        tried, key=lambda one: (not one.is_granted, not one.is_match, not one.is_draft, one.failed)
    )
    return Tried(
        offers=tuple(order),
        total=Money(data.total_minor, data.currency),
        instant=Money(instant, data.currency),
        cashback=Money(cashback, data.currency),
        mode=settings.mode,
        only_best_instant=settings.only_best_instant,
        skipped=outcome.skipped,
    )
