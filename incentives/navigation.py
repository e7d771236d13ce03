"""The incentive side's entries of the side navigation."""

from core.navigation import Item, register

register(
    Item(
        label="Dashboard",
        url_name="dashboard",
        icon="layout-dashboard",
        permission="offers.read",
        order=5,
        hotkey="d",
    ),
    Item(
        label="Incentive Offers",
        url_name="offers",
        icon="gift",
        permission="offers.read",
        section="Incentives",
        order=20,
        hotkey="o",
    ),
    Item(
        label="Incentive Programs",
        url_name="programs",
        icon="target",
        permission="programs.read",
        section="Incentives",
        order=30,
        hotkey="p",
    ),
)
