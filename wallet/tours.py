"""Guided tours of the wallet's pages."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="wallet.home",
        steps=(
            Step(".wallet-stats", "What you owe", "Every pocket of every contact. Press one."),
            Step("#wallet-flows", "What moved", "Granted, redeemed, spent, expired, by month."),
            Step("#wallet-expiries", "What expires next", "Each bar leads to the lots behind it."),
            Step("#pending", "Four eyes", "Large journals wait here for a second person.", "top"),
            Step("#proof", "The books", "They are recomputed every hour, to the last cent.", "top"),
        ),
    ),
    Tour(
        key="wallet.pools",
        steps=(
            Step("#list-q", "Find a pool", "By its name."),
            Step(
                "a[href$='/wallet/pools/add']",
                "Make a pool",
                "Say what money is good for, and try a purchase on it before you save.",
            ),
            Step(".row-menu", "Change it", "Editing makes a new version for new money.", "left"),
        ),
    ),
    Tour(
        key="wallet.contact",
        steps=(
            Step(".wallet-stats", "The pockets", "Each figure leads to where it came from."),
            Step("#pools", "Conditions", "Commerce money by pool, in the order of use."),
            Step("#movements", "Movements", "Every entry with its reason.", "top"),
            Step("#past", "The past", "What the wallet held at any moment.", "left"),
        ),
    ),
    Tour(
        key="wallet.ledger",
        steps=(
            Step("#list-q", "Find an entry", "By contact, by number, or by its reference."),
            Step("#list-filters", "Narrow it", "By operation, account, day and amount."),
            Step("a[href$='/trial-balance']", "The sum of it all", "Each currency comes to zero."),
        ),
    ),
    Tour(
        key="wallet.redemption",
        steps=(
            Step("#group-1", "When money is used", "On a wish, by itself, or after activation."),
            Step("#worked", "See it at once", "The example follows what you choose.", "left"),
            Step("#example", "Your own figures", "Change the purchase and the pockets.", "left"),
        ),
    ),
    Tour(
        key="wallet.charges",
        steps=(
            Step("#limits", "How much", "Limits bind every contact, by day, week or month."),
            Step("#fees", "What it costs", "Fees are off until you charge one."),
        ),
    ),
)
