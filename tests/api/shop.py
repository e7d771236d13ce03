"""The café of the rewards' scenarios as its till sees it: scheme S1 with 5 % cashback, Ann, POS-7."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from directory.models import Contact
from rewards.models import RewardOffer, RewardScheme
from tests.api.client import Till
from tests.factories.floor import AFTERNOON, Cafe, make_cafe, make_person
from tests.factories.rewards import make_offer, make_scheme
from wallet.services import pools

_numbers = count(1001)


@dataclass
class Shop:
    cafe: Cafe
    scheme: RewardScheme
    cashback: RewardOffer
    ann: Contact
    till: Till


def make_shop() -> Shop:
    cafe = make_cafe()
    pools.ensure_default(business=cafe.business, at=AFTERNOON)
    scheme = make_scheme(cafe.business, "Club")
    return Shop(
        cafe=cafe,
        scheme=scheme,
        cashback=make_offer(scheme, "5% Cashback", percentage="5"),
        ann=make_person(cafe.business, first_name="Ann"),
        till=Till(cafe.business),
    )


def basket(total: str = "20.00", **changes: Any) -> dict[str, Any]:
    """Return a purchase of one line at POS-7, without a contact."""
    body: dict[str, Any] = {
        "reference_number": f"R-{next(_numbers)}",
        "tap": {"code": "POS-7"},
        "currency": "EUR",
        "amounts": {"net": total, "tax": "0.00", "total": total},
        "lines": [
            {"sku": "CAKE", "quantity": "1", "net": total, "tax": "0.00", "total": total},
        ],
    }
    return {**body, **changes}


def of(contact: Contact, total: str = "20.00", **changes: Any) -> dict[str, Any]:
    """Return a purchase of the contact's."""
    return basket(total, contact={"code": contact.code}, **changes)


def as_printed(contact: Contact) -> dict[str, Any]:
    """Return the purchase that rewards.md 11.3 prints."""
    return {
        "reference_number": "R-1001",
        "contact": {"code": contact.code},
        "tap": {"code": "POS-7"},
        "performed_at": "2026-05-04T15:10:00+03:00",
        "currency": "EUR",
        "amounts": {"net": "16.81", "tax": "3.19", "discount": "0.00", "total": "20.00"},
        "lines": [
            {
                "sku": "ESP",
                "name": "Espresso",
                "quantity": "2",
                "net": "4.20",
                "tax": "0.80",
                "total": "5.00",
            },
            {
                "sku": "CAKE",
                "name": "Cake",
                "quantity": "1",
                "net": "12.61",
                "tax": "2.39",
                "total": "15.00",
            },
        ],
        "pass_code": None,
        "payment_medium_identifier": "424242",
        "notes": None,
    }
