from __future__ import annotations

import json
import logging

import pytest
import structlog

from core.logs import logging_config, redact, redact_text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET /incentive-offers/claim?token=abcDEF-123_x&tab=2", "abcDEF-123_x"),
        ("GET /incentive-offers/link/Zx81kQ0a7bC4d2E6f8G0hw", "Zx81kQ0a7bC4d2E6f8G0hw"),
        ("GET /incentive-offers/template/Zx81kQ0a7bC4d2E6f8G0hw", "Zx81kQ0a7bC4d2E6f8G0hw"),
        ("GET /embed/acknowledgement/Zx81kQ0a7bC4d2E6f8G0hw", "Zx81kQ0a7bC4d2E6f8G0hw"),
        ("mail to noor.haddad+x@home.example refused", "noor.haddad"),
        ("Authorization: Bearer lg_live_abc.def", "lg_live_abc"),
        ("{'token': 'abcdef', 'page': 2}", "abcdef"),
        ('{"access_token": "abcdef"}', "abcdef"),
        ("next=/claim%3Ftoken%3Dabcdef", "abcdef"),
        ("?next=/a%3Fq%3Dnoor%40home.example", "home.example"),
        ("password=hunter22", "hunter22"),
        ("csrfmiddlewaretoken=abcdef", "abcdef"),
        ("Cookie: sessionid=abcdef", "abcdef"),
    ],
)
def test_secrets_and_addresses_never_reach_a_log(text: str, hidden: str) -> None:
    assert hidden not in redact_text(text)


@pytest.mark.parametrize("text", ["offer 42 expired", "status=200 took=12ms", "monkey: banana"])
def test_plain_words_stay_readable(text: str) -> None:
    assert redact_text(text) == text


def test_every_value_of_an_entry_is_redacted_whatever_its_type() -> None:
    entry = {
        "event": "refused",
        "who": ["noor@home.example"],
        "token": "abcdef",
        "api_key": "abcdef",
        "error": ValueError("for noor@home.example"),
        "count": 3,
        "ratio": 0.5,
        "nothing": None,
    }
    redacted = redact(None, "info", dict(entry))
    assert "noor" not in str(redacted)
    assert "abcdef" not in str(redacted)
    assert (redacted["count"], redacted["ratio"], redacted["nothing"]) == (3, 0.5, None)
    assert redacted["event"] == "refused"


def test_a_log_line_is_json_without_the_secret_even_in_a_traceback() -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        **{
            key: value
            for key, value in logging_config(level="INFO", human=False)["formatters"][
                "structured"
            ].items()
            if key != "()"
        }
    )
    try:
        raise RuntimeError("claim?token=abcdef of noor@home.example")
    except RuntimeError as error:
        record = logging.LogRecord(
            "a", logging.ERROR, __file__, 1, "failed for %s", ("noor@home.example",), None
        )
        record.exc_info = (RuntimeError, error, error.__traceback__)
    line = formatter.format(record)
    assert "abcdef" not in line
    assert "noor" not in line
    assert json.loads(line)["event"] == "failed for [address]"
