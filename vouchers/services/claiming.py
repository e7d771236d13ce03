"""Claiming a code for a request from the first list that has one (vouchers.md 5.3, step 6)."""

from __future__ import annotations

from datetime import timedelta

from vouchers import deciding
from vouchers.selectors.standing import Standing, first_pick, sources_of
from vouchers.services import campaign_counting, codes
from vouchers.services.codes import Taken
from vouchers.services.issue_requests import NotTaken, Request, nothing_left


def claim(ask: Request, found: Standing) -> tuple[deciding.Source, Taken]:
    """Claim a code from the first list that has one; raises `NotTaken` with every list's reason."""
    campaign = found.campaign
    least = ask.at + timedelta(days=campaign.min_validity_days)
    reasons, is_empty = [], False
    for source in sources_of(campaign):
        reason = deciding.unusable(source, least=least, at=ask.at)
        if (
            not reason
            and source.quota is not None
            and not campaign_counting.take_quota(source.mapping_id)
        ):
            reason = f"quota of {source.quota} from list {source.name} is used up"
        if reason:
            reasons.append(reason)
            continue
        until = deciding.valid_until(source, at=ask.at)
        first = first_pick(source, least=least)
        taken = codes.take(
            source.list_id, to=ask.to, at=ask.at, until=until, least=least, first=first
        )
        if taken:
            return source, taken[0]
        if source.quota is not None:
            campaign_counting.return_quota(campaign.pk, source.list_id)
        reasons.append(f"list {source.name} has no code left")
        is_empty = True
    raise NotTaken(nothing_left(reasons, is_empty=is_empty), found=found)
