"""The guided tours of the reports, the alerts and the settings."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="vouchers.reports",
        steps=(
            Step("#report-form", "What you ask", "Which report, which time, whose codes."),
            Step(
                "#report-table",
                "The figures",
                "Each line leads on: a partner to its lists, a month to the codes given in it.",
                "top",
            ),
            Step("#report-export", "Take them along", "As CSV or as a workbook, codes masked."),
        ),
    ),
    Tour(
        key="vouchers.alerts",
        steps=(
            Step(
                ".list",
                "Alerts",
                "Raised once when a line is crossed; they end by themselves when it is crossed back.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Acknowledge one to stop its daily mail, or snooze it for some days.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.settings",
        steps=(
            Step(
                "#id_warn_used_percent",
                "When to warn",
                "What new lists begin with; each list has thresholds of its own. Empty is off.",
            ),
        ),
    ),
)
