"""A reward that was earned makes a voucher campaign give a code (vouchers.md 5.2)."""

from __future__ import annotations

import pytest

from core import outbox
from core.models import OutboxEvent
from tests.factories.rewards import make_offer
from tests.rewards.till import NOW, Club, buy
from tests.vouchers.issued import campaign_of
from vouchers.choices import Outcome
from vouchers.models import Issuance
from vouchers.services import qualifying
from vouchers.triggers import TRIGGERS

pytestmark = pytest.mark.django_db
EVALUATED = "rewards.event_evaluated"


def qualify() -> list[dict[int, Outcome]]:
    """Let the campaigns look at every evaluated event."""
    events = OutboxEvent.objects.filter(topic=EVALUATED).order_by("pk")
    return [qualifying.qualify(outbox_id=event.pk, at=NOW) for event in events]


def test_whoever_earns_a_reward_is_given_a_code_once(club: Club) -> None:
    campaign = campaign_of(club.business, trigger=EVALUATED)
    make_offer(club.s1, percentage="5")
    buy(club, "100.00")
    assert qualify() == [{campaign.pk: Outcome.ISSUED}]
    assert qualify() == [{campaign.pk: Outcome.ALREADY_ISSUED}]
    assert Issuance.objects.get().contact == club.ann


def test_an_event_that_earns_nothing_gives_no_code(club: Club) -> None:
    campaign_of(club.business, trigger=EVALUATED)
    buy(club, "100.00")
    assert qualify() == [{}]
    assert not Issuance.objects.exists()


def test_a_campaign_may_listen_to_rewards() -> None:
    assert TRIGGERS[EVALUATED].whenever == "earns a reward"
    assert "vouchers.qualify" in outbox.subscribers(EVALUATED)
