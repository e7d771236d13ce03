"""The guided tours of incentive requests."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="requests.list",
        steps=(
            Step(
                ".chips",
                "Whose turn is it?",
                "“Waiting for me” shows the requests that need your answer.",
            ),
            Step(
                "#list-q",
                "Find any request",
                "Search by number, address, product, words of the message, type or status.",
            ),
            Step(
                "td.cell-status .status",
                "What a status means",
                "Rest on a badge: it says what the status means and who moves next.",
            ),
            Step(
                "td.cell-actions summary",
                "What can be done",
                "Conversation, details, distributions; of a group its members too.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="requests.detail",
        steps=(
            Step("#next-step", "What happens next", "Who moves now, and what you can do."),
            Step("#request-facts", "The request", "What is asked for, and what is on the table."),
            Step("#request-recipient", "Who asks", "Their address was confirmed by a link."),
            Step(
                "#request-history",
                "History",
                "Every change of status: who, from what to what, when, with which words.",
                side="top",
            ),
        ),
    ),
    Tour(
        key="requests.messages",
        steps=(
            Step("#thread", "The conversation", "They stand left on blue, you right on orange."),
            Step(
                "#composer",
                "Answer with a status",
                "Every message carries one. “Negotiating” lets you propose other terms.",
                side="top",
            ),
        ),
    ),
    Tour(
        key="requests.members",
        steps=(
            Step("#list-q", "Find a member", "Search by name or address."),
            Step(
                "td.cell-status .status",
                "Pending or Active",
                "Pending until the address is confirmed; only Active members get a distribution.",
            ),
        ),
    ),
    Tour(
        key="requests.distributions",
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
