from __future__ import annotations

import pytest

from core import references
from core.registry import Registry, discover


def test_a_key_is_taken_once() -> None:
    shelf: Registry[int] = Registry("shelf")
    shelf.register("a", 1)
    with pytest.raises(ValueError, match="'a' already"):
        shelf.register("a", 2)
    assert shelf["a"] == 1


def test_a_frozen_registry_takes_nothing_more() -> None:
    shelf: Registry[int] = Registry("shelf")
    shelf.register("a", 1)
    shelf.freeze()
    with pytest.raises(RuntimeError, match="frozen"):
        shelf.register("b", 2)
    assert list(shelf) == ["a"]


def test_objects_come_in_the_order_in_which_they_were_registered() -> None:
    shelf: Registry[int] = Registry("shelf")
    for number, key in enumerate("zab"):
        shelf.register(key, number)
    assert list(shelf) == ["z", "a", "b"]
    assert shelf.values() == [0, 1, 2]
    assert len(shelf) == 3
    assert "a" in shelf
    assert shelf.get("q") is None


def test_discovery_imports_every_module_of_a_package_by_name() -> None:
    import json

    names = [module.__name__ for module in discover(json)]
    assert names == sorted(names)
    assert "json.decoder" in names


def test_a_reference_names_kind_and_key() -> None:
    text = references.reference("incentives.offer", 42)
    assert references.parse(text) == ("incentives.offer", 42)


@pytest.mark.parametrize("text", ["", "incentives.offer", "incentives.offer:", "a:b"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        references.parse(text)


def test_an_unknown_or_empty_reference_leads_nowhere() -> None:
    assert references.url_for("") == ""
    assert references.url_for("nobody.knows:1") == ""
