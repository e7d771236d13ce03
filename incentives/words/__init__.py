"""Incentives in plain words: as a value, as a sentence, as what happens next. Pure.

What only groups, requests or widgets say stands in the module of that name.
"""

from incentives.words.offers import (
    ASKED,
    INCENTIVE_WORDS,
    NEXT,
    STAGE_WORDS,
    headline,
    incentive_word,
    moment,
    next_step,
    plain_words,
    template_words,
    waiting_text,
)

__all__ = [
    "ASKED",
    "INCENTIVE_WORDS",
    "NEXT",
    "STAGE_WORDS",
    "headline",
    "incentive_word",
    "moment",
    "next_step",
    "plain_words",
    "template_words",
    "waiting_text",
]
