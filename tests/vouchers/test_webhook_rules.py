"""Signing, retrying and judging addresses, without a network (vouchers.md 6.4)."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from vouchers.webhook_rules import (
    PAUSES,
    BadAddress,
    is_public,
    pause_after,
    target_of,
    wish_of,
)

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_tries_spread_over_three_days_and_a_bit() -> None:
    pauses = [pause_after(tries, chance=0.5) for tries in range(len(PAUSES))]
    assert pauses == list(PAUSES)
    total = sum(PAUSES, timedelta(0))
    assert total == timedelta(hours=75, minutes=35, seconds=5)
    assert pause_after(10, chance=0.5) is None


@pytest.mark.parametrize(("chance", "seconds"), [(0, 240), (0.5, 300), (1, 360)])
def test_jitter_is_a_fifth_to_both_sides(chance: float, seconds: int) -> None:
    assert pause_after(2, chance=chance) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("word", "wish"),
    [
        ("120", timedelta(seconds=120)),
        ("Wed, 04 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Wed, 04 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("999999999999", timedelta(hours=24)),
        ("soon", timedelta(0)),
        ("Wed, 04 Mar 2026 12:05:00 -0000", timedelta(0)),
        ("", timedelta(0)),
        ("²", timedelta(0)),
    ],
)
def test_retry_after_is_understood_in_both_forms_and_never_beyond_a_day(
    word: str, wish: timedelta
) -> None:
    assert wish_of(word, at=NOON) == wish


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https:///nowhere",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com\\@10.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://höoks.example.com/",
        "hooks.example.com",
        "",
    ],
)
def test_addresses_that_are_never_called(url: str) -> None:
    with pytest.raises(BadAddress):
        target_of(url)


def test_an_address_is_taken_apart() -> None:
    found = target_of("https://hooks.example.com:8443/in?shop=7")
    assert (found.host, found.port, found.path) == ("hooks.example.com", 8443, "/in?shop=7")
    assert target_of("https://hooks.example.com").port == 443


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "::127.0.0.1", "2001:db8::1", "fec0::1", "5f00::1", "4000::1",
    ],
)  # fmt: skip
def test_no_address_of_the_inside_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111"])
def test_addresses_of_the_open_network_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
