"""Registering, confirming an address, signing in, a new password: through the pages and the mails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from core import mail as mail_service
from core import tokens
from core.clock import now
from core.models import Mail
from directory.accounts import username_validators
from directory.choices import Role
from directory.models import Membership, Organisation, User
from directory.services import account_mail
from tests.cast import Cast, client_of
from tests.factories.directory import PASSWORD, make_user

FORM = {
    "business_name": "Blue Bakery",
    "website": "https://blue.example",
    "time_zone": "Europe/Athens",
    "base_currency": "EUR",
    "email": "bea@example.org",
    "username": "bea_1",
    "password1": "plum-river-42-sky",
    "password2": "plum-river-42-sky",
}


@pytest.fixture(autouse=True)
def fresh_limits(settings: Any) -> None:
    """Registering often in one test session shall not meet the limits of sign-up."""
    settings.ACCOUNT_RATE_LIMITS = False


def mailed_link(mailoutbox: list[Any], to: str) -> str:
    """Send what is due and return the path of the newest link to that address."""
    mail_service.send_due(at=now(), limit=50)
    bodies = [message.body for message in mailoutbox if message.to == [to]]
    found = re.findall(r"https?://[^/\s]+(/\S*)", bodies[-1])
    return str(found[0])


@pytest.mark.django_db
def test_registering_makes_the_business_its_administrator_and_an_unfinished_profile() -> None:
    answer = Client().post(reverse("account_signup"), FORM)
    assert answer.status_code == 302
    business = Organisation.objects.get(name="Blue Bakery")
    membership = business.memberships.get()
    assert (membership.user.username, membership.role) == ("bea_1", Role.ADMIN)
    assert (business.time_zone, business.base_currency) == ("Europe/Athens", "EUR")
    assert business.provider_profile.website == "https://blue.example"
    assert not business.is_ready_for_offers


@pytest.mark.django_db
def test_two_businesses_of_one_name_get_different_public_names() -> None:
    for number in range(2):
        changes = {"email": f"bea{number}@example.org", "username": f"bea_{number}"}
        Client().post(reverse("account_signup"), {**FORM, **changes})
    assert Organisation.objects.filter(name="Blue Bakery").values("slug").distinct().count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business_name", "B"),
        ("website", "ftp://blue.example"),
        ("time_zone", "Mars/Olympus"),
        ("base_currency", "XXQ"),
        ("email", "no address"),
        ("username", "be"),
        ("username", "bea bea"),
        ("password1", "short"),
        ("password1", "x9" * 26),
    ],
)
def test_a_wrong_entry_makes_nothing_and_keeps_what_was_typed(field: str, value: str) -> None:
    changes = {field: value} | ({"password2": value} if field == "password1" else {})
    answer = Client().post(reverse("account_signup"), {**FORM, **changes})
    assert answer.context["form"].errors.keys() >= {field}
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
    if field != "business_name":
        assert b'value="Blue Bakery"' in answer.content


def test_a_taken_address_gets_a_mail_and_no_second_business(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    before = Organisation.objects.count()
    answer = Client().post(reverse("account_signup"), {**FORM, "email": cast.ada.email})
    assert answer.status_code == 302
    assert Organisation.objects.count() == before
    mail_service.send_due(at=now(), limit=10)
    assert mailoutbox[-1].subject == "You have an account already"


@pytest.mark.django_db
def test_the_address_is_confirmed_by_a_press_of_a_button_not_by_opening_the_link(
    mailoutbox: list[Any],
) -> None:
    browser = Client()
    browser.post(reverse("account_signup"), FORM)
    page = browser.get(mailed_link(mailoutbox, "bea@example.org"), follow=True)
    user = User.objects.get(username="bea_1")
    assert not user.emailaddress_set.get().verified
    assert page.status_code == 200
    browser.post(page.redirect_chain[-1][0])
    assert user.emailaddress_set.get().verified
    signed_in = Client()
    signed_in.post(reverse("account_login"), {"login": "bea_1", "password": FORM["password1"]})
    assert get_user(signed_in) == user


@pytest.mark.django_db
def test_who_has_not_confirmed_the_address_does_not_get_in() -> None:
    Client().post(reverse("account_signup"), FORM)
    browser = Client()
    browser.post(reverse("account_login"), {"login": "bea_1", "password": FORM["password1"]})
    assert not get_user(browser).is_authenticated


@pytest.mark.parametrize("name", ["ada", "ada@example.org"])
def test_one_signs_in_by_username_or_address(cast: Cast, name: str) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert get_user(browser) == cast.ada


def ask_for_reset(cast: Cast, mailoutbox: list[Any]) -> str:
    Client().post(reverse("account_reset_password"), {"email": cast.ada.email})
    return mailed_link(mailoutbox, cast.ada.email)


def test_a_new_password_is_set_through_the_mailed_link(cast: Cast, mailoutbox: list[Any]) -> None:
    link = ask_for_reset(cast, mailoutbox)
    browser = Client()
    page = browser.get(link, follow=True)
    words = {"password1": "green-kettle-77", "password2": "green-kettle-77"}
    browser.post(page.redirect_chain[-1][0], words)
    cast.ada.refresh_from_db()
    assert cast.ada.check_password("green-kettle-77")
    assert Client().get(link).status_code == 410


def test_a_reset_link_dies_when_its_owner_signs_in(cast: Cast, mailoutbox: list[Any]) -> None:
    link = ask_for_reset(cast, mailoutbox)
    Client().post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert Client().get(link).status_code == 410


def test_a_reset_link_dies_after_two_hours(
    cast: Cast, mailoutbox: list[Any], time_machine: Any
) -> None:
    link = ask_for_reset(cast, mailoutbox)
    time_machine.move_to(now() + account_mail.RESET_LIFETIME)
    assert Client().get(link).status_code == 410


def test_the_mail_table_never_holds_the_secret_of_an_account_link(cast: Cast) -> None:
    account_mail.reset_password(user=cast.ada, email=cast.ada.email, at=now())
    mail = Mail.objects.get(template="directory/reset_password")
    assert mail.token is not None
    secret = tokens.secret_of(mail.token)
    stored = " ".join(str(getattr(mail, field.attname)) for field in mail._meta.concrete_fields)
    assert secret not in stored
    assert secret in mail_service.link_of(mail)


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(cast: Cast) -> None:
    known = Client().post(reverse("account_reset_password"), {"email": cast.ada.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "who@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.parametrize("name", ["ab", "a" * 31, "with space", "dash-ed", "dot.ted", "ümlaut"])
def test_usernames_are_letters_digits_and_underscores(name: str) -> None:
    with pytest.raises(ValidationError):
        forms.CharField(validators=username_validators).clean(name)


def test_the_front_door_tells_strangers_what_this_is(client: Client, db: None) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert b"Register your business" in page.content


def test_the_front_door_leads_a_member_to_the_first_page_they_may_see(cast: Cast) -> None:
    answer = client_of(cast.ana).get("/")
    assert answer.status_code == 303
    assert client_of(cast.ana).get(answer["Location"]).status_code in {200, 303}


def test_who_belongs_to_nothing_registers_a_business_and_goes_on_to_its_profile(
    cast: Cast,
) -> None:
    browser = client_of(cast.nils)
    assert b"not linked to a vendor" in browser.get("/").content
    wanted = ("business_name", "website", "time_zone", "base_currency")
    answer = browser.post(reverse("business_register"), {name: FORM[name] for name in wanted})
    assert answer["Location"] == reverse("provider_profile")
    assert Membership.objects.get(user=cast.nils).role == Role.ADMIN


def test_a_person_sets_the_name_that_colleagues_see(cast: Cast) -> None:
    browser = client_of(cast.oscar)
    browser.post(reverse("account_settings"), {"first_name": "Oscar", "last_name": "Vale"})
    cast.oscar.refresh_from_db()
    assert cast.oscar.display_name == "Oscar Vale"
    assert browser.get(reverse("account_settings")).status_code == 200


def test_account_pages_open_for_who_belongs_to_no_business(db: None) -> None:
    browser = client_of(make_user("solo"))
    for name in ("account_settings", "account_email", "account_change_password", "mfa_index"):
        assert browser.get(reverse(name)).status_code == 200, name
