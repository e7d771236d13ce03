"""What leaves the house and to whom: webhooks of partners, codes that another app mails, sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from core import tokens
from core.clock import now
from core.models import Mail, OutboxEvent
from incentives.models import Distribution
from tests.api.client import Till
from tests.cast import Cast
from tests.factories.incentives import make_offer, make_program
from tests.factories.tills import make_endpoint
from tests.factories.vouchers import MORNING, make_list, make_partner
from tests.vouchers.campaigning import ask, running, stocked
from tests.vouchers.issued import follow
from vouchers import happenings
from vouchers.models import Issuance
from vouchers.outbound import Answer
from vouchers.services import fulfilling, partner_portal, partners, revoking, webhook_delivery
from vouchers.views.partner_portal import COOKIE

pytestmark = pytest.mark.django_db


def delivered() -> list[dict[str, Any]]:
    """Deliver all that happened and return the bodies."""
    bodies: list[dict[str, Any]] = []

    def receive(**request: Any) -> Answer:
        bodies.append(json.loads(request["body"]))
        return Answer(status=200)

    for event in OutboxEvent.objects.filter(topic__in=happenings.HAPPENINGS):
        webhook_delivery.fan_out(event_id=event.pk, at=MORNING)
    while webhook_delivery.deliver_next(at=MORNING, post=receive):
        pass
    return bodies


def test_a_partner_is_not_told_why_somebody_lost_a_voucher(cast: Cast) -> None:
    sale = stocked(cast.acme, 1)
    for partner in (None, sale.partner):
        make_endpoint(cast.acme, partner=partner, event_types=[happenings.REVOKED])
    given = ask(running(sale)).issuance
    assert given is not None
    revoking.revoke(issuance=given, reason="Robin Miller asked", actor=cast.ada, at=MORNING)
    whys = sorted(str(body["data"]["why"]) for body in delivered())
    assert whys == ["None", "Robin Miller asked"]


def test_a_reference_that_the_api_names_does_not_reach_the_code_of_another_app(
    cast: Cast, time_machine: Any
) -> None:
    """References of distributions are counted, so that anybody could name one of another business."""
    time_machine.move_to(MORNING, tick=False)
    offer = make_offer(
        program=make_program(cast.acme, "Panels"), status="claimed", incentive_type="gift_card"
    )
    row = Distribution.objects.get(offer=offer)
    reference = f"incentives.distribution:{row.pk}"
    foreign = running(stocked(cast.bright_bikes, 3))
    body = {"recipient": {"email": "eve@home.example"}, "trigger_ref": reference}
    path = f"/voucher-campaigns/{foreign.reference}/issue"
    asked = Till(cast.bright_bikes).post(path, body)
    assert asked.status_code == 201
    assert fulfilling.given_for(trigger_ref=reference) is None
    assert fulfilling.told_for(trigger_ref=reference) is None
    own = running(stocked(cast.acme, 3))
    given = fulfilling.fulfil(
        business=cast.acme,
        campaign=own.public_id,
        trigger_ref=reference,
        contact=None,
        email="rita@home.example",
        actor=cast.oscar,
        reason="Promised",
        at=MORNING,
    )
    issuance = Issuance.objects.get(campaign=own)
    assert given == fulfilling.given_for(trigger_ref=reference)
    told = fulfilling.told_for(trigger_ref=reference)
    assert told is not None
    assert issuance.code is not None
    assert told.code == issuance.code.code
    # Whoever only names the reference is mailed by us, as everybody whom no other app tells.
    follow()
    assert [letter.to for letter in Mail.objects.filter(kind="voucher")] == ["eve@home.example"]


def test_who_was_shut_out_of_the_portal_and_is_let_in_again_begins_anew(cast: Cast) -> None:
    at = now()
    puma = make_list(make_partner(cast.acme, "Puma"), at=at).partner
    paula = partners.add_contact(partner=puma, email="paula@puma.example", name="Paula", at=at)
    partner_portal.send_link(contact=paula, at=at)
    letter = Mail.objects.get(to=paula.email)
    assert letter.token is not None
    secret = tokens.secret_of(letter.token)
    browser = Client()
    browser.cookies[COOKIE] = partner_portal.begin(secret=secret, at=at)
    assert browser.get("/partner/vouchers").status_code == 200
    partners.remove_contact(contact=paula, at=at)
    assert browser.get("/partner/vouchers").status_code == 303
    again = partners.add_contact(partner=puma, email="paula@puma.example", name="Paula", at=at)
    assert again == paula
    assert browser.get("/partner/vouchers").status_code == 303
    with pytest.raises(tokens.TokenRevoked):
        partner_portal.follow(secret=secret, at=at)
