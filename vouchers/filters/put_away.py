"""Chips above lists: what is put away stands apart, and what no row has is left out."""

from __future__ import annotations

from core.filters import BaseFilter, Chip


class OnlyMet(BaseFilter):
    """A filter with so many choices that those which no row has are left out of the chips."""

    def _chips(self, counts: dict[str, int] | None) -> list[Chip]:
        chips = super()._chips(counts)
        return [chip for chip in chips if chip.rows != "0" or chip.current or not chip.value]


class PutAway(BaseFilter):
    """A filter whose chips leave one value apart; the view's rows leave it out as well.

    `put_away` is that value of the chips' filter.
    """

    put_away = ""

    def _chips(self, counts: dict[str, int] | None) -> list[Chip]:
        """Leave the rows that are put away out of the sum, and uncounted while they are not shown."""
        chips = super()._chips(counts)
        if counts is None:
            return chips
        away = counts.get(self.put_away, 0)
        shown = bool(self.form.cleaned_data.get(self.chips))
        rest = chips[0]._replace(rows=f"{sum(counts.values()) - away:,}")
        others = [
            chip._replace(rows="") if chip.value == self.put_away and not shown else chip
            for chip in chips[1:]
        ]
        return [rest, *others]
