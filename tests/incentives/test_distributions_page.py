"""The distributions page of an offer: what it shows, how it is searched, when it is read only."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.choices import OfferStatus
from incentives.models import Distribution, GroupMember, Offer, Program, Subject, about
from incentives.services import distributions
from incentives.services.actors import provider
from incentives.services.distributions import Edit
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program, record_success


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Winter panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def page_of(subject: Subject) -> str:
    return reverse(f"{subject.noun}_distributions", args=[subject.pk])


def rows_in(response: HttpResponse) -> list[int]:
    """Return the ids of the rows shown, in order."""
    return [int(pk) for pk in re.findall(r'<tr id="row-(\d+)"', response.content.decode())]


def fill(subject: Subject, count: int) -> list[Distribution]:
    """Give the subject further distributions, one for each of `count` members."""
    at = clock.now()
    rows = []
    for number in range(count):
        address = f"member{number}@home.example"
        member = GroupMember.objects.create(
            **about(subject),
            email=address,
            name=f"Member {number}",
            invited_at=at,
            status="claimed",
        )
        rows.append(
            Distribution.objects.create(
                business_id=subject.business_id,
                **about(subject),
                group_member=member,
                recipient_email=address,
                unit="currency",
                value_minor=1000,
                currency="EUR",
                created_at=at,
                updated_at=at,
            )
        )
    return rows


@pytest.mark.scenario("INC-56")
@pytest.mark.parametrize("status", ["draft", "offered", "counter", "approved", "partial_granted"])
def test_before_confirmation_the_page_says_when_distributions_appear(
    ada: Client, program: Program, status: str
) -> None:
    page = ada.get(page_of(make_offer(program=program, status=status)))
    text = page.content.decode()
    assert page.status_code == 200
    assert "No distributions yet." in text
    assert "They appear once the offer is Approved Confirmed." in text
    assert rows_in(page) == []
    assert "Update Selected" not in text


def test_columns_stand_in_the_order_of_the_manual(ada: Client, program: Program) -> None:
    page = ada.get(page_of(make_offer(program=program, status="claimed"))).content.decode()
    labels = re.findall(r'<td[^>]*data-label="([^"]*)"', page)
    assert labels == [
        "",
        "Distribution ID",
        "Email",
        "Incentive Value",
        "Incentive Value Description",
        "Status",
        "Created At",
    ]
    assert "Updated At" in page, "the moment of the last update stands below the creation's"


def test_the_page_names_the_offer_and_leads_back(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    page = ada.get(page_of(offer)).content.decode()
    assert '<h1 class="page-head-title">Incentive Distributions</h1>' in page
    assert f"Incentive offer {offer.reference}" in page
    assert f'href="{reverse("offers")}" data-back' in page
    assert "Take tour" in page


def test_the_head_box_stands_for_the_rows_of_this_page_alone(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    fill(offer, 11)
    page = ada.get(page_of(offer), {"per_page": "5"})
    text = page.content.decode()
    assert len(rows_in(page)) == 5
    assert text.count("data-select-page") == 1
    assert text.count('name="selected"') == 5
    assert "Showing 1 to 5 of 12 entries" in text


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("MEMBER1@", ["member1@home.example"]),
        ("gift card", ["member0@home.example"]),
        ("succ", ["member0@home.example"]),
        ("nobody", []),
    ],
)
def test_search_covers_address_note_and_status(
    ada: Client, cast: Cast, program: Program, term: str, found: list[str]
) -> None:
    offer = make_offer(program=program, status="claimed")
    first = fill(offer, 3)[0]
    edit = Edit(first.pk, 1, Decimal(10), "Gift card 2231", "success")
    distributions.update_batch(
        subject=offer, edits=[edit], actor=provider(cast.ada), at=clock.now()
    )
    shown = rows_in(ada.get(page_of(offer), {"q": term}))
    addresses = Distribution.objects.filter(pk__in=shown).values_list("recipient_email", flat=True)
    assert sorted(addresses) == found


def test_search_finds_an_id_with_and_without_its_letter(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    wanted = fill(offer, 3)[1]
    assert wanted.pk in rows_in(ada.get(page_of(offer), {"q": str(wanted.pk)}))
    assert rows_in(ada.get(page_of(offer), {"q": f"d-{wanted.pk}"})) == [wanted.pk]


def test_chips_count_each_status(ada: Client, cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    fill(offer, 2)
    record_success(offer, actor=provider(cast.ada), at=clock.now())
    fill_later = ada.get(page_of(offer), {"status": "pending"})
    assert rows_in(fill_later) == []
    text = ada.get(page_of(offer)).content.decode()
    chips = re.findall(r'class="chip"[^>]*>(\w+) <span class="chip-count">(\d+)', text)
    assert chips == [("All", "3"), ("Pending", "0"), ("Success", "3"), ("Failed", "0")]


@pytest.mark.scenario("INC-67")
@pytest.mark.parametrize("status", ["completed", "acknowledged"])
def test_a_finished_offers_record_is_read_only(ada: Client, program: Program, status: str) -> None:
    offer = make_offer(program=program, status=status)
    row = Distribution.objects.get(offer=offer)
    text = ada.get(page_of(offer)).content.decode()
    assert "can no longer be changed" in text
    assert 'name="selected"' not in text
    assert "Update Selected" not in text
    answer = ada.post(page_of(offer), batch_of(row, value="1", description="Changed"))
    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.description == "Paid by bank transfer"


def test_a_cancelled_offers_record_is_read_only(ada: Client, cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="approved_confirmed")
    reverse_url = reverse("offer_cancel", args=[offer.pk])
    ada.post(reverse_url, {"version": offer.version, "body": "Sorry, we have to stop."})
    assert Offer.objects.get(pk=offer.pk).status == OfferStatus.CANCELLED
    text = ada.get(page_of(offer)).content.decode()
    assert "Failed" in text
    assert 'name="selected"' not in text


def batch_of(row: Distribution, **fields: str) -> dict[str, Any]:
    """Return what the form sends for one ticked row."""
    values = {"value": "50.00", "description": row.description, "status": row.status, **fields}
    return {
        "batch": "1",
        "selected": [str(row.pk)],
        f"row-{row.pk}-version": str(row.version),
        **{f"row-{row.pk}-{name}": value for name, value in values.items()},
    }


@pytest.mark.parametrize(
    ("role", "allowed"), [("finance", True), ("marketing", False), ("analyst", False)]
)
def test_who_may_record_distributions(
    cast: Cast, program: Program, role: str, allowed: bool
) -> None:
    offer = make_offer(program=program, status="claimed")
    row = Distribution.objects.get(offer=offer)
    client = client_of(cast.by_role(role))
    page = client.get(page_of(offer))
    assert page.status_code == 200
    assert ('name="selected"' in page.content.decode()) is allowed
    answer = client.post(page_of(offer), batch_of(row, description="Paid", status="success"))
    assert answer.status_code == (303 if allowed else 403)


def test_a_recipient_with_a_profile_is_linked_to_it(
    ada: Client, cast: Cast, program: Program
) -> None:
    offer = make_offer(program=program, status="claimed")
    row = Distribution.objects.get(offer=offer)
    assert row.contact_id is not None
    page = ada.get(page_of(offer)).content.decode()
    assert f'href="{reverse("contact_detail", args=[row.contact_id])}"' in page


def test_a_recipient_without_a_profile_is_told_about_in_place(
    ada: Client, program: Program
) -> None:
    offer = make_offer(program=program, status="claimed")
    fill(offer, 1)
    page = ada.get(page_of(offer)).content.decode()
    assert '<details class="recipient-facts"><summary>member0@home.example' in page


def test_the_history_of_a_row_names_who_what_and_when(
    ada: Client, cast: Cast, program: Program
) -> None:
    offer = make_offer(program=program, status="claimed")
    assert "row-history" not in ada.get(page_of(offer)).content.decode()
    record_success(offer, actor=provider(cast.finn), at=clock.now())
    page = ada.get(page_of(offer)).content.decode()
    assert "2 changes" in page
    assert cast.finn.display_name in page
    assert re.search(r"Status: <del>.*?Pending</del>.*?Success</ins>", page, re.DOTALL)


def test_the_audit_trail_is_exported_without_formulas(
    ada: Client, cast: Cast, program: Program
) -> None:
    offer = make_offer(program=program, status="claimed")
    row = Distribution.objects.get(offer=offer)
    edit = Edit(row.pk, row.version, Decimal(50), "=HYPERLINK(1)", "success")
    distributions.update_batch(
        subject=offer, edits=[edit], actor=provider(cast.ada), at=clock.now()
    )
    answer = ada.get(reverse("offer_distribution_trail", args=[offer.pk]))
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = text.splitlines()
    assert lines[0].startswith("Distribution ID,Email,When,Who,Field,Old value,New value")
    assert any(f"D-{row.pk}," in line and "'=HYPERLINK(1)" in line for line in lines)
    assert len(lines) == 3


def test_another_businesss_distributions_do_not_exist(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    boris = client_of(cast.boris)
    assert boris.get(page_of(offer)).status_code == 404
    assert boris.get(reverse("offer_distribution_trail", args=[offer.pk])).status_code == 404


def test_the_fragment_is_a_part_of_the_page(ada: Client, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    page = ada.get(page_of(offer)).content.decode()
    fragment = ada.get(page_of(offer), headers={"HX-Request": "true"})
    text = re.sub(
        r'name="csrfmiddlewaretoken" value="[^"]+"', "", fragment.content.decode()
    ).strip()
    assert text.startswith('<div id="results"')
    assert text in re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    assert "HX-Request" in fragment.headers["Vary"]


def test_fifty_rows_cost_as_many_queries_as_five(
    ada: Client, cast: Cast, program: Program, django_assert_max_num_queries: Any
) -> None:
    offer = make_offer(program=program, status="claimed")
    fill(offer, 49)
    record_success(offer, actor=provider(cast.ada), at=clock.now())
    with django_assert_max_num_queries(12):
        ada.get(page_of(offer), {"per_page": "50"})


@pytest.mark.scenario("INC-68")
def test_recording_a_success_writes_nothing_in_the_wallet(cast: Cast, program: Program) -> None:
    offer = make_offer(program=program, status="claimed")
    record_success(offer, actor=provider(cast.ada), at=clock.now())
    assert Distribution.objects.get(offer=offer).status == "success"
    assert not any(model.objects.exists() for model in apps.get_app_config("wallet").get_models())
