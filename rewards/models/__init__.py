"""Tables of rewards: what is offered to whom, and what was granted."""

from rewards.models.awards import Award, EvaluationTrace, UsedAchievement
from rewards.models.gifts import GiftRun
from rewards.models.log import RewardEvent
from rewards.models.offers import OfferVersion, RewardOffer
from rewards.models.passes import Pass, PassUse
from rewards.models.referrals import ReferralCase
from rewards.models.schemes import RewardScheme, SchemeMembership, SignUpCode
from rewards.models.settings import RewardSettings

__all__ = [
    "Award",
    "EvaluationTrace",
    "GiftRun",
    "OfferVersion",
    "Pass",
    "PassUse",
    "ReferralCase",
    "RewardEvent",
    "RewardOffer",
    "RewardScheme",
    "RewardSettings",
    "SchemeMembership",
    "SignUpCode",
    "UsedAchievement",
]
