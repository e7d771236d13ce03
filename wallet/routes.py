"""The allowed routes of money (wallet.md 3.5): which operation may move from which kind to which.

The table stands in the code and is built into the trigger that applies postings, not in rows that
raw SQL could add to: a new route is a migration. A reversal runs along the mirror of any route.
"""

from __future__ import annotations

_OPEN_MONEY = ("OPEN", "BUSINESS", "BUSINESS_REDEEMED")
_TABLE: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("TOP_UP", ("GATEWAY",), ("OPEN", "BUSINESS", "COMMERCE_LOT")),
    ("AWARD", ("REWARD_COST",), ("COMMERCE_LOT",)),
    ("REDEEM", ("COMMERCE_LOT", "HOLD"), ("BUSINESS", "BUSINESS_REDEEMED")),
    ("SPEND", (*_OPEN_MONEY, "HOLD"), ("SALES", "SETTLEMENT")),
    ("HOLD", ("COMMERCE_LOT", *_OPEN_MONEY), ("HOLD",)),
    ("RELEASE", ("HOLD",), ("COMMERCE_LOT", *_OPEN_MONEY)),
    ("REFUND", ("SALES", "SETTLEMENT"), (*_OPEN_MONEY, "COMMERCE_LOT")),
    ("UNREDEEM", ("BUSINESS", "BUSINESS_REDEEMED"), ("COMMERCE_LOT",)),
    (
        "CLAWBACK",
        ("COMMERCE_LOT", "BUSINESS", "BUSINESS_REDEEMED", "SHORTFALL", "CONTACT_DEBT"),
        ("REWARD_COST",),
    ),
    ("DEBT_RECOVERY", ("COMMERCE_LOT", "BUSINESS"), ("CONTACT_DEBT",)),
    ("PAYOUT", (*_OPEN_MONEY, "SETTLEMENT"), ("PAYOUT_TRANSIT",)),
    ("PAYOUT_SETTLED", ("PAYOUT_TRANSIT",), ("GATEWAY",)),
    ("PAYOUT_FAILED", ("PAYOUT_TRANSIT",), (*_OPEN_MONEY, "SETTLEMENT")),
    ("PAYOUT_RETURNED", ("GATEWAY",), (*_OPEN_MONEY, "SETTLEMENT")),
    ("WALLET_PAYOUT", ("BUSINESS", "BUSINESS_REDEEMED"), ("OPEN",)),
    ("TRANSFER", ("OPEN",), ("OPEN",)),
    ("TRANSFER", ("BUSINESS",), ("BUSINESS", "COMMERCE_LOT")),
    ("TRANSFER", ("COMMERCE_LOT",), ("COMMERCE_LOT",)),
    ("EXPIRE", ("COMMERCE_LOT",), ("EXPIRED",)),
    ("CONTRIBUTION", ("SETTLEMENT",), ("REWARD_COST",)),
    ("CONTRIBUTION_BACK", ("REWARD_COST",), ("SETTLEMENT",)),
    ("DONATION", (*_OPEN_MONEY, "GATEWAY"), ("SETTLEMENT",)),
    ("DONATION_MATCH", ("DONATION_COST",), ("SETTLEMENT",)),
    ("JOURNAL", ("ADJUSTMENT",), ("OPEN", "BUSINESS", "COMMERCE_LOT")),
    ("JOURNAL", ("OPEN", "BUSINESS", "COMMERCE_LOT"), ("ADJUSTMENT",)),
    ("FEE", ("OPEN", "BUSINESS", "SETTLEMENT"), ("FEE_INCOME",)),
    ("SETTLE_IN", ("GATEWAY",), ("SETTLEMENT",)),
)

FORWARD = frozenset(
    (operation, source, target)
    for operation, sources, targets in _TABLE
    for source in sources
    for target in targets
)
ROUTES = FORWARD | {("REVERSAL", target, source) for _, source, target in FORWARD}
