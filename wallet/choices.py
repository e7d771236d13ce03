"""The words of the ledger and of the wallet: kinds of accounts, operations, states."""

from __future__ import annotations

from django.db.models import TextChoices


class AccountKind(TextChoices):
    """What an account's balance means (wallet.md 3.3)."""

    OPEN = "OPEN", "Open pocket"
    BUSINESS = "BUSINESS", "Business pocket"
    BUSINESS_REDEEMED = "BUSINESS_REDEEMED", "Redeemed, traced"
    COMMERCE_LOT = "COMMERCE_LOT", "Commerce lot"
    HOLD = "HOLD", "On hold"
    PAYOUT_TRANSIT = "PAYOUT_TRANSIT", "Payout in transit"
    CONTACT_DEBT = "CONTACT_DEBT", "Contact's debt"
    GATEWAY = "GATEWAY", "Gateway"
    SALES = "SALES", "Sales"
    SETTLEMENT = "SETTLEMENT", "Settlement"
    REWARD_COST = "REWARD_COST", "Cost of rewards"
    EXPIRED = "EXPIRED", "Expired value"
    DONATION_COST = "DONATION_COST", "Own donations"
    FEE_INCOME = "FEE_INCOME", "Fees earned"
    ADJUSTMENT = "ADJUSTMENT", "Adjustments"
    SHORTFALL = "SHORTFALL", "Shortfall"


# Never below zero; a debt is never above it. All other kinds may be on either side.
FLOORED = (
    AccountKind.OPEN,
    AccountKind.BUSINESS,
    AccountKind.BUSINESS_REDEEMED,
    AccountKind.COMMERCE_LOT,
    AccountKind.HOLD,
    AccountKind.PAYOUT_TRANSIT,
)
# Accounts of one wallet; OPEN belongs to the holder of several, PAYOUT_TRANSIT to whoever is paid.
OF_WALLET = (
    AccountKind.BUSINESS,
    AccountKind.BUSINESS_REDEEMED,
    AccountKind.COMMERCE_LOT,
    AccountKind.HOLD,
    AccountKind.CONTACT_DEBT,
)
OF_ORGANISATION = (
    AccountKind.GATEWAY,
    AccountKind.SALES,
    AccountKind.SETTLEMENT,
    AccountKind.REWARD_COST,
    AccountKind.EXPIRED,
    AccountKind.DONATION_COST,
    AccountKind.FEE_INCOME,
    AccountKind.ADJUSTMENT,
    AccountKind.SHORTFALL,
)


class Operation(TextChoices):
    """Why money moved (wallet.md 3.5)."""

    TOP_UP = "TOP_UP", "Top-up"
    AWARD = "AWARD", "Award"
    REDEEM = "REDEEM", "Redemption"
    SPEND = "SPEND", "Spend"
    HOLD = "HOLD", "Hold"
    RELEASE = "RELEASE", "Release"
    REFUND = "REFUND", "Refund"
    UNREDEEM = "UNREDEEM", "Redemption taken back"
    CLAWBACK = "CLAWBACK", "Claw-back"
    DEBT_RECOVERY = "DEBT_RECOVERY", "Debt repaid"
    PAYOUT = "PAYOUT", "Payout"
    PAYOUT_SETTLED = "PAYOUT_SETTLED", "Payout paid"
    PAYOUT_FAILED = "PAYOUT_FAILED", "Payout failed"
    PAYOUT_RETURNED = "PAYOUT_RETURNED", "Payout returned"
    WALLET_PAYOUT = "WALLET_PAYOUT", "Payout to the open pocket"
    TRANSFER = "TRANSFER", "Transfer"
    EXPIRE = "EXPIRE", "Expiry"
    CONTRIBUTION = "CONTRIBUTION", "Contribution fee"
    CONTRIBUTION_BACK = "CONTRIBUTION_BACK", "Contribution fee given back"
    DONATION = "DONATION", "Donation"
    DONATION_MATCH = "DONATION_MATCH", "Contribution to a donation"
    JOURNAL = "JOURNAL", "Manual journal"
    FEE = "FEE", "Fee"
    SETTLE_IN = "SETTLE_IN", "Settlement received"
    REVERSAL = "REVERSAL", "Reversal"


class Pocket(TextChoices):
    """Where a contact's money lies (wallet.md 2.1)."""

    OPEN = "OPEN", "Open pocket"
    BUSINESS = "BUSINESS", "Business pocket"
    COMMERCE = "COMMERCE", "Commerce pocket"


class CommandOutcome(TextChoices):
    """What became of a command; empty only inside its own transaction."""

    RUNNING = "", "Running"
    DONE = "DONE", "Done"
    REFUSED = "REFUSED", "Refused"


