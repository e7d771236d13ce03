from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from core import preferences
from directory.models import User
from tests.factories.incentives import make_user
from tests.kit.concurrency import together


def test_a_choice_is_remembered_for_its_user_alone(db: None) -> None:
    noor, sam = make_user(), make_user()
    preferences.put(user=noor, key="theme", value="dark")
    assert preferences.get(noor, "theme") == "dark"
    assert preferences.get(User.objects.get(pk=noor.pk), "theme") == "dark"
    assert preferences.get(User.objects.get(pk=sam.pk), "theme", "auto") == "auto"


def test_strangers_have_the_default() -> None:
    assert preferences.get(AnonymousUser(), "theme", "auto") == "auto"
    assert preferences.get(None, "theme", "auto") == "auto"


def test_any_json_value_is_kept(db: None) -> None:
    user = make_user()
    views = [{"name": "Mine", "query": "?status=offered"}, "x' OR 1=1", None, 5, True]
    preferences.put(user=user, key="saved views", value=views)
    assert preferences.get(User.objects.get(pk=user.pk), "saved views") == views


def test_writing_one_choice_leaves_the_others(db: None) -> None:
    user = make_user()
    seen = User.objects.get(pk=user.pk)
    preferences.put(user=user, key="theme", value="dark")
    preferences.put(user=seen, key="rows", value=20)
    stored = User.objects.get(pk=user.pk)
    assert stored.preferences == {"theme": "dark", "rows": 20}


def test_two_windows_do_not_overwrite_each_other(transactional_db: None) -> None:
    user = make_user()

    def write(key: str) -> None:
        preferences.put(user=User.objects.get(pk=user.pk), key=key, value=key)

    keys = ["a", "b", "c", "d"]
    together(*[lambda key=key: write(key) for key in keys])  # type: ignore[misc]
    assert User.objects.get(pk=user.pk).preferences == {key: key for key in keys}


def test_reading_a_choice_costs_no_query(db: None, django_assert_num_queries: object) -> None:
    user = User.objects.get(pk=make_user().pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        preferences.get(user, "theme")
