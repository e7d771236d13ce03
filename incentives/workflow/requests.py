"""The transition table of incentive requests (incentives.md 8.2), row by row.

A status change that is not listed here does not exist. Guards and needs are those of offers
(`incentives.guards`), effects are carried out by `services.request_effects`. What the recipient
wished for counts as agreed from the moment of sending, so a provider that approves it as it stands
need not ask again.
"""

from __future__ import annotations

from core.transitions import Machine, Transition

P, R = "provider", "recipient"

TEXT = ("text",)
SUBMIT = ("requested", "consent set", "mail to provider")
TELL = ("mail to recipient",)
PROPOSE = ("terms tabled", "consent cleared", "mail to recipient")
CONFIRM = ("terms confirmed", "distributions created", "group closed", "confirmed by mail")
WITHDRAWABLE = (
    "draft",
    "requested",
    "acknowledged",
    "under_review",
    "needs_info",
    "info_provided",
    "negotiating",
    "approved",
)


def _provider(
    code: str,
    source: str,
    target: str,
    *,
    guards: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    effects: tuple[str, ...] = TELL,
) -> Transition:
    return Transition(code, source, target, P, guards=guards, needs=needs, effects=effects)


def _recipient(
    code: str,
    source: str | None,
    target: str,
    *,
    after: str | None = None,
    guards: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    effects: tuple[str, ...] = ("mail to provider",),
) -> Transition:
    return Transition(
        code, source, target, R, after=after, guards=guards, needs=needs, effects=effects
    )


RECIPIENT = (
    _recipient("A01", None, "draft", effects=()),
    _recipient("A02", None, "requested", guards=("complete", "verified"), effects=SUBMIT),
    _recipient("A03", "draft", "requested", guards=("complete", "verified"), effects=SUBMIT),
    _recipient("A04", "needs_info", "info_provided", needs=TEXT),
    _recipient(
        "A05",
        "negotiating",
        "negotiating",
        guards=("counter differs",),
        needs=("counter", "text"),
        effects=("terms tabled", "consent set", "mail to provider"),
    ),
    _recipient(
        "A06",
        "negotiating",
        "approved",
        after=P,
        effects=("consent set", "mail to provider"),
    ),
    *(
        _recipient(
            f"A{number:02}",
            source,
            "cancelled",
            effects=() if source == "draft" else ("mail to provider",),
        )
        for number, source in enumerate(WITHDRAWABLE, start=7)
    ),
)

PROVIDER = (
    _provider("B01", "requested", "acknowledged"),
    _provider("B02", "requested", "under_review"),
    _provider("B03", "requested", "declined", needs=TEXT),
    _provider("B04", "acknowledged", "under_review"),
    _provider("B05", "acknowledged", "declined", needs=TEXT),
    _provider("B06", "under_review", "needs_info", needs=TEXT),
    _provider("B07", "under_review", "negotiating", needs=("text", "terms"), effects=PROPOSE),
    _provider("B08", "under_review", "approved", guards=("consent",)),
    _provider("B09", "under_review", "declined", needs=TEXT),
    _provider("B10", "info_provided", "under_review"),
    _provider("B11", "info_provided", "needs_info", needs=TEXT),
    _provider("B12", "info_provided", "approved", guards=("consent",)),
    _provider("B13", "info_provided", "declined", needs=TEXT),
    _provider("B14", "negotiating", "approved", guards=("consent",)),
    _provider("B15", "negotiating", "declined", needs=TEXT),
    _provider(
        "B16",
        "approved",
        "approved_confirmed",
        guards=("consent", "verified", "G2"),
        effects=CONFIRM,
    ),
    _provider("B17", "approved", "declined", needs=TEXT),
    _provider(
        "B18",
        "approved_confirmed",
        "completed",
        guards=("settled",),
        effects=("completed", "mail to recipient", "acknowledgements invited"),
    ),
)

REQUEST = Machine("incentive request", (*RECIPIENT, *PROVIDER))
