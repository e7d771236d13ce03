"""The editor of a campaign's condition: groups of leaves, added and removed by buttons.

It works without script: a button that adds or removes sends what was typed and the page comes back
with a row more or less, without judging. Such an answer is no saving.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import summary_of
from directory.forms.rows import row_count, typed
from directory.models import Organisation
from directory.segments import kinds
from vouchers.choices import Join, LeafKind
from vouchers.forms import leaves
from vouchers.forms.leaves import AnyLeaf, CriterionLeaf
from vouchers.models import CampaignLeaf
from vouchers.services.campaign_rules import GroupData

PREFIX = "tree"
MOST_GROUPS = 8
MOST_LEAVES = 12
JOINS = ((Join.ALL, "all conditions of the group"), (Join.ANY, "at least one of its conditions"))
GROUP_JOINS = ((Join.ALL, "all groups"), (Join.ANY, "at least one group"))


@dataclass(slots=True)
class GroupRow:
    """One group as the page shows it."""

    place: int
    join: forms.Form
    new: forms.Form
    leaves: list[AnyLeaf] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.leaves) >= MOST_LEAVES


class JoinForm(forms.Form):
    """By which word the parts are joined."""

    mark_optional = False
    join = forms.ChoiceField(label="A person must meet", choices=JOINS)


class GroupsJoinForm(JoinForm):
    """By which word the groups are joined."""

    join = forms.ChoiceField(label="A person must meet", choices=GROUP_JOINS)


class NewLeafForm(forms.Form):
    """Which question is added to a group."""

    mark_optional = False
    new = forms.ChoiceField(label="Add a condition", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_: Any = self.fields["new"]
        field_.choices = leaves.choices()


class TreeForms:
    """The groups and their leaves, handled as one; bound to what was sent or to what is stored."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        business: Organisation,
        join: str = Join.ALL,
        stored: list[tuple[str, list[CampaignLeaf]]] | None = None,
    ) -> None:
        self.business = business
        action, _, rest = (data.get(f"{PREFIX}-action", "") if data is not None else "").partition(
            "-"
        )
        self.action, self.place = action, rest
        self.is_redrawn = bool(action)
        self.is_bound = data is not None and not self.is_redrawn
        self.groups: list[GroupRow] = []
        if data is None:
            self.join = GroupsJoinForm(initial={"join": join}, prefix=PREFIX)
            for word, rows in stored or []:
                self._from_stored(word, rows)
        else:
            self.join = GroupsJoinForm(data, prefix=PREFIX)
            self._read(data)
        if not self.groups:
            self._add_group(Join.ALL)

    @property
    def is_full(self) -> bool:
        return len(self.groups) >= MOST_GROUPS

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it."""
        if not self.is_bound:
            return []
        return [entry for leaf in self._leaves() for entry in summary_of(_form_of(leaf))]

    def is_valid(self) -> bool:
        """Tell whether the tree can be saved; asking for a row more or less is not saving."""
        return self.is_bound and all([*(leaf.is_valid() for leaf in self._leaves())])

    @property
    def word(self) -> str:
        """The word that joins the groups."""
        return _word(self.join)

    def data(self) -> list[GroupData]:
        """Return the groups of what makes sense so far; those without leaves are left out."""
        groups = []
        for group in self.groups:
            found = [leaf.terms() for leaf in group.leaves if self._is_usable(leaf)]
            if found:
                groups.append(GroupData(_word(group.join), found))
        return groups

    def _is_usable(self, leaf: AnyLeaf) -> bool:
        return _form_of(leaf).is_bound and leaf.is_valid()

    def _leaves(self) -> list[AnyLeaf]:
        return [leaf for group in self.groups for leaf in group.leaves]

    def _from_stored(self, word: str, rows: list[CampaignLeaf]) -> None:
        group = self._add_group(word)
        for leaf in rows:
            self._append(group, leaves.key_of(leaf), initial=leaves.stored_initial(leaf))

    def _read(self, data: QueryDict) -> None:
        """Take the groups as they were sent, but for what a button takes away or adds."""
        for place in range(min(row_count(data, PREFIX), MOST_GROUPS)):
            if self.action == "cut" and self.place == str(place):
                continue
            group = self._add_group(data.get(f"{PREFIX}-{place}-join", Join.ALL))
            self._read_leaves(data, place, group)
        if self.action == "group" and not self.is_full:
            self._add_group(Join.ALL)

    def _read_leaves(self, data: QueryDict, place: int, group: GroupRow) -> None:
        prefix = f"{PREFIX}-{place}"
        for number in range(min(row_count(data, prefix), MOST_LEAVES)):
            key = data.get(f"{prefix}-{number}-kind", "")
            is_cut = self.action == "remove" and self.place == f"{place}-{number}"
            if not leaves.is_known(key) or is_cut:
                continue
            if self.is_redrawn:
                given = typed(data, f"{prefix}-{number}", _lists(key))
                self._append(group, key, initial=_retyped(key, given))
            else:
                self._append(group, key, data=data, at=(place, number))
        wanted = data.get(f"{prefix}-new", "")
        adds = self.action == "add" and self.place == str(place)
        if adds and leaves.is_known(wanted) and not group.is_full:
            self._append(group, wanted, initial={"kind": wanted})

    def _add_group(self, word: str) -> GroupRow:
        place = len(self.groups)
        prefix = f"{PREFIX}-{place}"
        group = GroupRow(
            place,
            JoinForm(initial={"join": word if word in Join.values else Join.ALL}, prefix=prefix),
            NewLeafForm(initial={"new": LeafKind.SEGMENT}, prefix=prefix),
        )
        self.groups.append(group)
        return group

    def _append(
        self,
        group: GroupRow,
        key: str,
        *,
        data: QueryDict | None = None,
        at: tuple[int, int] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        place, number = at or (group.place, len(group.leaves))
        prefix = f"{PREFIX}-{place}-{number}"
        criterion = leaves.criterion_of(key) if key not in leaves.FORMS else ""
        leaf: AnyLeaf
        if criterion:
            leaf = CriterionLeaf(
                data, key=criterion, business=self.business, prefix=prefix, initial=initial
            )
        else:
            leaf = leaves.FORMS[key](data, business=self.business, prefix=prefix, initial=initial)
        group.leaves.append(leaf)


def _form_of(leaf: AnyLeaf) -> forms.Form:
    return leaf.form if isinstance(leaf, CriterionLeaf) else leaf


def _word(form: forms.Form) -> str:
    found = form["join"].value()
    return found if found in Join.values else Join.ALL


def _lists(key: str) -> frozenset[str]:
    """Return the fields of the kind that hold several values."""
    criterion = leaves.criterion_of(key) if key not in leaves.FORMS else ""
    if not criterion:
        return leaves.FORMS[key].several
    fields = kinds[criterion].FIELDS
    return frozenset(one.name for one in fields if one.kind in ("choices", "references"))


def _retyped(key: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as a form shows it: a tick box sent is a tick box set."""
    if key in leaves.FORMS and "least_amount" in given:
        given["least"] = [given.pop("least_amount"), given.pop("least_currency", "")]
    return given | {
        "is_negated": bool(given.get("is_negated") or given.get("excludes")),
        "kind": key,
    }
