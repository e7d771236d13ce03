"""The tags that a voucher's mail may show, and what previews put in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from vouchers.choices import CodeInMail

Value = str | datetime | None
CODE, REVEAL = "Event.voucherCode", "Links.reveal"
SAMPLE_CODE = "SAMPLE-0000"


@dataclass(frozen=True, slots=True)
class Tag:
    """A name that may stand between double braces, and what a preview shows for it."""

    name: str
    label: str
    sample: Value

    @property
    def written(self) -> str:
        """The tag as it is typed."""
        return "{{ " + self.name + " }}"

    @property
    def is_time(self) -> bool:
        """Tell whether the filter `date` makes sense of it."""
        return isinstance(self.sample, datetime)


_END = datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)
_GIVEN = datetime(2027, 2, 19, 14, 0, tzinfo=UTC)

TAGS: Mapping[str, Tag] = {
    tag.name: tag
    for tag in (
        Tag(CODE, "The code", SAMPLE_CODE),
        Tag(REVEAL, "Link that shows the code", "https://example.com/v/reveal/sample"),
        Tag(
            "Links.vouchers", "Link to all vouchers of the person", "https://example.com/my/sample"
        ),
        Tag("Recipient.first_name", "First name", "Robin"),
        Tag("Recipient.last_name", "Last name", "Sample"),
        Tag("Recipient.name", "Full name", "Robin Sample"),
        Tag("Recipient.email", "E-mail address", "robin@example.com"),
        Tag("Business.name", "Your business", "Your business"),
        Tag("Event.partner", "Partner", "Puma"),
        Tag("Event.partnerKind", "Kind of partner", "external"),
        Tag("Event.listName", "Name of the list", "Winter Sale"),
        Tag("Event.listDescription", "Conditions", "500 off above 2000"),
        Tag("Event.listTag", "Tag of the list", "winter_sale_500"),
        Tag("Event.voucherListId", "List ID", "VL-7Q3KD9XM2A"),
        Tag("Event.listExpiry", "When the list expires", _END),
        Tag("Event.listExpiryEpoch", "When the list expires, in seconds", "1806537599"),
        Tag("Event.redeemUntil", "Until when the code is good", _END),
        Tag("Event.redemptionUrl", "Where to use it: address", "https://example.com/checkout"),
        Tag(
            "Event.redemptionInstructions", "Where to use it: words", "Type it in at the checkout."
        ),
        Tag("Event.eventTimestamp", "When it was given", _GIVEN),
        Tag("Event.eventTimestampEpoch", "When it was given, in seconds", "1803045600"),
        Tag("Event.eventId", "Id of the event", "00000000-0000-0000-0000-000000000000"),
        Tag("Event.schemaVersion", "Version of the event", "1"),
        Tag("Event.campaignId", "Number of the campaign", "CMP-000123"),
        Tag("Event.campaignName", "Name of the campaign", "Winter thank-you"),
        Tag("Event.source", "Who asked for the code", "Campaign"),
        Tag("Event.systemSource", "Which system gave it", "Partner vouchers"),
        Tag("Event.issuanceId", "Id of this voucher", "00000000-0000-0000-0000-000000000000"),
        Tag("Event.recipientId", "Id of the recipient", "1042"),
        Tag("Event.recipientEmail", "Address it was given to", "robin@example.com"),
        Tag("Event.ordinal", "Which of the person's vouchers", "1"),
        Tag("Event.triggerRef", "What triggered it", "run:12"),
        Tag("Event.isFallback", "Whether it is the code for everybody", ""),
    )
}

# What most mails need; the picker offers these first.
COMMON = (
    "Recipient.first_name", CODE, REVEAL, "Event.listName", "Event.listDescription",
    "Event.redemptionInstructions", "Event.redeemUntil", "Event.partner", "Business.name",
)  # fmt: skip

DEFAULT_SUBJECT = 'Your voucher from {{ Event.partner | default: "us" }}'
_DEFAULT_BODY = """Hello {{ Recipient.first_name | default: "there" }},

here is your voucher for {{ Event.listName }}.

%s

{{ Event.listDescription }}

{{ Event.redemptionInstructions }}

It is good until {{ Event.redeemUntil | date: "%%d %%B %%Y" }}."""


def default_message(choice: str) -> tuple[str, str]:
    """Return the subject and body that a campaign starts from: with the code, or with the link."""
    tag = CODE if choice == CodeInMail.CODE else REVEAL
    return DEFAULT_SUBJECT, _DEFAULT_BODY % TAGS[tag].written


def sample_values(**values: Value) -> dict[str, Value]:
    """Return what previews and tests fill in: made-up values that never use a code.

    `values` replaces some of them, named with two underscores for the dot (`Business__name`).
    """
    named = {name.replace("__", "."): value for name, value in values.items()}
    return {name: tag.sample for name, tag in TAGS.items()} | named
