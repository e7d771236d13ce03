"""Wallet codes: 16 digits, the first a 9, the last a Luhn check digit (wallet.md 2.4).

No payment card begins with 9, and one mistyped digit is told without a look-up. The number of a spend
token has the same shape and begins with an 8.
"""

from __future__ import annotations

import secrets

LENGTH = 16
WALLET, TOKEN = "9", "8"


def check_digit(digits: str) -> str:
    """Return the Luhn digit that completes the digits."""
    doubled = (int(digit) * (2 - i % 2) for i, digit in enumerate(reversed(digits)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def is_valid(code: str) -> bool:
    """Tell whether the text has the shape of a wallet code and its check digit is right."""
    return code[:1] == WALLET and is_number(code)


def is_number(code: str) -> bool:
    """Tell whether the text is 16 digits of which the last is the right check digit."""
    return (
        len(code) == LENGTH
        and code.isascii()
        and code.isdigit()
        and check_digit(code[:-1]) == code[-1]
    )


def draw(first: str = WALLET) -> str:
    """Return a new random code; uniqueness is left to the database."""
    body = f"{first}{secrets.randbelow(10**14):014d}"
    return body + check_digit(body)
