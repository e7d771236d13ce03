"""The small choices of a person: look, keys, tours; and the pages that say no."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core import preferences, tours
from core.tours import Step, Tour

HTMX = {"HX-Request": "true"}
TOUR = Tour("tests.page", (Step("#a", "A", "First."), Step("#b", "B", "Second.")))


@pytest.fixture
def ada(db: None) -> Any:
    return get_user_model().objects.create(username="ada", email="ada@example.com")


@pytest.fixture
def page(client: Client, ada: Any) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def tour() -> Tour:
    tours.register(TOUR)
    return TOUR


def stored(user: Any, key: str) -> Any:
    return preferences.get(type(user).objects.get(pk=user.pk), key)


def test_look_is_kept_in_the_browser_and_for_the_user(page: Client, ada: Any) -> None:
    answer = page.post("/ui/theme", {"theme": "dark", "next": "/accounts/email/"})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/email/")
    assert answer.cookies["theme"].value == "dark"
    assert stored(ada, "theme") == "dark"


def test_look_follows_the_system_until_one_is_chosen(client: Client, db: None) -> None:
    assert b'data-bs-theme="auto"' in client.get("/accounts/login/").content
    client.post("/ui/theme", {"theme": "dark"})
    assert b'data-bs-theme="dark"' in client.get("/accounts/login/").content


def test_forged_cookie_does_not_reach_the_page(client: Client, db: None) -> None:
    client.cookies["theme"] = '"><script>'
    assert b'data-bs-theme="auto"' in client.get("/accounts/login/").content


def test_unknown_look_is_refused(client: Client, db: None) -> None:
    assert client.post("/ui/theme", {"theme": "mauve"}).status_code == 422


def test_choice_leads_back_only_to_this_site(page: Client) -> None:
    answer = page.post("/ui/theme", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_keys_can_be_switched_off(page: Client, ada: Any) -> None:
    page.post("/ui/hotkeys", {"hotkeys": "off"})
    assert stored(ada, "hotkeys_off") is True
    assert b'data-hotkeys="off"' in page.get("/accounts/email/").content


def test_seeing_a_page_stores_nothing(page: Client, ada: Any) -> None:
    page.get("/accounts/email/")
    assert type(ada).objects.get(pk=ada.pk).preferences == {}


def test_tour_is_remembered_where_it_was_left_and_goes_on_there(
    page: Client, ada: Any, tour: Tour
) -> None:
    assert page.post(f"/ui/tours/{tour.key}/seen", {"step": "1"}, headers=HTMX).status_code == 204
    ada.refresh_from_db()
    assert tours.facts(tour=tour, user=ada, asked=True)["begin"] == 1
    page.post(f"/ui/tours/{tour.key}/seen", {"step": "-1"})
    ada.refresh_from_db()
    assert tours.facts(tour=tour, user=ada, asked=True)["begin"] == 0


def test_automatic_tour_starts_once_and_never_again(ada: Any) -> None:
    tour = Tour("tests.automatic", TOUR.steps, automatic=True)
    assert tours.facts(tour=tour, user=ada, asked=False)["start"] is True
    tours.remember(user=ada, key=tour.key, step=0)
    assert tours.facts(tour=tour, user=ada, asked=False)["start"] is False
    assert tours.facts(tour=tour, user=ada, asked=True)["start"] is True


def test_tour_that_does_not_exist_is_not_remembered(page: Client, ada: Any) -> None:
    assert page.post("/ui/tours/nowhere/seen", {"step": "1"}).status_code == 404
    assert type(ada).objects.get(pk=ada.pk).preferences == {}


def test_tour_has_at_most_six_steps() -> None:
    with pytest.raises(ValueError, match="one to 6 steps"):
        Tour("tests.long", TOUR.steps * 4)


def test_every_tour_of_the_product_has_a_key_and_steps_with_words() -> None:
    assert all(step.title and step.text for tour in tours.everything() for step in tour.steps)


def test_form_that_was_open_too_long_offers_the_way_back(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/ui/theme",
        {"theme": "dark"},
        headers={"Referer": "http://testserver/accounts/login/?next=/x"},
    )
    assert answer.status_code == 403
    assert b"Please send that form again" in answer.content
    assert b'href="/accounts/login/?next=/x"' in answer.content


def test_form_from_elsewhere_does_not_lead_back_there(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/ui/theme", {}, headers={"Referer": "https://elsewhere.example/trap"})
    assert answer.status_code == 403
    assert b"elsewhere" not in answer.content


def test_missing_page_does_not_repeat_the_address(client: Client, db: None) -> None:
    answer = client.get("/nothing/here-by-that-name")
    assert answer.status_code == 404
    assert b"here-by-that-name" not in answer.content


def test_own_fault_is_shown_without_the_page_that_broke() -> None:
    from django.test import RequestFactory

    from core.errors_views import server_error

    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content


def test_page_allows_no_script_and_no_style_but_our_own(client: Client, db: None) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
