"""A day at the till, from the first customer to the closing of the books.

Offers, referrals, passes, returns and cancels meet in one business. In the evening every cent is in the
log of rewards, in the wallets and in the ledger, and all three say the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from core.models import OutboxEvent
from directory.models import Contact
from rewards.choices import AwardStatus, LogType, RedeemMethod
from rewards.configuration import ReferralTerms
from rewards.models import Award, RewardEvent
from rewards.services import following, gifts, purchases, referrals, sign_ups
from rewards.services.results import PurchaseResult
from rewards.services.returning import ReturnData, return_goods
from tests.factories.rewards import give_pass, make_offer
from tests.rewards import till
from tests.rewards.till import Club, buy, given, line
from wallet.models import UsePart, Wallet
from wallet.selectors import pockets
from wallet.services import expiry
from wallet.services.spending import Wish
from wallet.verification import verify

pytestmark = pytest.mark.django_db
OPENING = till.local("2026-05-04 08:00")


def at(text: str) -> datetime:
    return till.local(f"2026-05-04 {text}")


def follow_the_wallet() -> None:
    """Hand on what the wallet told, twice: the second time changes nothing."""
    topics = ("wallet.used", "wallet.lapsed", "wallet.award_cancelled")
    for _ in range(2):
        for event in OutboxEvent.objects.filter(topic__in=topics).order_by("pk"):
            following.follow(outbox_id=event.pk, at=at("23:00"))


def test_a_tills_day_ends_in_books_that_add_up() -> None:
    club = till.make_club()
    make_offer(club.s1, "5 % back", percentage="5")
    make_offer(club.s1, "Morning", percentage="10", redeem_method=RedeemMethod.INSTANT,
               available_to=at("12:00"))  # fmt: skip
    give_pass(make_offer(club.s1, "Spring", amount="3.00", requires_pass=True), "SPRING")
    make_offer(club.s1, "Friends", type="REFER", amount="1.00", terms=ReferralTerms())
    make_offer(club.s1, "Welcome", type="SIGNUP", amount="5.00")
    thanks = make_offer(club.s1, "Thanks", type="GIFT", amount="2.00")

    # 08:00 Bob registers with Ann's code and buys his first coffee.
    bob = till.person(club.business, "Bob Example", at=OPENING)
    assert given(sign_ups.registered(contact=bob, at=OPENING)) == ["5.00"]
    referrals.refer(
        business=club.business,
        code=club.ann.referral_code,
        contact=bob,
        performed_at=at("08:05"),
        at=at("08:05"),
    )
    coffee = buy(club, "10.00", by=bob, at=at("08:10"))
    assert (given(coffee), coffee.due_minor) == (["1.00", "0.50"], 900)
    assert till.commerce(club.ann) == "1.00"

    # 09:00 Ann pays with what she has, and quotes a pass.
    breakfast = buy(club, "20.00", at=at("09:00"), wish=Wish(), pass_code="spring")
    assert given(breakfast) == ["3.00", "2.00", "1.00"]
    assert breakfast.due_minor == 1700
    assert till.commerce(club.ann) == "4.00"

    # 10:00 a stranger buys; at 10:30 it turns out to have been Bob.
    found = buy(club, "40.00", nobody=True, at=at("10:00"))
    assert found.event is not None
    claimed = purchases.reclaim(event=found.event, contact=bob, at=at("10:30"))
    assert given(claimed) == ["2.00"]

    afternoon(club, bob, coffee)

    # 16:00 everybody gets two euros; Ann spends some of hers.
    run = gifts.grant_now(offer=thanks, actor=None, at=at("16:00"))
    assert gifts.carry_out(run=run, at=at("16:00")) == 2
    assert buy(club, "6.00", at=at("18:00"), wish=Wish(500)).due_minor == 100

    follow_the_wallet()
    assert verify() == []
    the_three_books_agree(club)

    # A year later what nobody spent lapses, and the log says so.
    expiry.expire_due(at=OPENING + timedelta(days=400))
    follow_the_wallet()
    assert verify() == []
    assert [till.commerce(contact) for contact in (club.ann, bob)] == ["0.00", "0.00"]
    assert Award.objects.filter(status=AwardStatus.EXPIRED).exists()
    the_three_books_agree(club)


def afternoon(club: Club, bob: Contact, coffee: PurchaseResult) -> None:
    """Goods come back, a purchase is voided, and another takes its place."""
    # 13:00 lunch of two lines, of which one comes back at 13:20.
    lunch = buy(
        club, "30.00", at=at("13:00"), lines=(line("ESP", "10.00", "4"), line("CAKE", "20.00"))
    )
    assert lunch.event is not None
    data = ReturnData(performed_at=at("13:20"), lines=(("CAKE", Decimal(1)),))
    assert return_goods(event=lunch.event, data=data, at=at("13:20")).reverted_minor == 100
    assert till.commerce(club.ann) == "4.50"

    # 14:00 Bob's first coffee is voided: his discount, his cashback and Ann's euro fall back.
    voided = till.cancel(coffee, at=at("14:00"))
    assert (voided.reverted_minor, voided.unrecovered_minor) == (250, 100)
    assert buy(club, "10.00", by=bob, at=at("15:00")).others != ()


def the_three_books_agree(club: Club) -> None:
    """What is left by the log of rewards is what the wallets hold, and awards say what fell back."""
    logged = {
        row["type"]: row["minor"]
        for row in RewardEvent.objects.values("type").annotate(minor=Sum("amount_minor"))
    }
    awards = Award.objects.aggregate(
        granted=Sum("amount_minor"), back=Sum("reversed_minor"), lost=Sum("unrecovered_minor")
    )
    assert logged[LogType.AWARD] == awards["granted"]
    assert -logged[LogType.REVERSAL] == awards["back"]
    held = sum(
        pockets(wallet=wallet).commerce_minor
        for wallet in Wallet.objects.filter(business=club.business)
    )
    returned = unredeemed()
    left = (
        logged[LogType.AWARD]
        + logged[LogType.REVERSAL]
        + awards["lost"]
        - (logged[LogType.REDEEM] - returned)
        + logged.get(LogType.EXPIRY, 0)
    )
    assert held == left


def unredeemed() -> int:
    """Return what of redeemed money went back to its lots with cancelled purchases."""
    return sum(UsePart.objects.filter(kind="COMMERCE_LOT").values_list("back_minor", flat=True))
