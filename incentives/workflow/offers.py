"""The transition table of incentive offers (incentives.md 4.2), row by row.

A status change that is not listed here does not exist. Guards are looked up by name in
`services.guards`, needs are parts of the payload, effects are carried out by `services.statuses`.
"""

from __future__ import annotations

from core.transitions import Machine, Transition

P, R, S = "provider", "recipient", "system"

REOFFER = ("terms tabled", "consent cleared", "new expiry", "E05")
ASK = ("response clock", "E05")
GRANT = ("terms tabled", "consent cleared", "response clock", "E05")
CONFIRM = ("terms confirmed", "distributions created", "group closed", "E06")
CLOSE = ("links closed", "E13")
COMPLETE = ("completed", "acknowledgements invited", "E08")


def _provider(code: str, source: str | None, target: str, *more: tuple[str, ...]) -> Transition:
    guards, needs, effects = more
    return Transition(code, source, target, P, guards=guards, needs=needs, effects=effects)


def _recipient(
    code: str,
    source: str,
    target: str,
    *,
    guards: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
) -> Transition:
    return Transition(
        code, source, target, R, guards=guards, needs=needs, effects=(*effects, "E04")
    )


TEXT = ("text",)
PROVIDER = (
    Transition("P01", None, "draft", P),
    Transition(
        "P02",
        None,
        "offered",
        P,
        guards=("complete", "program active", "expiry ahead"),
        effects=("offered", "claim token or slug", "E01"),
    ),
    Transition(
        "P03",
        "draft",
        "offered",
        P,
        guards=("complete", "program active", "expiry ahead"),
        effects=("offered", "claim token or slug", "E01"),
    ),
    _provider("P04", "draft", "cancelled", (), (), ()),
    _provider("P05", "offered", "cancelled", (), (), CLOSE),
    Transition(
        "P06", "needs_info", "offered", P, after=R, needs=("text", "terms?"), effects=REOFFER
    ),
    _provider("P07", "needs_info", "cancelled", (), TEXT, CLOSE),
    _provider("P08", "info_provided", "offered", (), ("text", "terms?"), REOFFER),
    _provider("P09", "info_provided", "needs_info", (), TEXT, ASK),
    _provider("P10", "info_provided", "partial_granted", ("grant below",), ("granted",), GRANT),
    _provider("P11", "info_provided", "approved_confirmed", ("consent", "G2"), (), CONFIRM),
    _provider("P12", "info_provided", "requires_revision", (), TEXT, ASK),
    _provider("P13", "info_provided", "cancelled", (), TEXT, CLOSE),
    _provider("P14", "counter", "offered", (), ("text", "terms"), REOFFER),
    _provider("P15", "counter", "needs_info", (), TEXT, ASK),
    _provider("P16", "counter", "partial_granted", ("grant below",), ("granted",), GRANT),
    _provider("P17", "counter", "approved_confirmed", ("G2",), (), CONFIRM),
    _provider("P18", "counter", "requires_revision", (), TEXT, ASK),
    _provider("P19", "counter", "cancelled", (), TEXT, CLOSE),
    _provider("P20", "approved", "needs_info", (), TEXT, ASK),
    _provider("P21", "approved", "partial_granted", ("grant below",), ("granted",), GRANT),
    _provider("P22", "approved", "approved_confirmed", ("consent", "verified", "G2"), (), CONFIRM),
    _provider("P23", "approved", "requires_revision", (), TEXT, ASK),
    _provider("P24", "approved", "cancelled", (), TEXT, CLOSE),
    _provider("P25", "pre_claimed", "needs_info", (), TEXT, ASK),
    _provider("P26", "pre_claimed", "partial_granted", ("grant below",), ("granted",), GRANT),
    _provider(
        "P27", "pre_claimed", "approved_confirmed", ("consent", "verified", "G2"), (), CONFIRM
    ),
    _provider("P28", "pre_claimed", "requires_revision", (), TEXT, ASK),
    _provider("P29", "pre_claimed", "cancelled", (), TEXT, CLOSE),
    _provider("P30", "partial_granted", "cancelled", (), TEXT, CLOSE),
    Transition(
        "P31",
        "requires_revision",
        "offered",
        P,
        after=R,
        needs=("text", "terms?"),
        effects=REOFFER,
    ),
    _provider("P32", "requires_revision", "cancelled", (), TEXT, CLOSE),
    _provider("P33", "approved_confirmed", "completed", ("settled",), (), COMPLETE),
    _provider(
        "P34",
        "approved_confirmed",
        "cancelled",
        ("no success",),
        TEXT,
        ("distributions failed", *CLOSE),
    ),
    _provider("P35", "claimed", "completed", ("settled",), (), COMPLETE),
    _provider(
        "P36",
        "completed",
        "acknowledged",
        ("acknowledgement submitted",),
        (),
        ("acknowledgement published",),
    ),
    _provider(
        "P37",
        "expired",
        "offered",
        ("program active", "expiry ahead"),
        ("expiry", "terms?"),
        ("offered", "terms tabled", "consent cleared", "claim token or slug", "E01"),
    ),
    _provider(
        "P38",
        "no_response",
        "offered",
        ("program active", "expiry ahead"),
        ("expiry", "text", "terms?"),
        ("offered", "terms tabled", "consent cleared", "claim token or slug", "E01"),
    ),
)

