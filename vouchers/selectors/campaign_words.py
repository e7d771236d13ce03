"""A campaign in plain words, its mail as recipients read it, and what refusals say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.calendar import local
from vouchers import messages, triggers
from vouchers.choices import CodeInMail, OnExhaustion, Outcome, Qualification, RunOrder
from vouchers.message_tags import default_message, sample_values
from vouchers.models import Campaign, Issuance
from vouchers.selectors import campaign_desk, eligibility

NOT_YET = "No list is chosen yet, so there is nothing to give."


@dataclass(frozen=True, slots=True)
class TakesFrom:
    """A list in its place, as words need it."""

    name: str
    quota: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail with sample data. `problems` keep it from being sent."""

    is_sent: bool
    subject: str = ""
    blocks: Sequence[Any] = ()
    problems: Sequence[Any] = ()


def lines_of(*, campaign: Campaign, at: datetime) -> list[str]:
    """Return the whole stored campaign in plain words."""
    asked = eligibility.describe(campaign=campaign, at=at)
    return describe(campaign=campaign, asked=asked, sources=takes_from(campaign=campaign))


def takes_from(*, campaign: Campaign) -> list[TakesFrom]:
    """Return the stored lists of the campaign as sentences name them."""
    return [
        TakesFrom(f"{one.voucher_list.partner.name} · {one.voucher_list.name}", one.quota)
        for one in campaign_desk.mappings_of(campaign=campaign)
    ]


def describe(
    *, campaign: Campaign, asked: Iterable[str], sources: Sequence[TakesFrom]
) -> list[str]:
    """Return the campaign as typed in plain words; `asked` are those of its conditions."""
    return [
        _begins(campaign),
        *asked,
        _from(sources),
        _limits(campaign),
        *_validity(campaign),
        _at_the_end(campaign),
        _when(campaign),
        _mail(campaign),
    ]


def preview_of(campaign: Campaign) -> Preview:
    """Return the campaign's mail with sample data, or what is wrong with it; no code is used."""
    if campaign.code_in_mail == CodeInMail.NONE:
        return Preview(is_sent=False)
    subject, body = default_message(campaign.code_in_mail)
    subject, body = campaign.mail_subject or subject, campaign.mail_body or body
    if problems := messages.check(subject, body, campaign.code_in_mail):
        return Preview(is_sent=True, problems=problems)
    values = sample_values(**_known_values(campaign))
    return Preview(
        is_sent=True,
        subject=messages.render_subject(subject, values),
        blocks=messages.blocks(body, values),
    )


def _known_values(campaign: Campaign) -> dict[str, Any]:
    """Return what a preview can show as it is: the business, the campaign, and its first list."""
    found: dict[str, Any] = {
        "Business__name": campaign.business.name, "Event__campaignName": campaign.name,
    }  # fmt: skip
    mappings = campaign_desk.mappings_of(campaign=campaign)
    if mappings:
        first = mappings[0].voucher_list
        found |= {
            "Event__partner": first.partner.name,
            "Event__listName": first.name,
            "Event__listDescription": first.description,
            "Event__redemptionUrl": first.partner.redemption_url,
            "Event__redemptionInstructions": first.partner.redemption_instructions,
            "Event__listExpiry": first.expires_at,
        }
    return found


def revoke_rule(issuance: Issuance, *, was_possibly_seen: bool) -> list[str]:
    """Say what becomes of the code when the voucher is taken back (R-REV)."""
    if issuance.is_fallback:
        first = (
            "It is the code for everybody: others keep it, and whoever read it can still try it."
        )
    elif was_possibly_seen:
        first = (
            "The code was mailed, opened or read, so somebody may know it: it becomes void and is"
            " never given to anybody again."
        )
    else:
        first = "Nobody can have seen the code yet, so it returns to the pool for somebody else."
    return [first, "It no longer works for this recipient, and disappears from their vouchers."]


