"""Every row of the transition table, performed on PostgreSQL through the services."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from core import tokens
from core.models import Mail
from core.transitions import Transition
from incentives.choices import CLOSED, CONFIRMED
from incentives.models import Acknowledgement, Distribution, Message, Offer, OfferStatusChange
from incentives.services import claims, offers
from incentives.workflow.offers import OFFER
from tests.factories.incentives import Desk, make_desk, offer_values
from tests.incentives.stages import (
    DAY,
    START,
    WINDOW,
    Stage,
    before,
    payload_of,
    perform,
)

SPECIFICATION = Path(__file__).parents[2] / "docs/specification/incentives.md"
WORDS = {
    found[1]: found[2]
    for found in re.finditer(
        r"^\| ([PRS]\d\d) \|(?:[^|]*\|){4} (.*?) \|$", SPECIFICATION.read_text(), re.MULTILINE
    )
}
# Pre Claimed is the first yes on a shared link, and only there.
BY_LINK_ONLY = {row.code for row in OFFER if "pre_claimed" in (row.source, row.target)}
CASES = [
    (row, delivery)
    for row in OFFER
    for delivery in ("email", "link")
    if row.source is not None and not (row.code in BY_LINK_ONLY and delivery == "email")
]


def words_of(code: str) -> str:
    """Return the effects as the specification words them, with those of "as P05" read along."""
    text = WORDS[code]
    for other in re.findall(r"as ([PRS]\d\d)", text):
        text += "; " + WORDS[other]
    return text


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].code}-{case[1]}")
def case(request: pytest.FixtureRequest, desk: Desk) -> tuple[Transition, Stage, Offer, Offer]:
    """The row, its stage, and the offer before and after."""
    row, delivery = request.param
    stage = before(row, desk, delivery)
    if row.actor == "system":
        stage = replace(stage, at=START + (40 * DAY if row.code == "S01" else WINDOW + DAY))
    left = stage.fresh()
    left.mails_before = set(Mail.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    left.secret_before = _secret(stage)  # type: ignore[attr-defined]
    return row, stage, left, perform(row, stage)


def _secret(stage: Stage) -> str:
    try:
        return stage.secret()
    except tokens.LinkToken.DoesNotExist:
        return ""


def test_a_row_is_performed_as_the_specification_says(
    case: tuple[Transition, Stage, Offer, Offer],
) -> None:
    for check in (
        status_side_and_version,
        history_and_message,
        consent_and_terms,
        clock_and_expiry,
        mails,
        links,
        record_of_distributions,
    ):
        check(*case)


def status_side_and_version(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    assert (offer.status, offer.status_set_by) == (row.target, row.actor)
    assert offer.status_changed_at == offer.updated_at == stage.at
    assert offer.version > left.version
    assert offer.recipient_has_moved == (left.recipient_has_moved or row.actor == "recipient")
    assert (offer.closed_at is not None) == (row.target in CLOSED)
    if row.actor == "recipient":
        assert offer.is_bound
        assert offer.contact is not None
        assert offer.contact.emails.get().address == offer.recipient_email


def history_and_message(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    line = OfferStatusChange.objects.filter(offer=offer).latest("pk")
    assert (line.transition, line.from_status, line.to_status) == (
        row.code,
        row.source,
        row.target,
    )
    assert (line.actor_kind, line.at, line.terms_id) == (row.actor, stage.at, offer.terms_id)
    assert line.actor_user == (stage.desk.user if row.actor == "provider" else None)
    message = line.message
    assert message is not None
    assert message == Message.objects.filter(offer=offer).latest("pk")
    assert (message.status_at_send, message.changed_status) == (row.target, True)
    text = payload_of(row, stage.at).text or (offer.message if row.code == "P03" else "")
    kind = {"provider": "vendor", "recipient": "referent", "system": "system"}[row.actor]
    assert message.sender_kind == (kind if text else "system")
    assert message.body == text or not text


def consent_and_terms(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    words, sent = words_of(row.code), payload_of(row, stage.at)
    proposed = sent.terms or sent.granted or sent.counter
    assert offer.terms is not None
    if proposed is not None:
        assert left.terms is not None
        said = proposed.description or left.terms.value.description
        assert offer.terms.value == replace(proposed, description=said)
        assert offer.terms.proposed_by == row.actor
        assert offer.terms.number == offer.proposals.count()
    else:
        assert offer.terms_id == left.terms_id
    if "consent set" in words:
        assert offer.has_consent
        assert offer.recipient_agreed_at == stage.at
    elif "consent cleared" in words:
        assert not offer.has_consent
        assert offer.recipient_agreed_at is None
    else:
        assert offer.agreed_terms_id == left.agreed_terms_id
        assert offer.recipient_agreed_at == left.recipient_agreed_at
    if row.target == "approved_confirmed":
        assert offer.confirmed_terms == offer.terms


def clock_and_expiry(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    runs = "response clock" in words_of(row.code) and "stops" not in words_of(row.code)
    assert offer.answer_due_at == (stage.at + WINDOW if runs else None)
    if "new expiry" in words_of(row.code) or row.source in {"expired", "no_response"}:
        assert offer.expires_at == stage.at + 9 * DAY
    else:
        assert offer.expires_at == left.expires_at


def mails(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    expected = Counter(set(re.findall(r"E\d\d", words_of(row.code))))
    if not offer.recipient_email:
        expected -= Counter(["E01", "E13"])
    first_claim = offer.is_link and not left.is_bound and offer.is_bound
    expected["E03"] = int(first_claim)
    made = Mail.objects.exclude(pk__in=left.mails_before)  # type: ignore[attr-defined]
    kinds = Counter(made.exclude(kind="E02").values_list("kind", flat=True))
    assert kinds == +expected
    for mail in made:
        to_provider = mail.kind in {"E04", "E10", "E11", "E14"}
        assert mail.to == (stage.desk.user.email if to_provider else offer.recipient_email)
        assert mail.owner_id == offer.business_id


def links(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    """What the recipient's newest link opens, and what became of the one before."""
    secret = left.secret_before  # type: ignore[attr-defined]
    if row.target == "cancelled" and secret:
        with pytest.raises(claims.Withdrawn):
            claims.open_claim(secret=secret, at=stage.at)
    elif row.target == "expired" and secret:
        with pytest.raises(tokens.TokenExpired):
            claims.open_claim(secret=secret, at=stage.at)
    elif row.code in {"P37", "P38"} and secret:
        claim = tokens.LinkToken.objects.filter(purpose="claim").earliest("pk")
        if claim.subject.endswith(f":{offer.pk}") and not offer.is_link:
            with pytest.raises(tokens.TokenRevoked):
                claims.open_claim(secret=tokens.secret_of(claim), at=stage.at)
        assert claims.open_claim(secret=stage.secret(), at=stage.at).offer == offer
    elif offer.recipient_email and offer.offered_at:
        assert claims.open_claim(secret=stage.secret(), at=stage.at).offer == offer
    if offer.is_link and row.code == "P37":
        assert offer.link_slug != left.link_slug
    elif offer.is_link and left.link_slug:
        assert offer.link_slug == left.link_slug


