"""Campaigns of the demo town: codes given out, people who wait, and decisions with their reasons.

"Welcome treat" gives every guest of the opening one code; its list is short, so the last of them wait.
"Thank you for big baskets" listens to purchases; "Summer of iced coffee" is planned.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from config.demo.floor import Club
from directory.models import Contact, ContactEmail, Organisation, User
from events.conditions import AmountCondition, ConditionSet
from vouchers.choices import (
    CodeInMail,
    CodeState,
    Join,
    LeafKind,
    ListStatus,
    Qualification,
    Source,
)
from vouchers.models import Campaign, VoucherList
from vouchers.selectors.recipients import recipient_for
from vouchers.services import (
    campaign_lists,
    campaign_rules,
    campaign_statuses,
    campaigns,
    issuing,
    people,
    runs,
)
from vouchers.services.campaign_rules import GroupData, LeafData
from vouchers.services.campaigns import CampaignData

GUESTS = 18
STEPS = ("start", "who", "what", "when", "message")
WELCOME = CampaignData(
    name="Welcome treat",
    description="One code for everybody who came to the opening.",
    qualification=Qualification.AUDIENCE,
    code_in_mail=CodeInMail.REVEAL,
)
BASKETS = CampaignData(
    name="Thank you for big baskets",
    description="For a purchase of 10.00 or more, at most one a day and five in all.",
    qualification=Qualification.LIVE,
    trigger="events.purchase",
    max_per_recipient=5,
    max_per_day=1,
    max_total=500,
)
COME_BACK = CampaignData(
    name="Come back soon",
    description="For regulars whom we have not seen for three weeks.",
    qualification=Qualification.LIVE,
    trigger="events.purchase",
    absent="events.purchase",
    absent_hours=21 * 24,
    max_per_month=1,
    max_per_recipient=3,
)
SUMMER = CampaignData(
    name="Summer of iced coffee", description="Planned for the season.", max_total=1_000
)


def build(*, club: Club, at: datetime) -> None:
    """Build the campaigns over the club's active lists, the scarcest one for the short campaign."""
    lists = _stocked(club.business)
    if not lists:
        return
    theo, began = club.users["theo"], at - timedelta(days=9)
    welcome = _campaign(club.business, WELCOME, lists[0], theo, began)
    _ask_of_guests(welcome, club.business, began)
    campaign_statuses.publish(campaign=welcome, actor=theo, at=began)
    runs.work_due(at=began + timedelta(minutes=1))
    _by_hand(welcome, club.business, theo, at - timedelta(days=2))
    baskets = _campaign(club.business, BASKETS, lists[-1], theo, began)
    _ask_for_ten(baskets, began)
    campaign_statuses.publish(campaign=baskets, actor=theo, at=began)
    _baskets(baskets, club.business, began)
    back = _campaign(club.business, COME_BACK, lists[-1], theo, at - timedelta(days=3))
    campaign_statuses.publish(campaign=back, actor=theo, at=at - timedelta(days=3))
    _campaign(club.business, SUMMER, lists[-1], theo, at - timedelta(days=1))


def _stocked(business: Organisation) -> list[VoucherList]:
    """Return the active lists that can give codes, the one with the fewest first."""
    rows = VoucherList.objects.filter(business=business, status=ListStatus.ACTIVE)
    left = Count("codes", filter=Q(codes__state=CodeState.AVAILABLE))
    return list(rows.annotate(left=left).filter(left__gt=0).order_by("left", "pk"))


def _ask_for_ten(campaign: Campaign, at: datetime) -> None:
    least = AmountCondition(currency=campaign.business.base_currency, min_minor=1_000)
    campaign_rules.set_purchase(
        campaign=campaign, rules=ConditionSet(amount=least), version=campaign.version, at=at
    )


def _campaign(
    club: Organisation,
    data: CampaignData,
    voucher_list: VoucherList,
    actor: User,
    at: datetime,
) -> Campaign:
    made = campaigns.create(business=club, data=data, actor=actor, at=at, steps_done=STEPS)
    campaign_lists.link(campaign=made, voucher_list=voucher_list, actor=actor, at=at)
    return made


def _ask_of_guests(campaign: Campaign, club: Organisation, at: datetime) -> None:
    """Upload who came to the opening, and ask that people stand on that list."""
    guests = ContactEmail.objects.filter(contact__in=_people(club)[:GUESTS])
    lines = [*guests.order_by("pk").values_list("address", flat=True), "mystery.guest@example.com"]
    listed = people.create(business=club, name="Guests of the opening", lines=lines, at=at).people
    campaign_rules.replace(
        campaign=campaign,
        join=Join.ALL,
        groups=[GroupData(Join.ALL, [LeafData(kind=LeafKind.PEOPLE, people_id=listed.pk)])],
        version=campaign.version,
        at=at,
    )


def _by_hand(campaign: Campaign, club: Organisation, actor: User, at: datetime) -> None:
    """Refuse one who was no guest, and let another one join the wait list by hand."""
    for number, contact in enumerate(_people(club)[GUESTS : GUESTS + 2]):
        issuing.issue(
            campaign=campaign,
            recipient=recipient_for(business=club, contact=contact),
            idempotency_key=f"demo:{contact.pk}",
            source=Source.MANUAL if number else Source.API,
            trigger_ref=f"user:{actor.pk}" if number else "",
            actor=actor if number else None,
            reason="Had to wait long at the counter" if number else "",
            at=at,
        )


def _baskets(campaign: Campaign, club: Organisation, began: datetime) -> None:
    """Let some people come twice a day, so that the log of decisions has something to tell."""
    for number, contact in enumerate(_people(club)[:12]):
        who = recipient_for(business=club, contact=contact)
        for visit in range(1 + number % 2):
            issuing.issue(
                campaign=campaign,
                recipient=who,
                idempotency_key=f"demo:{contact.pk}:{visit}",
                source=Source.CAMPAIGN,
                trigger_ref="events.purchase:demo",
                at=began + timedelta(hours=2 + number, minutes=visit),
            )


def _people(club: Organisation) -> QuerySet[Contact]:
    return Contact.objects.filter(business=club).order_by("pk")
