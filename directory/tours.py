"""Guided tours of the directory's pages."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="directory.profile",
        steps=(
            Step("#id_name", "Your name", "Recipients see it on every offer, mail and claim page."),
            Step("#id_website", "Your website", "It tells recipients that the offer is yours."),
            Step("#id_logo", "Your logo", "PNG, JPEG or WebP. It stands on top of every e-mail."),
            Step(
                "#id_notification_email",
                "Where answers go",
                "We write here when a recipient accepts, asks or makes a counter-offer.",
            ),
            Step(
                "#id_response_window_days",
                "How long you wait",
                "An offer without an answer in this time is closed as No Response.",
            ),
        ),
    ),
    Tour(
        key="directory.contacts",
        steps=(
            Step("#list-q", "Find somebody", "By name, e-mail, phone or code, in any order."),
            Step(
                "a[href$='/contacts/import']",
                "Import a file",
                "You see what it would change before anything is written.",
            ),
            Step(
                ".row-menu",
                "What you can do",
                "Open a contact to see everything that is known, or edit it.",
                "left",
            ),
        ),
    ),
)
