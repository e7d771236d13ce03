"""The guided tours of the dashboard, the reports and the mails."""

from core.tours import Step, Tour, register

register(
    Tour(
        key="dashboard",
        steps=(
            Step(
                "#dashboard-figures",
                "The figures",
                "All time, this month and today, by your own clock. Press one to see its rows.",
            ),
            Step(
                "#needs-answer",
                "Needs my answer",
                "The recipients who wait for you, the longest waiting first, and until when.",
            ),
            Step(
                "#dashboard-funnel",
                "Where offers stand",
                "From the desk to the end. Each bar opens its offers.",
                side="left",
            ),
            Step(
                "#dashboard-charts",
                "Over time",
                "Each chart is there as a table too; its lines lead to the rows.",
                side="top",
            ),
            Step("#quick-actions", "Shortcuts", "The pages you open most.", side="left"),
        ),
    ),
    Tour(
        key="reports",
        steps=(
            Step(
                "#report-form",
                "What is asked",
                "The time of confirmation, a program, a type, offers or requests. All of it stays"
                " in the address, so that the report can be shared.",
            ),
            Step(
                "#report-table",
                "What was promised and given",
                "One line for each group and currency. Press a figure to see its distributions.",
                side="top",
            ),
            Step(
                "#report-export",
                "Take it along",
                "As CSV or as a sheet, with bare numbers that can be summed.",
                side="left",
            ),
            Step("#report-charts", "As charts", "The same figures, drawn.", side="top"),
        ),
    ),
    Tour(
        key="distributions.list",
        steps=(
            Step(".chips", "How it went", "Pending waits for you, Failed wants a second look."),
            Step(
                "td.cell-id",
                "One record",
                "Its number opens it where it is recorded: with its offer or request.",
            ),
            Step(
                ".list-tools",
                "Take it along",
                "What you see, as CSV or as a sheet.",
                side="left",
            ),
        ),
    ),
    Tour(
        key="emails",
        steps=(
            Step(
                "#letters",
                "Every e-mail",
                "When it is sent, to whom, and how it looks, with your own newest offer in it.",
            ),
        ),
    ),
)
