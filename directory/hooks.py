"""Where the apps above plug in what the directory shows of theirs, without being imported by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from core.registry import Registry
from directory.models import Contact


@dataclass(frozen=True, slots=True)
class Use:
    """Something that stands on a product or service: its name and its page."""

    label: str
    url: str


UsesOf = Callable[[Sequence[int]], Mapping[int, Use]]

# By what uses it ("incentive program"): given product keys, the uses by key, in one query.
product_uses: Registry[UsesOf] = Registry("product uses")


def uses_of(product_ids: Sequence[int]) -> dict[int, list[Use]]:
    """Return what stands on each of the products, from every app that registered."""
    found: dict[int, list[Use]] = {pk: [] for pk in product_ids}
    for ask in product_uses.values():
        for pk, use in ask(product_ids).items():
            found[pk].append(use)
    return found


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """One tab of the contact page: a template and what it needs, read only when the tab is open."""

    label: str
    template: str
    context: Callable[[HttpRequest, Contact], Mapping[str, object]]
    permission: str = "contacts.read"
    order: int = 100


contact_panels: Registry[ContactPanel] = Registry("contact panels")
