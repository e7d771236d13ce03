"""The public pages of a program and of a provider, and how views are counted (incentives.md 7.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import RateCounter
from directory.models import ProviderProfile
from incentives.models import Acknowledgement, Program
from incentives.services import link_templates, programs
from tests.factories.incentives import Desk, make_desk, make_offer, make_program
from tests.factories.link_templates import make_template, use_template
from tests.incentives.recipient import Page, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def visitor() -> Person:
    return Person()


def program_page(visitor: Person, program: Program, query: str = "") -> str:
    url = reverse("program_public", args=[program.slug])
    answer = visitor.client.get(f"{url}?{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def link(desk: Desk, **fields: Any) -> Any:
    return make_offer(program=desk.program, delivery="link", **fields)


def test_program_page_shows_product_provider_and_figures(acme: Desk, visitor: Person) -> None:
    make_offer(program=acme.program, status="acknowledged")
    page = visitor.page("program_public", None, acme.program.slug)
    product = acme.program.product_service
    assert page.headings[0] == product.name
    assert product.description in page.text
    assert "1 Incentives provided" in page.text or "Incentives provided 1" in page.text
    assert reverse("provider_public", args=[acme.business.slug]) in page.links.values()


def test_program_page_lists_what_its_makers_show_and_nothing_else(
    acme: Desk, visitor: Person
) -> None:
    shown = link(acme, show_on_program_page=True, message="Shown offer")
    hidden = link(acme, message="Hidden offer")
    claimed = link(acme, status="pre_claimed", show_on_program_page=True, message="Claimed offer")
    template = make_template(acme.program, show_on_program_page=True, message="Shown template")
    quiet = make_template(acme.program, message="Quiet template")
    page = program_page(visitor, acme.program)
    assert reverse("offer_link", args=[shown.link_slug]) in page
    assert reverse("template_link", args=[template.slug]) in page
    for other in (hidden, claimed):
        assert other.link_slug not in page
    assert quiet.slug not in page
    link_templates.deactivate(template=template, at=clock.now())
    assert template.slug not in program_page(visitor, acme.program)


def test_expired_offers_and_full_templates_are_left_out(acme: Desk, visitor: Person) -> None:
    offer = link(acme, show_on_program_page=True)
    template = make_template(acme.program, show_on_program_page=True, max_uses=1)
    assert "1 left" in program_page(visitor, acme.program)
    use_template(template)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        page = program_page(visitor, acme.program)
    assert offer.link_slug not in page
    assert template.slug not in page


def test_masked_messages_are_hidden(acme: Desk, visitor: Person) -> None:
    link(acme, show_on_program_page=True, message="Offer secret", message_masked=True)
    make_template(
        acme.program, show_on_program_page=True, message="Template secret", message_masked=True
    )
    page = program_page(visitor, acme.program)
    assert "Offer secret" not in page
    assert "Template secret" not in page
    assert page.count("Look at the offer") >= 2


def publish(desk: Desk, count: int = 1, **fields: Any) -> list[Acknowledgement]:
    """Bring offers to Acknowledged, whose words are thereby published, and change what is named."""
    made = []
    for _ in range(count):
        offer = make_offer(program=desk.program, status="acknowledged")
        Acknowledgement.objects.filter(offer=offer).update(**fields or {"display_name": "Noor"})
        made.append(Acknowledgement.objects.get(offer=offer))
    return made


def test_published_words_are_shown_without_an_address(acme: Desk, visitor: Person) -> None:
    row = publish(acme)[0]
    page = program_page(visitor, acme.program)
    assert row.message in page
    assert "Noor" in page
    assert row.email not in page


def test_words_without_a_name_or_masked_say_so(acme: Desk, visitor: Person) -> None:
    row = publish(acme, display_name="", message_masked=True)[0]
    page = program_page(visitor, acme.program)
    assert "Verified recipient" in page
    assert "Receipt confirmed" in page
    assert row.message not in page


def test_words_that_wait_for_review_are_not_shown(acme: Desk, visitor: Person) -> None:
    offer = make_offer(program=acme.program, status="completed")
    Acknowledgement.objects.filter(offer=offer).update(
        state="submitted", message="Not reviewed yet", submitted_at=clock.now()
    )
    assert "Not reviewed yet" not in program_page(visitor, acme.program)


def test_words_are_paged_and_wrong_pages_are_put_right(acme: Desk, visitor: Person) -> None:
    publish(acme, 11)
    assert "Page 1 of 2" in program_page(visitor, acme.program)
    for query, number in (("page=2", 2), ("page=99", 2), ("page=x", 1), ("page=0", 1)):
        expected = 2 if query == "page=0" else number
        assert f"Page {expected} of 2" in program_page(visitor, acme.program, query)


def test_inactive_program_has_no_page(acme: Desk, visitor: Person) -> None:
    programs.deactivate(program=acme.program, at=clock.now())
    assert visitor.open("program_public", None, acme.program.slug).status_code == 404
    assert visitor.open("program_public", None, "nonsense").status_code == 404
    programs.activate(program=acme.program, at=clock.now())
    assert visitor.open("program_public", None, acme.program.slug).status_code == 200


def test_looking_sets_no_cookie_changes_nothing_and_may_be_cached(
    acme: Desk, visitor: Person
) -> None:
    answer = visitor.open("program_public", None, acme.program.slug)
    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=60"
    assert Program.objects.get(pk=acme.program.pk).view_count == 0
    assert not RateCounter.objects.exists()


def test_page_costs_the_same_whatever_stands_on_it(acme: Desk, visitor: Person) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            program_page(visitor, acme.program)
        return len(queries)

    publish(acme)
    link(acme, show_on_program_page=True)
    make_template(acme.program, show_on_program_page=True)
    before = cost()
    publish(acme, 3)
    for _ in range(3):
        link(acme, show_on_program_page=True)
        make_template(acme.program, show_on_program_page=True)
    assert cost() == before


def count_view(client: Client, program: Program, **headers: str) -> int:
    answer = client.post(reverse("program_view", args=[program.slug]), headers=headers)
    assert answer.status_code == 204
    assert not answer.cookies
    return int(Program.objects.get(pk=program.pk).view_count)


def test_visitor_is_counted_once_a_day_and_again_the_next(acme: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        assert count_view(client, acme.program) == 1
        assert count_view(client, acme.program) == 1
    with time_machine.travel("2026-03-03T00:10:00Z", tick=False):
        assert count_view(client, acme.program) == 2


def test_other_browsers_addresses_and_programs_are_counted_apart(acme: Desk) -> None:
    client = Client()
    other = make_program(acme.business)
    assert count_view(client, acme.program, user_agent="Fox") == 1
    assert count_view(client, acme.program, user_agent="Owl") == 2
    assert count_view(Client(REMOTE_ADDR="192.0.2.7"), acme.program, user_agent="Fox") == 3
    assert count_view(client, other, user_agent="Fox") == 1


def test_nothing_of_the_visitor_is_kept(acme: Desk) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    count_view(client, acme.program, user_agent="Fox")
    kept = [row.bucket for row in RateCounter.objects.filter(bucket__startswith="program-view:")]
    assert len(kept) == 1
    assert "192.0.2.7" not in kept[0]
    assert "Fox" not in kept[0]


def test_other_sites_cannot_count_views(acme: Desk) -> None:
    assert count_view(Client(), acme.program, sec_fetch_site="cross-site") == 0


def test_views_are_no_change_of_the_program(acme: Desk) -> None:
    before = Program.objects.get(pk=acme.program.pk)
    count_view(Client(), acme.program)
    after = Program.objects.get(pk=acme.program.pk)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    assert after.events.count() == 1  # type: ignore[attr-defined]


def test_view_is_counted_by_post_alone(acme: Desk) -> None:
    assert Client().get(reverse("program_view", args=[acme.program.slug])).status_code == 405


def test_provider_page_shows_profile_programs_and_words(acme: Desk, visitor: Person) -> None:
    row = publish(acme)[0]
    ProviderProfile.objects.filter(organisation=acme.business).update(
        description="We build roofs.", verified_at=clock.now()
    )
    paused = make_program(acme.business, "Old panels", active=False)
    page = visitor.page("provider_public", None, acme.business.slug)
    assert page.headings[0] == "Acme Solar"
    assert "We build roofs." in page.text
    assert "Verified" in page.text
    assert acme.program.product_service.name in page.links
    assert row.message in page.text
    assert row.email not in page.text
    assert paused.slug not in page.links.values()
    assert "Old panels" not in page.text


def test_provider_without_a_completed_profile_has_no_page(visitor: Person) -> None:
    desk = make_desk("New Firm", completed=False)
    assert visitor.open("provider_public", None, desk.business.slug).status_code == 404
    assert visitor.open("program_public", None, desk.program.slug).status_code == 404
    assert visitor.open("provider_public", None, "nonsense").status_code == 404


def test_notification_address_of_a_provider_is_not_public(acme: Desk, visitor: Person) -> None:
    ProviderProfile.objects.filter(organisation=acme.business).update(
        notification_email="desk@acme.example"
    )
    page = visitor.open("provider_public", None, acme.business.slug).content.decode()
    assert "desk@acme.example" not in page


def test_texts_of_others_are_shown_as_text(acme: Desk, visitor: Person) -> None:
    publish(acme, message="<script>alert(1)</script> thank you")
    page = program_page(visitor, acme.program)
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert Page(visitor.open("program_public", None, acme.program.slug)).headings


def test_desk_leads_to_the_public_pages(acme: Desk) -> None:
    client = Client()
    client.force_login(acme.user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("program_public", args=[acme.program.slug])
    assert address in client.get(reverse("programs")).content.decode()
    detail = reverse("program_detail", args=[acme.program.pk])
    assert address in client.get(detail).content.decode()
    profile = client.get(reverse("provider_profile")).content.decode()
    assert reverse("provider_public", args=[acme.business.slug]) in profile
    programs.deactivate(program=acme.program, at=clock.now())
    assert address not in client.get(detail).content.decode()
