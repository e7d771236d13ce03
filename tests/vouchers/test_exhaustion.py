"""Campaigns that stop without codes run again once they can give one (vouchers.md 5.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.models import Organisation, User
from tests.factories.vouchers import make_batch, make_codes
from tests.vouchers.campaigning import DAY, NOW, ask, person, running, stocked
from vouchers.choices import CampaignStatus, Outcome
from vouchers.models import Campaign, CampaignStatusChange, VoucherCode
from vouchers.services import campaign_lists, campaign_statuses, exhaustion, waiting
from vouchers.services.campaign_statuses import StillExhausted

pytestmark = pytest.mark.django_db


def status_of(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).status


def changes_of(campaign: Campaign) -> int:
    return CampaignStatusChange.objects.filter(campaign=campaign).count()


@pytest.fixture
def stopped(acme: Organisation) -> Campaign:
    """A campaign that used up its quota of a list with codes for others."""
    made = running(stocked(acme, 5), quota=1, on_exhaustion="stop")
    assert ask(made, person("ann")).outcome == Outcome.ISSUED
    assert ask(made, person("ben")).outcome == Outcome.EXHAUSTED
    assert status_of(made) == CampaignStatus.EXHAUSTED
    return made


def test_codes_beyond_its_quota_do_not_bring_a_campaign_back(stopped: Campaign) -> None:
    before = changes_of(stopped)
    for minute in range(3):
        waiting.serve(at=NOW + timedelta(minutes=minute))
    assert (status_of(stopped), changes_of(stopped)) == (CampaignStatus.EXHAUSTED, before)


def test_a_raised_quota_brings_it_back(stopped: Campaign, mara: User) -> None:
    (mapping,) = stopped.mappings.all()
    campaign_lists.change(mapping=mapping, priority=1, quota=3, actor=mara, at=NOW)
    waiting.serve(campaign=stopped, at=NOW)
    assert status_of(stopped) == CampaignStatus.RUNNING
    assert ask(stopped, person("ben")).outcome == Outcome.ISSUED


def test_codes_that_end_too_soon_do_not_bring_it_back(acme: Organisation) -> None:
    sale = stocked(acme, 1)
    campaign = running(sale, on_exhaustion="stop", min_validity_days=3)
    assert ask(campaign, person("ann")).outcome == Outcome.ISSUED
    assert ask(campaign, person("ben")).outcome == Outcome.EXHAUSTED
    short = make_batch(sale, redeem_until=NOW + 2 * DAY)
    make_codes(sale, 2, batch=short)
    VoucherCode.objects.filter(batch=short).update(redeem_until=short.redeem_until)
    waiting.serve(at=NOW)
    assert status_of(campaign) == CampaignStatus.EXHAUSTED
    make_codes(sale, 1)
    waiting.serve(at=NOW)
    assert status_of(campaign) == CampaignStatus.RUNNING


def test_who_resumes_it_without_a_code_is_told_what_to_do(stopped: Campaign, mara: User) -> None:
    with pytest.raises(StillExhausted, match="Upload codes, raise a quota or link another list"):
        campaign_statuses.resume(campaign=stopped, actor=mara, at=NOW)
    assert status_of(stopped) == CampaignStatus.EXHAUSTED


def test_a_campaign_that_has_codes_by_now_is_not_stopped(acme: Organisation) -> None:
    """Somebody found no code; before that was written down codes were loaded, or the cap raised."""
    campaign = running(stocked(acme, 1), on_exhaustion="stop", max_total=5)
    exhaustion.exhaust(campaign, at=NOW)
    assert status_of(campaign) == CampaignStatus.RUNNING
    VoucherCode.objects.update(state="void", void_reason="manual")
    exhaustion.exhaust(campaign, at=NOW)
    assert status_of(campaign) == CampaignStatus.EXHAUSTED
