"""The guided tours of programs and link templates."""

from core.tours import Step, Tour, register

register(
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
        key="link_templates.list",
        steps=(
            Step(
                "#list-q",
                "Find a template",
                "Search by number, name, product or words of the message.",
            ),
            Step(
                "td.cell-count",
                "How often it was used",
                "Uses so far and how many there may be. The number leads to the offers it made.",
            ),
            Step(
                "td.cell-status .status",
                "Active or Inactive",
                "An inactive link pauses: whoever opens it reads that it is not active.",
            ),
            Step(
                "td.cell-actions summary",
                "Share, print, copy",
                "Copy the link, print its QR code, see its offers, switch it off, or duplicate it.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="link_templates.form",
        steps=(
            Step(
                "#template-name",
                "Name and program",
                "The name is for you; the program says what the incentive is for.",
            ),
            Step(
                "#offer-value",
                "Say what each of them gets",
                "A number, words, or both. Everybody who confirms gets the same.",
            ),
            Step(
                "#template-uses",
                "How often, and for how long",
                "The link closes by itself once it was used as often as you allow.",
            ),
            Step(
                "#template-words",
                "In plain words",
                "The link as sentences, while you type. If it reads wrong, it is wrong.",
                side="left",
            ),
        ),
    ),
)
