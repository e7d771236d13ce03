"""Who calls: the business of the key, and the one partner that a partner's key is kept to."""

from __future__ import annotations

from dataclasses import dataclass

from core import references
from core.http import client_address
from directory.api.auth import ApiRequest, KeyAuth, caller_of, require_business
from directory.models import Organisation
from vouchers.models import Partner
from vouchers.outside_choices import Channel
from vouchers.services.redeeming import Reporter

PARTNER = "vouchers.partner"


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant, the partner if the key is a partner's, and the key's name."""

    business: Organisation
    partner: Partner | None
    name: str
    key_name: str


def keyed(scope: str, *, for_partners: bool = True) -> KeyAuth:
    """Return what asks for a key with the scope, at the pace of vouchers."""
    return KeyAuth(scope, pace="vouchers", takes_limited=for_partners)


def caller(request: ApiRequest) -> Caller:
    """Return who calls; raises `ForbiddenOrganisation` for the key of a place."""
    business = require_business(request)
    partner = None
    if request.auth.limited_to:
        _, pk = references.parse(request.auth.limited_to)
        partner = Partner.objects.get(business=business, pk=pk)
    return Caller(business, partner, caller_of(request), request.auth.name)


def reporter(request: ApiRequest) -> Reporter:
    """Return the caller as one who reports redemptions; guesses count for the key and the address."""
    who = caller(request)
    return Reporter(
        business=who.business,
        channel=Channel.API,
        name=who.key_name,
        partner=who.partner,
        guessers=(who.name, f"address:{client_address(request)}"),
    )
