"""What the desk shows of a campaign's audience runs (vouchers.md 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from vouchers.choices import Outcome, RunState
from vouchers.models import AudienceRun, Campaign, RunPerson

MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class RunFigures:
    """One run, which of the campaign's it is, and what became of its people so far."""

    run: AudienceRun
    number: int
    outcomes: tuple[tuple[Outcome, int], ...]

    @property
    def decided(self) -> int:
        """How many of its people were served or refused."""
        return sum(count for _, count in self.outcomes)

    @property
    def left(self) -> int:
        return max(self.run.size - self.decided, 0)

    @property
    def is_under_way(self) -> bool:
        return self.run.state == RunState.RUNNING


def runs_of(*, campaign: Campaign) -> list[RunFigures]:
    """Return the newest runs of the campaign with the outcomes of their people; three queries."""
    rows = AudienceRun.objects.filter(campaign=campaign)
    total = rows.count()
    shown = list(rows.order_by("-pk")[:MOST_RUNS])
    counts = (
        RunPerson.objects.filter(run__in=shown)
        .exclude(outcome="")
        .values_list("run", "outcome")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found: dict[int, dict[str, int]] = {run.pk: {} for run in shown}
    for pk, outcome, count in counts:
        found[pk][outcome] = count
    return [
        RunFigures(
            run,
            total - place,
            tuple((one, found[run.pk][one]) for one in Outcome if found[run.pk].get(one)),
        )
        for place, run in enumerate(shown)
    ]