def record_of_distributions(row: Transition, stage: Stage, left: Offer, offer: Offer) -> None:
    rows = list(Distribution.objects.filter(offer=offer))
    if row.target == "approved_confirmed":
        (record,) = rows
        assert offer.terms is not None
        assert (record.status, record.value) == ("pending", offer.terms.value)
        assert (record.recipient_email, record.contact) == (offer.recipient_email, offer.contact)
    elif row.code in {"P34", "R24"}:
        (record,) = rows
        assert record.status == "failed"
        assert record.description
        assert {line.field for line in record.changes.all()} == {"status", "description"}
        assert {line.actor_name for line in record.changes.all()} == {"Largesse"}
    elif row.target not in CONFIRMED:
        assert rows == []
    states = list(Acknowledgement.objects.filter(offer=offer).values_list("state", flat=True))
    assert states == {"completed": ["invited"], "acknowledged": ["published"]}.get(row.target, [])


@pytest.mark.parametrize("delivery", ["email", "link"])
def test_a_draft_is_stored_with_one_line_of_history_and_no_mail(desk: Desk, delivery: str) -> None:
    values = offer_values(desk.program, at=START, delivery_method=delivery)
    offer = offers.create_draft(business=desk.business, values=values, actor=desk.actor, at=START)
    line = OfferStatusChange.objects.get(offer=offer)
    assert (line.transition, line.from_status, line.to_status) == ("P01", "", "draft")
    assert not Mail.objects.exists()
    assert not Message.objects.exists()
    assert offer.link_slug is None


@pytest.mark.parametrize("delivery", ["email", "link"])
def test_an_offer_sent_at_once_has_one_line_of_history(desk: Desk, delivery: str) -> None:
    values = offer_values(desk.program, at=START, delivery_method=delivery)
    offer = offers.create_and_send(
        business=desk.business, values=values, actor=desk.actor, at=START
    )
    line = OfferStatusChange.objects.get(offer=offer)
    assert (line.transition, line.from_status, line.to_status) == ("P02", "", "offered")
    assert offer.offered_at == START
    assert [mail.kind for mail in Mail.objects.all()] == (["E01"] if delivery == "email" else [])
    assert (offer.link_slug is not None) == (delivery == "link")
