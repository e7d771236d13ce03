"""The words of what comes from outside and goes there: redemptions and webhooks."""

from __future__ import annotations

from django.db.models import TextChoices


class Channel(TextChoices):
    """By which way a redemption was reported (vouchers.md 9.1)."""

    API = "api", "API"
    FILE = "file", "File"
    PORTAL = "portal", "Partner portal"
    MANUAL = "manual", "By hand"


class RedemptionResult(TextChoices):
    """What came of a reported redemption."""

    REDEEMED = "redeemed", "Redeemed"
    REVERSED = "reversed", "Reversed"
    REFUSED = "refused", "Refused"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"redeemed": "success", "refused": "danger"}.get(self.value, "neutral")


class Refusal(TextChoices):
    """Why a code was not redeemed, as the API and reports name it (vouchers.md 9.2)."""

    UNKNOWN = "unknown_code", "Unknown code"
    ALREADY_REDEEMED = "already_redeemed", "Redeemed before"
    EXPIRED = "expired", "Expired"
    VOID = "void", "Void"
    NOT_ISSUED = "not_issued", "Never given to anybody"
    HELD = "held", "Held by another cart"
    AMBIGUOUS = "ambiguous_code", "More than one list has it"
    NOT_REDEEMED = "not_redeemed", "Not redeemed"
    OTHER_REFERENCE = "other_reference", "Redeemed under another reference"
    TOO_LATE = "too_late", "Too long ago to be reversed"
    BAD_ROW = "bad_row", "Cannot be read"


class EndpointState(TextChoices):
    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Switched off"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"active": "success"}.get(self.value, "danger")


class MessageState(TextChoices):
    """Where a webhook message is between its event and the receiver's 2xx."""

    PENDING = "pending", "On its way"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"pending": "info", "delivered": "success"}.get(self.value, "danger")
