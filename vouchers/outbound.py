"""Calling addresses that strangers chose: resolve, judge every answer, connect to what was judged.

The name is resolved once for each call and the connection goes to the judged address itself, so that
a name which changes between look-up and call leads nowhere. Nothing is followed, no proxy is used, and
the whole call ends after 15 seconds however slowly the other side talks.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from vouchers.webhook_rules import (
    LARGEST_ANSWER,
    TIMEOUT,
    BadAddress,
    Target,
    is_public,
    target_of,
)

REFUSED = "The name leads to a private, loopback or link-local address; nothing is sent there."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or an error in words; the first 2 kB; how long it took."""

    status: int | None = None
    text: str = ""
    error: str = ""
    retry_after: str = ""
    took_ms: int = 0


def check(url: str) -> str:
    """Return the network address that the URL leads to now; raises `BadAddress`.

    Every address that the name has must be public: with one private among them the name is refused.
    """
    return _resolved(target_of(url, may_be_plain=_loopback_allowed()))


def post(*, url: str, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> Answer:
    """Send the body and return what came back; whatever goes wrong is an answer with an error."""
    started = time.monotonic()
    try:
        target = target_of(url, may_be_plain=_loopback_allowed())
        answer = _call(_Pinned(target, _resolved(target), timeout), target, body, headers)
    except BadAddress as error:
        answer = Answer(error=str(error))
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = time.monotonic() - started >= timeout
        answer = Answer(error=_words(error, timeout, is_late=is_late))
    return replace(answer, took_ms=int((time.monotonic() - started) * 1000))


class _Pinned(http.client.HTTPConnection):
    """A connection to one judged address, with the certificate checked for the name."""

    def __init__(self, target: Target, address: str, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.longest = timeout
        self._address = address
        self._is_tls = target.is_tls
        self.default_port = 443 if target.is_tls else 80

    def connect(self) -> None:
        """Connect to the address and not to the name."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _call(connection: _Pinned, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    # Time-outs of sockets count from byte to byte; the timer ends who sends one every ten seconds.
    timer = threading.Timer(connection.longest, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        text = response.read(LARGEST_ANSWER).decode(errors="replace").replace("\x00", "")
        return Answer(
            status=response.status,
            text=text,
            retry_after=response.headers.get("Retry-After", ""),
        )
    finally:
        timer.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            sock.close()


def _resolved(target: Target) -> str:
    """Return the first of the name's addresses after all were judged."""
    try:
        rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"The name {target.host} cannot be resolved.") from error
    addresses = [str(row[4][0]).partition("%")[0] for row in rows]
    if not addresses:
        raise BadAddress(f"The name {target.host} cannot be resolved.")
    for word in addresses:
        address = ipaddress.ip_address(word)
        if not is_public(address) and not (address.is_loopback and _loopback_allowed()):
            raise BadAddress(REFUSED)
    return addresses[0]


def _loopback_allowed() -> bool:
    """Whether this machine itself may be called; settings refuse it outside of development."""
    return bool(settings.WEBHOOKS_ALLOW_LOOPBACK)


def _words(error: Exception, timeout: float, *, is_late: bool) -> str:
    # Cut by the timer, a connection fails in one of several ways.
    if is_late or isinstance(error, TimeoutError):
        return f"No answer within {timeout:g} seconds."
    return f"{type(error).__name__}: {error}"[:300]
