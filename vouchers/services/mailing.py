"""Mailing vouchers: after an issue has committed, one mail for each issuance and address.

The mail row holds no code: it names its `Sending`, and the message is filled in while the mail is
rendered. Before it leaves, the issuance is marked as possibly seen; what came of the mail becomes the
issuance's delivery status.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import mail, references, tokens
from core.errors import Conflict, Invalid, TooMany
from core.mail import Late, Withheld
from core.models import Mail
from directory import people
from directory.models import Organisation, User
from vouchers import happenings, messages
from vouchers.choices import SHOWN, AlertKind, CodeInMail, Delivery, IssuanceStatus, Source
from vouchers.message_tags import Value, default_message
from vouchers.models import Campaign, Issuance, MailRefusal, Sending
from vouchers.recipients import Recipient
from vouchers.selectors.mail_values import values_for
from vouchers.services import alerts, links, showing

KIND = "voucher"
RESENDS_PER_DAY = 5
# Kinds of references whose owners mail the codes themselves (`fulfilling.promise`).
told_elsewhere: set[str] = set()
DAY = timedelta(days=1)


class NothingToSend(Conflict):
    """There is no mail to send: the voucher is no longer the recipient's, or has no address."""

    code = "nothing_to_send"


def message_of(campaign: Campaign) -> tuple[str, str]:
    """Return the subject and body of the campaign's mails; an unwritten message is the default one."""
    subject, body = default_message(campaign.code_in_mail)
    return campaign.mail_subject or subject, campaign.mail_body or body


def first(*, issuance_id: int, at: datetime) -> Sending | None:
    """Queue the mail of a code that was given, once however often it is asked; None where none goes out.

    Nobody is mailed who asked not to be: the code stays theirs, and in "my vouchers" (vouchers.md 6.3).
    """
    with transaction.atomic():
        issuance = _locked(issuance_id)
        wants = (
            not _is_told_elsewhere(issuance) and issuance.campaign.code_in_mail != CodeInMail.NONE
        )
        asked = Sending.objects.filter(issuance=issuance, is_resend=False).exists()
        if asked or not wants or not issuance.email or issuance.status != IssuanceStatus.ISSUED:
            return None
        if not _is_wanted(issuance, issuance.email):
            _delivery(issuance.pk, Delivery.SUPPRESSED, at=at)
            return None
        return _queue(issuance, at=at)


def resend(*, issuance: Issuance, user: User, at: datetime, address: str = "") -> Sending:
    """Mail the same code once more, to the same or a corrected address; at most 5 a day (5.8).

    Raises `NothingToSend` when the voucher is not to be used any more or nobody is to be mailed,
    `Invalid` for what is no address, `TooMany` past the limit.
    """
    with transaction.atomic():
        issuance = _locked(issuance.pk)
        if issuance.status != IssuanceStatus.ISSUED:
            raise NothingToSend(
                "Only a voucher that can still be used is sent again. "
                f"This one is {issuance.state.label.lower()}."
            )
        if Sending.objects.filter(issuance=issuance, is_resend=True, at__gt=at - DAY).count() >= (
            RESENDS_PER_DAY
        ):
            raise TooMany(
                f"It was sent {RESENDS_PER_DAY} times within a day. Please try again tomorrow."
            )
        if address:
            _correct(issuance, address, at=at)
        if not issuance.email:
            raise NothingToSend("There is no address to send it to. Please type one in.")
        if not _is_wanted(issuance, issuance.email):
            raise NothingToSend(
                f"{issuance.email} asked for no more voucher mails. The voucher is in their own pages."
            )
        return _queue(issuance, at=at, user=user)


def _correct(issuance: Issuance, address: str, *, at: datetime) -> None:
    """Write the corrected address to the issuance; it names the same recipient."""
    address = people.normal_email(address)
    if address.count("@") != 1 or address.startswith("@") or "." not in address.partition("@")[2]:
        raise Invalid(
            "Write the e-mail address in full.",
            fields={"email": "Write the e-mail address in full, such as ana@example.com."},
        )
    _close_links(issuance, at=at)
    issuance.email = address
    issuance.updated_at = at
    issuance.version += 1
    issuance.save(update_fields=["email", "updated_at", "version"])


