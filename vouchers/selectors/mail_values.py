"""What the tags of a voucher's mail stand for: the event, the person, the business, the links."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from vouchers import happenings
from vouchers.message_tags import Value
from vouchers.models import Issuance


def values_for(
    *, issuance: Issuance, code: str, reveal: str, vouchers: str
) -> dict[str, Value]:  # fmt: skip
    """Return a value for each tag; moments in the zone of the business, links as addresses.

    `code` is empty wherever the code must not be shown.
    """
    given = issuance.issued_at or issuance.created_at
    properties = happenings.properties_of(issuance, at=given, code=code)
    values: dict[str, Value] = {
        f"Event.{name}": _plain(value) for name, value in properties.items()
    }
    zone = ZoneInfo(issuance.business.time_zone)
    values["Event.eventTimestamp"] = given.astimezone(zone)
    values["Event.redeemUntil"] = _local(issuance.redeem_until, zone)
    expiry = issuance.voucher_list.expires_at if issuance.voucher_list else None
    values["Event.listExpiry"] = _local(expiry, zone)
    contact = issuance.contact
    values["Recipient.first_name"] = contact.first_name if contact else ""
    values["Recipient.last_name"] = contact.last_name if contact else ""
    values["Recipient.name"] = contact.full_name if contact else ""
    values["Recipient.email"] = issuance.email
    values["Business.name"] = issuance.business.name
    values["Links.reveal"], values["Links.vouchers"] = reveal, vouchers
    return values


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _plain(value: object) -> str:
    """Return the property as text; an untrue one is empty, so that `{% if %}` reads it right."""
    if value is None or value is False:
        return ""
    return "true" if value is True else str(value)
