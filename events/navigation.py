"""The entries of events in the side navigation."""

from core.navigation import Item, register

register(
    Item(
        label="Classifications",
        url_name="classification_list",
        icon="tag",
        permission="catalogue.read",
        section="Business",
        order=76,
    ),
)
