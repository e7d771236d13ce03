"""The lists of a campaign as rows: which one, in which place, and at most how many codes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import summary_of
from directory.forms.rows import action_of, row_count, typed
from vouchers.models import Campaign, CampaignList, VoucherList
from vouchers.selectors import campaign_desk
from vouchers.selectors.campaign_words import TakesFrom
from vouchers.selectors.numbers import numbers_of

PREFIX = "sources"
MOST_SOURCES = 20


@dataclass(frozen=True, slots=True)
class SourceData:
    """One list, its place and its quota."""

    list_id: int
    priority: int
    quota: int | None


class SourceForm(forms.Form):
    """One list of the campaign."""

    mark_optional = False
    voucher_list = forms.TypedChoiceField(label="List", coerce=int)
    priority = forms.IntegerField(label="Place", min_value=1, max_value=MOST_SOURCES)
    quota = forms.IntegerField(label="At most", required=False, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, lists: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["voucher_list"]
        field.choices = [("", "Choose a list"), *lists]


class SourceForms:
    """The rows, handled as one; bound to what was sent or to what is stored."""

    def __init__(self, data: QueryDict | None, *, campaign: Campaign, at: datetime) -> None:
        self.campaign = campaign
        self.mappings = campaign_desk.mappings_of(campaign=campaign)
        self.lists = self._choosable(at)
        held = numbers_of(self.lists.values(), at=at)
        self.choices = [
            (pk, f"{label_of(one)} ({held[pk].distributable:,} left)")
            for pk, one in self.lists.items()
        ]
        action, place = action_of(data, PREFIX)
        self.is_redrawn = bool(action)
        self.is_bound = data is not None and not self.is_redrawn
        self.rows: list[SourceForm] = []
        self.problems: list[str] = []
        if data is None:
            for one in self.mappings:
                self._append(initial=_initial(one))
        else:
            self._read(data, action, place)
        if not self.rows and not self.is_bound:
            self._append(initial={"priority": 1})

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST_SOURCES

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it."""
        if not self.is_bound:
            return []
        found = [entry for row in self.rows for entry in summary_of(row)]
        return [*found, *({"message": text, "anchor": "sources"} for text in self.problems)]

    def is_valid(self) -> bool:
        """Tell whether the rows can be saved; each list stands once."""
        if not self.is_bound:
            return False
        sound = all([*(row.is_valid() for row in self._filled)])
        chosen = [one.list_id for one in self.usable()]
        if len(set(chosen)) != len(chosen):
            self.problems = ["A list stands here twice. Remove one of the two."]
        return sound and not self.problems

    def usable(self) -> list[SourceData]:
        """Return the lists of the rows that make sense so far, in their order."""
        if not self.is_bound:
            found = [
                SourceData(one.voucher_list_id, one.priority, one.quota) for one in self.mappings
            ]
        else:
            found = [
                SourceData(
                    row.cleaned_data["voucher_list"],
                    row.cleaned_data["priority"],
                    row.cleaned_data["quota"],
                )
                for row in self._filled
                if row.is_valid()
            ]
        return sorted(found, key=lambda one: one.priority)

    def words(self) -> list[TakesFrom]:
        """Return the lists as sentences name them."""
        return [
            TakesFrom(f"{found.partner.name} · {found.name}", one.quota)
            for one in self.usable()
            if (found := self.lists.get(one.list_id)) is not None
        ]

    @property
    def _filled(self) -> list[SourceForm]:
        """The rows that name a list; an untouched row at the end asks for nothing."""
        return [row for row in self.rows if row["voucher_list"].value() or row["quota"].value()]

    def _choosable(self, at: datetime) -> dict[int, VoucherList]:
        """Return the lists that can be chosen, and those that the campaign has already."""
        rows = campaign_desk.choosable_lists(business=self.campaign.business, at=at)
        return {one.pk: one for one in rows} | {
            one.voucher_list_id: one.voucher_list for one in self.mappings
        }

    def _read(self, data: QueryDict, action: str, place: int) -> None:
        for number in range(min(row_count(data, PREFIX), MOST_SOURCES)):
            if action == "remove" and number == place:
                continue
            if self.is_redrawn:
                self._append(initial=typed(data, f"{PREFIX}-{number}"))
            else:
                self._append(data=data, place=number)
        if action == "add" and not self.is_full:
            self._append(initial={"priority": len(self.rows) + 1})

    def _append(
        self, *, data: QueryDict | None = None, place: int | None = None, initial: Any = None
    ) -> None:
        number = len(self.rows) if place is None else place
        self.rows.append(
            SourceForm(data, lists=self.choices, prefix=f"{PREFIX}-{number}", initial=initial)
        )


def label_of(voucher_list: VoucherList) -> str:
    """Return how a list is named where one is chosen: partner, tag, name."""
    return f"{voucher_list.partner.name} · {voucher_list.list_tag} · {voucher_list.name}"


def _initial(mapping: CampaignList) -> dict[str, Any]:
    return {
        "voucher_list": mapping.voucher_list_id,
        "priority": mapping.priority,
        "quota": mapping.quota,
    }
