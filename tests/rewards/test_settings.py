"""The settings of rewards (rewards.md 2.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import StaleVersion
from directory.models import Organisation
from rewards.choices import RedeemMethod, ResolutionMode
from rewards.configuration import Settings
from rewards.selectors.settings import methods_for, pure, settings_of, types_for
from rewards.services import settings
from rewards.services.settings import SettingsData, SettingsInvalid, data_of
from tests.factories.directory import MORNING, make_business

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(db: None) -> Organisation:
    return make_business("Coffee Club")


def test_a_business_that_chose_nothing_has_the_defaults(club: Organisation) -> None:
    chosen = settings_of(business=club)
    assert data_of(chosen) == replace(
        SettingsData(), allowed_types=[], allowed_methods=[], referral_methods=["EMAIL"]
    )
    assert pure(chosen) == Settings()


def test_saved_settings_are_what_evaluation_reads(club: Organisation) -> None:
    data = SettingsData(mode=ResolutionMode.BEST, only_best_instant=True, late_window_days=7)
    saved = settings.update(business=club, data=data, version=1, at=MORNING)
    assert saved.version == 2
    assert pure(settings_of(business=club)) == Settings(
        mode=ResolutionMode.BEST, only_best_instant=True, late_window=timedelta(days=7)
    )
    with pytest.raises(StaleVersion):
        settings.update(business=club, data=data, version=1, at=MORNING)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "WORST"}, "mode"),
        ({"late_window_days": 366}, "late_window_days"),
        ({"self_submission": "SHOUTING"}, "self_submission"),
        ({"allowed_types": ["LOTTO"]}, "allowed_types"),
        ({"restricts_merchants": True, "allowed_methods": ["INSTANT"]}, "allowed_types"),
        ({"restricts_merchants": True, "allowed_types": ["GIFT"]}, "allowed_methods"),
        ({"allowed_methods": ["SOON"]}, "allowed_methods"),
        ({"referral_methods": ["PIGEON"]}, "referral_methods"),
        ({"referral_cap": 0}, "referral_cap"),
        ({"referral_period_count": 0}, "referral_period_count"),
    ],
)
def test_a_setting_outside_what_is_possible_is_refused(
    club: Organisation, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings.update(business=club, data=SettingsData(**changes), version=1, at=MORNING)
    assert set(refused.value.fields) == {field}


def test_restrictions_bind_merchants_alone(club: Organisation) -> None:
    data = SettingsData(
        restricts_merchants=True, allowed_types=["DISCOUNT"], allowed_methods=["DEFERRED"]
    )
    chosen = settings.update(business=club, data=data, version=1, at=MORNING)
    merchant = Organisation(kind="merchant")
    assert [one.key for one in types_for(settings=chosen, acting=merchant)] == ["DISCOUNT"]
    assert len(types_for(settings=chosen, acting=club)) > 1
    (kind,) = types_for(settings=chosen, acting=merchant)
    assert methods_for(settings=chosen, acting=merchant, kind=kind) == (RedeemMethod.DEFERRED,)
    assert methods_for(settings=chosen, acting=club, kind=kind) == kind.redeem_methods
