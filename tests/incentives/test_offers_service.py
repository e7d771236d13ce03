"""Making, sending, editing and deleting offers: what the services let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Invalid, StaleVersion
from core.models import Mail
from core.money import Money
from incentives.choices import OfferStatus
from incentives.completeness.offers import OfferValues
from incentives.models import Message, Offer, OfferStatusChange, OfferTerms
from incentives.selectors import detail_actions, offer_of, open_twin, row_actions
from incentives.services import offers, programs
from incentives.services.offers import Incomplete, NotEditable, NotResendable
from incentives.terms import Terms
from tests.factories.incentives import (
    Desk,
    claim_link,
    every_status,
    make_desk,
    make_offer,
    make_program,
    offer_values,
)
from tests.incentives.stages import ASK, DAY, START, Stage, drafted, euro, sent


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def values_of(desk: Desk, delivery: str = "email", **changes: Any) -> OfferValues:
    return offer_values(desk.program, at=START, delivery_method=delivery, **changes)


def send(desk: Desk, values: OfferValues) -> Offer:
    return offers.create_and_send(business=desk.business, values=values, actor=desk.actor, at=START)


def draft(desk: Desk, values: OfferValues) -> Offer:
    return offers.create_draft(business=desk.business, values=values, actor=desk.actor, at=START)


def test_a_sent_offer_mails_its_claim_link_to_the_address_once(desk: Desk) -> None:
    offer = send(desk, values_of(desk, recipient_email="Noor@Home.example"))
    (mail,) = Mail.objects.all()
    assert (mail.kind, mail.to, mail.link) == (
        "E01",
        "noor@home.example",
        "/incentive-offers/claim",
    )
    assert mail.token is not None
    assert mail.token.expires_at == offer.expires_at
    assert offer.recipient_email == "noor@home.example"
    assert OfferStatusChange.objects.filter(offer=offer).count() == 1


def test_a_shared_link_has_a_slug_that_cannot_be_guessed_and_no_mail(desk: Desk) -> None:
    slugs = {send(desk, values_of(desk, "link")).link_slug for _ in range(3)}
    assert len(slugs) == 3
    assert all(slug and len(slug) >= 22 for slug in slugs)
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"recipient_email": ""}, {"recipient_email"}),
        ({"recipient_email": "noor"}, {"recipient_email"}),
        ({"offer_type": "group"}, {"max_required_members"}),
        ({"offer_type": "group", "max_required_members": 1}, {"max_required_members"}),
        ({"offer_type": "group", "max_required_members": 501}, {"max_required_members"}),
        ({"max_required_members": 5}, {"max_required_members"}),
        ({"message": "m" * 1025}, {"message"}),
        ({"expires_at": START + timedelta(minutes=30)}, {"expires_at"}),
        ({"terms": None}, {"value", "value_description"}),
        ({"message": "", "entity_type": ""}, {"message", "entity_type"}),
    ],
)
def test_an_incomplete_offer_is_not_stored_and_nothing_is_mailed(
    desk: Desk, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Incomplete) as refusal:
        send(desk, replace(values_of(desk), **changes))
    assert (refusal.value.status, set(refusal.value.fields)) == (422, fields)
    assert not Offer.objects.exists()
    assert not Mail.objects.exists()


def test_a_message_of_1024_characters_passes(desk: Desk) -> None:
    assert len(send(desk, values_of(desk, message="m" * 1024)).message) == 1024


def test_an_inactive_or_foreign_program_cannot_be_chosen(desk: Desk) -> None:
    inactive = make_program(desk.business, active=False)
    foreign = make_desk().program
    for program in (inactive, foreign):
        with pytest.raises(Incomplete) as refusal:
            send(desk, replace(values_of(desk), program=program))
        assert set(refusal.value.fields) == {"program"}
        assert "Select a valid choice" in refusal.value.fields["program"]
    assert not Offer.objects.exists()


def test_a_draft_may_lack_everything_but_its_program(desk: Desk) -> None:
    offer = draft(desk, OfferValues(program=desk.program))
    assert offer_of(business=desk.business, pk=offer.pk).is_draft
    assert detail_actions(offer) == {"send", "delete", "cancel"}
    assert "edit" in row_actions(offer)
    with pytest.raises(Invalid) as refusal:
        draft(desk, OfferValues())
    assert set(refusal.value.fields) == {"program"}


@pytest.mark.parametrize(("kind", "members"), [("single", 5), ("group", 1), ("group", 501)])
def test_a_draft_refuses_an_impossible_number_of_members(
    desk: Desk, kind: str, members: int
) -> None:
    values = OfferValues(program=desk.program, offer_type=kind, max_required_members=members)
    with pytest.raises(Invalid) as refusal:
        draft(desk, values)
    assert set(refusal.value.fields) == {"max_required_members"}


def test_a_draft_takes_no_program_of_another_business(desk: Desk) -> None:
    stage = drafted(desk)
    values = replace(values_of(desk), program=make_desk().program)
    with pytest.raises(Invalid):
        draft(desk, values)
    with pytest.raises(Invalid):
        offers.update_draft(
            offer=stage.offer, values=values, actor=desk.actor, version=1, at=stage.at
        )
    assert stage.fresh().program == desk.program


def test_an_unfinished_draft_of_a_group_can_be_cancelled(desk: Desk) -> None:
    values = OfferValues(program=desk.program, offer_type="group", delivery_method="link")
    stage = Stage(desk, draft(desk, values))
    assert stage.provider("cancelled").status == "cancelled"
    assert not Mail.objects.exists()


def test_an_incomplete_draft_is_not_sent_and_says_all_that_is_missing(desk: Desk) -> None:
    offer = draft(desk, OfferValues(program=desk.program, message="Hello"))
    with pytest.raises(Incomplete) as refusal:
        offers.send_draft(offer=offer, actor=desk.actor, at=START)
    assert {"entity_type", "value", "recipient_email", "expires_at"} <= set(refusal.value.fields)
    assert offer_of(business=desk.business, pk=offer.pk).is_draft


def test_a_draft_whose_program_was_deactivated_is_not_sent(desk: Desk) -> None:
    stage = drafted(desk)
    programs.deactivate(program=desk.program, at=START)
    with pytest.raises(Incomplete) as refusal:
        offers.send_draft(offer=stage.offer, actor=desk.actor, at=START)
    assert set(refusal.value.fields) == {"program"}


def test_everything_in_a_draft_may_change_its_terms_included(desk: Desk) -> None:
    stage = drafted(desk)
    values = values_of(desk, "link", terms=euro(80), message="Another")
    offers.update_draft(offer=stage.offer, values=values, actor=desk.actor, version=1, at=stage.at)
    offer = stage.fresh()
    assert (offer.delivery_method, offer.recipient_email, offer.version) == ("link", "", 2)
    assert offer.terms is not None
    assert offer.terms.value == euro(80)
    assert OfferTerms.objects.get(offer=offer).number == 1


def test_the_value_of_a_draft_can_be_taken_back(desk: Desk) -> None:
    stage = drafted(desk)
    values = replace(values_of(desk), terms=None)
    offers.update_draft(offer=stage.offer, values=values, actor=desk.actor, version=1, at=stage.at)
    assert stage.fresh().terms is None
    assert not OfferTerms.objects.filter(offer=stage.offer).exists()


def test_a_draft_edited_by_a_colleague_meanwhile_is_not_overwritten(desk: Desk) -> None:
    stage = drafted(desk)
    change = {"offer": stage.offer, "actor": desk.actor, "version": 1, "at": stage.at}
    offers.update_draft(values=values_of(desk, message="First"), **change)
    with pytest.raises(StaleVersion):
        offers.update_draft(values=values_of(desk, message="Second"), **change)
    assert stage.fresh().message == "First"


def test_a_sent_offer_is_no_draft_any_more(desk: Desk) -> None:
    stage = sent(desk)
    version = stage.fresh().version
    with pytest.raises(NotEditable) as refusal:
        offers.update_draft(
            offer=stage.offer, values=values_of(desk), actor=desk.actor, version=version, at=START
        )
    assert refusal.value.status == 409
    with pytest.raises(NotEditable):
        offers.delete_draft(offer=stage.offer, actor=desk.actor)
    with pytest.raises(offers.statuses.NotAvailable):
        offers.send_draft(offer=stage.offer, actor=desk.actor, at=START)


def test_a_deleted_draft_is_gone_with_all_that_belonged_to_it(desk: Desk) -> None:
    stage, other = drafted(desk), drafted(desk)
    offers.delete_draft(offer=stage.offer, actor=desk.actor)
    assert list(Offer.objects.all()) == [other.offer]
    assert OfferStatusChange.objects.get().offer == other.offer
    assert OfferTerms.objects.get().offer == other.offer


def test_an_unclaimed_link_is_edited_and_keeps_its_address(desk: Desk) -> None:
    stage = sent(desk, "link")
    slug, version = stage.fresh().link_slug, stage.fresh().version
    values = values_of(desk, "email", terms=euro(80), message="Better")
    values = replace(values, delivery_method="link", recipient_email="", program=desk.program)
    offers.update_link_offer(
        offer=stage.offer, values=values, actor=desk.actor, version=version, at=stage.at
    )
    offer = stage.fresh()
    assert (offer.link_slug, offer.message, offer.delivery_method) == (slug, "Better", "link")
    assert offer.terms is not None
    assert (offer.terms.number, offer.terms.value) == (2, euro(80))
    note = Message.objects.latest("pk")
    assert note.sender_kind == "system"
    assert "message" in note.body
    assert "value" in note.body


def test_program_and_delivery_of_a_shared_link_are_locked(desk: Desk) -> None:
    stage = sent(desk, "link")
    other = make_program(desk.business)
    values = replace(values_of(desk, "link"), program=other)
    offers.update_link_offer(
        offer=stage.offer,
        values=values,
        actor=desk.actor,
        version=stage.fresh().version,
        at=stage.at,
    )
    assert stage.fresh().program == desk.program


def test_a_claimed_link_and_an_emailed_offer_are_not_edited(desk: Desk) -> None:
    claimed, emailed = sent(desk, "link"), sent(desk)
    claim_link(claimed.fresh(), at=claimed.at)
    for stage in (claimed, emailed):
        with pytest.raises(NotEditable):
            offers.update_link_offer(
                offer=stage.offer,
                values=values_of(desk, "link"),
                actor=desk.actor,
                version=stage.fresh().version,
                at=stage.at,
            )


def test_only_an_unanswered_emailed_offer_in_time_is_sent_again(desk: Desk) -> None:
    stage, link, answered = sent(desk), sent(desk, "link"), sent(desk)
    answered.do(ASK)
    offers.resend(offer=stage.offer, actor=desk.actor, at=stage.at)
    for other in (link, answered):
        with pytest.raises(NotResendable) as refusal:
            offers.resend(offer=other.offer, actor=desk.actor, at=other.at)
        assert refusal.value.status == 409
    with pytest.raises(NotResendable):
        offers.resend(offer=stage.offer, actor=desk.actor, at=START + 7 * DAY)


def test_a_twin_is_an_open_emailed_offer_of_program_and_address(desk: Desk) -> None:
    stage = sent(desk)
    email = stage.fresh().recipient_email
    asked = {"business": desk.business, "program": desk.program, "addresses": [email]}
    assert open_twin(**asked) == stage.offer
    assert open_twin(**asked, but=stage.offer.pk) is None
    assert open_twin(**asked | {"addresses": ["sam@home.example"]}) is None
    stage.provider("cancelled")
    assert open_twin(**asked) is None


@pytest.mark.parametrize(("status", "delivery"), list(every_status()))
def test_the_row_menu_holds_exactly_what_the_manual_lists(
    desk: Desk, status: str, delivery: str
) -> None:
    offer = make_offer(program=desk.program, status=status, delivery=delivery)
    assert offer.status == status
    unclaimed = delivery == "link" and status == OfferStatus.OFFERED
    expected = {"messages", "distributions", "program", "details"}
    expected |= {"share", "edit"} if unclaimed else set()
    expected |= {"edit"} if status == "draft" else set()
    expected |= {"embed"} if status == "acknowledged" else set()
    assert row_actions(offer) == expected


def test_money_keeps_the_digits_of_its_currency(desk: Desk) -> None:
    offer = send(desk, values_of(desk, terms=Terms.money(Money(1500, "JPY"))))
    assert offer.terms is not None
    assert offer.terms.value.value_text == "JP¥1,500"


def test_two_offers_never_share_a_reference(desk: Desk) -> None:
    stages: list[Stage] = [drafted(desk) for _ in range(5)]
    assert len({stage.offer.reference for stage in stages}) == 5
