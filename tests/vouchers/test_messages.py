"""What staff may write into a voucher's mail (vouchers.md 6.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vouchers import messages
from vouchers.choices import CodeInMail
from vouchers.message_tags import SAMPLE_CODE, TAGS, Value, default_message, sample_values

SUBJECT = "Your voucher"
BODY = "Use {{ Event.voucherCode }}."


def problems(body: str, subject: str = SUBJECT, choice: str = "") -> list[str]:
    return [str(problem) for problem in messages.check(subject, body, choice)]


@pytest.mark.scenario("VCH-64")
@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("{{ Event.vouchercode }}", "Did you mean {{ Event.voucherCode }}?"),
        ('{% include "secrets.html" %}', "Only {% if tag %}, {% else %} and {% endif %} are."),
        ("{% include %}", "Only {% if tag %}, {% else %} and {% endif %} are."),
        ("{{ settings.SECRET_KEY }}", "Choose one from the list of tags."),
    ],
)
def test_an_unknown_tag_cannot_be_saved_and_its_line_and_remedy_are_told(
    written: str, hint: str
) -> None:
    (problem,) = messages.check(SUBJECT, f"Hello,\n{{{{ Event.voucherCode }}}}\n{written}")
    assert (problem.part, problem.line, problem.suggestion) == ("body", 3, hint)


@pytest.mark.parametrize("choice", [CodeInMail.CODE, CodeInMail.REVEAL])
def test_the_message_a_campaign_begins_with_can_be_sent(choice: str) -> None:
    subject, body = default_message(choice)
    assert messages.check(subject, body, choice) == []
    assert "{{" not in messages.render(body, sample_values())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ Event.voucherCode", "Line 1: {{ stands without its }}."),
        ("{{ Event.voucherCode }} %}", "Line 1: %} stands without its {%."),
        ("{{ Event.voucherCode }}{{ }}", "there is no tag between these braces"),
        ("{{ Event.voucherCode | shout }}", "there is no filter “shout”"),
        ("{{ Event.voucherCode | defualt: 'x' }}", "Did you mean “default”?"),
        ("{{ Event.voucherCode | default }}", "default needs a text"),
        ("{{ Event.voucherCode | truncate: 'x' }}", "truncate needs a number"),
        ("{{ Event.voucherCode | date: '%d' }}", "Event.voucherCode is not a time"),
        ("{{ Event.voucherCode }}{{ Event.redeemUntil | date: '%Q' }}", "does not know this"),
        ("{{ Event.voucherCode }}{{ Event.redeemUntil | date }}", "does not know this pattern"),
        ("{{ Event.voucherCode + 1 }}", "“+ 1” is not understood"),
        ("{{ Event.voucherCode }}{% if Event.partner %}", "this {% if %} has no {% endif %}"),
        ("{{ Event.voucherCode }}{% endif %}", "{% endif %} stands without its {% if %}"),
        ("{{ Event.voucherCode }}{% else %}", "{% else %} stands without its {% if %}"),
        ("{{ Event.voucherCode }}{% if Event.x %}{% endif %}", "there is no tag “Event.x”"),
        ("{{ Event.voucherCode }}{% if not Event.partner %}{% endif %}", "is not known here"),
        ("{{ Event.voucherCode }}{% for x in y %}", "{% for x in y %} is not known here"),
    ],
)
def test_what_the_language_does_not_know_is_refused(body: str, said: str) -> None:
    assert any(said in problem for problem in problems(body))


def test_a_message_must_lead_to_the_code_whichever_way_its_conditions_go() -> None:
    assert "nobody would get at the code" in problems("Congratulations!")[0]
    assert problems("{{ Links.reveal }}") == []
    hidden = "{% if Event.partner %}{{ Event.voucherCode }}{% endif %}"
    assert "nobody would get at the code" in problems(hidden)[0]
    shown = "{% if Event.partner %}{{ Links.reveal }}{% else %}{{ Event.voucherCode }}{% endif %}"
    assert problems(shown) == []


def test_the_choice_of_the_campaign_decides_which_of_the_two() -> None:
    assert "behind a link" in problems(BODY, choice=CodeInMail.REVEAL)[0]
    assert "nobody" in problems("{{ Links.reveal }}", choice=CodeInMail.CODE)[0]
    assert problems("{{ Links.reveal }}", choice=CodeInMail.REVEAL) == []


def test_a_subject_is_needed_stays_on_one_line_and_holds_no_code() -> None:
    assert "needs a subject" in problems(BODY, subject=" ")[0]
    assert "on one line" in problems(BODY, subject="A\nBcc: everybody@example.com")[0]
    assert "does not belong here" in problems(BODY, subject="Code {{ Event.voucherCode }}")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ Event.partner }}", "Puma & Co"),
        ("{{Event.partner|upcase}}", "PUMA & CO"),
        ("{{ Event.partner | downcase }}", "puma & co"),
        ("{{ Event.partner | url_encode }}", "Puma%20%26%20Co"),
        ("{{ Event.partner | truncate: 5 }}", "Puma…"),
        ("{{ Event.partner | truncate: 50 }}", "Puma & Co"),
        ('{{ Recipient.first_name | default: "there" }}', "there"),
        ("{{ Recipient.first_name | default: 'you' | upcase }}", "YOU"),
        ("{{ Recipient.first_name }}", ""),
        ('{{ Event.redeemUntil | date: "%e %B %Y" }}', "9 March 2027"),
        ('{{ Event.redeemUntil | date: "%d.%m.%Y" }}', "09.03.2027"),
        ("{{ Event.redeemUntil }}", "9 March 2027, 23:59 UTC"),
        ("{% if Event.partner %}a{% else %}b{% endif %}", "a"),
        ("{% if Recipient.first_name %}a{% else %}b{% endif %}", "b"),
        ("{% if Recipient.first_name %}a{% endif %}", ""),
        ("100 % of {your} order", "100 % of {your} order"),
    ],
)
def test_tags_and_filters_are_filled_in(text: str, expected: str) -> None:
    values: dict[str, Value] = {
        "Event.partner": "Puma & Co",
        "Event.redeemUntil": datetime(2027, 3, 9, 23, 59, tzinfo=UTC),
    }
    assert messages.render(text, values) == expected


def test_nothing_that_is_filled_in_is_read_as_a_tag_again() -> None:
    values: dict[str, Value] = {"Event.listName": "{{ Event.voucherCode }}"}
    assert messages.render("{{ Event.listName }}", values) == "{{ Event.voucherCode }}"


def test_what_is_filled_in_is_escaped_for_html() -> None:
    shown = messages.render("{{ Event.listName }}", {"Event.listName": "<b>Sale</b>"}, html=True)
    assert shown == "&lt;b&gt;Sale&lt;/b&gt;"


def test_a_code_that_is_missing_holds_the_message_unless_it_has_a_default() -> None:
    with pytest.raises(messages.CodeMissing):
        messages.render(BODY, {"Event.voucherCode": ""})
    assert messages.render("{{ Event.voucherCode | default: '-' }}", {}) == "-"


def test_a_paragraph_of_the_code_or_the_link_alone_stands_out() -> None:
    body = (
        "Hello\nRobin\n\n{{ Event.voucherCode }}\r\n\r\n{{ Links.reveal }}\n\nor {{ Links.reveal }}"
    )
    link = str(TAGS["Links.reveal"].sample)
    found = [(block.kind, block.text) for block in messages.blocks(body, sample_values())]
    assert found == [
        ("text", "Hello\nRobin"),
        ("code", SAMPLE_CODE),
        ("link", link),
        ("text", f"or {link}"),
    ]


def test_previews_show_a_made_up_code() -> None:
    assert messages.render("{{ Event.voucherCode }}", sample_values()) == "SAMPLE-0000"
    assert messages.render("{{ Business.name }}", sample_values(Business__name="Acme")) == "Acme"
