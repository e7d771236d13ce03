"""The tables of the directory's list pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

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
from directory.models import Contact, Membership, ProductService
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
