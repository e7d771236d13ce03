"""Registries: objects found by key, filled at start, frozen afterwards."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """A mapping that refuses a second object for a key, and any object once frozen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}
        self._frozen = False

    def register(self, key: str, item: T) -> T:
        if self._frozen:
            raise RuntimeError(f"{self.name} is frozen: register {key!r} at start.")
        if key in self._items:
            raise ValueError(f"{self.name} has {key!r} already.")
        self._items[key] = item
        return item

    def freeze(self) -> None:
        self._frozen = True

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def get(self, key: str) -> T | None:
        return self._items.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def values(self) -> list[T]:
        return list(self._items.values())


def discover(package: ModuleType) -> list[ModuleType]:
    """Import and return every module of the package, in the order of their names."""
    return [
        importlib.import_module(f"{package.__name__}.{info.name}")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name)
    ]
