"""What may become of a voucher list and of a campaign: one table each (vouchers.md 3).

A change that is not listed here does not exist. `staff` is somebody of the desk, `clock` the time.
"""

from __future__ import annotations

from core.transitions import Machine, Transition

STAFF, CLOCK = "staff", "clock"

UNEXPIRED = ("expiry in the future",)
ARCHIVABLE = ("no running or scheduled campaign", "no import running", "tag typed")
SERVE = ("wait lists served",)
END_HOLDS = ("reservations released",)
FINAL = (*END_HOLDS, "tag free", "codes freed in the background")

LISTS = Machine(
    "list",
    (
        Transition("L01", None, "active", STAFF, guards=UNEXPIRED),
        Transition("L02", "active", "paused", STAFF, effects=("reservations frozen",)),
        Transition(
            "L03",
            "paused",
            "active",
            STAFF,
            guards=UNEXPIRED,
            effects=("reservations go on", *SERVE),
        ),
        Transition("L04", "active", "expired", CLOCK, effects=END_HOLDS),
        Transition("L05", "paused", "expired", CLOCK, effects=END_HOLDS),
        Transition("L06", "expired", "active", STAFF, guards=UNEXPIRED, effects=SERVE),
        Transition("L07", "expired", "paused", STAFF, guards=UNEXPIRED),
        Transition("L08", "active", "archived", STAFF, guards=ARCHIVABLE, effects=FINAL),
        Transition("L09", "paused", "archived", STAFF, guards=ARCHIVABLE, effects=FINAL),
        Transition("L10", "expired", "archived", STAFF, guards=ARCHIVABLE, effects=FINAL),
    ),
)

PUBLISHABLE = ("an active, unexpired list", "message sound", "inside its dates")
STOP = ("reservations released", "wait list ended")

CAMPAIGNS = Machine(
    "campaign",
    (
        Transition("C01", None, "draft", STAFF),
        Transition("C02", "draft", "scheduled", STAFF, guards=PUBLISHABLE),
        Transition("C03", "draft", "running", STAFF, guards=PUBLISHABLE),
        Transition("C04", "scheduled", "running", CLOCK),
        # "Cancel" of a campaign that has not begun: it is a draft again, with all its settings.
        Transition("C05", "scheduled", "draft", STAFF),
        Transition("C06", "scheduled", "paused", STAFF),
        Transition("C07", "running", "paused", STAFF),
        Transition("C08", "running", "exhausted", CLOCK),
        Transition("C09", "running", "ended", STAFF, effects=STOP),
        Transition("C10", "running", "ended", CLOCK, effects=STOP),
        Transition("C11", "paused", "running", STAFF, guards=("inside its dates",), effects=SERVE),
        # Paused before its start and resumed before it: it waits for its start again.
        Transition("C12", "paused", "scheduled", STAFF),
        Transition("C13", "paused", "ended", STAFF, effects=STOP),
        Transition("C14", "paused", "ended", CLOCK, effects=STOP),
        Transition("C15", "exhausted", "running", CLOCK, guards=("codes or cap again",)),
        Transition("C16", "exhausted", "running", STAFF, guards=("codes or cap again",)),
        Transition("C17", "exhausted", "ended", STAFF, effects=STOP),
        Transition("C18", "exhausted", "ended", CLOCK, effects=STOP),
        Transition("C19", "ended", "archived", STAFF),
    ),
)
