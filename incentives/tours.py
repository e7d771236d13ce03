"""The guided tours of the desk's incentive pages."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="offers.list",
        steps=(
            Step(
                ".chips",
                "Whose turn is it?",
                "“Waiting for me” shows the offers that need your answer. Start your day here.",
            ),
            Step(
                "#list-q",
                "Find any offer",
                "Search by number, address, name, product or words of the message. Press / to get here.",
            ),
            Step(
                "td.cell-status .status",
                "What a status means",
                "Rest on a badge: it says what the status means and who moves next.",
            ),
            Step(
                "td.cell-actions summary",
                "What can be done",
                "The menu holds exactly what is possible with this offer right now.",
                side="left",
            ),
            Step(
                ".list-tools",
                "Keep a view",
                "Save filters under a name, or download what you see as a file.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="offers.create",
        steps=(
            Step(
                "#offer-program",
                "Start with the program",
                "It says which product or service the incentive is for, and which kinds it gives.",
            ),
            Step(
                "#offer-value",
                "Say what you promise",
                "A number, words, or both. Money and percentages are kept exactly.",
            ),
            Step(
                "#offer-delivery",
                "E-mail or link?",
                "An e-mail goes to one known address. A link or QR code can be shared anywhere;"
                " the first verified person gets it.",
            ),
            Step(
                "#offer-words",
                "In plain words",
                "The offer as a sentence, while you type. If it reads wrong, it is wrong.",
                side="left",
            ),
            Step(
                "#offer-actions",
                "Send, or keep as a draft",
                "A draft needs only its program. Nothing is sent until you press send.",
                side="top",
            ),
        ),
    ),
    Tour(
        key="programs.list",
        steps=(
            Step("#list-q", "Find a program", "Search by number or by product or service."),
            Step(
                "td.cell-status .status",
                "Active or Inactive",
                "Only an active program can be chosen for a new offer. Its shared links pause while"
                " it is inactive.",
            ),
            Step(
                "td.cell-actions summary",
                "Edit or switch",
                "Change which incentives it gives, or switch it off and on.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="programs.detail",
        steps=(
            Step(
                "#program-figures",
                "How its offers stand",
                "Each figure counts the offers made for this program.",
            ),
            Step(
                "#program-switch",
                "The switch",
                "Deactivating keeps new offers away; what was offered already goes on.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="dashboard",
        steps=(
            Step(
                "#needs-answer",
                "Needs your answer",
                "The recipients who wait for you, the longest waiting first.",
            ),
            Step("#quick-actions", "Shortcuts", "The pages you open most.", side="left"),
            Step(
                "#dashboard-figures",
                "The figures",
                "All time, this month and today, by your own clock.",
                side="top",
            ),
        ),
    ),
)

register(
    Tour(
        key="offers.detail",
        steps=(
            Step("#next-step", "What happens next", "Who moves now, and what you can do."),
            Step("#offer-facts", "The offer", "Its status, its terms and its dates."),
            Step(
                "#offer-history",
                "History",
                "Every change of status: who, from what to what, when, with which words.",
                side="top",
            ),
            Step(
                "#emails",
                "E-mails",
                "What was sent about this offer, and whether it arrived.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="offers.distributions",
        steps=(
            Step(
                "[data-select-row]",
                "Select",
                "Tick what you have delivered. The box on top takes all rows of this page.",
                side="right",
            ),
            Step(
                "td.cell-note",
                "Edit",
                "Selected rows turn blue and open: enter what was really given, how and when.",
            ),
            Step(
                "td.cell-status",
                "Status",
                "Success once it was delivered, Failed if it could not be. Pending waits.",
                side="left",
            ),
            Step(
                "[data-update-selected]",
                "Update",
                "Saves all selected rows together, or none while one of them needs a change.",
            ),
        ),
    ),
)
