"""The words of partner vouchers: what a list, a code, a batch, a campaign and an issuance can be."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class PartnerKind(TextChoices):
    """Who makes the codes and takes them at the till (vouchers.md 1.2)."""

    EXTERNAL = "external", "Brand partner"
    INTERNAL = "internal", "Own coupon engine"


class PartnerUse(TextChoices):
    """Whether a partner's lists are offered to further campaigns (vouchers.md 2.1)."""

    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return "success" if self == PartnerUse.ACTIVE else "neutral"


class DuplicateScope(TextChoices):
    """Where a code may stand only once (R-DUP)."""

    LIST = "list", "Within one list"
    PARTNER = "partner", "Across all lists of the partner"


class ListStatus(TextChoices):
    """What may be done with a list (vouchers.md 3)."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    EXPIRED = "expired", "Expired"
    ARCHIVED = "archived", "Archived"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"active": "success", "paused": "warning", "expired": "danger"}.get(
            self.value, "neutral"
        )


class Actor(TextChoices):
    """Who changed a status: somebody of the desk, or the clock."""

    STAFF = "staff", "Staff"
    CLOCK = "clock", "Clock"


class CodeCase(TextChoices):
    EXACT = "exact", "AbC and ABC are two codes"
    INSENSITIVE = "insensitive", "AbC and ABC are the same code"


class AssignmentOrder(TextChoices):
    SEQUENTIAL = "sequential", "In the order of upload"
    RANDOM = "random", "At random"


class RedeemRule(TextChoices):
    """Until when a code that was given out is good."""

    SAME_AS_LIST = "same_as_list", "Until the list expires"
    FIXED_DATE = "fixed_date", "Until a fixed date"
    DAYS_AFTER_ISSUE = "days_after_issue", "A number of days after it was given out"


class CodeState(TextChoices):
    """Where a code is between upload and till (vouchers.md 2.4)."""

    STAGED = "staged", "Being imported"
    AVAILABLE = "available", "Available"
    RESERVED = "reserved", "Reserved"
    ISSUED = "issued", "Distributed"
    REDEEMED = "redeemed", "Redeemed"
    EXPIRED = "expired", "Expired"
    VOID = "void", "Void"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {
            "available": "success",
            "reserved": "warning",
            "issued": "info",
            "redeemed": "success",
            "expired": "neutral",
            "void": "danger",
        }.get(self.value, "neutral")


class VoidReason(TextChoices):
    REVOKED = "revoked", "Taken back from its recipient"
    LEAKED = "leaked", "Redeemed before it was given out"
    PARTNER_RECALLED = "partner_recalled", "Recalled by the partner"
    BATCH_WITHDRAWN = "batch_withdrawn", "Its upload was withdrawn"
    MANUAL = "manual", "Made void by hand"


class BatchKind(TextChoices):
    FILE = "file", "File"
    GENERATED = "generated", "Generated"
    API = "api", "API"
    PORTAL = "portal", "Partner portal"


class BatchMode(TextChoices):
    PARTIAL = "partial", "Take the good codes, report the others"
    STRICT = "strict", "All or nothing"


class HeaderMode(TextChoices):
    AUTO = "auto", "Find out"
    YES = "yes", "The first line is a heading"
    NO = "no", "There is no heading"


class BatchStatus(TextChoices):
    """What the uploader sees; `BatchStep` says what the worker is doing."""

    ASKING = "asking", "Waiting for your answer"
    REHEARSED = "rehearsed", "Checked, not imported"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    COMPLETED_WITH_ERRORS = "with_errors", "Completed with errors"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    WITHDRAWING = "withdrawing", "Being withdrawn"
    WITHDRAWN = "withdrawn", "Withdrawn"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {
            "asking": "warning",
            "rehearsed": "info",
            "in_progress": "info",
            "completed": "success",
            "with_errors": "warning",
            "failed": "danger",
        }.get(self.value, "neutral")


class BatchStep(TextChoices):
    QUEUED = "queued", "Waiting for its turn"
    SCANNING = "scanning", "Reading the file"
    IMPORTING = "importing", "Comparing codes"
    PUBLISHING = "publishing", "Publishing codes"
    DONE = "done", "Done"


class Download(TextChoices):
    """Which file of an upload somebody fetched (vouchers.md 4.6)."""

    REJECTED = "rejected", "Refused lines"
    ALL = "all", "All lines"
    ORIGINAL = "original", "The file as uploaded"
    CORRECT = "correct", "Refused values, to correct and upload again"
    GENERATED = "generated", "Generated codes"


class UploadActKind(TextChoices):
    """What somebody of the desk decided about an upload (vouchers.md 2.11)."""

    TAKEN_ANYWAY = "anyway", "Took the same file again"
    CHECKED_AGAIN = "again", "Had the file checked again"
    OVERRIDDEN = "override", "Let codes in that were issued before"
    STARTED = "started", "Had the checked file imported"
    CANCELLED = "cancelled", "Cancelled the upload"
    WITHDRAWN = "withdrawn", "Withdrew the upload"


class LineOutcome(TextChoices):
    REJECTED = "rejected", "Rejected"
    WARNING = "warning", "Accepted with a warning"


class CampaignStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    EXHAUSTED = "exhausted", "Exhausted"
    ENDED = "ended", "Ended"
    ARCHIVED = "archived", "Archived"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {
            "scheduled": "info",
            "running": "success",
            "paused": "warning",
            "exhausted": "danger",
        }.get(self.value, "neutral")


class Qualification(TextChoices):
    AUDIENCE = "audience", "Audience: people as they are now"
    LIVE = "live", "Live: when something happens"


class RunOrder(TextChoices):
    """In which order an audience is served; matters where codes are fewer than people."""

    RANDOM = "random", "At random"
    FILE = "file", "As in the uploaded list of people, the others after it"


class OnExhaustion(TextChoices):
    """What happens to who qualifies when no code is left (vouchers.md 5.6)."""

    WAITLIST = "waitlist", "Put them on the wait list"
    FALLBACK_CODE = "fallback_code", "Give them one code for everybody"
    STOP = "stop", "Stop the campaign"


class CodeInMail(TextChoices):
    CODE = "code", "The code stands in the mail"
    REVEAL = "reveal", "A link shows the code"
    NONE = "none", "No mail"


class LeafKind(TextChoices):
    """One question about a person; the answers make up a campaign's condition (vouchers.md 5.1)."""

    SEGMENT = "segment", "Is in the segment"
    EVENT = "event", "Did something"
    PROPERTY = "property", "Has a property"
    PEOPLE = "people", "Stands on an uploaded list of people"
    CONSENT = "consent", "Agreed to be mailed"
    HAS_VOUCHER = "has_voucher", "Was given a voucher"
    UNREDEEMED = "unredeemed", "Has a voucher not yet redeemed"
    OFFER_STATUS = "offer_status", "Has an incentive offer in a status"
    REWARD_EARNED = "reward_earned", "Earned an award of an offer"