def _close_links(issuance: Issuance, *, at: datetime) -> None:
    """Close what was mailed to an address that proved wrong: it may be somebody's."""
    subject = references.reference("vouchers.issuance", issuance.pk)
    tokens.revoke(subject=subject, purposes=[links.REVEAL], at=at)
    tray = links.tray_of(business=issuance.business, recipient_key=issuance.recipient_key)
    if tray is None:
        return
    subject = references.reference("vouchers.tray", tray.pk)
    found = tokens.newest(subject=subject, purposes=[links.TRAY])
    if found is not None and found.address.lower() == issuance.email.lower():
        tokens.revoke(subject=subject, purposes=[links.TRAY], at=at)


def _is_told_elsewhere(issuance: Issuance) -> bool:
    """Tell whether another app promised the code and mails it; who only names it so did not."""
    is_by_hand = issuance.source == Source.MANUAL
    return is_by_hand and issuance.trigger_ref.rpartition(":")[0] in told_elsewhere


def _locked(issuance_id: int) -> Issuance:
    return (
        Issuance.objects.select_for_update(of=("self",))
        .select_related(
            "business__provider_profile", "campaign", "voucher_list__partner", "code", "contact"
        )
        .get(pk=issuance_id)
    )


def _is_wanted(issuance: Issuance, address: str) -> bool:
    if issuance.contact is not None and issuance.contact.is_terminated:
        return False
    return not MailRefusal.objects.filter(
        business=issuance.business_id, address=people.normal_email(address)
    ).exists()


def refuse_mails(*, business: Organisation, address: str, at: datetime) -> None:
    """Keep the address from any more mails about vouchers of the business."""
    MailRefusal.objects.get_or_create(
        business=business, address=people.normal_email(address), defaults={"at": at}
    )


def want_mails(*, business: Organisation, address: str) -> None:
    """Mail the address again."""
    MailRefusal.objects.filter(business=business, address=people.normal_email(address)).delete()


def wants_mails(*, business: Organisation, address: str) -> bool:
    """Tell whether the address is mailed about vouchers of the business."""
    return not MailRefusal.objects.filter(
        business=business, address=people.normal_email(address)
    ).exists()


def _queue(issuance: Issuance, *, at: datetime, user: User | None = None) -> Sending:
    sending = Sending.objects.create(
        issuance=issuance,
        address=issuance.email,
        is_resend=user is not None,
        asked_by=user,
        asked_by_name=user.email if user else "",
        at=at,
    )
    token = links.reveal_token(issuance, at=at, address=issuance.email)
    recipient = Recipient(issuance.recipient_key, issuance.contact, issuance.email)
    links.tray_token(business=issuance.business, recipient=recipient, at=at)
    subject = messages.render_subject(message_of(issuance.campaign)[0], _values(issuance, code=""))
    sending.mail = mail.queue(
        kind=KIND,
        key=f"{KIND}:{issuance.event_id}:{sending.pk}",
        to=issuance.email,
        template="vouchers/voucher",
        context={"subject": subject, **sender_of(issuance.business)},
        at=at,
        link=links.link_path("voucher_reveal"),
        token=token,
        reference=references.reference("vouchers.sending", sending.pk),
        owner_id=issuance.business_id,
        reply_to=_profile_mail(issuance.business),
        from_name=issuance.business.name,
    )
    sending.save(update_fields=["mail"])
    _delivery(issuance.pk, Delivery.PENDING, at=at)
    return sending


def sender_of(business: Organisation) -> dict[str, Any]:
    """Return what the shell of a mail shows of the business."""
    profile = getattr(business, "provider_profile", None)
    return {
        "provider_name": business.name,
        "logo_url": profile.logo.url if profile and profile.logo else "",
        "contact_email": profile.email if profile else "",
    }


def _profile_mail(business: Organisation) -> str:
    profile = getattr(business, "provider_profile", None)
    return profile.email if profile else ""


