"""Contacts: one person, one record; unique addresses; what staff may change."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.http import QueryDict
from django.urls import reverse

from core.errors import StaleVersion
from directory.choices import ContactSource, ContactState
from directory.forms.contacts import ContactForms
from directory.hooks import ContactPanel, contact_panels
from directory.models import Contact, ContactEmail, NameDayRule, Organisation
from directory.people import YearDay
from directory.services import contacts
from directory.services.contacts import ContactData, EmailData, PhoneData
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING, make_contact


def data(**changes: Any) -> ContactData:
    return ContactData(**{"first_name": "Maria", "last_name": "Rossi", **changes})


def forms_data(**changes: Any) -> dict[str, Any]:
    """Return what the browser sends for a contact with one address."""
    sets = {}
    for name in ("emails", "phones", "addresses"):
        sets |= {f"{name}-TOTAL_FORMS": 1, f"{name}-INITIAL_FORMS": 0}
    return {
        "first_name": "Maria",
        "last_name": "Rossi",
        "emails-0-type": "personal",
        "emails-0-address": "Maria@Example.org",
        "phones-0-type": "mobile",
        "addresses-0-type": "home",
        **sets,
        **changes,
    }


def test_an_address_is_kept_in_lower_case_and_the_first_one_is_the_main_one(
    acme: Organisation,
) -> None:
    emails = [
        EmailData(address=" Maria@Example.ORG "),
        EmailData(address="m@work.example", type="business"),
    ]
    contact = contacts.create(business=acme, data=data(emails=emails), at=MORNING)
    rows = contact.emails.order_by("pk")
    assert [(row.address, row.is_primary) for row in rows] == [
        ("maria@example.org", True),
        ("m@work.example", False),
    ]


def test_an_address_names_one_contact_of_a_business(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    make_contact(acme, email="maria@example.org")
    with pytest.raises(contacts.AddressTaken) as refused:
        make_contact(acme, email="MARIA@example.org")
    assert "maria@example.org" in refused.value.message
    make_contact(bright_bikes, email="maria@example.org")


def test_a_refused_contact_leaves_nothing_behind(acme: Organisation) -> None:
    make_contact(acme, email="maria@example.org")
    with pytest.raises(contacts.AddressTaken):
        make_contact(acme, email="maria@example.org")
    assert Contact.objects.filter(business=acme).count() == 1


def test_a_contact_has_one_address_of_each_type(acme: Organisation) -> None:
    emails = [EmailData(address="a@example.org"), EmailData(address="b@example.org")]
    with pytest.raises(contacts.TypeTwice):
        contacts.create(business=acme, data=data(emails=emails), at=MORNING)


def test_somebody_without_name_address_or_number_is_nobody(acme: Organisation) -> None:
    with pytest.raises(contacts.NotAPerson):
        contacts.create(business=acme, data=ContactData(notes="?"), at=MORNING)


def test_a_number_is_kept_as_given_and_in_e164(acme: Organisation) -> None:
    acme.country = "GB"
    phones = [
        PhoneData(number="07700 900123", type="mobile"),
        PhoneData(number="12345678901234567", type="fax"),
    ]
    contact = contacts.create(business=acme, data=data(phones=phones), at=MORNING)
    assert list(contact.phones.order_by("pk").values_list("number", "e164")) == [
        ("07700 900123", "+447700900123"),
        ("12345678901234567", ""),
    ]


def test_an_edit_keeps_what_stays_verified_and_forgets_it_for_what_changes(
    acme: Organisation,
) -> None:
    emails = [
        EmailData(address="a@example.org"),
        EmailData(address="b@example.org", type="business"),
    ]
    contact = contacts.create(business=acme, data=data(emails=emails), at=MORNING)
    contact.emails.update(verified_at=MORNING)
    changed = [
        EmailData(address="a@example.org"),
        EmailData(address="c@example.org", type="business"),
    ]
    contacts.update(contact=contact, data=data(emails=changed), version=1, at=MORNING)
    rows = dict(contact.emails.values_list("address", "verified_at"))
    assert rows == {"a@example.org": MORNING, "c@example.org": None}


def test_two_addresses_may_swap_their_types(acme: Organisation) -> None:
    one, two = "a@example.org", "b@example.org"
    first = [EmailData(address=one), EmailData(address=two, type="business")]
    contact = contacts.create(business=acme, data=data(emails=first), at=MORNING)
    swapped = [EmailData(address=two), EmailData(address=one, type="business", is_primary=True)]
    contacts.update(contact=contact, data=data(emails=swapped), version=1, at=MORNING)
    assert dict(contact.emails.values_list("type", "address")) == {"personal": two, "business": one}
    assert contact.emails.get(is_primary=True).address == one


def test_a_stale_edit_changes_nothing(acme: Organisation) -> None:
    contact = make_contact(acme)
    contacts.update(contact=contact, data=data(last_name="Bianchi"), version=1, at=MORNING)
    with pytest.raises(StaleVersion):
        contacts.update(contact=contact, data=data(last_name="Verdi"), version=1, at=MORNING)
    contact.refresh_from_db()
    assert contact.last_name == "Bianchi"


def test_consent_keeps_its_first_moment_until_it_is_withdrawn(acme: Organisation) -> None:
    contact = contacts.create(business=acme, data=data(marketing_consent=True), at=MORNING)
    later = MORNING.replace(year=2027)
    updated = contacts.update(
        contact=contact, data=data(marketing_consent=True), version=1, at=later
    )
    assert updated.marketing_consent_at == MORNING
    withdrawn = contacts.update(contact=contact, data=data(), version=2, at=later)
    assert withdrawn.marketing_consent_at is None


def test_a_contact_is_terminated_once_and_may_come_back(acme: Organisation) -> None:
    contact = make_contact(acme)
    assert contacts.terminate(contact=contact, at=MORNING).state == ContactState.TERMINATED
    with pytest.raises(contacts.StateUnchanged):
        contacts.terminate(contact=contact, at=MORNING)
    assert contacts.restore(contact=contact, at=MORNING).state == ContactState.EFFECTIVE


def test_a_proved_address_makes_a_contact_where_there_is_none(acme: Organisation) -> None:
    contact = contacts.find_or_create_by_verified_address(
        business=acme, address="New@Example.org", name="Nia Green", at=MORNING
    )
    assert (contact.first_name, contact.last_name) == ("Nia", "Green")
    assert contact.source == ContactSource.OFFER
    row = contact.emails.get()
    assert (row.address, row.verified_at, row.is_primary) == ("new@example.org", MORNING, True)


def test_a_proved_address_finds_the_contact_and_keeps_its_name(acme: Organisation) -> None:
    known = make_contact(acme, "Nia Green", email="nia@example.org")
    found = contacts.find_or_create_by_verified_address(
        business=acme, address="NIA@example.org", name="Somebody Else", at=MORNING
    )
    assert found.pk == known.pk
    assert str(found) == "Nia Green"
    assert known.emails.get().verified_at == MORNING


def test_the_first_proof_of_an_address_stands(acme: Organisation) -> None:
    for moment in (MORNING, MORNING.replace(year=2027)):
        contacts.find_or_create_by_verified_address(
            business=acme, address="nia@example.org", at=moment
        )
    assert ContactEmail.objects.get(address="nia@example.org").verified_at == MORNING


def test_a_proved_address_of_another_business_is_another_contact(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    make_contact(bright_bikes, email="nia@example.org")
    contact = contacts.find_or_create_by_verified_address(
        business=acme, address="nia@example.org", at=MORNING
    )
    assert contact.business == acme


def test_the_name_day_is_suggested_from_the_businesss_own_calendar(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    NameDayRule.objects.create(business=acme, month=8, day=15, names=["Maria"])
    suggested = contacts.suggested_name_day(business=acme, first_name="maria")
    assert suggested == YearDay(8, 15)
    assert contacts.suggested_name_day(business=bright_bikes, first_name="maria") is None


def test_staff_add_a_contact_on_the_page(cast: Cast) -> None:
    answer = client_of(cast.mara).post(
        reverse("contact_add"),
        forms_data(
            birth_day=29,
            birth_month=2,
            tags="VIP, regular, vip",
            **{"phones-0-number": "+447700900123"},
        ),
    )
    contact = Contact.objects.get(business=cast.acme)
    assert answer["Location"] == reverse("contact_detail", args=[contact.pk])
    assert (contact.birth_month, contact.birth_day, contact.birth_year) == (2, 29, None)
    assert contact.tags == ["regular", "vip"]
    assert contact.phones.get().e164 == "+447700900123"
    page = client_of(cast.mara).get(answer["Location"]).content.decode()
    assert "29 February" in page
    assert "maria@example.org" in page


def test_a_wrong_entry_comes_back_as_typed_with_all_errors(cast: Cast) -> None:
    wrong = {
        "emails-0-address": "no address",
        "phones-0-number": "12",
        "birth_day": 31,
        "birth_month": 2,
    }
    answer = client_of(cast.ada).post(reverse("contact_add"), forms_data(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 things need a change" in page
    assert 'value="no address"' in page
    assert 'value="Maria"' in page
    assert not Contact.objects.exists()


def test_an_address_of_somebody_else_is_refused_on_the_page(cast: Cast) -> None:
    make_contact(cast.acme, email="maria@example.org")
    answer = client_of(cast.ada).post(reverse("contact_add"), forms_data())
    assert answer.status_code == 422
    assert b"maria@example.org belongs to another contact of yours." in answer.content


def test_one_more_row_is_added_without_script_and_nothing_is_saved(cast: Cast) -> None:
    answer = client_of(cast.ada).post(reverse("contact_add"), forms_data(add="emails"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="emails-1-address"' in page
    assert 'value="Maria@Example.org"' in page
    assert not Contact.objects.exists()


def test_two_rows_of_one_kind_are_refused_at_the_second() -> None:
    posted = QueryDict(mutable=True)
    second = {
        "emails-TOTAL_FORMS": 2,
        "emails-1-type": "personal",
        "emails-1-address": "b@example.org",
    }
    posted.update({key: str(value) for key, value in forms_data(**second).items()})
    form = ContactForms(posted)
    assert not form.is_valid()
    assert "type" in form.emails[1].errors
    assert not form.emails[0].errors


def test_a_contact_is_edited_on_the_page_and_the_change_stands_in_its_history(cast: Cast) -> None:
    contact = make_contact(cast.acme, email="maria@example.org")
    url = reverse("contact_edit", args=[contact.pk])
    answer = client_of(cast.oscar).post(url, forms_data(last_name="Bianchi", version=1))
    assert answer.status_code == 303
    page = client_of(cast.ana).get(reverse("contact_detail", args=[contact.pk])).content.decode()
    assert "Maria Bianchi" in page
    assert "Changed: last name" in page
    assert "Oscar" in page


@pytest.mark.parametrize(
    "term", ["rossi", "MARIA ros", "maria@exam", "900123", "+44 7700 900123", "07700 900123"]
)
def test_a_contact_is_found_by_name_address_or_number(cast: Cast, term: str) -> None:
    wanted = make_contact(
        cast.acme, "Maria Rossi", email="maria@example.org", phone="+44 7700 900123"
    )
    make_contact(cast.acme, "Jonas Berg", email="jonas@example.net", phone="+49 30 1234567")
    page = client_of(cast.ana).get(reverse("contact_list"), {"q": term}).content.decode()
    assert reverse("contact_detail", args=[wanted.pk]) in page
    assert "jonas@example.net" not in page


def test_a_contact_is_found_by_its_code(cast: Cast) -> None:
    wanted = make_contact(cast.acme)
    page = client_of(cast.ana).get(reverse("contact_list"), {"q": wanted.code.lower()})
    assert reverse("contact_detail", args=[wanted.pk]).encode() in page.content


def test_the_list_shows_own_contacts_only(cast: Cast) -> None:
    make_contact(cast.bright_bikes, email="secret@example.org")
    assert b"secret@example.org" not in client_of(cast.ada).get(reverse("contact_list")).content


@pytest.mark.parametrize("per_page", [5, 20])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    cast: Cast, per_page: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_contact(cast.acme, f"Person {number}", phone="+447700900123")
    browser = client_of(cast.ana)
    with django_assert_max_num_queries(9):
        browser.get(reverse("contact_list"), {"per_page": per_page})


def test_the_contact_page_takes_a_fixed_number_of_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    contact = make_contact(cast.acme, phone="+447700900123")
    browser = client_of(cast.ana)
    with django_assert_max_num_queries(9):
        browser.get(reverse("contact_detail", args=[contact.pk]))


def test_other_apps_add_tabs_that_are_read_only_when_open(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Contact] = []
    panel = ContactPanel(
        label="Awards",
        template="components/_notice.html",
        context=lambda request, contact: asked.append(contact) or {},  # type: ignore[func-returns-value]
    )
    monkeypatch.setattr(contact_panels, "_items", {"awards": panel})
    contact = make_contact(cast.acme)
    browser = client_of(cast.ana)
    assert b"Awards" in browser.get(reverse("contact_detail", args=[contact.pk])).content
    assert asked == []
    browser.get(reverse("contact_detail", args=[contact.pk]), {"tab": "awards"})
    assert asked == [contact]


@pytest.mark.parametrize("half", [{"birth_day": 5}, {"birth_month": 5}, {"name_day_day": 5}])
def test_the_database_refuses_half_a_day_of_the_year(cast: Cast, half: dict[str, int]) -> None:
    contact = make_contact(cast.acme)
    nothing = dict.fromkeys(
        ("birth_year", "birth_month", "birth_day", "name_day_month", "name_day_day")
    )
    with pytest.raises(IntegrityError):
        Contact.objects.filter(pk=contact.pk).update(**{**nothing, **half})
