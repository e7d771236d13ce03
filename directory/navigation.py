"""The directory's entries of the side navigation."""

from core.navigation import Item, register

register(
    Item(
        label="Products or Services",
        url_name="product_list",
        icon="package",
        permission="products.read",
        section="Incentives",
        order=40,
        hotkey="s",
    ),
    Item(
        label="Contacts",
        url_name="contact_list",
        icon="users",
        permission="contacts.read",
        section="People",
        order=60,
        hotkey="c",
    ),
    Item(
        label="Team",
        url_name="team_list",
        icon="users-group",
        permission="team.manage",
        section="Settings",
        order=80,
        hotkey="t",
    ),
    Item(
        label="Provider profile",
        url_name="provider_profile",
        icon="building-store",
        permission="profile.read",
        section="Settings",
        order=82,
    ),
    Item(
        label="API keys",
        url_name="api_key_list",
        icon="key",
        permission="keys.manage",
        section="Settings",
        order=84,
    ),
)
