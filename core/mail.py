"""Outgoing mail as rows: queued in the transaction of its cause, rendered and sent by a worker.

One mail for each key (event + address). A row is claimed by a conditional update that moves its next
attempt beyond the send time-out, so a killed worker's mail is taken again and two workers never send
one row at once. After five failures the row stays, visibly failed, and the app that owns its
reference is told.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string

from core import batches, codes, jobs, references, tokens
from core.models import LinkToken, Mail
from core.registry import Registry

logger = structlog.get_logger(__name__)

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
)
ATTEMPTS = len(PAUSES) + 1
SENDING_TIMEOUT = timedelta(minutes=10)
# Where the secret stands in the path of a link that has it there.
SECRET_PLACE = "{token}"  # noqa: S105 - the mark, not a secret


class WorkerLost(Exception):
    """No attempt came to an end."""


class Withheld(Exception):
    """The mail must not leave any more; it is not tried again."""


@dataclass(frozen=True, slots=True)
class Late:
    """What the mails of one kind are told only while they are rendered, and that is never stored.

    `context` reads; `before_sending` is called ahead of each attempt: it notes what is about to leave
    the house, or raises `Withheld`.
    """

    context: Callable[[Mail], Mapping[str, Any]]
    before_sending: Callable[[Mail, datetime], None] | None = None


# By the kind of a mail.
late: Registry[Late] = Registry("late contexts of mails")


def queue(
    *,
    kind: str,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    at: datetime,
    link: str = "",
    token: LinkToken | None = None,
    reference: str = "",
    owner_id: int | None = None,
    reply_to: str = "",
    from_name: str = "",
) -> Mail:
    """Store the mail and hint a worker; a second one with the same key returns the first.

    `context` holds plain values only, and nothing that must not be stored: such values come from
    what `late` has for the kind. `link` is a path; the token's secret is put in when the mail is
    rendered, in place of `{token}`, else as `?token=`. `reference` and `owner_id` tie the mail to what
    it is about.
    """
    mail, created = Mail.objects.get_or_create(
        key=codes.fit(key, 200),
        defaults={
            "kind": kind,
            "to": to,
            "template": template,
            "context": dict(context),
            "link": link,
            "token": token,
            "reference": reference,
            "owner_id": owner_id,
            "reply_to": reply_to,
            "from_name": one_line(from_name),
            "next_attempt_at": at,
            "created_at": at,
        },
    )
    if created:
        jobs.enqueue("core.send_due_mail")
    return mail


def one_line(text: str) -> str:
    """Return the text without line breaks, so that it cannot start a new header."""
    return " ".join(text.split())


def link_of(mail: Mail) -> str:
    """Return the absolute address that the mail's button opens, or an empty text."""
    if not mail.link:
        return ""
    address = f"{settings.SITE_URL}{mail.link}"
    if mail.token is None:
        return address
    if SECRET_PLACE in mail.link:
        return address.replace(SECRET_PLACE, tokens.secret_of(mail.token))
    return f"{address}{'&' if '?' in address else '?'}token={tokens.secret_of(mail.token)}"


def subject_of(mail: Mail) -> str:
    """Return the rendered subject, at most 200 characters on one line."""
    return one_line(render_to_string(f"emails/{mail.template}.subject.txt", mail.context))[:200]


def render(mail: Mail) -> EmailMultiAlternatives:
    """Build the message from its templates: subject, plain text and HTML."""
    context = {**mail.context, "link": link_of(mail), "site_url": settings.SITE_URL}
    added = late.get(mail.kind)
    if added is not None:
        context |= added.context(mail)
    base = f"emails/{mail.template}"
    message = EmailMultiAlternatives(
        subject=subject_of(mail),
        body=render_to_string(f"{base}.txt", context),
        from_email=_sender(mail.from_name),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"X-Largesse-Mail": str(mail.pk)},
    )
    message.attach_alternative(render_to_string(f"{base}.html", context), "text/html")
    return message


def _sender(name: str) -> str:
    if not name:
        return str(settings.DEFAULT_FROM_EMAIL)
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(Address(display_name=name, addr_spec=address))


def send_due(*, at: datetime, limit: int) -> int:
    """Send up to `limit` mails whose time has come and return how many were tried.

    Rows are claimed in one short transaction and sent outside of it, so that a slow mail server
    holds no lock. `limit` mails must leave within the send time-out, or another worker takes them
    again. The claim counts as the attempt: a mail that kills its worker is not tried for ever.
    """
    with transaction.atomic():
        due = Mail.objects.filter(
            status__in=[Mail.Status.QUEUED, Mail.Status.SENDING], next_attempt_at__lte=at
        ).order_by("next_attempt_at")
        mails = batches.claim(due, limit=limit)
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            status=Mail.Status.SENDING,
            attempts=F("attempts") + 1,
            next_attempt_at=at + SENDING_TIMEOUT,
        )
    for mail in mails:
        mail.attempts += 1
        _send(mail, at=at)
    return len(mails)


def _send(mail: Mail, *, at: datetime) -> None:
    if mail.attempts > ATTEMPTS:
        _failed(mail, WorkerLost("The worker ended at every attempt."), at=at, final=True)
        return
    try:
        added = late.get(mail.kind)
        if added is not None and added.before_sending is not None:
            added.before_sending(mail, at)
        render(mail).send()
    except Withheld as error:
        _failed(mail, error, at=at, final=True)
    except smtplib.SMTPRecipientsRefused as error:
        # 4xx is "not now" (greylisting), 5xx is "never".
        mail.is_bounced = all(code >= 500 for code, _ in error.recipients.values())
        _failed(mail, error, at=at, final=mail.is_bounced or mail.attempts >= ATTEMPTS)
    except Exception as error:  # noqa: BLE001 - every mail backend has errors of its own
        _failed(mail, error, at=at, final=mail.attempts >= ATTEMPTS)
    else:
        _sent(mail, at=at)


def _sent(mail: Mail, *, at: datetime) -> None:
    """Note that it left, then tell the owner of the reference: what is sent stays sent."""
    mail.status, mail.sent_at, mail.last_error = Mail.Status.SENT, at, ""
    mail.save(update_fields=["status", "sent_at", "last_error"])
    kind, pk = references.parse(mail.reference) if mail.reference else ("", 0)
    noun = references.nouns.get(kind)
    if noun and noun.on_mail_sent:
        noun.on_mail_sent(pk, mail.to, at)


def _failed(mail: Mail, error: Exception, *, at: datetime, final: bool) -> None:
    """Plan the next attempt, or give up and tell the owner of the reference."""
    mail.last_error = f"{type(error).__name__}: {error}"[:300]
    logger.warning("mail_not_sent", mail=mail.pk, attempt=mail.attempts, final=final)
    if not final:
        mail.status = Mail.Status.QUEUED
        mail.next_attempt_at = at + PAUSES[mail.attempts - 1]
        mail.save(update_fields=["status", "next_attempt_at", "last_error"])
        return
    with transaction.atomic():
        mail.status = Mail.Status.FAILED
        mail.save(update_fields=["status", "last_error", "is_bounced"])
        if not mail.reference:
            return
        kind, pk = references.parse(mail.reference)
        noun = references.nouns.get(kind)
        if noun and noun.on_mail_failed:
            noun.on_mail_failed(pk, mail.to, at)


def retry(mail: Mail, *, at: datetime) -> None:
    """Queue a failed mail once more, with its attempts counted from the start."""
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.FAILED).update(
        status=Mail.Status.QUEUED, attempts=0, next_attempt_at=at, is_bounced=False
    )
    jobs.enqueue("core.send_due_mail")
