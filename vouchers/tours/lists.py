"""The guided tours of the lists, their uploads, and the partners."""

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
)
