"""The other end of a webhook: a receiver that verifies by itself, and a server that answers as told.

`verify` knows the convention of Standard Webhooks and nothing of our code.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 5 * 60


class NotVerified(Exception):
    """The receiver does not believe the message."""


def verify(*, secret: str, headers: Mapping[str, str], body: bytes, now: int) -> None:
    """Believe the message or raise `NotVerified`, as any receiver of the convention does."""
    given = {name.lower(): value for name, value in headers.items()}
    identity, moment = given["webhook-id"], given["webhook-timestamp"]
    if abs(now - int(moment)) > TOLERANCE:
        raise NotVerified("too old")
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert 24 <= len(key) <= 64
    signed = b".".join([identity.encode(), moment.encode(), body])
    mac = hmac.new(key, signed, hashlib.sha256).digest()
    expected = base64.b64encode(mac).decode()
    for one in given["webhook-signature"].split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature, expected):
            return
    raise NotVerified("no signature fits")


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What a running server was sent, and what it answers: the last answer repeats."""

    url: str
    answers: list[tuple[int, Mapping[str, str], str]]
    requests: list[Received] = field(default_factory=list)


def at_once(_made: Receiver) -> None:
    """Answer without waiting for anything."""


@contextlib.contextmanager
def receiver(
    *answers: tuple[int, Mapping[str, str], str] | int,
    before: Callable[[Receiver], object] = at_once,
) -> Iterator[Receiver]:
    """Run a server on this machine that answers in this order, each time after `before`."""
    plan = [one if isinstance(one, tuple) else (one, {}, "") for one in answers or (200,)]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.requests.append(Received(self.path, dict(self.headers), body))
            before(made)
            status, headers, text = plan.pop(0) if len(plan) > 1 else plan[0]
            # Whoever called may have given up meanwhile.
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        do_GET = do_POST  # noqa: N815 - the name that the server calls

        def log_message(self, *words: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(url=f"http://127.0.0.1:{server.server_port}/hook", answers=plan)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def statuses(answers: Sequence[Received]) -> list[str]:
    """Return the ids under which the requests came."""
    return [one.headers["webhook-id"] for one in answers]
