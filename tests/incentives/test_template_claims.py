"""Using a link template: each confirmation makes an offer, as often as allowed (incentives.md 7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.errors import Invalid, TooMany
from core.money import Money
from incentives.guards import Payload
from incentives.models import ClaimIntent, LinkTemplate, Offer, OfferStatusChange
from incentives.selectors.link_templates import template_of, values_of_template
from incentives.services import (
    confirmations,
    link_templates,
    links,
    programs,
    statuses,
    template_claims,
)
from incentives.services.intents import TermsChanged
from incentives.services.visitors import NotForYou
from incentives.terms import Terms
from tests.factories.incentives import Desk, make_desk, newest_secret
from tests.factories.link_templates import (
    ask_template,
    make_group_template,
    make_template,
    use_template,
)
from tests.incentives.recipient import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


def fresh(template: LinkTemplate) -> LinkTemplate:
    return template_of(business=template.business, pk=template.pk)


def test_confirmation_makes_an_offer_that_is_bound_and_pre_claimed(acme: Desk) -> None:
    template = make_template(acme.program, validity_days=10, message="Only at the fair")
    at = clock.now()
    offer = use_template(template, email="sam@home.example", at=at)
    stored = Offer.objects.get(link_template=template)
    assert stored.pk == offer.pk
    assert (stored.status, stored.delivery_method) == ("pre_claimed", "link")
    assert (stored.recipient_email, stored.recipient_verified_at) == ("sam@home.example", at)
    assert (stored.message, stored.expires_at) == ("Only at the fair", at + timedelta(days=10))
    assert stored.has_consent
    assert stored.contact is not None
    assert stored.created_by == acme.user
    assert fresh(template).uses_count == 1


def test_history_says_offered_by_the_provider_then_pre_claimed_by_the_recipient(acme: Desk) -> None:
    offer = use_template(make_template(acme.program))
    lines = OfferStatusChange.objects.filter(offer=offer).order_by("pk")
    assert list(lines.values_list("transition", "to_status", "actor_kind", "actor_name")) == [
        ("P02", "offered", "provider", "Acme Solar"),
        ("R02", "pre_claimed", "recipient", "Sam Okafor"),
    ]


def test_each_side_hears_of_it_once(acme: Desk) -> None:
    use_template(make_template(acme.program), email="sam@home.example")
    assert [mail.to for mail in mails("E02")] == ["sam@home.example"]
    assert [mail.to for mail in mails("E03")] == ["sam@home.example"]
    assert len(mails("E04")) == 1
    assert mails("E01") == []


@pytest.mark.parametrize(
    ("target", "payload"),
    [
        ("counter", Payload(counter=Terms.money(Money(7000, "EUR")), text="A little more?")),
        ("needs_info", Payload(text="Is it for tenants?")),
        ("requires_revision", Payload(text="My name is spelled otherwise.")),
    ],
)
def test_visitor_may_begin_otherwise_than_with_a_claim(
    acme: Desk, target: str, payload: Payload
) -> None:
    template = make_template(acme.program)
    offer = use_template(template, target=target, payload=payload)
    assert offer.status == target
    assert fresh(template).uses_count == 1


@pytest.mark.parametrize("target", ["rejected", "approved", "join", "nonsense"])
def test_visitor_cannot_wish_for_anything_else(acme: Desk, target: str) -> None:
    with pytest.raises(Invalid):
        ask_template(make_template(acme.program), target=target)
    assert not ClaimIntent.objects.exists()


@pytest.mark.scenario("INC-42")
def test_second_try_makes_no_second_offer_and_mails_the_way_back(acme: Desk) -> None:
    template = make_template(acme.program)
    offer = use_template(template, email="sam@home.example")
    again = template_claims.request(
        template=template,
        target="pre_claimed",
        name="Sam",
        email="Sam@Home.example",
        payload=Payload(),
        at=clock.now(),
    )
    assert again is None
    assert Offer.objects.filter(link_template=template).count() == 1
    assert len(mails("E02")) == 1
    first, second = mails("E03")
    assert (second.to, second.reference) == ("sam@home.example", f"incentives.offer:{offer.pk}")
    assert first.token != second.token
    assert fresh(template).uses_count == 1


def test_two_wishes_of_one_address_make_one_offer(acme: Desk) -> None:
    template = make_template(acme.program)
    secrets = [ask_template(template, email="sam@home.example") for _ in range(2)]
    offers = [confirmations.confirm(secret=secret, at=clock.now())[0] for secret in secrets]
    assert offers[0].pk == offers[1].pk
    assert Offer.objects.count() == 1
    assert fresh(template).uses_count == 1


def test_address_may_come_again_once_its_offer_is_over(acme: Desk) -> None:
    template = make_template(acme.program)
    offer = use_template(template, email="sam@home.example")
    statuses.transition(
        offer=offer,
        to="cancelled",
        actor=acme.actor,
        payload=Payload(text="The fair is over."),
        at=clock.now(),
    )
    second = use_template(template, email="sam@home.example")
    assert second.pk != offer.pk
    assert fresh(template).uses_count == 2


def test_way_back_is_mailed_three_times_an_hour_at_most(acme: Desk) -> None:
    template = make_template(acme.program)
    use_template(template, email="sam@home.example")
    wish = {
        "template": template,
        "target": "pre_claimed",
        "name": "Sam",
        "email": "sam@home.example",
        "payload": Payload(),
        "at": clock.now(),
    }
    template_claims.request(**wish)  # type: ignore[arg-type]
    template_claims.request(**wish)  # type: ignore[arg-type]
    with pytest.raises(TooMany):
        template_claims.request(**wish)  # type: ignore[arg-type]


def test_vendors_own_people_cannot_claim(acme: Desk) -> None:
    template = make_template(acme.program)
    secret = ask_template(template, email=acme.user.email)
    with pytest.raises(NotForYou):
        confirmations.confirm(secret=secret, at=clock.now())
    assert not Offer.objects.exists()
    assert fresh(template).uses_count == 0


def test_last_use_closes_the_link_and_tells_the_provider_once(acme: Desk) -> None:
    template = make_template(acme.program, max_uses=2, name="Spring fair")
    late = ask_template(template)
    use_template(template)
    assert mails("E15") == []
    use_template(template)
    assert [mail.to for mail in mails("E15")] == [acme.user.email]
    with pytest.raises(template_claims.UsedUp):
        confirmations.confirm(secret=late, at=clock.now())
    with pytest.raises(template_claims.UsedUp):
        ask_template(fresh(template))
    assert Offer.objects.count() == 2
    assert len(mails("E15")) == 1


def test_raised_maximum_opens_the_same_link_again(acme: Desk) -> None:
    template = make_template(acme.program, max_uses=1)
    use_template(template)
    values = replace(values_of_template(template), max_uses=2)
    link_templates.update(
        template=fresh(template), values=values, version=template.version, at=clock.now()
    )
    use_template(fresh(template))
    assert fresh(template).uses_count == 2
    assert len(mails("E15")) == 2


def test_link_closed_after_the_wish_makes_no_offer(acme: Desk) -> None:
    template = make_template(acme.program)
    secret = ask_template(template)
    link_templates.deactivate(template=template, at=clock.now())
    with pytest.raises(template_claims.LinkInactive):
        confirmations.confirm(secret=secret, at=clock.now())
    link_templates.activate(template=template, at=clock.now())
    programs.deactivate(program=acme.program, at=clock.now())
    with pytest.raises(template_claims.ProgramInactive):
        confirmations.open_wish(secret=secret, at=clock.now())
    assert not Offer.objects.exists()


def test_link_that_promises_what_the_program_no_longer_gives_is_not_active(acme: Desk) -> None:
    template = make_template(acme.program)
    programs.update(
        program=acme.program,
        allowed_incentive_types=["discount"],
        version=acme.program.version,
        at=clock.now(),
    )
    with pytest.raises(template_claims.LinkInactive):
        ask_template(fresh(template))


def test_nobody_is_confirmed_into_terms_they_have_not_read(acme: Desk) -> None:
    template = make_template(acme.program)
    secret = ask_template(template)
    values = values_of_template(template)
    less = replace(values, offer=replace(values.offer, terms=Terms.money(Money(1000, "EUR"))))
    link_templates.update(template=template, values=less, version=template.version, at=clock.now())
    with pytest.raises(TermsChanged):
        confirmations.confirm(secret=secret, at=clock.now())
    assert not Offer.objects.exists()


def test_change_of_the_template_leaves_offers_as_they_were_made(acme: Desk) -> None:
    template = make_template(acme.program)
    offer = use_template(template)
    values = values_of_template(template)
    less = replace(values, offer=replace(values.offer, terms=Terms.money(Money(1000, "EUR"))))
    link_templates.update(template=template, values=less, version=template.version, at=clock.now())
    offer.refresh_from_db()
    assert offer.terms is not None
    assert offer.terms.value.amount == Money(5000, "EUR")


def test_first_of_a_group_template_founds_a_group_and_only_that_is_a_use(acme: Desk) -> None:
    template = make_group_template(acme.program, cap=3)
    offer = use_template(template, email="lead@home.example")
    assert (offer.status, offer.offer_type, offer.max_required_members) == ("offered", "group", 3)
    assert [(m.email, m.role, m.status) for m in offer.members.all()] == [
        ("lead@home.example", "lead", "active")
    ]
    intent = links.request_place(
        offer=offer, name="Noor", email="noor@home.example", at=clock.now()
    )
    secret = newest_secret(f"incentives.intent:{intent.pk}", "verify")
    confirmations.confirm(secret=secret, at=clock.now())
    assert offer.members.filter(status="active").count() == 2
    assert fresh(template).uses_count == 1
    assert Offer.objects.count() == 1


def test_founder_who_tries_again_gets_the_way_back_to_their_group(acme: Desk) -> None:
    template = make_group_template(acme.program)
    use_template(template, email="lead@home.example")
    again = template_claims.request(
        template=template,
        target=ClaimIntent.JOIN,
        name="Lead",
        email="lead@home.example",
        payload=Payload(),
        at=clock.now(),
    )
    assert again is None
    assert len(mails("E03", "lead@home.example")) == 2
    assert Offer.objects.count() == 1


def test_database_holds_uses_to_the_maximum(acme: Desk) -> None:
    template = make_template(acme.program, max_uses=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkTemplate.objects.filter(pk=template.pk).update(uses_count=2)


def test_intent_is_about_an_offer_or_a_template_never_both_or_neither(acme: Desk) -> None:
    template = make_template(acme.program)
    offer = use_template(template)
    stored = ClaimIntent.objects.get()
    for wrong in ({"offer": offer}, {"template": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClaimIntent.objects.filter(pk=stored.pk).update(**wrong)