class Join(TextChoices):
    ALL = "all", "all of"
    ANY = "any", "any of"


class Source(TextChoices):
    """Who asked for the code, as the event says it (vouchers.md 6.1)."""

    CAMPAIGN = "Campaign", "Campaign"
    API = "API", "API"
    MANUAL = "Manual", "By hand"


class IssuanceStatus(TextChoices):
    RESERVED = "reserved", "Reserved"
    ISSUED = "issued", "Distributed"
    REDEEMED = "redeemed", "Redeemed"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"
    RETURNED = "returned", "Returned to the pool"
    RELEASED = "released", "Reservation ended"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {
            "reserved": "warning",
            "issued": "info",
            "redeemed": "success",
            "revoked": "danger",
        }.get(self.value, "neutral")


# A code with such an issuance belongs to somebody.
OPEN_ISSUANCES = (
    IssuanceStatus.RESERVED,
    IssuanceStatus.ISSUED,
    IssuanceStatus.REDEEMED,
    IssuanceStatus.EXPIRED,
)


# Only then may its recipient see the code.
SHOWN = (IssuanceStatus.ISSUED, IssuanceStatus.REDEEMED, IssuanceStatus.EXPIRED)


class Delivery(TextChoices):
    NONE = "none", "Not mailed"
    PENDING = "pending", "On its way"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Bounced"
    FAILED = "failed", "Failed"
    SUPPRESSED = "suppressed", "Not wanted by the recipient"
    HELD = "held", "Held back"


class Outcome(TextChoices):
    """What came of asking for a code (vouchers.md 5.3)."""

    ISSUED = "issued", "Code given"
    ALREADY_ISSUED = "already_issued", "Given before"
    RESERVED = "reserved", "Code reserved"
    WAITLISTED = "waitlisted", "On the wait list"
    FALLBACK = "fallback", "Given the code for everybody"
    NOT_ELIGIBLE = "not_eligible", "Conditions not met"
    LIMIT_REACHED = "limit_reached", "Has as many as allowed"
    CAP_REACHED = "cap_reached", "The campaign gave all it may"
    NOT_RUNNING = "not_running", "The campaign is not running"
    EXHAUSTED = "exhausted", "No code left"
    LIST_UNAVAILABLE = "list_unavailable", "No list can be used now"


class WaitState(TextChoices):
    WAITING = "waiting", "Waiting"
    SERVED = "served", "Served"
    EXPIRED = "expired", "Campaign ended"
    WITHDRAWN = "withdrawn", "Removed"
    INELIGIBLE = "ineligible", "No longer meets the conditions"


class RunState(TextChoices):
    """An audience run: people taken down once, then served in portions."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"running": "progress", "done": "success"}.get(self.value, "neutral")


class PeriodLimit(IntegerChoices):
    DAY = 1, "day"
    WEEK = 7, "week"
    MONTH = 30, "month"


class AlertKind(TextChoices):
    """What an alert is about (vouchers.md 7.3)."""

    USED_SHARE = "used_share", "Much is used"
    REMAINING = "remaining", "Few codes remain"
    DAYS_LEFT = "days_left", "Runs out soon"
    DAYS_TO_EXPIRY = "days_to_expiry", "Expires soon"
    EXHAUSTED = "exhausted", "No code left"
    WAITING = "waiting", "People wait for codes"
    LEAK = "leak", "Leak suspected"
    MISMATCH = "mismatch", "Counters differed"
    UPLOAD_FAILED = "upload_failed", "Upload failed"
    ENDPOINT_DISABLED = "endpoint_off", "Webhook switched off"
    HELD = "held", "Mail held back"

    @property
    def is_of_stock(self) -> bool:
        """Whether more codes would settle it, so that the partner may be asked for them."""
        return self in (self.USED_SHARE, self.REMAINING, self.DAYS_LEFT, self.EXHAUSTED)

    @property
    def concerns_campaigns(self) -> bool:
        """Whether campaigns that take codes from the list will soon have none to give, or have none."""
        return self.is_of_stock or self in (self.DAYS_TO_EXPIRY, self.WAITING)

    @property
    def is_happening(self) -> bool:
        """Whether it tells of something that happened; such a one ends when somebody has seen it."""
        return self in (self.LEAK, self.MISMATCH, self.UPLOAD_FAILED, self.HELD)


class AlertState(TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    RESOLVED = "resolved", "Resolved"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"open": "danger", "acknowledged": "warning"}.get(self.value, "neutral")
