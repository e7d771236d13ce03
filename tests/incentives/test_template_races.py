"""Many people confirm at a template's link at the same moment (incentives.md 7.1, 9)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core import clock
from incentives.models import LinkTemplate, Offer
from incentives.selectors.link_templates import template_of
from incentives.services import confirmations, template_claims
from incentives.services.template_claims import UsedUp
from tests.factories.incentives import make_desk
from tests.factories.link_templates import ask_template, make_template
from tests.incentives.recipient import Page, Person, mails
from tests.kit.concurrency import meeting, split, together
from tests.kit.processes import ROOT, clean_environment

# What each of the processes does: get ready, wait for the word, press the button, tell the answer.
PRESS = """
import json, sys
import django
django.setup()
from django.test import Client
from django.urls import reverse
address = reverse("offer_verify") + "?token=" + sys.argv[1]
client = Client(HTTP_HOST="localhost")
client.get(address)
print("ready", flush=True)
sys.stdin.readline()
answer = client.post(address)
print(json.dumps([answer.status_code, answer.content.decode()]), flush=True)
"""


@pytest.fixture
def template(transactional_db: None) -> LinkTemplate:
    return make_template(make_desk("Acme Solar").program, max_uses=2)


def fresh(template: LinkTemplate) -> LinkTemplate:
    return template_of(business=template.business, pk=template.pk)


def press(secret: str, var: Path) -> subprocess.Popen[str]:
    """Start a process of its own that will confirm the wish behind the secret."""
    database = connection.settings_dict
    login = ":".join(filter(None, [database["USER"], database.get("PASSWORD")]))
    place = f"host={database['HOST']}&port={database['PORT'] or 5432}"
    env = clean_environment(
        DEBUG="1",
        LARGESSE_VAR=str(var),
        DATABASE_URL=f"postgres://{login}@/{database['NAME']}?{place}",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    return subprocess.Popen(
        [sys.executable, "-c", PRESS, secret],
        env=env,
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def answers_of(people: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Let all press at once and return status and page of each."""
    for person in people:
        assert person.stdout is not None
        assert person.stdout.readline() == "ready\n"
    for person in people:
        assert person.stdin is not None
        person.stdin.write("go\n")
        person.stdin.flush()
    return [tuple(json.loads(person.communicate(timeout=60)[0])) for person in people]


@pytest.mark.scenario("INC-41")
def test_of_three_who_confirm_at_once_two_get_an_offer_and_the_third_comes_too_late(
    template: LinkTemplate, tmp_path: Path
) -> None:
    people = [press(ask_template(template, at=clock.now()), tmp_path) for _ in range(3)]
    try:
        answers = answers_of(people)
    finally:
        for person in people:
            person.kill()
            person.wait(30)
    assert sorted(status for status, _ in answers) == [303, 303, 410]
    late = next(page for status, page in answers if status == 410)
    assert "This offer is no longer available" in late
    assert Offer.objects.filter(link_template=template, status="pre_claimed").count() == 2
    assert fresh(template).uses_count == 2
    assert len(mails("E15")) == 1


def confirming(template: LinkTemplate, email: str = "") -> Callable[[], Any]:
    secret = ask_template(template, email=email)
    return lambda: confirmations.confirm(secret=secret, at=clock.now())[0].pk


def test_last_use_goes_to_exactly_one_of_two_who_meet(transactional_db: None) -> None:
    template = make_template(make_desk().program, max_uses=1)
    won, refused = split(meeting(confirming(template), confirming(template)))
    assert len(won) == 1
    assert isinstance(refused[0], UsedUp)
    assert fresh(template).uses_count == Offer.objects.count() == 1


def test_use_of_a_process_that_dies_is_not_counted(transactional_db: None) -> None:
    template = make_template(make_desk().program, max_uses=1)
    _, second = meeting(confirming(template), confirming(template), commit=False)
    assert isinstance(second, int)
    assert fresh(template).uses_count == Offer.objects.count() == 1


def test_two_wishes_of_one_address_pressed_at_once_make_one_offer(template: LinkTemplate) -> None:
    calls = [confirming(template, "sam@home.example") for _ in range(2)]
    first, second = together(*calls)
    assert first == second
    assert fresh(template).uses_count == Offer.objects.count() == 1


def test_late_person_reads_nothing_of_those_who_were_faster(template: LinkTemplate) -> None:
    late = ask_template(template, email="late@home.example")
    for email in ("first@home.example", "second@home.example"):
        secret = ask_template(template, email=email)
        confirmations.confirm(secret=secret, at=clock.now())
    answer = Person().open("offer_verify", late)
    assert answer.status_code == template_claims.UsedUp.status
    page = Page(answer)
    assert page.headings[0] == "This offer is no longer available"
    assert "first@home.example" not in answer.content.decode()
