"""Updating the selected distributions: all or nothing, by the rules of the manual.

Offers and requests share the page, so each test is run on both.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.models import Mail
from incentives.models import Distribution, DistributionChange, Program, Subject
from incentives.terms import Terms
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.factories.requests import make_request
from tests.incentives.test_distributions_page import fill, page_of


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Winter panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


@pytest.fixture(params=["offer", "request"])
def subject(request: pytest.FixtureRequest, program: Program) -> Subject:
    """A claimed offer, then a confirmed request, each with three Pending distributions."""
    made: Subject
    if request.param == "offer":
        made = make_offer(program=program, status="claimed")
    else:
        made = make_request(program=program, status="approved_confirmed")
    fill(made, 2)
    return made


def rows_of(subject: Subject) -> list[Distribution]:
    return list(subject.distributions.order_by("pk"))


def fields_of(row: Distribution, **typed: str) -> dict[str, str]:
    """Return the fields of one row as the page sends them, some typed anew."""
    number = row.value.number
    stored = {
        "version": str(row.version),
        "value": "" if number is None else str(number),
        "description": row.description,
        "status": row.status,
    }
    return {f"row-{row.pk}-{name}": value for name, value in {**stored, **typed}.items()}


def update(
    client: Client, subject: Subject, selected: list[Any], *, htmx: bool = True, **fields: str
) -> HttpResponse:
    """Press Update Selected with these rows ticked."""
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"batch": "1", "selected": [str(pk) for pk in selected], **fields}
    return client.post(page_of(subject), data, headers=headers)


PAID = {"value": "45.50", "description": "Bank transfer on 15 January", "status": "success"}


@pytest.mark.scenario("INC-59")
def test_two_selected_rows_are_recorded_together(ada: Client, cast: Cast, subject: Subject) -> None:
    first, second, third = rows_of(subject)
    answer = update(
        ada, subject, [first.pk, second.pk], **fields_of(first, **PAID), **fields_of(second, **PAID)
    )
    assert answer.status_code == 200
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast == {"message": "2 distributions updated", "level": "success"}
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="results"'), "the table is refreshed in place"
    assert " checked" not in text, "the selection is empty"
    for row in rows_of(subject)[:2]:
        assert (row.status, row.value_minor, row.description) == (
            "success",
            4550,
            "Bank transfer on 15 January",
        )
        assert row.succeeded_at is not None
        assert row.updated_by == cast.ada
    trail = DistributionChange.objects.filter(distribution__in=rows_of(subject))
    assert set(trail.values_list("actor_name", flat=True)) == {cast.ada.display_name}
    assert trail.values("batch").distinct().count() == 1
    delivered = Mail.objects.filter(kind="E07").values_list("to", flat=True)
    assert sorted(delivered) == sorted([first.recipient_email, second.recipient_email])
    third.refresh_from_db()
    assert third.status == "pending"


@pytest.mark.scenario("INC-60")
def test_one_bad_row_keeps_all_from_being_saved(ada: Client, subject: Subject) -> None:
    first, second, _ = rows_of(subject)
    answer = update(
        ada,
        subject,
        [first.pk, second.pk],
        **fields_of(first, **PAID),
        **fields_of(second, **{**PAID, "value": "-1"}),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "1 of 2 selected rows needs a change" in text
    assert (
        f'<a href="#id_row-{second.pk}-value">D-{second.pk}: Enter a value of €0.00 or more.'
        in text
    )
    assert f'id="id_row-{second.pk}-value_error"' in text
    assert text.count(" checked") == 2, "the selection stays"
    assert 'value="-1"' in text, "what was typed stays"
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["level"] == "error"
    assert [row.status for row in rows_of(subject)] == ["pending"] * 3
    assert not DistributionChange.objects.exists()
    assert not Mail.objects.filter(kind="E07").exists()


@pytest.mark.scenario("INC-61")
def test_a_row_changed_by_a_colleague_is_a_conflict(
    ada: Client, cast: Cast, subject: Subject
) -> None:
    first, second, _ = rows_of(subject)
    update(client_of(cast.finn), subject, [first.pk], **fields_of(first, **PAID))
    answer = update(
        ada,
        subject,
        [first.pk, second.pk],
        **fields_of(first, **{**PAID, "value": "10"}),
        **fields_of(second, **PAID),
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert (
        f'<a href="#select-{first.pk}">D-{first.pk}: A colleague changed this row meanwhile' in text
    )
    stored = rows_of(subject)
    assert (stored[0].value_minor, stored[1].status) == (4550, "pending")
    assert "It reads now: Success, €45.50, Bank transfer on 15 January." in text
    assert f'name="row-{first.pk}-version" value="{stored[0].version}"' in text


@pytest.mark.scenario("INC-62")
def test_a_row_of_another_offer_or_business_is_not_found(
    ada: Client, cast: Cast, subject: Subject, program: Program
) -> None:
    mine = rows_of(subject)[0]
    sibling = rows_of(make_offer(program=program, status="claimed"))[0]
    theirs = make_offer(program=make_program(cast.bright_bikes), status="claimed")
    for foreign in (sibling, rows_of(theirs)[0]):
        answer = update(
            ada,
            subject,
            [mine.pk, foreign.pk],
            **fields_of(mine, **PAID),
            **fields_of(foreign, **PAID),
        )
        assert answer.status_code == 404
        foreign.refresh_from_db()
        assert foreign.status == "pending"
    mine.refresh_from_db()
    assert mine.status == "pending"


@pytest.mark.parametrize("bad", ["0", "99999999999999999999", "x", "-1", ""])
def test_an_id_that_is_none_is_not_found(ada: Client, subject: Subject, bad: str) -> None:
    assert update(ada, subject, [bad]).status_code == 404


def test_a_repeated_row_is_refused(ada: Client, subject: Subject) -> None:
    row = rows_of(subject)[0]
    assert update(ada, subject, [row.pk, row.pk], **fields_of(row, **PAID)).status_code == 422
    row.refresh_from_db()
    assert row.status == "pending"


def test_more_than_fifty_rows_are_refused(ada: Client, subject: Subject) -> None:
    fill(subject, 0)
    assert update(ada, subject, list(range(1, 52))).status_code == 422


@pytest.mark.scenario("INC-63")
def test_fields_of_an_unselected_row_are_ignored(ada: Client, subject: Subject) -> None:
    first, second, _ = rows_of(subject)
    answer = update(
        ada, subject, [first.pk], **fields_of(first, **PAID), **fields_of(second, **PAID)
    )
    assert answer.status_code == 200
    assert [row.status for row in rows_of(subject)] == ["success", "pending", "pending"]


@pytest.mark.scenario("INC-64")
@pytest.mark.parametrize("status", ["success", "failed"])
@pytest.mark.parametrize("words", ["", "ab", "   "])
def test_an_outcome_needs_a_description(
    ada: Client, subject: Subject, status: str, words: str
) -> None:
    row = rows_of(subject)[0]
    answer = update(
        ada, subject, [row.pk], **fields_of(row, **{**PAID, "status": status, "description": words})
    )
    assert answer.status_code == 422
    assert f'id="id_row-{row.pk}-description_error"' in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "pending"


def test_a_description_holds_at_most_500_characters(ada: Client, subject: Subject) -> None:
    row = rows_of(subject)[0]
    for length, status in ((501, 422), (500, 200)):
        typed = {**PAID, "description": "x" * length}
        assert update(ada, subject, [row.pk], **fields_of(row, **typed)).status_code == status


@pytest.mark.parametrize(
    ("value", "status"),
    [("", 422), ("abc", 422), ("1.005", 422), ("1,250.50", 200), ("0", 200), ("NaN", 422)],
)
def test_a_success_needs_a_value_in_the_offers_currency(
    ada: Client, subject: Subject, value: str, status: int
) -> None:
    row = rows_of(subject)[0]
    answer = update(ada, subject, [row.pk], **fields_of(row, **{**PAID, "value": value}))
    assert answer.status_code == status
    assert (f'id="id_row-{row.pk}-value_error"' in answer.content.decode()) is (status == 422)


def test_a_success_can_become_failed_with_another_reason_but_never_pending(
    ada: Client, subject: Subject
) -> None:
    row = rows_of(subject)[0]
    update(ada, subject, [row.pk], **fields_of(row, **PAID))
    row.refresh_from_db()
    pending = update(ada, subject, [row.pk], **fields_of(row, status="pending"))
    assert pending.status_code == 422
    assert "never pending again" in pending.content.decode()
    same_words = update(ada, subject, [row.pk], **fields_of(row, status="failed"))
    assert same_words.status_code == 422
    why = fields_of(row, status="failed", description="The bank sent it back")
    assert update(ada, subject, [row.pk], **why).status_code == 200
    row.refresh_from_db()
    assert (row.status, row.succeeded_at) == ("failed", None)


def test_a_failed_row_may_wait_again_or_succeed(ada: Client, subject: Subject) -> None:
    row = rows_of(subject)[0]
    for status in ("failed", "pending", "failed", "success"):
        row.refresh_from_db()
        typed = fields_of(row, status=status, description="Sent to the right account now")
        assert update(ada, subject, [row.pk], **typed).status_code == 200


def test_a_row_sent_as_stored_is_neither_counted_nor_logged(ada: Client, subject: Subject) -> None:
    first, second, _ = rows_of(subject)
    answer = update(
        ada, subject, [first.pk, second.pk], **fields_of(first, **PAID), **fields_of(second)
    )
    assert "1 distribution updated, 1 not changed" in answer.headers["HX-Trigger"]
    assert not DistributionChange.objects.filter(distribution=second).exists()
    second.refresh_from_db()
    assert second.version == 1


def test_success_mails_once_for_each_success(ada: Client, subject: Subject) -> None:
    row = rows_of(subject)[0]
    update(ada, subject, [row.pk], **fields_of(row, **PAID))
    row.refresh_from_db()
    update(ada, subject, [row.pk], **fields_of(row, description="Paid on 16 January instead"))
    assert Mail.objects.filter(kind="E07", to=row.recipient_email).count() == 1


def test_pressing_update_with_nothing_selected_explains_itself(
    ada: Client, subject: Subject
) -> None:
    answer = update(ada, subject, [])
    assert answer.status_code == 422
    assert "Select at least one row first" in answer.content.decode()


def test_page_and_search_are_kept_after_an_update(ada: Client, subject: Subject) -> None:
    row = rows_of(subject)[0]
    data = {"batch": "1", "selected": [str(row.pk)], **fields_of(row, **PAID)}
    answer = ada.post(f"{page_of(subject)}?q=home&per_page=5", data)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{page_of(subject)}?q=home&per_page=5"


@pytest.mark.parametrize("status", ["approved_confirmed", "claimed"])
def test_without_script_the_page_is_a_plain_form(
    ada: Client, program: Program, status: str
) -> None:
    offer = make_offer(program=program, status=status)
    row = rows_of(offer)[0]
    page = ada.get(page_of(offer)).content.decode()
    assert f'<form id="batch" method="post" action="{page_of(offer)}"' in page
    assert f'name="row-{row.pk}-description"' in page
    answer = update(ada, offer, [row.pk], htmx=False, **fields_of(row, **PAID))
    assert answer.status_code == 303
    after = ada.get(answer.headers["Location"]).content.decode()
    assert "1 distribution updated" in after
    bad = rows_of(offer)[0]
    again = update(ada, offer, [bad.pk], htmx=False, **fields_of(bad, value="-1"))
    assert again.status_code == 422
    assert "Incentive Distributions</h1>" in again.content.decode()


def test_with_nothing_selected_the_button_says_so_and_rows_hold_their_inputs(
    ada: Client, subject: Subject
) -> None:
    """The counting and colouring of ticked rows is the browser's part (tests/browser)."""
    first, second, _ = rows_of(subject)
    page = ada.get(page_of(subject)).content.decode()
    assert "Update Selected (0)" in page
    refused = update(
        ada,
        subject,
        [first.pk, second.pk],
        **fields_of(first, value="-1"),
        **fields_of(second, value="-1"),
    ).content.decode()
    assert "Update Selected (2)" in refused
    assert refused.count('aria-selected="true"') == 2


