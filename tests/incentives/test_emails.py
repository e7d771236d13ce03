"""The e-mails of offers: rendered as HTML and text, safe to read, complete (incentives.md 5.6)."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core import clock
from core.mail import queue, render
from core.models import Mail
from incentives.services import statuses, sweeps
from incentives.services.actors import provider
from incentives.services.statuses import Payload
from tests.factories.incentives import Desk, claim_link, make_desk, make_offer
from tests.incentives.recipient import Person, mails, secret_in

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails" / "incentives"
TEMPLATES = sorted(path.name.removesuffix(".subject.txt") for path in FOLDER.glob("*.subject.txt"))
TO_RECIPIENTS = {
    "e01_offer", "e02_verify", "e03_access", "e05_provider_acted", "e06_confirmed", "e07_success",
    "e08_acknowledge", "e09_reminder", "e13_cancelled", "e01_group", "e03_group", "group_lead",
    "group_removed",
}  # fmt: skip
# What is over leads nowhere.
WITHOUT_LINK = {"e13_cancelled", "group_removed"}
# Mail programs cut a message off at about 102 KB.
CLIP = 102 * 1024
EVIL = "<script>alert(1)</script>"


def context(**more: Any) -> dict[str, Any]:
    """Return everything that a mail of offers may speak of."""
    return {
        "provider_name": "Acme Solar",
        "provider_url": "https://acme.example",
        "logo_url": "",
        "contact_email": "hello@acme.example",
        "product": "Rooftop panels",
        "incentive": "cashback",
        "headline": "€50.00 cashback",
        "value_text": "€50.00",
        "description": "Paid within 14 days",
        "message": "Welcome back!",
        "text": "Which account?",
        "excerpt": "Which account?",
        "expires_at": "30 Nov 2026, 23:59 (UTC)",
        "answer_by": "7 Dec 2026, 23:59 (UTC)",
        "offer_reference": "OF-7H2K-93",
        "offer_id": 42,
        "recipient_name": "Noor Haddad",
        "old_status": "Offered",
        "new_status": "Approved",
        "next_step": "You agreed. The provider confirms next.",
        "last_message_at": "1 Nov 2026, 10:00 (UTC)",
        "offers": [
            {"reference": "OF-7H2K-93", "to": "noor@home.example", "product": "Rooftop panels"}
        ],
        **more,
    }


def written(template: str, **more: Any) -> tuple[str, str, str]:
    """Return subject, text and HTML of a mail with a link."""
    mail = Mail(
        template=f"incentives/{template}", context=context(**more), to="noor@home.example",
        link="/incentive-offers/claim?token=abc", kind="test",
    )  # fmt: skip
    message = render(mail)
    return str(message.subject), str(message.body), str(message.alternatives[0].content)


class Tags(HTMLParser):
    """The names of a document's elements, and the addresses that it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_mail_says_who_wrote_and_why_in_html_and_in_text(template: str) -> None:
    subject, text, html = written(template)
    for part in (text, html):
        assert "Acme Solar" in part
        assert "You get this e-mail because" in part
        assert "{{" not in part
        assert "{%" not in part
    assert subject
    assert "&" not in text.replace("&token", "")


@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - WITHOUT_LINK))
def test_mail_carries_its_link_as_a_button_and_to_read(template: str) -> None:
    _, text, html = written(template)
    link = f"{settings.SITE_URL}/incentive-offers/claim?token=abc"
    assert link in text
    assert Tags(html).links.count(link) == 2
    assert f">{link}</a>" in html


@pytest.mark.parametrize("template", sorted(TO_RECIPIENTS))
def test_mail_to_a_recipient_names_whom_to_ask(template: str) -> None:
    _, text, html = written(template)
    assert "hello@acme.example" in text
    assert "hello@acme.example" in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_mail_has_no_script_no_outside_style_and_stays_below_the_clip(template: str) -> None:
    long = "ä" * 1024
    _, _, html = written(
        template, message=long, text=long, excerpt=long[:200], description="ö" * 500
    )
    tags = Tags(html)
    assert len(html.encode()) < CLIP
    assert not {"script", "link", "iframe", "form"} & set(tags.names)


def test_long_list_of_expired_offers_stays_below_the_clip() -> None:
    rows = [
        {"reference": f"OF-{n:04}-AB", "to": f"{'x' * 60}{n}@home.example", "product": "P" * 150}
        for n in range(500)
    ]
    subject, _, html = written("e10_expired", offers=rows)
    assert subject == "500 offers expired without an answer"
    assert len(html.encode()) < CLIP


