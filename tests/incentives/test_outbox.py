"""The demo's outbox: every mail readable, only in the demo, nothing in a mail can run."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from core.models import Mail
from tests.factories.incentives import make_desk, make_offer
from tests.incentives.recipient import mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True


def sent(**fields: object) -> Mail:
    offer = make_offer(program=make_desk("Acme Solar").program, **fields)  # type: ignore[arg-type]
    return mails("E01", offer.recipient_email)[0]


@pytest.mark.parametrize("url_name", ["outbox", "outbox_mail", "outbox_html"])
def test_outside_the_demo_there_is_no_outbox(client: Client, url_name: str) -> None:
    mail = sent()
    args = [] if url_name == "outbox" else [mail.pk]
    assert client.get(reverse(url_name, args=args)).status_code == 404


@pytest.mark.usefixtures("demo")
def test_list_shows_newest_first_and_finds_by_address(client: Client) -> None:
    first, second = (
        sent(recipient_email="noor@home.example"),
        sent(recipient_email="lee@home.example"),
    )
    html = client.get(reverse("outbox")).content.decode()
    assert html.index(second.to) < html.index(first.to)
    found = client.get(reverse("outbox"), {"q": "NOOR@"}).content.decode()
    assert first.to in found
    assert second.to not in found


@pytest.mark.usefixtures("demo")
def test_older_mails_are_one_step_away(client: Client) -> None:
    newest = sent()
    for number in range(35):
        newest.pk, newest.key = None, f"copy-{number}"
        newest.save(force_insert=True)
    ids = sorted(Mail.objects.values_list("pk", flat=True), reverse=True)
    html = client.get(reverse("outbox")).content.decode()
    assert f"before={ids[29]}" in html
    older = client.get(reverse("outbox"), {"before": ids[29]}).content.decode()
    assert f"{reverse('outbox_mail', args=[ids[30]])}?" in older
    assert f"{reverse('outbox_mail', args=[ids[29]])}?" not in older


@pytest.mark.usefixtures("demo")
def test_mail_shows_its_head_text_and_working_link(client: Client) -> None:
    mail = sent()
    html = client.get(reverse("outbox_mail", args=[mail.pk])).content.decode()
    assert "Acme Solar offers you €50.00 cashback" in html
    assert f"{reverse('offer_claim')}?token={secret_in(mail)}" in html
    assert reverse("outbox_html", args=[mail.pk]) in html
    assert "You get this e-mail because" in html


@pytest.mark.usefixtures("demo")
def test_mail_is_framed_where_nothing_of_it_can_run(client: Client) -> None:
    mail = sent(message="<script>alert(1)</script>")
    page = client.get(reverse("outbox_mail", args=[mail.pk]))
    framed = client.get(reverse("outbox_html", args=[mail.pk]))
    policy = framed["Content-Security-Policy"]
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    ):
        assert rule in policy
    assert "script-src" not in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert b"<script>alert" not in framed.content
    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content


@pytest.mark.usefixtures("demo")
def test_sign_in_mail_without_a_row_of_its_own_is_readable_too(client: Client) -> None:
    mail = sent()
    mail.pk, mail.key, mail.template = None, "account", "core/plain"
    mail.context = {
        "subject": "Please confirm your address",
        "body": "Open http://x.example/a\n\nBye",
    }
    mail.save(force_insert=True)
    assert "Please confirm your address" in client.get(reverse("outbox")).content.decode()
    framed = client.get(reverse("outbox_html", args=[mail.pk])).content.decode()
    assert 'href="http://x.example/a"' in framed
