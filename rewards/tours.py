"""Guided tours of the pages of rewards."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="rewards.offers",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "Make an offer",
                "Choose a goal and a type; the rest is asked step by step. Nothing is given before"
                " you activate it.",
            ),
            Step("#list-q", "Find an offer", "By name, number or code."),
            Step(
                ".cell-status",
                "Active or not",
                "Only active offers of active schemes award, and only in their time.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Activate, copy to another currency, try a purchase, or delete what never awarded.",
                "left",
            ),
        ),
    ),
    Tour(
        key="rewards.wizard",
        steps=(
            Step(
                ".wizard-steps",
                "Six steps",
                "Each is saved as you go on. Leave whenever you like: the draft waits for you.",
            ),
            Step(
                "#offer-words",
                "In plain words",
                "What you enter is read back to you here while you type.",
                "left",
            ),
            Step(
                "#offer-reach",
                "Whom it reaches",
                "How many contacts could earn it now, and how many purchases would have matched.",
                "left",
            ),
            Step(
                "#offer-try",
                "Try a purchase",
                "See every condition with a tick or a cross. Nothing is stored.",
                "left",
            ),
        ),
    ),
    Tour(
        key="rewards.schemes",
        steps=(
            Step(
                ".page-head-actions .btn-primary",
                "Add a scheme",
                "A scheme is a group of offers for one kind of contacts, with its own way of"
                " joining.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Activate the offers of a scheme first, then the scheme itself.",
                "left",
            ),
        ),
    ),
    Tour(
        key="rewards.settings",
        steps=(
            Step(
                "#id_mode",
                "When several offers match",
                "One purchase may meet several offers. Say which of them are given.",
            ),
            Step(
                "#resolution-example",
                "See it worked out",
                "The same purchase under each way, with what the contact gets.",
                "left",
            ),
        ),
    ),
)
register(
    Tour(
        key="rewards.events",
        steps=(
            Step(
                "#list-q", "Find a contact", "By name, code, e-mail or phone, or a row by its code."
            ),
            Step(
                ".cell-money",
                "Every amount has a reason",
                "It opens the page that says why it is what it is, step by step.",
            ),
            Step(
                ".cell-event",
                "What it came from",
                "The event shows what became of every offer, and what to do when one was not given.",
            ),
        ),
    ),
)
