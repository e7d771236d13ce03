"""Who a call is about, by whatever names a contact: also a wallet code and a spend token's number."""

from __future__ import annotations

from datetime import datetime

from core.errors import NotFound
from directory.api.schemas import ContactRef
from directory.models import Contact, Organisation
from directory.selectors.contact_references import CONTACT_NOT_FOUND, NO_SUCH_CONTACT, contact_by
from wallet.errors import CodeInvalid, Refusal
from wallet.models import Wallet
from wallet.rules import codes
from wallet.selectors import wallet_by_code
from wallet.services import spend_tokens, wallets


def contact_of(*, business: Organisation, named: ContactRef, at: datetime) -> Contact:
    """Return the contact; raises `NotFound` with CONTACT_NOT_FOUND, whatever was wrong with the name."""
    kind, value = named.named
    try:
        if kind == "otp":
            return spend_tokens.wallet_of(business=business, shown=value, at=at).contact
        if kind == "wallet_code" or (kind == "cim" and codes.is_valid(value)):
            return wallet_by_code(business=business, code=value).contact
    except (CodeInvalid, Refusal) as error:
        raise NotFound(NO_SUCH_CONTACT, code=CONTACT_NOT_FOUND) from error
    return contact_by(business=business, kind=kind, value=value)


def wallet_to_use(*, business: Organisation, named: ContactRef, at: datetime) -> Wallet:
    """Return the contact's wallet, made now if there was none."""
    return wallets.register(contact=contact_of(business=business, named=named, at=at), at=at)
