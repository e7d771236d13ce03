"""The wallet's e-mails as the desk lists and previews them (wallet.md 9.4)."""

from __future__ import annotations

from directory.letters import Letter, letters


def register() -> None:
    """Tell the desk of every e-mail that the wallet writes."""
    letter = Letter(
        code="W01",
        template="wallet/expiry_warning",
        title="Your rewards lapse soon",
        when="Commerce money lapses within 30 days, and once more within 7 days",
        to="The contact whose money it is, once for each lot and warning",
        link="/me/open?token=a-link-of-a-preview-opens-nothing",
        sample={
            "recipient_name": "Noor Haddad",
            "total": "€7.40",
            "first_day": "30 November 2026",
            "lines": [
                {"amount": "€4.90", "day": "30 November 2026"},
                {"amount": "€2.50", "day": "5 December 2026"},
            ],
        },
    )
    letters.register(letter.key, letter)
