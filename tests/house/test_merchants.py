"""A merchant's own people at the desk (rewards.md 2.11): their offers, events, awards and team, no more.

Max is the administrator of merchant M of Bright Bikes. Every address that exists is asked in his name.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from core import clock
from directory.choices import Role
from directory.models import Organisation, User
from directory.permissions import OF_MERCHANTS, PERMISSIONS
from events.models import BusinessEvent
from rewards.services import gifts
from tests.cast import Cast, client_of
from tests.factories.directory import add_member, make_user
from tests.factories.rewards import give_award, give_pass, make_offer
from tests.house.test_tenancy import (  # noqa: F401
    SIGNED,
    WORDS,
    filled,
    names_in,
    noun_of,
    town,
)

LINK = re.compile(r'(?:href|action|formaction|hx-get)="(/[^"#]*)')
# Signing out would end the walk; the rest is served to anybody, or begins a file.
NOT_WALKED = ("/accounts/", "/static/", "/media/", "/styleguide")

Town = dict[str, dict[str, Any]]


def declared(view: object) -> str:
    return str(getattr(view, "access", ""))


@pytest.fixture
def merchant(town: Town) -> Organisation:  # noqa: F811
    return Organisation.objects.get(pk=town["place"]["pk"])


@pytest.fixture
def max_(merchant: Organisation) -> User:
    user = make_user("max", first_name="Max")
    add_member(merchant, user, Role.ADMIN)
    return user


@pytest.fixture
def own(town: Town, merchant: Organisation, max_: User) -> Town:  # noqa: F811
    """Return rows of the merchant itself, for the addresses that are for merchants."""
    theirs = BusinessEvent.objects.get(pk=town["reward_event"]["pk"])
    scheme_pk = town["reward_scheme"]["pk"]
    scheme = merchant.business.reward_schemes.get(pk=scheme_pk)  # type: ignore[union-attr]
    offer = make_offer(scheme, owner_id=merchant.pk, requires_pass=True)
    gift = make_offer(scheme, type="GIFT", amount="2.00", owner_id=merchant.pk)
    assert theirs.contact is not None
    colleague = add_member(merchant, make_user(), Role.ANALYST)
    invited = merchant.invitations.create(
        email="new@m.example", role="offers", expires_at=clock.now(), created_at=clock.now(),
        updated_at=clock.now(),
    )  # fmt: skip
    return {
        "reward_offer": {"pk": offer.pk, "pass_pk": give_pass(offer).pk},
        "gift": {"pk": gift.pk},
        "reward_event": {"pk": theirs.pk},
        "reward_award": {"pk": give_award(offer, theirs.contact).pk},
        "gift_run": {"pk": gifts.grant_now(offer=gift, actor=max_, at=clock.now()).pk},
        "membership": {"pk": colleague.pk},
        "invitation": {"pk": invited.pk},
    }


def asked(client: Client, url: str) -> Any:
    """Return what the address answers; one that only takes posts is posted to."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


@pytest.mark.django_db
def test_what_is_the_businesss_own_is_refused_to_merchants_with_a_sentence(
    town: Town,  # noqa: F811
    max_: User,
) -> None:
    client, wrong = client_of(max_), []
    for route, view in SIGNED:
        if declared(view) not in PERMISSIONS or declared(view) in OF_MERCHANTS:
            continue
        # Who is refused is so before any row is looked for, so that any number will do.
        known = town.get(noun_of(route), {})
        values: dict[str, Any] = {**dict.fromkeys(names_in(route), 1), **WORDS, **known}
        answer = asked(client, filled(route, values))
        if answer.status_code != 403 or "Bright Bikes" not in answer.content.decode():
            wrong.append((route, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_rows_of_the_business_do_not_exist_for_its_merchants(
    town: Town,  # noqa: F811
    max_: User,
) -> None:
    client, wrong = client_of(max_), []
    # What was bought at M is M's to see; here it was bought nowhere.
    BusinessEvent.objects.update(merchant=None, venue=None)
    for route, view in SIGNED:
        if declared(view) in OF_MERCHANTS and "pk>" in route:
            answer = asked(client, filled(route, town[noun_of(route)]))
            if answer.status_code not in {404, 403} or (
                answer.status_code == 403 and "Bright Bikes" not in answer.content.decode()
            ):
                wrong.append((route, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_rows_of_a_merchant_open_for_its_people(own: Town, max_: User) -> None:
    client, wrong = client_of(max_), []
    for route, view in SIGNED:
        noun = "gift" if route.endswith("/grant") else noun_of(route)
        if declared(view) in OF_MERCHANTS and "pk>" in route and noun in own:
            answer = client.get(filled(route, own[noun]))
            if answer.status_code not in {200, 302, 303, 405}:
                wrong.append((route, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_no_page_leads_merchants_where_they_may_not_go(own: Town, max_: User) -> None:
    client = client_of(max_)
    todo, seen, wrong = [("/", "")], set(), []
    todo += [(f"/rewards/events/{own['reward_event']['pk']}", "")]
    todo += [(f"/rewards/awards/{own['reward_award']['pk']}", "")]
    while todo:
        url, where = todo.pop()
        if url in seen or url.startswith(NOT_WALKED) or "export=" in url:
            continue
        seen.add(url)
        answer = client.get(url)
        if answer.status_code in {403, 404}:
            wrong.append((where, url, answer.status_code))
        if answer.status_code in {302, 303}:
            todo.append((answer["Location"], url))
        is_page = answer.status_code == 200 and "text/html" in answer["Content-Type"]
        # A list in each of its orders is the same page.
        if is_page and "?" not in url:
            page = answer.content.decode().replace("&amp;", "&")
            todo += [(link, url) for link in LINK.findall(page)]
    assert wrong == []
    assert len(seen) > 30


@pytest.mark.django_db
def test_members_act_for_the_merchant_they_choose(cast: Cast, merchant: Organisation) -> None:
    add_member(merchant, cast.boris, Role.MARKETING)
    client = client_of(cast.boris)
    assert client.get("/contacts").status_code == 200
    switched = client.post("/settings/organisation", {"organisation": merchant.pk}, follow=True)
    assert switched.redirect_chain[-1][0] == "/rewards/offers"
    assert client.get("/contacts").status_code == 403
    assert client.get("/settings/team").status_code == 403
    client.post("/settings/organisation", {"organisation": cast.bright_bikes.pk})
    assert client.get("/contacts").status_code == 200


@pytest.mark.django_db
def test_a_closed_merchant_is_closed_to_its_people(max_: User, merchant: Organisation) -> None:
    client = client_of(max_)
    assert client.get("/rewards/offers").status_code == 200
    merchant.is_active = False
    merchant.save(update_fields=["is_active"])
    assert b"not linked to a vendor" in client.get("/rewards/offers").content
