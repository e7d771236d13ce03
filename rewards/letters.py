"""The e-mails of rewards as the desk lists and previews them (rewards.md 2.3, 11.6)."""

from __future__ import annotations

from directory.letters import Letter, letters

ALL = (
    Letter(
        code="R01",
        template="rewards/join_scheme",
        title="Join a scheme",
        when="A contact asks to join a scheme that opens to e-mail addresses of certain domains",
        to="The address that was typed; the link works once, for 24 hours",
        link="/me/schemes/join?token=a-link-of-a-preview-opens-nothing",
        sample={"scheme": "Colleagues", "name": "Noor"},
        names=("business", "provider_name"),
    ),
    Letter(
        code="R02",
        template="rewards/referral_invitation",
        title="A friend recommends you",
        when="A contact recommends you to friends",
        to="Each address that was named, once from each friend",
        link="",
        sample={"referrer": "Noor", "code": "NOOR-7H2K", "website": ""},
        names=("organisation", "provider_name"),
    ),
)


def register() -> None:
    """Tell the desk of every e-mail that rewards writes."""
    for letter in ALL:
        letters.register(letter.key, letter)
