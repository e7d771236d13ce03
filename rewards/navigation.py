"""The entries of rewards in the side navigation."""

from core.navigation import Item, register

register(
    Item(
        label="Reward Offers",
        url_name="reward_offers",
        icon="award",
        permission="rewards.read",
        section="Rewards",
        order=56,
        hotkey="f",
    ),
    Item(
        label="Reward Schemes",
        url_name="reward_schemes",
        icon="rosette",
        permission="schemes.read",
        section="Rewards",
        order=57,
    ),
    Item(
        label="Reward Events",
        url_name="reward_events",
        icon="history",
        permission="rewards.events",
        section="Rewards",
        order=58,
        prefixes=("/rewards/awards", "/rewards/gift-runs"),
    ),
    Item(
        label="Try a purchase",
        url_name="reward_try",
        icon="player-play",
        permission="rewards.try",
        section="Rewards",
        order=59,
    ),
    Item(
        label="Rewards",
        url_name="reward_settings",
        icon="adjustments",
        permission="rewards.settings",
        section="Settings",
        order=86,
    ),
)
