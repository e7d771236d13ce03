"""The order of uploaded lists of people, in which an audience may be served (vouchers.md 5.5)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Lower

from directory.models import ContactEmail, ContactPhone
from vouchers.choices import LeafKind, RunOrder
from vouchers.models import Campaign, CampaignLeaf, ListedPerson
from vouchers.recipients import EMAIL, PHONE


def order_of(campaign: Campaign) -> list[str]:
    """Return the recipient keys of the campaign's lists in their order; nothing for a random order.

    Who is a contact is named by the contact, as the audience names them.
    """
    if campaign.run_order != RunOrder.FILE:
        return []
    leaves = CampaignLeaf.objects.filter(
        group__campaign=campaign, kind=LeafKind.PEOPLE, is_negated=False
    )
    rows = ListedPerson.objects.filter(people__in=leaves.values("people"))
    keys = list(rows.order_by("people", "line_no", "pk").values_list("recipient_key", flat=True))
    contacts = _contacts_of(campaign, rows.values("recipient_key"))
    return list(dict.fromkeys(contacts.get(key, key) for key in keys))


def _contacts_of(campaign: Campaign, keys: Any) -> dict[str, str]:
    """Return the contacts that the addresses and numbers belong to, as recipient keys."""
    emails = ContactEmail.objects.filter(business=campaign.business_id).annotate(
        key=Concat(Value(EMAIL), Lower("address"), output_field=CharField())
    )
    phones = ContactPhone.objects.filter(business=campaign.business_id).annotate(
        key=Concat(Value(PHONE), F("e164"), output_field=CharField())
    )
    found: dict[str, str] = {}
    for known in (phones, emails):
        for key, contact in known.filter(key__in=keys).values_list("key", "contact"):
            found[key] = str(contact)
    return found
