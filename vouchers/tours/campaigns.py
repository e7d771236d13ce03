"""The guided tours of the campaigns, and of the vouchers that they gave."""

from core.tours import Step, Tour, register

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
            Step("#campaign-by-day", "Day by day", "Codes given on each of the last thirty days."),
            Step(".plain-words", "What it does", "Everything that was set, read back to you."),
            Step(
                ".page-head-actions .btn-primary",
                "By hand",
                "Give one code to a named person, with a reason, within the campaign's limits.",
            ),
            Step(".more-acts", "What else you can do", "Pause it, end it, or copy it later on."),
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
                "#tree-editor",
                "Who is given a code",
                "Conditions stand in groups. A person must meet all of a group, or one of it.",
            ),
            Step(
                "#campaign-people",
                "Who qualifies",
                "How many contacts meet the conditions now, and some of them. No code is used.",
                "left",
            ),
            Step(
                "#sources",
                "Which codes",
                "The first list is used up before the next. A limit keeps some for other campaigns.",
            ),
            Step(
                ".tag-picker",
                "What recipients read",
                "Tags are replaced for each person. The preview beside shows how it reads.",
            ),
            Step(
                "#campaign-words",
                "In plain words",
                "What you enter is read back to you here while you type.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.issuances",
        steps=(
            Step("#list-q", "Find a recipient", "By name or address."),
            Step(
                ".chips",
                "Where the codes are",
                "Distributed, redeemed, expired or taken back; more filters stand beside.",
            ),
            Step(
                "[data-select-row]",
                "Several at once",
                "Tick vouchers to send the same codes again, all of them or none.",
                "right",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Send the same code again, correct the address, or take the voucher back.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.issuance",
        steps=(
            Step(
                ".timeline-list",
                "What happened",
                "From the moment it was given: mailed, seen, redeemed, and who did what.",
            ),
            Step(
                ".page-head-actions .btn-primary",
                "It did not arrive?",
                "Correct the address and send the same code again, at most five times a day.",
            ),
        ),
    ),
)