def refusal(outcome: str, reason: str) -> str:
    """Say why nobody was given a code, and what can be done."""
    words = {
        Outcome.LIMIT_REACHED: "This person has as many codes as the campaign allows. Raise its limit.",
        Outcome.CAP_REACHED: "The campaign gave all it may. Raise its cap to give more.",
        Outcome.NOT_RUNNING: "The campaign gives nothing out now. Publish or resume it first.",
        Outcome.EXHAUSTED: "No code is left. Upload codes to one of its lists.",
        Outcome.LIST_UNAVAILABLE: "No list can be used now. Activate one, or extend its expiry.",
        Outcome.WAITLISTED: "No code is left, so they wait. Upload codes to one of its lists.",
        Outcome.NOT_ELIGIBLE: "This person does not meet the conditions. See the campaign's page.",
    }.get(Outcome(outcome), "No code was given.")
    return f"{words} ({reason})" if reason else words


def _begins(campaign: Campaign) -> str:
    if campaign.qualification == Qualification.AUDIENCE:
        order = " Who stands on the uploaded list of people comes first, in its order."
        words = "Once, when it starts: everybody who qualifies then is given a code."
        return words + (order if campaign.run_order == RunOrder.FILE else "")
    whenever = triggers.whenever(
        campaign.trigger, absent=campaign.absent, hours=campaign.absent_hours
    )
    if not whenever:
        return "A code is given when it is asked for by API or claim link, or by hand."
    return f"Whenever somebody {whenever}, they are given a code."


def _from(sources: Sequence[TakesFrom]) -> str:
    if not sources:
        return NOT_YET
    parts = [
        f"{one.name} (at most {one.quota:,})" if one.quota is not None else one.name
        for one in sources
    ]
    if len(parts) == 1:
        return f"Codes come from {parts[0]}."
    return f"Codes come from {parts[0]}; when it has none, from {', then '.join(parts[1:])}."


def _limits(campaign: Campaign) -> str:
    each = campaign.max_per_recipient
    text = "One code for each person" if each == 1 else f"At most {each} codes for each person"
    periods = (
        (campaign.max_per_day, "a day"),
        (campaign.max_per_week, "a week"),
        (campaign.max_per_month, "a month"),
    )
    within = [f"{most} {word}" for most, word in periods if most is not None]
    if within:
        text += f", of them at most {' and '.join(within)}"
    if campaign.max_total is not None:
        text += f"; {campaign.max_total:,} in all"
    return f"{text}."


def _validity(campaign: Campaign) -> list[str]:
    days = campaign.min_validity_days
    if not days:
        return []
    return [
        f"No code is given that is good for less than {'a day' if days == 1 else f'{days} days'}."
    ]


def _at_the_end(campaign: Campaign) -> str:
    return {
        OnExhaustion.WAITLIST: "When no code is left, people wait and are served in their order.",
        OnExhaustion.FALLBACK_CODE: "When no code is left, everybody gets the same code"
        f" {campaign.fallback_code or '(still to be entered)'}.",
        OnExhaustion.STOP: "When no code is left, the campaign stops.",
    }[OnExhaustion(campaign.on_exhaustion)]


def _when(campaign: Campaign) -> str:
    zone = campaign.business.time_zone
    start = f"from {_moment(campaign.starts_at, zone)}" if campaign.starts_at else ""
    end = f"until {_moment(campaign.ends_at, zone)}" if campaign.ends_at else ""
    if not start and not end:
        return "It runs from when it is published until somebody ends it."
    begin = start or "from when it is published"
    return f"It runs {begin} {end or 'until somebody ends it'} ({zone})."


def _moment(at: datetime, zone: str) -> str:
    own = local(at, zone)
    return f"{own.day} {own:%b %Y, %H:%M}"


def _mail(campaign: Campaign) -> str:
    return {
        CodeInMail.CODE: "The code stands in the mail.",
        CodeInMail.REVEAL: "The mail has a link that shows the code.",
        CodeInMail.NONE: "No mail is sent; the code is in the person's vouchers.",
    }[CodeInMail(campaign.code_in_mail)]