AGREE = ("consent set",)
PROPOSE = ("recipient bound", "terms tabled", "consent set")
SPEAK = ("recipient bound",)
RECIPIENT = (
    _recipient(
        "R01",
        "offered",
        "approved",
        guards=("not expired", "accepts as approved", "G1"),
        effects=AGREE,
    ),
    _recipient(
        "R02",
        "offered",
        "pre_claimed",
        guards=("verified", "not expired", "accepts as pre-claimed", "G1"),
        effects=("recipient bound", "consent set", "E03"),
    ),
    _recipient(
        "R03",
        "offered",
        "counter",
        guards=("verified", "not expired", "counter differs"),
        needs=("counter", "text"),
        effects=PROPOSE,
    ),
    _recipient(
        "R04",
        "offered",
        "needs_info",
        guards=("verified", "not expired"),
        needs=TEXT,
        effects=SPEAK,
    ),
    _recipient(
        "R05",
        "offered",
        "requires_revision",
        guards=("verified", "not expired"),
        needs=TEXT,
        effects=SPEAK,
    ),
    _recipient(
        "R06",
        "offered",
        "rejected",
        guards=("addressed", "not expired"),
        effects=("tokens read only",),
    ),
    Transition(
        "R07",
        "needs_info",
        "info_provided",
        R,
        after=P,
        needs=TEXT,
        effects=("response clock stops", "E04"),
    ),
    _recipient("R08", "needs_info", "rejected"),
    Transition("R09", "needs_info", "approved", R, after=R, effects=("consent set", "E04")),
    _recipient("R10", "info_provided", "rejected"),
    _recipient("R11", "counter", "rejected"),
    _recipient("R12", "approved", "rejected"),
    _recipient("R13", "pre_claimed", "rejected"),
    _recipient("R14", "partial_granted", "approved", effects=AGREE),
    _recipient(
        "R15",
        "partial_granted",
        "counter",
        guards=("counter above grant",),
        needs=("counter", "text"),
        effects=("terms tabled", "consent set"),
    ),
    _recipient("R16", "partial_granted", "needs_info", needs=TEXT),
    _recipient("R17", "partial_granted", "rejected"),
    Transition(
        "R18",
        "requires_revision",
        "counter",
        R,
        after=P,
        guards=("counter positive",),
        needs=("counter", "text"),
        effects=("terms tabled", "consent set", "E04"),
    ),
    Transition(
        "R19", "requires_revision", "info_provided", R, after=P, needs=TEXT, effects=("E04",)
    ),
    Transition("R20", "requires_revision", "approved", R, after=P, effects=("consent set", "E04")),
    _recipient("R21", "requires_revision", "rejected"),
    Transition("R22", "requires_revision", "approved", R, after=R, effects=("consent set", "E04")),
    _recipient(
        "R23",
        "approved_confirmed",
        "claimed",
        guards=("every member claimed",),
        effects=("claimed",),
    ),
    _recipient(
        "R24",
        "approved_confirmed",
        "rejected",
        guards=("no success",),
        effects=("distributions failed",),
    ),
)

SYSTEM = (
    Transition("S01", "offered", "expired", S, guards=("past expiry",), effects=("E10",)),
    Transition(
        "S02", "needs_info", "no_response", S, after=P, guards=("window passed",), effects=("E11",)
    ),
    Transition(
        "S03", "partial_granted", "no_response", S, guards=("window passed",), effects=("E11",)
    ),
    Transition(
        "S04",
        "requires_revision",
        "no_response",
        S,
        after=P,
        guards=("window passed",),
        effects=("E11",),
    ),
)

OFFER = Machine("incentive offer", (*PROVIDER, *RECIPIENT, *SYSTEM))
