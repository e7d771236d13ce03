"""The shared fields, and how every form shows itself."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from core.forms import LocalDateTimeField, MoneyField, OnceForm, PercentField, summary_of
from core.money import Money


class SampleForm(forms.Form):
    show_when = {"note": "kind=gift|other"}

    email = forms.EmailField(label="E-mail", help_text="Where we write to.")
    kind = forms.ChoiceField(
        choices=[("gift", "Gift"), ("other", "Other")], widget=forms.RadioSelect
    )
    fee = MoneyField(currencies=("EUR", "JPY"), required=False)
    share = PercentField(label="Share")
    note = forms.CharField(widget=forms.Textarea({"maxlength": 50}), max_length=50, required=False)
    zone = forms.ChoiceField(choices=[(str(n), str(n)) for n in range(12)], required=False)
    terms = forms.BooleanField(label="I agree")


def cleaned(field: forms.Field, value: Any) -> Any:
    return field.clean(value)


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("12.50", 1250), (" 1,234.5 ", 123450), ("0", 0), ("1 000", 100000), (".5", 50)],
)
def test_money_field_reads_what_people_type(typed: str, minor: int) -> None:
    field = MoneyField(currencies=("EUR", "JPY"))
    assert cleaned(field, [typed, "EUR"]) == Money(minor, "EUR")


@pytest.mark.parametrize("typed", ["abc", "1,50", "1.2.3", "1e5", "£5", "-", "."])
def test_money_field_refuses_what_could_be_read_in_two_ways(typed: str) -> None:
    with pytest.raises(ValidationError, match="in digits"):
        cleaned(MoneyField(currencies=("EUR",)), [typed, "EUR"])


def test_money_field_refuses_more_decimals_than_the_currency_has() -> None:
    field = MoneyField(currencies=("EUR", "JPY"))
    with pytest.raises(ValidationError, match="at most 2 decimals"):
        cleaned(field, ["1.234", "EUR"])
    with pytest.raises(ValidationError, match="JPY amounts have no decimals"):
        cleaned(field, ["1.5", "JPY"])


def test_money_field_says_the_bound_that_it_holds() -> None:
    field = MoneyField(currencies=("EUR",), minimum=Decimal(0), maximum=Decimal(10))
    with pytest.raises(ValidationError, match=r"Enter an amount of €0\.00 or more"):
        cleaned(field, ["-4", "EUR"])
    with pytest.raises(ValidationError, match=r"€10\.00 or less"):
        cleaned(field, ["10.01", "EUR"])
    assert cleaned(field, ["10", "EUR"]) == Money(1000, "EUR")


def test_money_field_takes_no_currency_from_outside_its_list() -> None:
    with pytest.raises(ValidationError, match="currency"):
        cleaned(MoneyField(currencies=("EUR",)), ["1", "USD"])


def test_money_field_that_may_be_empty_gives_nothing_and_a_required_one_asks() -> None:
    assert cleaned(MoneyField(currencies=("EUR",), required=False), ["", "EUR"]) is None
    with pytest.raises(ValidationError, match="Enter an amount"):
        cleaned(MoneyField(currencies=("EUR",)), ["", "EUR"])


def test_percent_field_keeps_the_number_as_typed_between_0_and_100() -> None:
    assert cleaned(PercentField(), "12.5") == Decimal("12.5")
    with pytest.raises(ValidationError):
        cleaned(PercentField(), "100.01")


def test_local_moment_is_read_in_its_zone_and_shown_in_it() -> None:
    field = LocalDateTimeField(zone="Europe/Athens", help_text="Last moment.")
    at = cleaned(field, "2026-11-24T09:12")
    assert at == dt.datetime(2026, 11, 24, 7, 12, tzinfo=dt.UTC)
    assert field.prepare_value(at).hour == 9
    assert field.help_text == "Last moment. Time zone: Europe/Athens, 24-hour clock."


def test_local_moment_that_the_clock_change_skips_is_refused() -> None:
    with pytest.raises(ValidationError):
        cleaned(LocalDateTimeField(zone="Europe/Athens"), "2026-03-29T03:30")


def test_summary_and_field_say_the_same_words_and_link_to_each_other() -> None:
    form = SampleForm({})
    html = str(form)
    entries = summary_of(form)
    assert {"message": "Fill in “E-mail”", "anchor": "id_email"} in entries
    assert {"message": "Choose one for “Kind”", "anchor": "id_kind_0"} in entries
    assert {"message": "Please tick “I agree”", "anchor": "id_terms"} in entries
    for entry in entries:
        assert f'<a href="#{entry["anchor"]}">{entry["message"]}</a>' in html
        assert f'id="{entry["anchor"]}"' in html
        assert html.count(entry["message"]) == 2


def test_invalid_control_is_marked_and_described_by_hint_and_error() -> None:
    html = str(SampleForm({})["email"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert (
        html.index("id_email_helptext") < html.index('id="id_email_error"') < html.index("<input")
    )


def test_optional_fields_are_marked_and_required_ones_are_not() -> None:
    form = SampleForm()
    assert "optional" in str(form["note"].as_field_group())
    assert "optional" not in str(form["email"].as_field_group())


def test_what_was_typed_is_kept_after_an_error() -> None:
    html = str(SampleForm({"email": "not an address", "fee_amount": "12x", "fee_currency": "JPY"}))
    assert 'value="not an address"' in html
    assert 'value="12x"' in html
    assert '<option value="JPY" selected>' in html


def test_group_says_when_it_matters_with_the_prefix_of_its_form() -> None:
    assert 'data-show-when="a-kind=gift|other"' in str(
        SampleForm(prefix="a")["note"].as_field_group()
    )


def test_long_select_gets_a_search_box_and_long_text_a_counter() -> None:
    form = SampleForm()
    assert "data-rich" in str(form["zone"])
    assert 'data-counter="id_note_counter"' in str(form["note"])
    assert 'id="id_note_counter"' in str(form["note"].as_field_group())


def test_each_drawing_of_a_once_form_has_a_nonce_of_its_own() -> None:
    assert OnceForm()["nonce"].value() != OnceForm()["nonce"].value()
