"""The guided tours of what comes from other systems and goes to them: redemptions and webhooks."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="vouchers.redemptions",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "By hand",
                "For a code that a customer shows you. You can also only ask what it is good for.",
            ),
            Step(
                ".page-head-actions [href$='/upload']",
                "From a file",
                "A partner without an API sends a CSV file; each refused row is told with its reason.",
            ),
            Step(
                ".row-menu",
                "Reverse",
                "A redemption can be taken back for 30 days.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.redeem",
        steps=(
            Step("#id_code", "The code", "As the customer shows it."),
            Step(
                "[name=check]",
                "Only check",
                "Says what the code is good for and until when, and changes nothing.",
                "top",
            ),
            Step(
                "#id_reference",
                "The reference",
                "Your receipt. Sent twice, it counts once; and it is needed to reverse.",
            ),
        ),
    ),
    Tour(
        key="vouchers.webhooks",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "New webhook",
                "An https address of yours that hears what happens to vouchers, at once.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "See its deliveries, send a test, change it.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.webhook",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "Send a test",
                "A signed message with sample data. No code is used.",
            ),
            Step(".stats", "How it fares", "Press a figure to see its messages."),
            Step(
                "#latest",
                "Deliveries",
                "Each message with its tries and what was answered. What was given up can be sent"
                " again.",
            ),
        ),
    ),
)
