"""The demo's mail backend: nothing leaves the machine; the outbox page shows every mail."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.clock import now
from core.models import Mail


class DemoBackend(BaseEmailBackend):
    """Accept every message. One that has no mail row of its own (sign-in mails) gets one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        at = now()
        for message in email_messages:
            if "X-Largesse-Mail" in message.extra_headers:
                continue
            for address in message.to:
                Mail.objects.create(
                    key=f"demo:{address}:{at.timestamp()}:{hash(str(message.body))}",
                    kind="account",
                    to=address,
                    template="core/plain",
                    context={"subject": str(message.subject), "body": str(message.body)},
                    status=Mail.Status.SENT,
                    next_attempt_at=at,
                    created_at=at,
                    sent_at=at,
                )
        return len(email_messages)
