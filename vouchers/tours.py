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
