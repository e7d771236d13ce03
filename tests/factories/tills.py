"""What tills and outside systems leave behind: redemptions, files of them, webhooks."""

from __future__ import annotations

import uuid
from typing import Any

from core import clock
from directory.models import Organisation
from tests.factories.vouchers import make_codes, make_list, make_partner
from vouchers.happenings import REWARDED
from vouchers.models import (
    Partner,
    Redemption,
    RedemptionUpload,
    WebhookEndpoint,
    WebhookMessage,
)
from vouchers.services import webhook_secrets


def make_endpoint(
    business: Organisation, *, partner: Partner | None = None, **changes: Any
) -> WebhookEndpoint:
    """Make an endpoint without looking its name up, which a test has no network for."""
    salt, digest, _ = webhook_secrets.make()
    at = clock.now()
    values = {
        "business": business, "partner": partner, "event_types": [REWARDED], "salt": salt,
        "digest": digest, "url": f"https://hooks.example.com/{uuid.uuid4().hex}",
        "created_at": at, "updated_at": at,
    }  # fmt: skip
    return WebhookEndpoint.objects.create(**{**values, **changes})


def make_tills(
    business: Organisation,
) -> tuple[Redemption, RedemptionUpload, WebhookMessage]:
    """Make a redemption from a file, the file, and a message to a webhook."""
    at = clock.now()
    shared: dict[str, Any] = {"created_at": at, "updated_at": at}
    (code,) = make_codes(make_list(make_partner(business)), state="redeemed", at=at)
    file = RedemptionUpload.objects.create(
        business=business, number=1, file_name="a.csv", status="completed", **shared
    )
    redemption = Redemption.objects.create(
        business=business, code=code, voucher_list=code.voucher_list, result="redeemed",
        reference="R-1", redeemed_at=at, channel="file", upload=file, reported_by_name="Till",
        **shared,
    )  # fmt: skip
    message = WebhookMessage.objects.create(
        endpoint=make_endpoint(business), event_type=REWARDED, event_id="1", occurred_at=at,
        data={}, next_attempt_at=at, **shared,
    )  # fmt: skip
    return redemption, file, message
