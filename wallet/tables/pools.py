"""The list of commerce pools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core.money import Money
from core.tables import ActionsColumn, Column, CountColumn, RowAction, StatusColumn, WhenColumn
from directory.tables import DeskTable
from events.conditions import ConditionSet
from wallet import words
from wallet.choices import PoolState
from wallet.models import CommercePool
from wallet.selectors import pools as selectors


class PoolTable(DeskTable):
    """Commerce pools: what their money is good for, until when, and how much stands under them."""

    name = Column("Pool", sortable=True, css="cell-pool")
    rules = Column("Good for", accessor="pk", css="cell-words")
    expiry = Column("Expiry", accessor="pk")
    money = Column(
        "Money under it", accessor="standing_minor", order_by="standing_minor",
        css="text-end cell-money", initial_sort_descending=True,
    )  # fmt: skip
    lot_count = CountColumn("Lots", sortable=True, stacked=False, initial_sort_descending=True)
    state = StatusColumn("State", choices=PoolState)
    updated_at = WhenColumn("Changed", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-is_default", "-updated_at")
    caption = "Commerce pools"

    def name_of(self, record: CommercePool) -> str:
        return record.name

    @cached_property
    def conditions(self) -> Mapping[int, ConditionSet]:
        """The conditions of the pools of this page."""
        return selectors.conditions_by_id(
            versions=[selectors.newest_of(pool=row) for row in self.data]
        )

    def render_name(self, value: str, record: CommercePool) -> Any:
        url = reverse("pool_detail", args=[record.pk])
        mark = mark_safe('<div class="cell-second">Default pool</div>') if record.is_default else ""
        return format_html('<a class="row-link" href="{}">{}</a>{}', url, value, mark)

    def value_name(self, value: str, record: CommercePool) -> str:
        return value

    def render_rules(self, value: int, record: CommercePool) -> str:
        version = selectors.newest_of(pool=record)
        return words.short(version, self.conditions.get(version.conditions_id or 0))

    def value_rules(self, value: int, record: CommercePool) -> str:
        version = selectors.newest_of(pool=record)
        found = selectors.conditions_by_id(versions=[version])
        return words.short(version, found.get(version.conditions_id or 0))

    def render_expiry(self, value: int, record: CommercePool) -> str:
        return words.ends(selectors.newest_of(pool=record))

    value_expiry = render_expiry

    def render_money(self, value: int, record: CommercePool) -> Any:
        money = Money(value, self.currency)
        if not value:
            return money.format()
        url = f"{reverse('lot_list')}?pool={record.pk}&money=with"
        return format_html('<a href="{}">{}</a>', url, money.format())

    def value_money(self, value: int, record: CommercePool) -> Any:
        return Money(value, self.currency).amount

    @property
    def currency(self) -> str:
        organisation: Any = self.request.organisation  # type: ignore[union-attr]
        return str(organisation.base_currency)

    def actions(self, record: CommercePool) -> Sequence[RowAction]:
        """Return what may be done with the pool; the default one is only looked at."""
        opened = RowAction("Open", reverse("pool_detail", args=[record.pk]), "eye")
        if not self.may("pools.write"):
            return [opened]
        usage = RowAction("Who may use it", reverse("pool_usage", args=[record.pk]), "users")
        if record.is_default:
            return [opened, usage]
        edit = RowAction("Edit", reverse("pool_edit", args=[record.pk]), "pencil")
        if record.state == PoolState.RETIRED:
            url = reverse("pool_reactivate", args=[record.pk])
            return [opened, edit, usage, RowAction("Reactivate", url, "refresh", post=True)]
        url = reverse("pool_retire", args=[record.pk])
        return [opened, edit, usage, RowAction("Retire", url, "archive", danger=True)]