@pytest.mark.parametrize("template", TEMPLATES)
def test_markup_of_users_is_visible_text(template: str) -> None:
    fields = (
        "message",
        "text",
        "excerpt",
        "description",
        "recipient_name",
        "product",
        "provider_name",
    )
    _, text, html = written(template, **dict.fromkeys(fields, EVIL))
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert EVIL in text


@pytest.mark.parametrize("template", TEMPLATES)
def test_line_breaks_of_users_start_no_header(template: str) -> None:
    broken = "Noor\r\nBcc: everybody@example.org"
    mail = queue(
        kind="test",
        key=f"test:{template}",
        to="noor@home.example",
        template=f"incentives/{template}",
        context=context(
            recipient_name=broken, provider_name=broken, headline=broken, offer_reference=broken
        ),
        at=clock.now(),
        from_name=broken,
    )
    message = render(mail).message()
    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"]).replace("\n ", " ")


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


def test_offer_mail_says_what_until_when_and_from_whom(acme: Desk) -> None:
    offer = make_offer(program=acme.program, message="Thank you for booking.")
    message = render(mails("E01", offer.recipient_email)[0])
    assert message.subject == "Acme Solar offers you €50.00 cashback"
    assert message.from_email.startswith("Acme Solar <")
    assert message.reply_to == [acme.business.provider_profile.email]
    for part in (str(message.body), str(message.alternatives[0].content)):
        for words in (
            "€50.00 cashback",
            "Paid to your bank account within 14 days",
            "Thank you for booking.",
            "(UTC)",
            "If you did not expect it, ignore it",
            f"token={secret_in(mails('E01')[0])}",
        ):
            assert words in part


def test_verification_mail_says_nothing_of_the_offers_state(acme: Desk) -> None:
    offer = make_offer(program=acme.program, delivery="link")
    claim_link(offer, at=clock.now(), email="sam@home.example")
    message = render(mails("E02", "sam@home.example")[0])
    text = f"{message.subject} {message.body}"
    assert "24 hours" in text
    assert not [label for label in ("Offered", "Pre Claimed", "Status") if label in text]


def test_providers_question_comes_with_the_day_to_answer_by(acme: Desk) -> None:
    offer = make_offer(program=acme.program, status="approved")
    statuses.transition(
        offer=offer,
        to="needs_info",
        actor=provider(acme.user),
        payload=Payload(text="Which account should it go to?"),
        at=clock.now(),
    )
    body = str(render(mails("E05", offer.recipient_email)[-1]).body)
    assert "Which account should it go to?" in body
    assert "Please answer by" in body
    assert "It is your turn: answer the question." in body


def test_delivery_mail_carries_the_code_that_the_provider_wrote(acme: Desk) -> None:
    offer = make_offer(program=acme.program, status="completed")
    message = render(mails("E07", offer.recipient_email)[-1])
    assert "Paid by bank transfer" in str(message.body)
    assert "Paid by bank transfer" in str(message.alternatives[0].content)


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ("approved", {"E01", "E04"}),
        ("approved_confirmed", {"E01", "E04", "E06"}),
        ("completed", {"E01", "E04", "E06", "E07", "E08"}),
        ("acknowledged", {"E01", "E04", "E06", "E07", "E08", "E14"}),
        ("cancelled", {"E01", "E13"}),
        ("expired", {"E01", "E10"}),
        ("no_response", {"E01", "E04", "E05", "E11"}),
    ],
)
def test_every_mail_on_the_way_to_a_status_can_be_written(
    acme: Desk, status: str, kinds: set[str]
) -> None:
    make_offer(program=acme.program, status=status)
    queued = list(Mail.objects.all())
    assert {mail.kind for mail in queued} == kinds
    for mail in queued:
        message = render(mail)
        assert message.subject
        assert message.body
        assert message.alternatives


def test_reminder_is_sent_once_and_its_link_opens_the_offer(acme: Desk) -> None:
    offer = make_offer(program=acme.program)
    assert offer.expires_at is not None
    near = offer.expires_at - sweeps.REMIND_BEFORE
    sweeps.remind(at=near)
    sweeps.remind(at=near)
    reminders = mails("E09")
    assert len(reminders) == 1
    assert "Two days left" in str(render(reminders[0]).subject)
    assert Person().open("offer_claim", secret_in(reminders[0])).status_code == 200
