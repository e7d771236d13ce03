"""A contact's rewards: the tab, schemes joined and left by staff, and why (not)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rewards.choices import Frequency
from rewards.configuration import FrequencyTerms
from rewards.selectors.schemes import standing
from rewards.selectors.why import why
from rewards.services import gifts
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.test_event_pages import event_of, member, text
from tests.rewards.till import Club, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(club: Club) -> Client:
    return member(club.business)


def tab(club: Club) -> str:
    return f"/contacts/{club.ann.pk}?tab=rewards"


def ask(desk: Client, club: Club, **query: Any) -> Any:
    return desk.get(f"/rewards/contacts/{club.ann.pk}/why", query)


def test_tab_shows_schemes_awards_and_the_question_why(club: Club, desk: Client) -> None:
    make_offer(club.s1, "Five percent", percentage="5")
    buy(club, "100.00")
    shown = text(desk.get(tab(club)))
    assert "Five percent" in shown
    assert "€5.00" in shown
    assert "Member since" in shown
    assert f"/rewards/contacts/{club.ann.pk}/schemes/{club.s2.pk}/join" in shown


def test_staff_put_a_contact_into_a_scheme_and_take_it_out(club: Club, desk: Client) -> None:
    base = f"/rewards/contacts/{club.ann.pk}/schemes/{club.s2.pk}"
    assert desk.post(f"{base}/join").status_code in {302, 303}
    assert standing(scheme=club.s2, contact=club.ann).is_member
    assert desk.get(f"{base}/leave").status_code == 200
    assert standing(scheme=club.s2, contact=club.ann).is_member
    desk.post(f"{base}/leave")
    assert not standing(scheme=club.s2, contact=club.ann).is_member


def test_why_answers_with_what_was_decided_then(club: Club, desk: Client) -> None:
    offer = make_offer(club.s2, "Members only", percentage="5")
    event = event_of(buy(club))
    answer = ask(desk, club, event=event.pk, offer=offer.pk)
    found = dict(answer.context["checks"])
    assert not found["Membership"].passed
    assert found["Membership"].found == "not a member"
    assert found["Currency"].passed
    assert "Invite the contact to the scheme" in text(answer)
    assert not answer.context["why"].is_anew


def test_why_answers_for_an_offer_that_was_not_there_yet(club: Club, desk: Client) -> None:
    event = event_of(buy(club, "20.00"))
    offer = make_offer(club.s1, "Big baskets", percentage="5", minimum="50.00")
    answer = ask(desk, club, event=event.pk, offer=offer.pk)
    assert answer.context["why"].is_anew
    failed = [verdict.code for verdict in answer.context["why"].failed]
    assert failed == ["AMOUNT"]
    assert "This list was made now" in text(answer)


def test_own_award_does_not_count_as_given_before_when_the_list_is_made_anew(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5", frequency=FrequencyTerms(Frequency.ONCE))
    event = event_of(buy(club))
    (told,) = event.trace.told
    del told["verdicts"]
    event.trace.save(update_fields=["told"])
    answer = why(event=event, offer=offer, contact=club.ann)
    assert (answer.is_anew, answer.is_granted, answer.failed) == (True, True, ())


def test_offers_of_other_triggers_have_nothing_to_check(club: Club, desk: Client) -> None:
    event = event_of(buy(club))
    gift = make_offer(club.s1, type="GIFT", amount="2.00")
    answer = ask(desk, club, event=event.pk, offer=gift.pk)
    assert "do not look at purchases" in text(answer)


def test_somebody_elses_purchase_is_no_choice(club: Club, desk: Client) -> None:
    bob = till.person(club.business, "Bob Other")
    event, offer = event_of(buy(club, by=bob)), make_offer(club.s1, percentage="5")
    buy(club)
    assert ask(desk, club, event=event.pk, offer=offer.pk).status_code == 422


class TestGifts:
    def test_preview_says_whom_and_how_much_and_confirming_starts_one_run(
        self, club: Club, desk: Client
    ) -> None:
        till.person(club.business, "Bob Other")
        gift = make_offer(club.s1, type="GIFT", amount="2.00")
        url = f"/rewards/offers/{gift.pk}/grant"
        shown = desk.get(url)
        assert "Grant €4.00 to 2 contacts" in text(shown)
        nonce = shown.context["form"]["nonce"].value()
        first, second = (desk.post(url, {"nonce": nonce}) for _ in range(2))
        assert first["Location"] == second["Location"]
        (run,) = gift.gift_runs.all()
        gifts.carry_out(run=run, at=run.scheduled_at)
        page = text(desk.get(f"/rewards/gift-runs/{run.pk}"))
        assert "2 contacts" in page
        assert "€4.00" in page
        assert "every 10s" not in page

    def test_inactive_gift_is_not_granted(self, club: Club, desk: Client) -> None:
        gift = make_offer(club.s1, type="GIFT", amount="2.00", active=False)
        url = f"/rewards/offers/{gift.pk}/grant"
        assert "It cannot be granted now" in text(desk.get(url))
        assert desk.post(url, {"nonce": "n"}).status_code == 422
        assert not gift.gift_runs.exists()

    def test_only_gifts_are_granted_by_hand(self, club: Club, desk: Client) -> None:
        offer = make_offer(club.s1, percentage="5")
        assert desk.get(f"/rewards/offers/{offer.pk}/grant").status_code == 404
