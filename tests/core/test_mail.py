from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction

from core import mail, references, tokens
from core.models import Mail
from tests.core.post_office import PostOffice
from tests.kit.concurrency import meeting, split, together

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

told: list[tuple[int, str, datetime]] = []
references.nouns.register(
    "tests.parcel", references.Noun(on_mail_failed=lambda pk, to, at: told.append((pk, to, at)))
)


@pytest.fixture(autouse=True)
def post_office(settings: Any) -> Iterator[type[PostOffice]]:
    settings.EMAIL_BACKEND = "tests.core.post_office.PostOffice"
    settings.SITE_URL = "https://largesse.example"
    settings.DEFAULT_FROM_EMAIL = "Largesse <no-reply@largesse.example>"
    yield PostOffice
    for kept in (PostOffice.troubles, PostOffice.delivered, told):
        kept.clear()


def queue(**changes: Any) -> Mail:
    values: dict[str, Any] = {
        "kind": "E01",
        "key": "E01:1:noor@home.example",
        "to": "noor@home.example",
        "template": "core/plain",
        "context": {"subject": "An offer for you", "body": "Thank you for your trust."},
        "at": NOW,
    }
    return mail.queue(**values | changes)


def send(at: datetime = NOW, limit: int = 10) -> int:
    return mail.send_due(at=at, limit=limit)


def row() -> Mail:
    return Mail.objects.get()


def test_a_queued_mail_is_sent_once(db: None, post_office: type[PostOffice]) -> None:
    queue()
    assert row().status == "queued"
    assert send() == 1
    assert (row().status, row().sent_at, row().attempts) == ("sent", NOW, 1)
    assert send(NOW + timedelta(days=1)) == 0
    (message,) = post_office.delivered
    assert message.to == ["noor@home.example"]
    assert message.subject == "An offer for you"


def test_a_mail_is_plain_text_and_html(db: None, post_office: type[PostOffice]) -> None:
    queue(context={"subject": "s", "body": "<script>alert(1)</script>"})
    send()
    (message,) = post_office.delivered
    assert isinstance(message, EmailMultiAlternatives)
    assert "Thank you" not in message.body
    ((html, kind),) = [(str(part.content), part.mimetype) for part in message.alternatives]
    assert kind == "text/html"
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_there_is_one_mail_for_each_event_and_address(db: None) -> None:
    first = queue()
    assert queue(context={"subject": "again", "body": "b"}) == first
    queue(key="E01:1:sam@home.example", to="sam@home.example")
    assert Mail.objects.count() == 2


def test_long_addresses_that_begin_alike_get_a_mail_each(db: None) -> None:
    begin = "E01:1:" + "a" * 210
    assert queue(key=f"{begin}1") != queue(key=f"{begin}2")


def test_two_simultaneous_requests_queue_one_mail(transactional_db: None) -> None:
    made, refused = split(meeting(queue, queue))
    assert refused == []
    assert made[0] == made[1]
    assert Mail.objects.count() == 1


def test_a_mail_of_a_cause_that_did_not_happen_is_never_sent(transactional_db: None) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert send() == 0


def test_a_mail_is_not_sent_before_its_time(db: None) -> None:
    queue()
    assert send(NOW - MINUTE) == 0


def test_a_failure_is_tried_again_after_growing_pauses(
    db: None, post_office: type[PostOffice]
) -> None:
    queue()
    moments = [NOW]
    for _ in range(4):
        post_office.troubles[:] = [ConnectionRefusedError("no server")]
        assert send(moments[-1]) == 1
        assert row().status == "queued"
        assert "no server" in row().last_error
        assert send(row().next_attempt_at - timedelta(seconds=1)) == 0
        moments.append(row().next_attempt_at)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses == sorted(set(pauses))
    assert pauses[0] == MINUTE
    assert send(moments[-1]) == 1
    assert (row().status, row().attempts, row().last_error) == ("sent", 5, "")


def test_after_five_attempts_a_mail_has_failed_and_its_owner_is_told(
    db: None, post_office: type[PostOffice]
) -> None:
    queue(reference="tests.parcel:7")
    at = NOW
    for attempt in range(1, 6):
        assert told == []
        post_office.troubles[:] = [smtplib.SMTPServerDisconnected("gone")]
        at += timedelta(days=1)
        send(at)
        assert row().attempts == attempt
    assert row().status == "failed"
    assert told == [(7, "noor@home.example", at)]
    assert send(at + timedelta(days=1)) == 0
    assert post_office.delivered == []


