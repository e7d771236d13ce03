"""Awards that fall back: clawed back by the wallet, noted, logged, and their slots freed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import F, Q

from directory.models import Contact, User
from events.models import BusinessEvent
from rewards.award_workflow import AWARD
from rewards.choices import AwardStatus
from rewards.models import Award, Pass, PassUse, UsedAchievement
from rewards.services import awarding, logbook
from rewards.services.awarding import actor_for
from rewards.services.logbook import WITH_ALL
from rewards.services.people import lock_contacts
from rewards.services.transactions import change
from wallet.services import clawbacks


def awards_of(event: BusinessEvent) -> list[Award]:
    """Return the awards that rest on the event, locked: its own, and those whose achievements it was.

    The log of rewards follows the wallet award by award, and waits for them here.
    """
    used = UsedAchievement.objects.filter(event=event).values("award_id")
    rows = Award.objects.select_for_update(of=("self",)).filter(Q(event=event) | Q(pk__in=used))
    return list(rows.select_related(*WITH_ALL, "offer_version").order_by("pk"))


def lock_all(event: BusinessEvent) -> tuple[BusinessEvent, dict[int, Contact], list[Award]]:
    """Lock the event's contact, the event, and everybody who has an award that rests on it."""
    contacts = lock_contacts([event.contact_id]) if event.contact_id else {}
    locked = (
        BusinessEvent.objects.select_for_update(of=("self",))
        .select_related("business__wallet_settings", "purchase")
        .get(pk=event.pk)
    )
    awards = awards_of(locked)
    others = {award.contact_id for award in awards} - contacts.keys()
    if others:
        contacts |= lock_contacts(others)
    return locked, contacts, awards


def take_back(
    amounts: Mapping[int, int],
    awards: Iterable[Award],
    contacts: Mapping[int, Contact],
    *,
    key: str,
    reason: str,
    actor: User | None,
    at: datetime,
) -> None:
    """Take these amounts of the awards back, by their keys; `key` names why, once for ever.

    An award of which nothing is left is cancelled: its pass may be used again, and its day, its
    frequency and its achievements are free.
    """
    by_contact: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        if amounts.get(award.pk):
            by_contact[award.contact_id].append(award)
    if not by_contact:
        return
    purse = awarding.open_purse((contacts[pk] for pk in by_contact), at=at)
    for contact_id, own in sorted(by_contact.items()):
        taken = clawbacks.take_back(
            wallet=purse.wallets[contact_id],
            amounts={award.reference: amounts[award.pk] for award in own},
            reason=reason,
            key=f"{key}-{contact_id}",
            actor=actor_for(actor),
            at=at,
        )
        for award in own:
            back = taken[award.reference]
            award.reversed_minor += back.minor
            award.unrecovered_minor += back.shortfall_minor
            if back.minor:
                logbook.fell_back(award, back.minor, key=key, at=at)
    Award.objects.bulk_update(
        [award for own in by_contact.values() for award in own],
        ["reversed_minor", "unrecovered_minor"],
    )


def end(awards: Iterable[Award], *, at: datetime) -> None:
    """Cancel the awards and free what each had taken up."""
    ended = [award for award in awards if award.status != AwardStatus.CANCELLED]
    for award in ended:
        change(award, AWARD, AwardStatus.CANCELLED, at=at)
    uses = PassUse.objects.filter(award__in=ended, returned_at__isnull=True)
    for unlocked_by in list(uses.values_list("unlocked_by", flat=True)):
        Pass.objects.filter(pk=unlocked_by).update(used=F("used") - 1)
    uses.update(returned_at=at)
    UsedAchievement.objects.filter(award__in=ended).delete()
