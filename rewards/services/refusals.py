"""What the configuration of rewards refuses, and what to do next."""

from __future__ import annotations

from core.errors import Conflict, Forbidden, Invalid


class NameTaken(Invalid):
    """Another scheme or offer of the business has the name, whatever its case."""

    code = "name_taken"


class CodeTaken(Invalid):
    """Another offer or pass of the business has the code, whatever its case."""

    code = "code_taken"


class UnknownChoice(Invalid):
    """Something is named that the business does not have."""

    code = "unknown_choice"


class OfferWrong(Invalid):
    """The offer breaks a rule of its type; `fields` says where."""

    code = "offer_wrong"


class OfferIncomplete(Invalid):
    """The offer cannot be active as it is; `fields` lists everything that is missing or wrong."""

    code = "offer_incomplete"


class PoolMissing(OfferIncomplete):
    """All that the offer lacks is a commerce pool; the code is the wallet's own for it."""

    code = "POOL_REQUIRED"


class Frozen(Invalid):
    """The scheme and the currency of an offer stay as they are after its first award."""

    code = "frozen"


class DigitsDoNotFit(Invalid):
    """An amount of the original has more decimals than the currency of the copy."""

    code = "digits_do_not_fit"


class Restricted(Forbidden):
    """The business does not let its merchants make such offers."""

    code = "restricted"


class NotTheirs(Forbidden):
    """The offer belongs to the business or to another merchant."""

    code = "not_theirs"


class InUse(Conflict):
    """It was used, so that it cannot be deleted."""

    code = "in_use"


class StillActive(Conflict):
    """Only what is inactive can be deleted."""

    code = "still_active"


class SchemeWrong(Invalid):
    """The way of joining is not said completely."""

    code = "scheme_wrong"


class JoiningRefused(Conflict):
    """The contact cannot join or leave the scheme in this way."""

    code = "joining_refused"


class CodeRefused(Invalid):
    """The sign-up code does not exist or was used."""

    code = "code_refused"


class AddressRefused(Invalid):
    """The address does not open the scheme."""

    code = "address_refused"


class PassWrong(Invalid):
    """The pass cannot be like this."""

    code = "pass_wrong"