@pytest.mark.parametrize(("code", "status"), [(550, "failed"), (450, "queued")])
def test_a_refused_address_fails_at_once_unless_the_server_says_later(
    db: None, post_office: type[PostOffice], code: int, status: str
) -> None:
    queue(reference="tests.parcel:7")
    answer = {"noor@home.example": (code, b"no")}
    post_office.troubles[:] = [smtplib.SMTPRecipientsRefused(answer)]
    send()
    assert row().status == status
    assert len(told) == (status == "failed")


def test_one_bad_mail_does_not_keep_the_others(db: None, post_office: type[PostOffice]) -> None:
    queue(template="core/missing")
    queue(key="other", to="sam@home.example")
    assert send() == 2
    assert [message.to for message in post_office.delivered] == [["sam@home.example"]]
    assert Mail.objects.get(template="core/missing").status == "queued"


class Killed(BaseException):
    """The process ends in the middle of sending."""


def test_the_mail_of_a_killed_worker_is_taken_again(
    db: None, post_office: type[PostOffice]
) -> None:
    queue()
    post_office.troubles[:] = [Killed()]
    with pytest.raises(Killed):
        send()
    assert row().status == "sending"
    assert send(NOW + MINUTE) == 0
    assert send(NOW + mail.SENDING_TIMEOUT) == 1
    assert row().status == "sent"
    assert len(post_office.delivered) == 1


def test_a_mail_that_kills_every_worker_is_given_up(
    db: None, post_office: type[PostOffice]
) -> None:
    queue(reference="tests.parcel:7")
    at = NOW
    for _ in range(mail.ATTEMPTS):
        post_office.troubles[:] = [Killed()]
        with pytest.raises(Killed):
            send(at)
        at += timedelta(hours=1)
    send(at)
    assert row().status == "failed"
    assert [pk for pk, _, _ in told] == [7]


def test_two_workers_never_send_the_same_mail(
    transactional_db: None, post_office: type[PostOffice]
) -> None:
    for number in range(12):
        queue(key=f"E01:{number}")
    assert sum(together(*[lambda: send(limit=12)] * 3)) == 12
    assert len(post_office.delivered) == 12
    assert set(Mail.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_a_failed_mail_can_be_sent_again_by_hand(db: None, post_office: type[PostOffice]) -> None:
    Mail.objects.filter(pk=queue().pk).update(status="failed", attempts=5)
    mail.retry(row(), at=NOW + MINUTE)
    assert send(NOW + MINUTE) == 1
    assert (row().status, row().attempts) == ("sent", 1)


def test_only_a_failed_mail_is_sent_again(db: None) -> None:
    queue()
    send()
    mail.retry(row(), at=NOW)
    assert row().status == "sent"


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_text_cannot_start_a_new_header(
    db: None, post_office: type[PostOffice], breaks: str
) -> None:
    evil = f"Hello{breaks}Bcc: everybody@else.example"
    queue(from_name=evil, context={"subject": evil, "body": "b"})
    assert send() == 1
    (message,) = post_office.delivered
    built = message.message()
    assert built["Bcc"] is None
    assert "\n" not in message.subject
    assert built["From"].count("@") == 2
    assert built["From"].endswith("<no-reply@largesse.example>")


def test_an_address_with_a_line_break_sends_nothing(
    db: None, post_office: type[PostOffice]
) -> None:
    queue(to="noor@home.example\nBcc: everybody@else.example")
    send()
    assert post_office.delivered == []
    assert "BadHeaderError" in row().last_error


def test_the_provider_is_named_and_answered(db: None, post_office: type[PostOffice]) -> None:
    queue(from_name="Sol & Söhne, Ltd.", reply_to="hello@sol.example")
    send()
    (message,) = post_office.delivered
    assert message.from_email == '"Sol & Söhne, Ltd." <no-reply@largesse.example>'
    assert message.reply_to == ["hello@sol.example"]


def test_a_link_carries_the_secret_which_is_stored_nowhere(
    db: None, post_office: type[PostOffice]
) -> None:
    token = tokens.issue(
        purpose="claim", subject="tests.parcel:7", at=NOW, expires_at=NOW + timedelta(days=7)
    )
    queued = queue(link="/incentive-offers/claim", token=token)
    secret = tokens.secret_of(token)
    assert mail.link_of(queued) == f"https://largesse.example/incentive-offers/claim?token={secret}"
    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM core_mail m")
        assert secret not in cursor.fetchone()[0]
    assert secret not in str(post_office.delivered[0].extra_headers)


def test_a_link_keeps_its_own_query(db: None) -> None:
    token = tokens.issue(purpose="claim", subject="x:1", at=NOW, expires_at=NOW + MINUTE)
    link = mail.link_of(queue(link="/offers?status=expired", token=token))
    assert link.startswith("https://largesse.example/offers?status=expired&token=")
    assert mail.link_of(queue(key="2", link="/offers")) == "https://largesse.example/offers"
    assert mail.link_of(queue(key="3")) == ""
