"""Wallets, accounts, the ledger, commerce pools and what is done with money."""

from wallet.models.accounts import ORGANISATION_IDS, Account, Holder, SpendBlock, Wallet
from wallet.models.holds import Hold, HoldPart
from wallet.models.journals import Journal
from wallet.models.ledger import MOST_POSTINGS, Command, Entry, LedgerFreeze, Posting
from wallet.models.lots import ExpiryChange, Lot
from wallet.models.pools import CommercePool, CommercePoolVersion
from wallet.models.settings import WalletSettings
from wallet.models.uses import AwardReturn, PurchaseUse, UsePart

__all__ = [
    "MOST_POSTINGS",
    "ORGANISATION_IDS",
    "Account",
    "AwardReturn",
    "Command",
    "CommercePool",
    "CommercePoolVersion",
    "Entry",
    "ExpiryChange",
    "Hold",
    "HoldPart",
    "Holder",
    "Journal",
    "LedgerFreeze",
    "Lot",
    "Posting",
    "PurchaseUse",
    "SpendBlock",
    "UsePart",
    "Wallet",
    "WalletSettings",
]