def _delivery(issuance_id: int, status: Delivery, *, at: datetime) -> None:
    Issuance.objects.filter(pk=issuance_id).update(delivery_status=status, updated_at=at)


def _values(
    issuance: Issuance, *, code: str, reveal: str = "", tray: str = ""
) -> Mapping[str, Value]:
    return values_for(issuance=issuance, code=code, reveal=reveal, vouchers=tray)


def _sending_of(row: Mail) -> Sending:
    pk = references.parse(row.reference)[1]
    return Sending.objects.select_related(
        "issuance__business__provider_profile", "issuance__campaign", "issuance__contact",
        "issuance__voucher_list__partner", "issuance__code",
    ).get(pk=pk)  # fmt: skip


def _tray_address(issuance: Issuance) -> str:
    """Return the address of all vouchers of the recipient, from the token made with the mail."""
    tray = links.tray_of(business=issuance.business, recipient_key=issuance.recipient_key)
    token = tray and tokens.newest(
        subject=references.reference("vouchers.tray", tray.pk), purposes=[links.TRAY]
    )
    return links.address_of(token, "voucher_tray") if token else ""


def late_context(row: Mail) -> Mapping[str, Any]:
    """Return the message as it is sent: its paragraphs, with the code where the campaign puts it there.

    What was taken back shows no code, whoever renders the row again later.
    """
    issuance = _sending_of(row).issuance
    in_mail = issuance.campaign.code_in_mail == CodeInMail.CODE
    code = happenings.code_of(issuance) if in_mail and issuance.status in SHOWN else ""
    tray = _tray_address(issuance)
    values = _values(issuance, code=code, reveal=mail.link_of(row), tray=tray)
    try:
        blocks = messages.blocks(message_of(issuance.campaign)[1], values)
    except messages.CodeMissing:
        blocks = []
    return {"blocks": blocks, "vouchers_link": tray}


def before_sending(row: Mail, at: datetime) -> None:
    """Note that the code may be seen from now on; raises `Withheld` for a voucher that must not go out.

    A message that is to show a code which is empty is held back (vouchers.md 6.3).
    """
    sending = _sending_of(row)
    issuance = sending.issuance
    if not showing.hand_over(issuance=issuance, at=at):
        raise Withheld("The voucher was taken back before its mail left.")
    if not happenings.code_of(issuance):
        _delivery(issuance.pk, Delivery.HELD, at=at)
        _raise_held(issuance, at=at)
        raise Withheld("There is no code to send.")


def _raise_held(issuance: Issuance, *, at: datetime) -> None:
    alerts.raise_happening(
        kind=AlertKind.HELD,
        business=issuance.business,
        key=f"held:{issuance.pk}",
        subject=f"A mail of {issuance.campaign.name}",
        voucher_list=issuance.voucher_list,
        reference=references.reference("vouchers.issuance", issuance.pk),
        note=f"{issuance.email} was to get an empty code. Take it back and give another.",
        at=at,
    )


def mail_sent(pk: int, _to: str, at: datetime) -> None:
    """Note that the mail of a sending left."""
    _came_of(pk, Delivery.SENT, at=at)


def mail_failed(pk: int, _to: str, at: datetime) -> None:
    """Note that the mail of a sending could not be delivered: refused for good, or given up."""
    bounced = Sending.objects.filter(pk=pk, mail__is_bounced=True).exists()
    _came_of(pk, Delivery.BOUNCED if bounced else Delivery.FAILED, at=at)


def _came_of(pk: int, status: Delivery, *, at: datetime) -> None:
    """Tell the issuance what came of its newest mail; an older one tells nothing any more."""
    sending = Sending.objects.filter(pk=pk).first()
    if sending is None or Sending.objects.filter(issuance=sending.issuance_id, pk__gt=pk).exists():
        return
    Issuance.objects.filter(pk=sending.issuance_id, delivery_status=Delivery.PENDING).update(
        delivery_status=status, updated_at=at
    )


LATE = Late(late_context, before_sending)
