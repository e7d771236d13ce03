"""A voucher as its recipient sees it, and what all pages of recipients have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from core import ratelimit, tokens
from core.errors import DomainError
from core.http import View, public
from directory.models import Organisation
from directory.views.portal_pages import keep_private
from vouchers import happenings
from vouchers.choices import IssuanceStatus
from vouchers.models import Issuance
from vouchers.views import pictures

SHOWS_PER_HOUR = 60
SOON = timedelta(days=7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class VoucherCard:
    """One voucher at one moment; `code` is empty until it was asked for."""

    issuance: Issuance
    at: datetime
    code: str = ""

    @property
    def partner(self) -> Any:
        """The partner, or None for the code for everybody."""
        found = self.issuance.voucher_list
        return found.partner if found else None

    @property
    def name(self) -> str:
        """What it is for: the list's name, or the campaign's where the code is for everybody."""
        found = self.issuance.voucher_list
        return found.name if found else self.issuance.campaign.name

    @property
    def description(self) -> str:
        found = self.issuance.voucher_list
        return found.description if found else self.issuance.campaign.description

    @property
    def is_used(self) -> bool:
        return self.issuance.status == IssuanceStatus.REDEEMED

    @property
    def used_at(self) -> datetime | None:
        """When the code was spent, as its shop reported it."""
        code = self.issuance.code
        return code.redeemed_at if code is not None and self.is_used else None

    @property
    def is_over(self) -> bool:
        """Whether its time has passed, told by the clock and not by a job that may be late."""
        until = self.issuance.redeem_until
        passed = until is not None and until <= self.at
        return not self.is_used and (self.issuance.status == IssuanceStatus.EXPIRED or passed)

    @property
    def is_folded(self) -> bool:
        return self.is_used or self.is_over

    @property
    def ends_soon(self) -> bool:
        until = self.issuance.redeem_until
        return not self.is_folded and until is not None and until - self.at < SOON

    @property
    def link(self) -> str:
        """Where the code leads, for partners whose codes are links."""
        return self.code if self.code.lower().startswith("https://") else ""

    @property
    def qr(self) -> SafeString:
        return pictures.qr(self.code)

    @property
    def bars(self) -> SafeString:
        return pictures.code_128(self.code)


def card_of(issuance: Issuance, *, at: datetime, shown: bool = False) -> VoucherCard:
    """Return the voucher as a card, with its code where it was just asked for."""
    return VoucherCard(issuance, at, happenings.code_of(issuance) if shown else "")


def provider_of(business: Organisation) -> dict[str, Any]:
    """Return the business as the recipient's layout shows it."""
    profile = getattr(business, "provider_profile", None)
    return {
        "name": business.name,
        "logo": profile.logo if profile and profile.logo else None,
        "website": profile.website if profile else "",
        "email": profile.email if profile else "",
    }


def in_zone_of(business: Organisation) -> None:
    """Show times of this answer in the zone of the business."""
    timezone.activate(business.time_zone)


def count_show(subject: str, *, at: datetime) -> None:
    """Count one look at a code; more than 60 an hour raise `TooMany`."""
    ratelimit.hit(bucket=f"voucher-show:{subject}", limit=SHOWS_PER_HOUR, per=HOUR, at=at)


def link_page(reason: str) -> Callable[[View], View]:
    """Declare a page as open to whoever holds its link, keep it private, and show refusals on it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
            except DomainError as refusal:
                response = refused(request, refusal)
            return keep_private(response)

        return public(reason, posts_per_hour=SHOWS_PER_HOUR * 5)(inner)

    return wrap


# What is wrong with a link, in words for people who never heard of tokens.
LINK_HEADINGS = {
    tokens.TokenExpired: "This link has expired",
    tokens.TokenUsed: "This link was used",
    tokens.TokenError: "This link does not work",
}


def heading_of(refusal: DomainError) -> str:
    """Return the heading of the page that a refusal becomes."""
    for kind, words in LINK_HEADINGS.items():
        if isinstance(refusal, kind):
            return words
    return getattr(refusal, "heading", "") or "That is not possible now"


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Show why the link opens nothing, without naming what it was for."""
    context = {"heading": heading_of(refusal), "message": refusal.message}
    return render(request, "vouchers/recipient/refused.html", context, status=refusal.status)
