"""The wallet's entries of the side navigation."""

from core.navigation import Item, register

register(
    Item(
        label="Wallet",
        url_name="wallet_home",
        icon="wallet",
        permission="wallet.read",
        section="Money",
        order=56,
        hotkey="w",
    ),
    Item(
        label="Contacts' wallets",
        url_name="wallet_list",
        icon="cash",
        permission="wallet.read",
        section="Money",
        order=57,
        prefixes=("/wallet/lots", "/wallet/holds", "/wallet/purchases", "/wallet/journals"),
    ),
    Item(
        label="Commerce pools",
        url_name="pool_list",
        icon="ticket",
        permission="wallet.read",
        section="Money",
        order=58,
    ),
    Item(
        label="Ledger",
        url_name="ledger",
        icon="database",
        permission="wallet.read",
        section="Money",
        order=59,
    ),
    Item(
        label="Redemption",
        url_name="redemption_settings",
        icon="adjustments",
        permission="redemption.settings",
        section="Settings",
        order=86,
    ),
    Item(
        label="Limits and fees",
        url_name="charge_list",
        icon="coin",
        permission="redemption.settings",
        section="Settings",
        order=87,
    ),
)
