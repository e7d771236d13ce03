"""Staff can look at every e-mail before it is sent; no preview holds a working link (5.6)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.urls import reverse

from core.models import LinkToken, Mail
from directory import letters as other_letters
from incentives.models import Offer
from incentives.services.notices import letters, previews
from incentives.services.notices.letters import LETTERS, Letter
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.incentives.recipient import secret_in

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates" / "emails" / "incentives"
SPECIFICATION = (ROOT / "docs/specification/incentives.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.ada)


def by_key(letter: Letter) -> str:
    return letter.key


def test_every_template_has_a_preview_and_every_preview_a_template() -> None:
    suffix = ".subject.txt"
    stored = {
        str(path.relative_to(FOLDER)).removesuffix(suffix) for path in FOLDER.rglob(f"*{suffix}")
    }
    assert {letter.template for letter in LETTERS} == stored
    assert len({letter.key for letter in LETTERS}) == len(LETTERS)


def test_every_e_mail_of_the_specification_is_there() -> None:
    section = SPECIFICATION[SPECIFICATION.index("### 5.6 Emails") :]
    codes = set(re.findall(r"^\| (E\d\d) \|", section, re.MULTILINE))
    assert len(codes) == 15
    assert codes <= {letter.code for letter in LETTERS}


def test_what_is_sent_is_what_the_table_says(cast: Cast) -> None:
    program = make_program(cast.acme)
    for status in ("acknowledged", "cancelled", "expired", "no_response"):
        make_offer(program=program, status=status)
    make_offer(program=program, status="pre_claimed", delivery="link")
    known = {(letter.code, f"incentives/{letter.template}") for letter in LETTERS}
    assert set(Mail.objects.values_list("kind", "template")) <= known


@pytest.mark.parametrize("letter", LETTERS, ids=by_key)
def test_preview_is_written_with_samples_alone(letter: Letter, cast: Cast) -> None:
    message = previews.compose(letter, business=cast.acme)
    html = str(message.alternatives[0].content)  # type: ignore[attr-defined]
    for part in (str(message.subject), str(message.body), html):
        assert part.strip()
        assert "{{" not in part
        assert "{%" not in part
    assert "Acme Solar" in html


@pytest.mark.parametrize("letter", LETTERS, ids=by_key)
def test_samples_know_every_word_of_the_letter(
    letter: Letter, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "¿unknown?")
    message = previews.compose(letter, business=cast.acme)
    html = str(message.alternatives[0].content)  # type: ignore[attr-defined]
    for part in (str(message.subject), str(message.body), html):
        assert "¿unknown?" not in part


@pytest.mark.parametrize("letter", LETTERS, ids=by_key)
def test_page_shows_head_frame_and_text(letter: Letter, desk: Client) -> None:
    page = desk.get(reverse("email_preview", args=[letter.key]))
    assert page.status_code == 200
    html = page.content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in html
    framed = desk.get(reverse("email_html", args=[letter.key]))
    assert framed.status_code == 200
    policy = framed["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


@pytest.fixture
def offer(cast: Cast) -> Offer:
    return make_offer(
        program=make_program(cast.acme, "Winter panels"), status="counter", message="Warm wishes!"
    )


def test_newest_offer_lends_its_words_and_no_secret(desk: Client, offer: Offer) -> None:
    url = reverse("email_html", args=["e01-offer"])
    html = desk.get(url).content.decode()
    assert "Winter panels" in html
    assert "Warm wishes!" in html
    assert "Winter panels" not in desk.get(f"{url}?with=sample").content.decode()
    secrets = [secret_in(mail) for mail in Mail.objects.exclude(token=None)]
    assert secrets
    before = LinkToken.objects.count(), Mail.objects.count()
    for letter in LETTERS:
        answer: Any = desk.get(reverse("email_html", args=[letter.key]))
        assert not [secret for secret in secrets if secret in answer.content.decode()]
    assert (LinkToken.objects.count(), Mail.objects.count()) == before
    assert offer.pk


def test_link_of_a_preview_opens_nothing(client: Client) -> None:
    assert client.get(previews.DEAD_LINK).status_code == 404


def test_another_business_reads_its_own_name_and_no_offer_of_ours(cast: Cast, offer: Offer) -> None:
    html = client_of(cast.boris).get(reverse("email_html", args=["e01-offer"])).content.decode()
    assert "Bright Bikes" in html
    assert "Winter panels" not in html
    assert offer.business == cast.acme


def test_list_says_when_each_is_sent_and_to_whom(desk: Client) -> None:
    page = desk.get(reverse("emails")).content.decode()
    for letter in LETTERS:
        assert reverse("email_preview", args=[letter.key]) in page
    assert desk.get(reverse("email_preview", args=["no-such-mail"])).status_code == 404
    assert letters.letter_of("nothing") is None


OTHERS = other_letters.all_letters()


def test_every_template_of_rewards_and_the_wallet_has_a_preview() -> None:
    folder = FOLDER.parent
    stored = {
        f"{app}/{path.name.removesuffix('.subject.txt')}"
        for app in ("rewards", "wallet")
        for path in (folder / app).glob("*.subject.txt")
    }
    assert {letter.template for letter in OTHERS} == stored
    keys = [letter.key for letter in (*LETTERS, *OTHERS)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("letter", OTHERS, ids=lambda letter: letter.key)
def test_other_apps_letters_are_listed_and_shown_without_a_working_link(
    desk: Client, letter: other_letters.Letter
) -> None:
    assert letter.title in desk.get(reverse("emails")).content.decode()
    page = desk.get(reverse("email_preview", args=[letter.key]))
    assert page.status_code == 200
    assert "sample data" in page.content.decode()
    frame = desk.get(reverse("email_html", args=[letter.key]))
    assert frame.status_code == 200
    assert "Acme Solar" in frame.content.decode()
    assert not Mail.objects.exists()
    assert not LinkToken.objects.exists()


def test_the_expiry_warning_shows_what_lapses_and_when(desk: Client) -> None:
    shown = desk.get(reverse("email_preview", args=["expiry-warning"])).content.decode()
    assert "€4.90, usable until 30 November 2026" in shown
    assert "Open my wallet" in shown
