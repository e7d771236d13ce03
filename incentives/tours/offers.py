"""The guided tours of offers, their conversation, members and distributions."""

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
    Tour(
        key="offers.messages",
        steps=(
            Step("#thread", "The conversation", "They stand left on blue, you right on orange."),
            Step(
                "#composer",
                "Answer with a status",
                "Every message carries one; “Keep current status” only writes.",
                side="top",
            ),
        ),
    ),
    Tour(
        key="offers.members",
        steps=(
            Step(
                "#group-progress",
                "How full is it?",
                "The bar counts places as they are taken, without a reload.",
            ),
            Step("#list-q", "Find a member", "Search by number, name or address."),
            Step(
                "td.cell-status .status",
                "Pending to Claimed",
                "Pending was invited, Active has a place, Claimed wants the incentive delivered.",
            ),
            Step(
                "td.cell-actions summary",
                "Invite again, remove, hand over",
                "Until the offer is confirmed. After that the group stays as it is.",
                side="left",
            ),
        ),
    ),
)