def test_a_percentage_is_recorded_up_to_100(ada: Client, program: Program) -> None:
    offer = make_offer(
        program=program,
        status="claimed",
        terms=Terms.percentage(Decimal("12.5"), "off the next bill"),
    )
    row = rows_of(offer)[0]
    page = ada.get(page_of(offer)).content.decode()
    assert 'value="12.5"' in page
    for value, status in (("101", 422), ("12.55", 200)):
        typed = fields_of(row, value=value, description="Code SAVE12", status="success")
        assert update(ada, offer, [row.pk], **typed).status_code == status


def test_words_alone_are_recorded_without_a_number(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed", terms=Terms.words("A day at the lake"))
    row = rows_of(offer)[0]
    assert f'name="row-{row.pk}-value"' not in ada.get(page_of(offer)).content.decode()
    typed = fields_of(row, description="Ticket handed over", status="success")
    typed.pop(f"row-{row.pk}-value")
    assert update(ada, offer, [row.pk], **typed).status_code == 200
    row.refresh_from_db()
    assert row.status == "success"


def test_somebody_signed_out_is_led_to_the_sign_in_page(subject: Subject) -> None:
    answer = Client().post(page_of(subject), {"batch": "1"})
    assert answer.status_code == 302
    assert reverse("account_login") in answer.headers["Location"]
