"""The tables of the directory's list pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.money import Money
from core.tables import (
    ActionsColumn,
    BaseTable,
    ChoiceColumn,
    Column,
    IdColumn,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from directory import hooks
from directory.choices import ContactState, MemberStatus, ProductKind, PurchaseModel, Role
from directory.models import Contact, Membership, Product, ProductService, Segment
from directory.permissions import may


class DeskTable(BaseTable):
    """A table that asks what the member may do."""

    def may(self, permission: str) -> bool:
        return self.request is not None and may(self.request, permission)


class TeamTable(BaseTable):
    """Members of a business (incentives.md 3.1)."""

    email = Column("E-mail", accessor="user.email", order_by="user__email", css="cell-person")
    full_name = Column(
        "Full name", accessor="user.get_full_name", order_by=("user__last_name", "user__first_name")
    )
    role = ChoiceColumn("Role", choices=Role, sortable=True)
    username = Column("Username", accessor="user.username", order_by="user__username")
    status = StatusColumn("Status", choices=MemberStatus, sortable=True)
    created_at = WhenColumn("Created", sortable=True)
    updated_at = WhenColumn("Updated", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Team members"

    def name_of(self, record: Membership) -> str:
        return record.user.display_name

    def actions(self, record: Membership) -> Sequence[RowAction]:
        """Return the change of role, and what shuts the member out or lets them in again."""
        role = RowAction("Change role", reverse("team_role", args=[record.pk]), "pencil")
        if record.status == MemberStatus.ACTIVE:
            url = reverse("team_deactivate", args=[record.pk])
            return [role, RowAction("Deactivate", url, "user-x", danger=True)]
        url = reverse("team_reactivate", args=[record.pk])
        return [role, RowAction("Reactivate", url, "user-check", post=True)]


class ProductTable(DeskTable):
    """Products and services (incentives.md 2.9)."""

    id = IdColumn("ID", url_name="product_edit", sortable=True)
    name = Column("Name", sortable=True)
    category = Column("Category", sortable=True)
    kind = ChoiceColumn("Type", choices=ProductKind, sortable=True)
    purchase_model = ChoiceColumn("Purchase model", choices=PurchaseModel, sortable=True)
    program = Column("Program", accessor="pk", exclude_from_export=True)
    created_at = WhenColumn("Created", sortable=True)
    updated_at = WhenColumn("Updated", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Products and services"

    def name_of(self, record: ProductService) -> str:
        return record.name

    @cached_property
    def uses(self) -> dict[int, list[hooks.Use]]:
        """What stands on the products of this page, in one query an app."""
        return hooks.uses_of([row.pk for row in self.data])

    def render_program(self, value: Any, record: ProductService) -> Any:
        uses = self.uses.get(record.pk)
        if not uses:
            return "–"
        return format_html('<a href="{}">{}</a>', uses[0].url, uses[0].label)

    def actions(self, record: ProductService) -> Sequence[RowAction]:
        """Return editing and deletion for those who may write; a product in use cannot be deleted."""
        if not self.may("products.write"):
            return ()
        actions = [RowAction("Edit", reverse("product_edit", args=[record.pk]), "pencil")]
        if not self.uses.get(record.pk):
            url = reverse("product_delete", args=[record.pk])
            actions.append(RowAction("Delete", url, "trash", danger=True))
        return actions


class ContactTable(DeskTable):
    """People known to a business."""

    code = Column("Code", sortable=True, css="cell-id")
    name = Column(
        "Name", accessor="full_name", order_by=("last_name", "first_name"), empty_values=()
    )
    email = Column("E-mail", accessor="pk")
    phone = Column("Phone", accessor="pk", stacked=False)
    tags = Column("Tags", stacked=False)
    state = StatusColumn("Status", choices=ContactState)
    registered_at = WhenColumn("Added", sortable=True)
    menu = ActionsColumn()

    default_order = ("-registered_at",)
    caption = "Contacts"

    def name_of(self, record: Contact) -> str:
        return str(record)

    def render_code(self, value: str, record: Contact) -> Any:
        url = reverse("contact_detail", args=[record.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, value)

    def value_code(self, value: str, record: Contact) -> str:
        return value

    def render_email(self, value: int, record: Contact) -> str:
        addresses = [row.address for row in record.emails.all()]
        return addresses[0] if addresses else "–"

    value_email = render_email

    def render_phone(self, value: int, record: Contact) -> str:
        numbers = [row.e164 or row.number for row in record.phones.all()]
        return numbers[0] if numbers else "–"

    value_phone = render_phone

    def render_tags(self, value: list[str], record: Contact) -> str:
        return ", ".join(value) or "–"

    def value_tags(self, value: list[str], record: Contact) -> str:
        return ", ".join(value)

    def actions(self, record: Contact) -> Sequence[RowAction]:
        """Return what may be done with the contact."""
        actions = [RowAction("Open", reverse("contact_detail", args=[record.pk]), "eye")]
        if self.may("contacts.write"):
            actions.append(RowAction("Edit", reverse("contact_edit", args=[record.pk]), "pencil"))
        return actions


class CatalogueTable(DeskTable):
    """The products of the catalogue, as tills know them (rewards.md 2.5)."""

    sku = Column("SKU", sortable=True, css="cell-id")
    name = Column("Name", sortable=True)
    categories = Column("Categories", accessor="pk", exclude_from_export=True)
    type = Column("Type", accessor="type", stacked=False)
    brand = Column("Brand", accessor="brand", stacked=False)
    prices = Column("Prices", accessor="pk")
    state = Column("State", accessor="pk")
    created_at = WhenColumn("Added", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Catalogue"

    def name_of(self, record: Product) -> str:
        return record.name

    def render_sku(self, value: str, record: Product) -> Any:
        if not self.may("catalogue.write"):
            return value
        url = reverse("catalogue_edit", args=[record.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, value)

    def value_sku(self, value: str, record: Product) -> str:
        return value

    def render_categories(self, value: int, record: Product) -> str:
        return ", ".join(sorted(one.name for one in record.categories.all())) or "–"

    def render_prices(self, value: int, record: Product) -> str:
        prices = sorted(record.prices.all(), key=lambda one: one.currency)
        return ", ".join(Money(one.price_minor, one.currency).format() for one in prices) or "–"

    value_prices = render_prices

    def render_state(self, value: int, record: Product) -> str:
        if record.needs_review:
            return "To review"
        return "On sale" if record.is_active else "Not on sale"

    value_state = render_state

    def actions(self, record: Product) -> Sequence[RowAction]:
        """Return editing and deletion for those who may write."""
        if not self.may("catalogue.write"):
            return ()
        label = "Review" if record.needs_review else "Edit"
        delete = reverse("catalogue_delete", args=[record.pk])
        return [
            RowAction(label, reverse("catalogue_edit", args=[record.pk]), "pencil"),
            RowAction("Delete", delete, "trash", danger=True),
        ]


class SegmentTable(DeskTable):
    """The segments of a business (rewards.md 2.7)."""

    name = Column("Name", sortable=True)
    description = Column("What it is for", stacked=False)
    criteria_count = Column("Criteria", css="cell-number")
    updated_at = WhenColumn("Updated", sortable=True)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Segments"

    def name_of(self, record: Segment) -> str:
        return record.name

    def render_name(self, value: str, record: Segment) -> Any:
        url = reverse("segment_detail", args=[record.pk])
        return format_html('<a class="row-link" href="{}">{}</a>', url, value)

    def value_name(self, value: str, record: Segment) -> str:
        return value

    def actions(self, record: Segment) -> Sequence[RowAction]:
        """Return what may be done with the segment."""
        opened = RowAction("Open", reverse("segment_detail", args=[record.pk]), "eye")
        if not self.may("segments.write"):
            return [opened]
        return [
            opened,
            RowAction("Edit", reverse("segment_edit", args=[record.pk]), "pencil"),
            RowAction("Delete", reverse("segment_delete", args=[record.pk]), "trash", danger=True),
        ]
