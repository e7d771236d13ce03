"""Distributions of discounts and gift cards, fulfilled by voucher codes (decision D6)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from core import clock, mail
from core.errors import NotFound
from core.models import Mail
from incentives.choices import DistributionStatus
from incentives.models import Distribution, DistributionChange, Offer
from incentives.services import actors, fulfilments
from incentives.services.fulfilments import NotByCode
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.vouchers.issued import campaign_of, follow, mails
from vouchers.choices import Delivery, IssuanceStatus, OnExhaustion
from vouchers.models import Campaign, Issuance, VoucherCode, WaitEntry
from vouchers.services import revoking
from vouchers.services.fulfilling import NotGiven

MARKER = "SALE-MARKER-00000001"


@pytest.fixture
def offer(cast: Cast) -> Offer:
    program = make_program(cast.acme, "Winter panels")
    return make_offer(program=program, status="claimed", incentive_type="gift_card")


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    return campaign_of(cast.acme)


def row_of(offer: Offer) -> Distribution:
    return Distribution.objects.get(offer=offer)


def fulfil(offer: Offer, campaign: Campaign, cast: Cast) -> list[Distribution]:
    return fulfilments.fulfil(
        subject=offer,
        ids=[row_of(offer).pk],
        campaign=campaign.public_id,
        actor=actors.provider(cast.oscar),
        at=clock.now(),
    )


def e07() -> Mail:
    return Mail.objects.get(kind="E07")


def taken() -> int:
    return VoucherCode.objects.exclude(state="available").count()


def test_a_distribution_becomes_success_with_the_masked_code_and_e07_carries_the_code(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    fulfil(offer, campaign, cast)
    row = row_of(offer)
    assert row.status == DistributionStatus.SUCCESS
    assert row.description.startswith("Voucher SA••••••01 of Sale of the year (Puma Sale), good")
    issuance = Issuance.objects.get()
    assert issuance.trigger_ref == f"incentives.distribution:{row.pk}"
    assert issuance.email == row.recipient_email
    message = mail.render(e07())
    assert MARKER in message.body
    assert MARKER in str(message.alternatives[0][0])
    assert "Type the code in at the checkout." in message.body
    stored = [str(vars(found)) for found in (e07(), row, *DistributionChange.objects.all())]
    assert not any("MARKER" in text for text in stored)


def test_the_code_is_marked_as_possibly_seen_when_e07_leaves_and_no_second_mail_brings_it(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    fulfil(offer, campaign, cast)
    follow(at=clock.now())
    assert mails() == []
    assert Issuance.objects.get().exposed_at is None
    mail.send_due(at=clock.now(), limit=50)
    issuance = Issuance.objects.get()
    assert issuance.exposed_at is not None
    assert issuance.delivery_status == Delivery.SENT


def test_whatever_is_pressed_twice_one_distribution_takes_one_code(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    other = campaign_of(cast.acme, named="Other")
    assert fulfil(offer, campaign, cast) == [row_of(offer)]
    assert fulfil(offer, campaign, cast) == []
    assert fulfil(offer, other, cast) == []
    assert taken() == 1
    assert Mail.objects.filter(kind="E07").count() == 1


def test_a_voucher_that_was_taken_back_is_followed_by_another(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    fulfil(offer, campaign, cast)
    mail.send_due(at=clock.now(), limit=50)
    revoking.revoke(
        issuance=Issuance.objects.get(),
        reason="The wrong one",
        may_receive_another=True,
        actor=cast.ada,
        at=clock.now(),
    )
    assert "MARKER" not in mail.render(e07()).body
    Distribution.objects.filter(offer=offer).update(
        status=DistributionStatus.FAILED, succeeded_at=None
    )
    fulfil(offer, campaign, cast)
    given = Issuance.objects.get(status=IssuanceStatus.ISSUED)
    assert given.code is not None
    assert given.code.code == "SALE-MARKER-00000002"


def test_without_a_code_nothing_is_recorded_and_nobody_waits(cast: Cast, offer: Offer) -> None:
    empty = campaign_of(cast.acme, codes=0, on_exhaustion=OnExhaustion.WAITLIST)
    with pytest.raises(NotGiven, match="gives no code"):
        fulfil(offer, empty, cast)
    assert row_of(offer).status == DistributionStatus.PENDING
    assert not WaitEntry.objects.exists()


def test_a_row_that_cannot_be_recorded_costs_no_code(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    Distribution.objects.filter(offer=offer).update(value_minor=None)
    with pytest.raises(NotByCode, match="Enter the value that was really given"):
        fulfil(offer, campaign, cast)
    assert taken() == 0
    assert not Issuance.objects.exists()


@pytest.mark.parametrize(
    ("status", "incentive"), [("claimed", "cashback"), ("completed", "gift_card")]
)
def test_codes_are_for_discounts_and_gift_cards_while_they_are_recorded(
    cast: Cast, campaign: Campaign, status: str, incentive: str
) -> None:
    program = make_program(cast.acme)
    other = make_offer(program=program, status=status, incentive_type=incentive)
    with pytest.raises(NotByCode):
        fulfil(other, campaign, cast)


def test_a_campaign_of_another_business_is_not_found(cast: Cast, offer: Offer) -> None:
    theirs = campaign_of(cast.bright_bikes)
    with pytest.raises(NotFound):
        fulfil(offer, theirs, cast)


def test_the_page_of_distributions_leads_to_the_codes_and_comes_back(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    browser = client_of(cast.oscar)
    page = reverse("offer_distributions", args=[offer.pk])
    codes = reverse("offer_distribution_codes", args=[offer.pk])
    assert codes in browser.get(page).content.decode()
    asked = browser.get(codes).content.decode()
    assert "Thank you: Sale (5 codes left)" in asked
    data: dict[str, Any] = {"campaign": str(campaign.public_id), "distributions": row_of(offer).pk}
    answer = browser.post(codes, data)
    assert (answer.status_code, answer["Location"]) == (303, page)
    after = browser.get(page).content.decode()
    assert "1 code was given" in after
    assert "SA••••••01" in after
    assert codes not in after
    assert "MARKER" not in after


def test_what_keeps_codes_from_being_given_is_said_on_the_page(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    browser = client_of(cast.oscar)
    codes = reverse("offer_distribution_codes", args=[offer.pk])
    none = browser.post(codes, {"campaign": str(campaign.public_id)})
    assert none.status_code == 422
    assert "Select at least one distribution first." in none.content.decode()
    unknown = browser.post(codes, {"campaign": str(uuid4()), "distributions": row_of(offer).pk})
    assert unknown.status_code == 422
    Campaign.objects.update(status="paused")
    assert "No voucher campaign is running" in browser.get(codes).content.decode()


def test_only_who_records_and_gives_codes_sees_the_page(
    cast: Cast, offer: Offer, campaign: Campaign
) -> None:
    codes = reverse("offer_distribution_codes", args=[offer.pk])
    for user in (cast.finn, cast.mara, cast.ana):
        assert client_of(user).get(codes).status_code == 403
    assert client_of(cast.boris).get(codes).status_code in {302, 303, 404}
    cashback = make_offer(program=make_program(cast.acme), status="claimed")
    answer = client_of(cast.oscar).get(reverse("offer_distribution_codes", args=[cashback.pk]))
    assert answer.status_code == 409
