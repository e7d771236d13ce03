"""Guided tours of the pages of vouchers."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="vouchers.lists",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "Begin with a list",
                "A list holds one partner's codes under one tag, with conditions and an expiry.",
            ),
            Step("#list-q", "Find a list", "By tag, name, List ID or partner."),
            Step(
                ".cell-use",
                "How much is used",
                "Distributed of all uploaded codes. The bar turns red past the list's threshold.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Exactly what the status allows: pause, activate, edit, upload, archive.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.new_list",
        steps=(
            Step("#list-partner", "Whose codes", "Choose the partner, or add one right here."),
            Step(
                "#id_list_tag",
                "The tag",
                "Short and without spaces; kept in lower case. You see at once whether it is free.",
            ),
            Step(
                "#id_file",
                "The codes",
                "One a line. You can leave this empty and upload later, as often as you like.",
            ),
        ),
    ),
    Tour(
        key="vouchers.list",
        steps=(
            Step(".tabs", "Everything about a list", "Codes, uploads, campaigns, alerts, history."),
            Step(".stats", "The counters", "Kept to the code: they are true at every moment."),
            Step(
                ".page-head-actions",
                "Acts",
                "What the status allows. Archiving is for good and asks for the tag.",
            ),
        ),
    ),
    Tour(
        key="vouchers.partners",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "Add a partner",
                "The brand that supplies codes, or your own coupon engine.",
            ),
            Step(
                ".row-menu",
                "Deactivate",
                "An inactive partner's lists are not offered to further campaigns; others go on.",
                "left",
            ),
        ),
    ),
)
register(
    Tour(
        key="vouchers.campaigns",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "New campaign",
                "Five steps, each saved as you go on. Nothing is given out before you publish it.",
            ),
            Step("#list-q", "Find a campaign", "By name or number."),
            Step(
                ".row-menu",
                "What you can do",
                "Pause, resume, end or copy it, and give somebody a code by hand.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.campaign",
        steps=(
            Step(".tabs", "All about it", "Lists, recipients, who waits, and every decision."),
            Step("#campaign-figures", "Its figures", "Each leads to the people behind it."),
        ),
    ),
    Tour(
        key="vouchers.builder",
        steps=(
            Step(
                ".wizard-steps",
                "Five steps and a check",
                "Each is saved as you go on. Leave whenever you like: the draft waits for you.",
            ),
            Step(
                "#campaign-words",
                "In plain words",
                "What you enter is read back to you here while you type.",
                "left",
            ),
            Step(
                "#campaign-people",
                "Who qualifies",
                "How many contacts meet the conditions now, and some of them. No code is used.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.issuances",
        steps=(
            Step("#list-q", "Find a recipient", "By name or address."),
            Step(
                ".row-menu",
                "What you can do",
                "Send the same code again, correct the address, or take the voucher back.",
                "left",
            ),
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
