"""What a decision about a code looks at: campaign, recipient and lists, read afresh in three queries.

Their SQL is written out: it runs for every code that is given out (see `core.statements`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core import statements
from core.errors import NotFound
from vouchers.choices import IssuanceStatus
from vouchers.deciding import Allowance, Held, Schedule, Source
from vouchers.models import Campaign, Issuance
from vouchers.recipients import Recipient
from vouchers.selectors.recipients import keys_of

# How long a transaction waits for somebody else's lock.
PATIENCE = "3s"

_CAMPAIGN = """
SELECT EXISTS (
        SELECT FROM vouchers_waitentry AS entry
        WHERE entry.campaign_id = campaign.id AND entry.state = 'waiting'
    ),
    EXISTS (SELECT FROM vouchers_campaigngroup AS part WHERE part.campaign_id = campaign.id),
    organisation.time_zone, {columns}
FROM (SELECT set_config('lock_timeout', %s, true)) AS patience, vouchers_campaign AS campaign
JOIN directory_organisation AS organisation ON organisation.id = campaign.business_id
WHERE campaign.id = %s
"""
# By the partial indexes; an OR over them might read all that the campaign ever gave. A contact is still
# whoever was given codes under an address or a number before it was theirs (vouchers.md 2.8).
_MINE = """
WHERE found.id = ANY (ARRAY(
    SELECT id FROM vouchers_issuance
    WHERE campaign_id = %s AND idempotency_key = %s AND status <> 'released'
    UNION ALL
    SELECT id FROM vouchers_issuance
    WHERE campaign_id = %s AND recipient_key = %s AND ordinal IS NOT NULL
    UNION ALL
    SELECT id FROM vouchers_issuance
    WHERE campaign_id = %s AND ordinal IS NOT NULL AND recipient_key IN (
        SELECT 'email:' || lower(address) FROM directory_contactemail WHERE contact_id = %s
        UNION ALL
        SELECT 'email:' || regexp_replace(lower(address), '[+][^@]*@', '@')
        FROM directory_contactemail WHERE contact_id = %s AND position('+' IN address) > 1
        UNION ALL
        SELECT 'tel:' || e164 FROM directory_contactphone WHERE contact_id = %s
    )
))
"""
_SOURCES = """
SELECT mapping.id, mapping.quota, mapping.taken, list.id, list.name, list.status, list.expires_at,
    list.redeem_rule, list.redeem_until, list.redeem_days,
    (SELECT max(batch.redeem_until) FROM vouchers_uploadbatch AS batch
     WHERE batch.voucher_list_id = list.id AND batch.redeem_until IS NOT NULL)
FROM vouchers_campaignlist AS mapping
JOIN vouchers_voucherlist AS list ON list.id = mapping.voucher_list_id
WHERE mapping.campaign_id = %s AND mapping.removed_at IS NULL
ORDER BY mapping.priority, mapping.id
"""


# Codes are picked upload by upload, those of a list in random order from all uploads.
_FIRST_PICK = """
SELECT COALESCE(min(batch.number), 2147483647)::bigint * 4294967296
FROM vouchers_voucherlist AS list
LEFT JOIN vouchers_uploadbatch AS batch ON batch.voucher_list_id = list.id
    AND (batch.redeem_until IS NULL OR batch.redeem_until >= %s)
WHERE list.id = %s AND list.assignment_order = 'sequential'
HAVING count(list.id) > 0
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign as it stands at the moment of a decision."""

    campaign: Campaign
    has_waiting: bool
    has_conditions: bool
    schedule: Schedule
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Mine:
    """What the recipient has of the campaign, and what was given for the key before."""

    by_key: Issuance | None
    # Whether the key was theirs and nobody else's.
    is_own_key: bool
    rows: tuple[Issuance, ...]

    @property
    def held(self) -> list[Held]:
        """All that counts against the allowance, whether it is still theirs or not."""
        return [
            Held(row.ordinal, row.issued_at or row.created_at)
            for row in self.rows
            if row.ordinal is not None
        ]

    @property
    def reserved(self) -> Issuance | None:
        return next((row for row in self.rows if row.status == IssuanceStatus.RESERVED), None)


def standing_of(campaign: Campaign) -> Standing:
    """Return the campaign as it stands now; also sets how long this transaction waits for locks."""
    sql = _CAMPAIGN.format(columns=statements.columns(Campaign, "campaign"))
    with connection.cursor() as cursor:
        cursor.execute(sql, [PATIENCE, campaign.pk])
        found = cursor.fetchone()
    if found is None:
        raise NotFound("There is no such campaign.")
    has_waiting, has_conditions, zone, *values = found
    fresh = statements.read(Campaign, values)
    return Standing(
        campaign=fresh,
        has_waiting=has_waiting,
        has_conditions=has_conditions,
        schedule=Schedule(fresh.status, fresh.starts_at, fresh.ends_at),
        allowance=Allowance(
            fresh.max_per_recipient,
            fresh.max_per_day,
            fresh.max_per_week,
            fresh.max_per_month,
            zone,
        ),
    )


def mine(*, campaign: Campaign, recipient: Recipient, key: str) -> Mine:
    """Return the recipient's issuances that count, and the one of the idempotency key."""
    who = recipient.contact.pk if recipient.contact is not None else None
    given = [campaign.pk, key, campaign.pk, recipient.key, campaign.pk, who, who, who]
    found = statements.find(Issuance, _MINE, given)
    for row in found:
        row.campaign = campaign
    theirs = _keys_of(recipient, found)
    by_key = next((row for row in found if row.idempotency_key == key and _stands(row)), None)
    return Mine(
        by_key=by_key,
        is_own_key=by_key is None or by_key.recipient_key in theirs,
        rows=tuple(row for row in found if row.recipient_key in theirs and row.ordinal is not None),
    )


def _keys_of(recipient: Recipient, found: Sequence[Issuance]) -> Collection[str]:
    """Return the keys under which the recipient may stand in what was found; one query if need be."""
    if recipient.contact is None or all(row.recipient_key == recipient.key for row in found):
        return {recipient.key}
    return keys_of(contact=recipient.contact)


def sources_of(campaign: Campaign) -> Sequence[Source]:
    """Return the lists of the campaign in the order in which they are tried."""
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [campaign.pk])
        return [Source(*row) for row in cursor.fetchall()]


def first_pick(source: Source, *, least: datetime) -> int:
    """Return the pick key before which all codes of the list belong to uploads that end before `least`.

    No query where no upload of the list has an end of its own.
    """
    if source.longest_upload is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_PICK, [least, source.list_id])
        found: tuple[int] | None = cursor.fetchone()
    return found[0] if found else 0


def is_lapsed(issuance: Issuance, *, at: datetime) -> bool:
    """Tell whether the time of a reservation is over; a frozen one has no end."""
    return issuance.reserved_until is not None and issuance.reserved_until <= at


def _stands(row: Issuance) -> bool:
    return row.status != IssuanceStatus.RELEASED
