"""Signing, retrying and judging addresses of webhooks: pure decisions (vouchers.md 6.4).

The convention is Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, written as
`v1,<base64>`, one for each secret that is in force, separated by blanks.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

PREFIX = "whsec_"
LARGEST_BODY = 20_000
TIMEOUT = 15.0
LARGEST_ANSWER = 2_048
ROTATION = timedelta(hours=24)
GIVE_UPS = 3
# How long after the try before; the first goes out at once. About 75 and a half hours in all.
PAUSES = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2
# Receivers that say so, or say nothing at all, are left alone by all of their messages for a while.
SLOW_DOWN = frozenset({429, 502, 504})
SLOW_PAUSE = timedelta(minutes=1)
LONGEST_WISH = timedelta(hours=24)
GONE = 410

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# All that IPv6 has given out to be reached; site-local addresses, for one, lie outside of it.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Networks that wrap an address of IPv4, which could be a private one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class BadAddress(ValueError):
    """Nothing is sent there; the text says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: where to connect and what to ask for."""

    is_tls: bool
    host: str
    port: int
    path: str


def told_secret(secret: bytes) -> str:
    """Return the secret as receivers keep it."""
    return PREFIX + base64.b64encode(secret).decode()


def signatures(*, secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature` over exactly these bytes."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
        for secret in secrets
    )


def pause_after(tries: int, *, chance: float) -> timedelta | None:
    """Return how long to wait after that many tries, None if that was the last.

    `chance` from 0 to 1 spreads the pauses by a fifth to both sides, so that receivers who were
    away are not met by everybody at once.
    """
    if tries >= len(PAUSES):
        return None
    return PAUSES[tries] * (1 + JITTER * (2 * chance - 1))


def wish_of(retry_after: str, *, at: datetime) -> timedelta:
    """Return how long the receiver wants to be left alone (`Retry-After`), at most a day."""
    word = retry_after.strip()
    if word.isascii() and word.isdigit():
        return min(timedelta(seconds=int(word[:9])), LONGEST_WISH)
    try:
        until = parsedate_to_datetime(word)
        wish = until - at
    except (TypeError, ValueError):
        return timedelta(0)
    return min(max(wish, timedelta(0)), LONGEST_WISH)


def target_of(url: str, *, may_be_plain: bool = False) -> Target:
    """Return where the address leads; raises `BadAddress` for one that nothing is sent to.

    https only, no name or password in it, no fragment. `may_be_plain` allows http, for tests.
    """
    if not url.isascii() or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise BadAddress("Write the address in plain letters, without blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("This is not an address.") from error
    if parts.scheme != "https" and not (may_be_plain and parts.scheme == "http"):
        raise BadAddress("The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("The address must not hold a name or a password.")
    if not parts.hostname or parts.fragment or "\\" in url:
        raise BadAddress("This is not an address that can be called.")
    is_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_tls, parts.hostname, port or (443 if is_tls else 80), path)


def is_public(address: Address) -> bool:
    """Return whether the address is one of the open network.

    Private, loopback, link-local, multicast, reserved and unspecified ones are not, nor are addresses
    of IPv6 that stand for such a one of IPv4.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
