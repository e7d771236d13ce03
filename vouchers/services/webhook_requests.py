"""What is sent to an endpoint: the body with its code, signed (vouchers.md 6.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from vouchers.happenings import WITHOUT_CODE, iso
from vouchers.masking import masked
from vouchers.models import WebhookMessage
from vouchers.selectors.telling import issuance_to_tell, readable_code
from vouchers.services import webhook_secrets
from vouchers.services.exposing import expose
from vouchers.webhook_rules import LARGEST_BODY, signatures

LONG_TEXTS = ("listDescription", "redemptionInstructions")


def code_for(message: WebhookMessage, at: datetime) -> str | None:
    """Return the recipient's code as long as it is theirs.

    Where the other side is shown the whole code, that is noted before it leaves: from then on it can
    only become void.
    """
    if message.event_type in WITHOUT_CODE or message.issuance_id is None:
        return None
    issuance = issuance_to_tell(message.issuance_id)
    code = readable_code(issuance) if issuance is not None else None
    if code is None or issuance is None or not message.endpoint.shows_code:
        return code
    return code if expose(issuance_ids=[issuance.pk], at=at) else None


def request_of(
    message: WebhookMessage, *, code: str | None, at: datetime
) -> tuple[bytes, Mapping[str, str]]:
    """Return the bytes and the headers of one try; the code is put in here and stored nowhere."""
    body = _body(message, code)
    name, moment = f"msg_{message.public_id.hex}", int(at.timestamp())
    keys = webhook_secrets.in_force(message.endpoint, at=at)
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "Largesse-Webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": signatures(secrets=keys, message_id=name, timestamp=moment, body=body),
    }


def _body(message: WebhookMessage, code: str | None) -> bytes:
    data = dict(message.data)
    if "voucherCode" in data and code is not None:
        data["voucherCode"] = code if message.endpoint.shows_code else masked(code)
    told = {"type": message.event_type, "timestamp": iso(message.occurred_at), "data": data}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > LARGEST_BODY:
        for name in LONG_TEXTS:
            data[name] = data[name] and str(data[name])[:500]
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return body
