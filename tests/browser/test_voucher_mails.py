"""The mails of vouchers as mail programs draw them: fitting a phone, and readable in both looks."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.kit import browser as kit
from vouchers.messages import Block

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST = "WINTER-" + "7H2KQ4XR" * 7 + "A"
SHARED: dict[str, Any] = {
    "provider_name": "Coffee Club",
    "contact_email": "hello@coffee-club.example",
    "business": "Coffee Club",
    "campaign": "Thank you for your loyalty",
    "recipient_name": "Ana",
    "partner": "Blue Wave Cinemas",
    "list_name": "Two for one at the cinema",
    "list_id": "VL-7Q3KD9XM2A",
    "list_tag": "two-for-one-" + "x" * 52,
    "link": "https://largesse.example/v/reveal/" + "x" * 43,
    "site_url": "https://largesse.example",
}
MAILS: dict[str, dict[str, Any]] = {
    "voucher": {
        "subject": "Your voucher from Blue Wave Cinemas",
        "blocks": [
            Block("text", "Hello Ana,\nhere is your voucher."),
            Block("code", LONGEST),
            Block("link", "https://largesse.example/v/reveal/" + "x" * 43),
            Block("text", "Use it at https://bluewave.example/" + "redeem/" * 12),
        ],
        "vouchers_link": "https://largesse.example/my/vouchers/" + "y" * 43,
    },
    "claim": {"description": "You have been with us for a while.\nPick up a little something."},
    "waiting": {},
    "sorry": {},
    "upload": {
        "file_name": "codes-" + "of-the-spring-" * 8 + ".csv",
        "sentence": "990 of 1,000 codes were added.",
        "rejected": 10,
        "warnings": 2,
        "is_uploader": True,
    },
    "partner_link": {},
    "top_up_request": {"wanted": 900, "days": 30},
    "webhook_off": {
        "url": "https://hooks.example.com/" + "a-long-part/" * 12,
        "reason": "Three messages in a row were given up.",
    },
    "alert": {
        "title": "Few codes remain",
        "subject": "Two for one at the cinema",
        "sentence": "10 of 400 codes are left.",
        "is_of_stock": True,
    },
}


def test_every_mail_fits_a_phone_and_is_readable_in_both_looks(page: Page) -> None:
    wrong = []
    for name, context in MAILS.items():
        page.set_content(render_to_string(f"emails/vouchers/{name}.html", {**SHARED, **context}))
        for width, look in ((700, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            kit.picture(page, f"mail-{name}-{width}-{look}")
            wrong += [f"{name} {look}: {line}" for line in kit.axe(page) if "landmark" not in line]
            wrong += [] if kit.no_overflow(page) else [f"{name} is too wide at {width}"]
    assert wrong == []
