"""Structured logs with request ids; tokens and personal addresses never reach them."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

ADDRESS = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]+")
HUSHED = (
    r"(?:[\w-]*[_-])?(?:token|key|secret|password|authorization|nonce|cookie|sessionid)"
    r"|csrf(?:middleware)?token"
)
# token=…, token%3D…, "token": "…", Authorization: Bearer …
SECRET = re.compile(
    rf"(?i)(?:\b|(?<=%3F)|(?<=%26))({HUSHED})(['\"]?\s*(?:=|:|%3D)\s*['\"]?)((?:bearer|basic)\s+)?[^\s&'\",}}]+"
)
SECRET_KEY = re.compile(rf"(?i)(?:{HUSHED})")
# The path of a page that is opened by its secret: /…/link/<slug>, /…/template/<slug>, /embed/…/<key>.
SECRET_PATH = re.compile(
    r"(/(?:link|template|embed/\w+|i|v|v/reveal|my/vouchers|confirm-email|reset/key)/)[\w:-]{12,}"
)


def redact_text(text: str) -> str:
    """Replace e-mail addresses, tokens and secret path parts by a placeholder."""
    text = ADDRESS.sub("[address]", text)
    text = SECRET.sub(r"\1\2\3[redacted]", text)
    return SECRET_PATH.sub(r"\1[redacted]", text)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redact every text of one log entry; what is named like a secret is left out altogether."""
    for key, value in event.items():
        if isinstance(value, int | float | bool | None):
            continue
        event[key] = "[redacted]" if SECRET_KEY.fullmatch(key) else redact_text(str(value))
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def setup() -> None:
    """Configure structlog once for the process; the formatter of `logging_config` renders."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(*, level: str, human: bool) -> dict[str, Any]:
    """Return Django's LOGGING: one stream, redacted last so that nothing slips past."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if human
        else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    redact,
                    renderer,
                ],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {"django.server": {"handlers": ["stream"], "propagate": False}},
    }
