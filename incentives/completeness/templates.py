"""What is stated of a link template, and what keeps it from being saved (incentives.md 7.1). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from incentives.completeness.offers import OfferValues, problems

MAX_NAME = 80
MAX_USES = 100_000
LONGEST_DAYS = 365
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class TemplateValues:
    """The offer that each use makes, under which name, for how long, how often at most.

    `max_uses` None means without limit; `offer` says nothing of a recipient or an end.
    """

    name: str = ""
    offer: OfferValues = field(default_factory=lambda: OfferValues(delivery_method="link"))
    validity_days: int | None = DEFAULT_DAYS
    max_uses: int | None = None

    def offer_at(self, at: datetime) -> OfferValues:
        """Return the values of the offer that a use at this moment makes."""
        days = timedelta(days=self.validity_days or 0)
        return replace(
            self.offer, delivery_method="link", show_on_program_page=False, expires_at=at + days
        )


def template_problems(
    values: TemplateValues, at: datetime, *, uses_count: int = 0
) -> dict[str, str]:
    """Return everything that keeps the template from being saved, by field.

    The maximum of uses may not be lowered below the uses so far.
    """
    found: dict[str, str] = {}
    if not values.name.strip():
        found["name"] = "Give the template a name that you will know it by."
    elif len(values.name.strip()) > MAX_NAME:
        found["name"] = f"Use at most {MAX_NAME} characters."
    found |= problems(values.offer_at(at), at)
    found.pop("expires_at", None)
    if values.validity_days is None or not 1 <= values.validity_days <= LONGEST_DAYS:
        found["validity_days"] = f"Enter for how many days each offer is open: 1 to {LONGEST_DAYS}."
    return found | _uses_problem(values.max_uses, uses_count)


def _uses_problem(max_uses: int | None, uses_count: int) -> dict[str, str]:
    if max_uses is None:
        return {}
    if not 1 <= max_uses <= MAX_USES:
        return {"max_uses": f"Enter 1 to {MAX_USES:,}, or leave it empty for no limit."}
    if max_uses < uses_count:
        used = "It was used once" if uses_count == 1 else f"It was used {uses_count:,} times"
        return {"max_uses": f"{used} already: enter at least {uses_count:,}."}
    return {}
