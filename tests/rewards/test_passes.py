"""Passes of offers (rewards.md 2.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import StaleVersion
from rewards.models import Award, Pass, PassUse, RewardOffer
from rewards.selectors.offers import passes_of
from rewards.services import passes
from rewards.services.passes import PassData
from rewards.services.refusals import CodeTaken, InUse, PassWrong
from tests.factories.directory import MORNING, make_business, make_contact
from tests.factories.rewards import give_award, give_pass, make_offer, make_scheme

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=1)


@pytest.fixture
def offer(db: None) -> RewardOffer:
    return make_offer(make_scheme(make_business("Coffee Club")), requires_pass=True)


def use(row: Pass, award: Award) -> None:
    Pass.objects.filter(pk=row.pk).update(used=1)
    PassUse.objects.create(unlocked_by=row, award=award, used_at=MORNING)


def test_a_code_is_kept_as_it_is_compared_and_is_unique_in_the_business(offer: RewardOffer) -> None:
    assert give_pass(offer, " summer 26").code == "SUMMER26"
    with pytest.raises(CodeTaken) as refused:
        give_pass(offer, "Summer26")
    assert "code" in refused.value.fields
    other = make_offer(make_scheme(make_business()), requires_pass=True)
    assert give_pass(other, "SUMMER26").pk


def test_without_a_code_one_is_drawn(offer: RewardOffer) -> None:
    assert len({give_pass(offer).code for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "A"}, "code"),
        ({"code": "KÄSE"}, "code"),
        ({"max_usage": 0}, "max_usage"),
        ({"valid_from": LATER, "valid_to": LATER}, "valid_to"),
    ],
)
def test_a_pass_that_could_not_be_used_is_refused(
    offer: RewardOffer, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(PassWrong) as refused:
        give_pass(offer, **changes)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_a_pass_is_for_a_contact_of_the_same_business(offer: RewardOffer) -> None:
    with pytest.raises(PassWrong) as refused:
        give_pass(offer, contact=make_contact(make_business()))
    assert "contact" in refused.value.fields


def test_a_type_that_no_pass_unlocks_gets_none(offer: RewardOffer) -> None:
    assert offer.scheme is not None
    with pytest.raises(PassWrong, match="cannot be unlocked"):
        give_pass(make_offer(offer.scheme, type="SIGNUP"))


def test_many_passes_are_made_at_once_for_all_or_for_each_contact(offer: RewardOffer) -> None:
    made = passes.create_many(
        offer=offer, count=20, data=PassData(max_usage=2), actor=None, at=MORNING
    )
    assert len({row.code for row in made}) == 20
    people = [make_contact(offer.business) for _ in range(3)]
    for_each = passes.create_for(
        offer=offer, contacts=people, data=PassData(), actor=None, at=MORNING
    )
    assert [row.contact for row in for_each] == people
    assert passes_of(offer=offer).count() == 23
    with pytest.raises(PassWrong):
        passes.create_many(offer=offer, count=10_001, data=PassData(), actor=None, at=MORNING)


def test_uses_are_never_fewer_than_there_were(offer: RewardOffer) -> None:
    row = give_pass(offer, max_usage=3)
    Pass.objects.filter(pk=row.pk).update(used=2)
    with pytest.raises(PassWrong, match="used 2 times"):
        passes.update(row=row, data=PassData(max_usage=1), version=1, at=LATER)
    changed = passes.update(row=row, data=PassData(max_usage=2), version=1, at=LATER)
    assert (changed.left, changed.code) == (0, row.code)
    with pytest.raises(StaleVersion):
        passes.update(row=row, data=PassData(max_usage=5), version=1, at=LATER)


def test_a_used_pass_is_switched_off_instead_of_deleted(offer: RewardOffer) -> None:
    used, unused = give_pass(offer), give_pass(offer)
    use(used, give_award(offer, make_contact(offer.business)))
    with pytest.raises(InUse, match="Deactivate it"):
        passes.delete(row=used)
    assert not passes.deactivate(row=used, at=LATER).is_active
    assert passes.activate(row=used, at=LATER).is_active
    passes.delete(row=unused)
    assert list(passes_of(offer=offer)) == [used]
