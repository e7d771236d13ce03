"""Wallets, accounts, the ledger, commerce pools and what is done with money."""

from wallet.models.accounts import ORGANISATION_IDS, Account, Holder, SpendBlock, Wallet
from wallet.models.activations import Activation
from wallet.models.charges import FeeRule, LimitRule
from wallet.models.gateways import Payout, PayoutPart, TopUp
from wallet.models.holds import Hold, HoldPart
from wallet.models.journals import Journal
from wallet.models.ledger import MOST_POSTINGS, Command, Entry, LedgerCheck, LedgerFreeze, Posting
from wallet.models.lots import ExpiryChange, Lot, LotDue
from wallet.models.moves import VersionChange, VersionMove
from wallet.models.pools import CommercePool, CommercePoolVersion
from wallet.models.settings import WalletSettings
from wallet.models.spend_tokens import SpendToken
from wallet.models.uses import AwardReturn, PurchaseUse, UsePart
from wallet.models.warnings import ExpiryWarning

__all__ = [
    "MOST_POSTINGS",
    "ORGANISATION_IDS",
    "Account",
    "Activation",
    "AwardReturn",
    "Command",
    "CommercePool",
    "CommercePoolVersion",
    "Entry",
    "ExpiryChange",
    "ExpiryWarning",
    "FeeRule",
    "Hold",
    "HoldPart",
    "Holder",
    "Journal",
    "LedgerCheck",
    "LedgerFreeze",
    "LimitRule",
    "Lot",
    "LotDue",
    "Payout",
    "PayoutPart",
    "Posting",
    "PurchaseUse",
    "SpendBlock",
    "SpendToken",
    "TopUp",
    "UsePart",
    "VersionChange",
    "VersionMove",
    "Wallet",
    "WalletSettings",
]
