"""A mail backend that does what a test tells it to: deliver, or raise the next error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class PostOffice(BaseEmailBackend):
    """Each message takes the next of `troubles`; without one it lies in `delivered`."""

    troubles: ClassVar[list[BaseException]] = []
    delivered: ClassVar[list[EmailMessage]] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if self.troubles:
                raise self.troubles.pop(0)
            message.message()
            self.delivered.append(message)
        return len(email_messages)
