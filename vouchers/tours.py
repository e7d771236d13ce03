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
            Step(
                ".stats",
                "How things stand",
                "Lists in use, codes that can be given out now, and lists that need you.",
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
                "#list-stock",
                "Distributed against uploaded",
                "Where the two lines meet, no code is left. Each upload lifts the upper one.",
            ),
            Step(
                "#forecast",
                "How long it lasts",
                "From the pace of the last seven days. The partner can be asked for more from here.",
                "left",
            ),
            Step(
                ".page-head-actions .btn-primary",
                "Top it up",
                "Upload more codes whenever you like; nobody is given one of them twice.",
            ),
            Step(
                ".more-acts",
                "What else you can do",
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
register(
    Tour(
        key="vouchers.partner",
        steps=(
            Step(".stats", "How its codes fare", "Over all lists of this partner."),
            Step(
                "#people",
                "The partner portal",
                "People named here get a page of their own: they send codes and report redemptions.",
            ),
            Step(
                "#keys",
                "Keys for its systems",
                "A shop or a till of the partner uses one, for this partner's lists alone.",
                "top",
            ),
        ),
    ),
    Tour(
        key="vouchers.upload",
        steps=(
            Step(
                ".drop-zone",
                "The file",
                "One code a line. Its first lines are shown to you before anything is sent.",
            ),
            Step(
                "#upload-check",
                "Check first",
                "The whole file is read and compared. You see what would be refused, and why.",
                "top",
            ),
            Step(
                "#upload-now",
                "Or import at once",
                "Good codes are taken, the others are reported. You can leave the page meanwhile.",
                "top",
            ),
        ),
    ),
    Tour(
        key="vouchers.upload_detail",
        steps=(
            Step(
                "#upload-state",
                "How far it is",
                "It follows the work by itself. You can leave; we write to you when it is done.",
            ),
            Step(
                "#reasons",
                "What was found",
                "How many lines ended with each reason. Press one to see its lines.",
            ),
            Step(
                "#downloads",
                "Downloads",
                "The refused lines as a report, or their values alone to correct and send again.",
                "left",
            ),
        ),
    ),
    Tour(
        key="vouchers.generate",
        steps=(
            Step("#id_quantity", "How many", "Up to a million codes in a list."),
            Step("#id_pattern", "What they look like", "Every # becomes a random character."),
            Step(
                "#capacity",
                "What comes of it",
                "Examples, and whether the codes are many enough not to be guessed.",
                "left",
            ),
        ),
    ),
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
