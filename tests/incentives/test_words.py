from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.money import Money
from incentives.choices import FACES, OfferStatus, waits_for
from incentives.completeness.offers import OfferValues
from incentives.terms import Terms
from incentives.words import headline, moment, next_step, plain_words, waiting_text

PROGRAM: Any = SimpleNamespace(product_service=SimpleNamespace(name="Rooftop panels"))
VALUES = OfferValues(
    program=PROGRAM,
    entity_type="individual",
    entity_stage="existing_customer",
    incentive_type="cashback",
    terms=Terms.money(Money(5000, "EUR"), "Paid to your account."),
    recipient_email="noor@home.example",
    expires_at=datetime(2026, 3, 8, 22, 0, tzinfo=UTC),
)


def words(**changes: Any) -> str:
    lines = plain_words(replace(VALUES, **changes), provider="Sol Ltd", zone="Europe/Athens")
    return " ".join(lines)


def test_an_offer_is_said_in_whole_sentences() -> None:
    text = words()
    assert text.startswith(
        "Sol Ltd offers €50.00 cashback on Rooftop panels to an existing customer (individual)."
    )
    assert "About the value: Paid to your account." in text
    assert "It goes to noor@home.example alone, by an e-mailed link." in text
    assert "It can be accepted until 9 Mar 2026, 00:00 (Europe/Athens)." in text
    assert "Nothing is owed until the recipient has agreed and the provider has confirmed." in text


def test_an_offer_without_a_number_is_said_by_its_description() -> None:
    assert "Sol Ltd offers A guided tour on" in words(terms=Terms.words("A guided tour"))


def test_the_first_to_claim_gets_a_shared_link() -> None:
    text = words(delivery_method="link", recipient_email="")
    assert "The first person to claim the link with a verified e-mail address gets it." in text


def test_a_group_is_said_with_its_cap() -> None:
    assert "Up to 5 people can join" in words(offer_type="group", max_required_members=5)


def test_an_unfinished_offer_can_be_said_too() -> None:
    text = " ".join(plain_words(OfferValues(), provider="Sol Ltd", zone="UTC"))
    assert "a product to be chosen" in text
    assert "None" not in text


def test_a_masked_message_is_mentioned() -> None:
    assert "hidden on public pages" in words(message_masked=True)
    assert "hidden on public pages" not in words()


@pytest.mark.parametrize(
    ("terms", "kind", "expected"),
    [
        (Terms.money(Money(5000, "EUR")), "gift_card", "€50.00 gift card"),
        (Terms.words("A guided tour"), "other", "A guided tour"),
        (None, "discount", "Discount"),
    ],
)
def test_an_offer_has_a_headline(terms: Terms | None, kind: str, expected: str) -> None:
    assert headline(terms, kind) == expected


def test_a_moment_is_shown_with_its_zone() -> None:
    at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment(at, "Europe/Athens") == "25 Oct 2026, 03:30 (Europe/Athens)"


@pytest.mark.parametrize("side", ["provider", "recipient"])
@pytest.mark.parametrize("status", [status.value for status in OfferStatus])
def test_every_status_says_to_either_side_what_happens_next(status: str, side: str) -> None:
    for set_by in ("provider", "recipient", "system"):
        sentence = next_step(status=status, set_by=set_by, side=side)
        assert sentence.endswith(".")
        assert len(sentence) > 15


@pytest.mark.parametrize("status", ["needs_info", "requires_revision"])
def test_a_question_waits_for_the_side_that_did_not_ask_it(status: str) -> None:
    for asker, other in (("provider", "recipient"), ("recipient", "provider")):
        assert waits_for(status, asker) == other
        assert waiting_text(status, asker) == other.capitalize()
        assert next_step(status=status, set_by=asker, side=other).startswith("It is your turn")
        assert other in next_step(status=status, set_by=asker, side=asker).lower()


def test_closed_offers_wait_for_nobody() -> None:
    for status in ("rejected", "cancelled", "expired", "no_response", "acknowledged"):
        assert waits_for(status, "provider") == ""
        assert waiting_text(status, "provider") == "–"


def test_every_status_has_a_face() -> None:
    assert set(FACES) == set(OfferStatus)
    assert len({status.label for status in OfferStatus}) == 17