class LotSource(TextChoices):
    AWARD = "AWARD", "Award"
    TOP_UP = "TOP_UP", "Top-up"
    TRANSFER = "TRANSFER", "Transfer"
    JOURNAL = "JOURNAL", "Manual journal"
    PASS = "PASS", "Pass"
    REFUND = "REFUND", "Refund"


class RedeemMethod(TextChoices):
    """Whether an award is used on the purchase that earned it or on a later one."""

    INSTANT = "INSTANT", "Instant"
    DEFERRED = "DEFERRED", "Deferred"


class PoolState(TextChoices):
    ACTIVE = "ACTIVE", "Active"
    RETIRED = "RETIRED", "Retired"


class Classification(TextChoices):
    """Whether pool money lowers the price before tax or pays after it (wallet.md 4.1)."""

    SALES_REDUCTION = "SALES_REDUCTION", "Sales reduction (before tax)"
    PAYMENT_METHOD = "PAYMENT_METHOD", "Payment method (after tax)"


class StartRule(TextChoices):
    NONE = "NONE", "At once"
    FIXED = "FIXED", "From a date"
    RELATIVE = "RELATIVE", "Some time after the award"


class EndRule(TextChoices):
    NEVER = "NEVER", "Never"
    FIXED = "FIXED", "On a date"
    RELATIVE = "RELATIVE", "Some time after the award"


class PeriodUnit(TextChoices):
    DAY = "DAY", "days"
    WEEK = "WEEK", "weeks"
    MONTH = "MONTH", "months"
    YEAR = "YEAR", "years"


class RedemptionMode(TextChoices):
    """When commerce money is redeemed (wallet.md 5.1)."""

    AUTOMATIC = "AUTOMATIC", "On every matching purchase"
    ON_SPEND = "ON_SPEND", "When the contact asks to spend"
    ACTIVATED_POOLS = "ACTIVATED_POOLS", "From pools that the contact activated"


class PayoutMethod(TextChoices):
    CARD_USED = "CARD_USED", "The card of the purchase"
    GATEWAY = "GATEWAY", "The registered payout account"
    WALLET = "WALLET", "The open pocket"


class PayoutState(TextChoices):
    """How far a payout has come (wallet.md 7.1); FAILED, CANCELLED and RETURNED are final."""

    RESERVED = "RESERVED", "Reserved"
    SUBMITTING = "SUBMITTING", "Being submitted"
    UNKNOWN = "UNKNOWN", "Unclear"
    SUBMITTED = "SUBMITTED", "Submitted"
    PAID = "PAID", "Paid"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"
    RETURNED = "RETURNED", "Returned"


class TopUpState(TextChoices):
    PENDING = "PENDING", "Waiting for the payment"
    PAID = "PAID", "Paid"
    CANCELLED = "CANCELLED", "Cancelled"


class LimitOn(TextChoices):
    """What a limit counts (wallet.md 10); awards, refunds and journals are never limited."""

    DEBIT = "DEBIT", "Spending and sending"
    CREDIT = "CREDIT", "Receiving and topping up"
    TOP_UP = "TOP_UP", "Topping up"
    TRANSFER = "TRANSFER", "Sending"


class LimitPeriod(TextChoices):
    """The calendar period of a limit, in the business's zone."""

    DAILY = "DAILY", "a day"
    WEEKLY = "WEEKLY", "a week"
    MONTHLY = "MONTHLY", "a month"


class ChargedOn(TextChoices):
    """What a fee is charged for (wallet.md 10)."""

    DEBIT = "DEBIT", "Spending and sending"
    CREDIT = "CREDIT", "Topping up"


class Reduction(TextChoices):
    """Whether the till lowers the price at once or the amount is worked out afterwards."""

    FRONT_END = "FRONT_END", "At the till"
    BACK_END = "BACK_END", "After the purchase"


class ClawbackPolicy(TextChoices):
    """Who bears what can no longer be taken back of an award (wallet.md 6.5)."""

    LIMIT = "LIMIT", "The business bears it"
    OWE = "OWE", "The contact owes it"


class UseState(TextChoices):
    """What became of the money moved for a purchase."""

    POSTED = "POSTED", "Posted"
    CANCELLED = "CANCELLED", "Cancelled"


class HoldState(TextChoices):
    OPEN = "OPEN", "Open"
    CAPTURED = "CAPTURED", "Captured"
    RELEASED = "RELEASED", "Released"
    TIMED_OUT = "TIMED_OUT", "Timed out"


class JournalState(TextChoices):
    PENDING = "PENDING", "Waiting for a second person"
    POSTED = "POSTED", "Posted"
    REFUSED = "REFUSED", "Refused"


class JournalDirection(TextChoices):
    CREDIT = "CREDIT", "Credit"
    DEBIT = "DEBIT", "Debit"
