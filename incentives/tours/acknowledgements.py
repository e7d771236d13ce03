"""The guided tours of acknowledgements and widgets."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="acknowledgements.list",
        steps=(
            Step(
                ".chips",
                "What waits for you?",
                "“Submitted” holds words that you have not decided about yet.",
            ),
            Step("#list-q", "Find words", "Search by number, address, offer, product or words."),
            Step(
                "td.cell-status .status",
                "Invited to Published",
                "Only words whose writer agreed can be published, and you can hide them again.",
            ),
            Step(
                "td.cell-actions summary",
                "Publish, hide, ask again",
                "The menu holds what is possible now, and the way to the widget.",
                side="left",
            ),
            Step(
                ".page-head-actions",
                "Ask without an offer",
                "By e-mail, by a link for one person, or by a link template for many.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="acknowledgement_requests.list",
        steps=(
            Step("#list-q", "Find a request", "Search by number, address, name or product."),
            Step(
                "td.cell-status .status",
                "Who has answered?",
                "Waiting requests can be sent again, shared or cancelled.",
            ),
        ),
    ),
    Tour(
        key="acknowledgement_templates.list",
        steps=(
            Step("#list-q", "Find a template", "Search by number, name, product or message."),
            Step(
                "td.cell-actions summary",
                "Share or pause",
                "Copy the link, print its QR code, or pause it.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="widgets.page",
        steps=(
            Step("#widget-settings", "How it looks", "Each change shows in the preview at once."),
            Step(
                "#widget-look",
                "What your visitors see",
                "The recipient's words, their chosen name, never an address.",
                side="left",
            ),
            Step(
                "#widget-code",
                "The code",
                "Copy it into your page. It needs no script and sets no cookie.",
                side="left",
            ),
            Step(
                "#widget-switch",
                "Switch and key",
                "Switch the widget off everywhere, or make old copies of the code worthless.",
                side="top",
            ),
        ),
    ),
)
