"""What browser tests share: signing in, the accessibility check, the watch over console messages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page

from directory.models import User

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe-core" / "4.14.0" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page of the desk is a part of the whole; these best practices are about whole documents.
WAIVED = {"region"}
AT_REST = """() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')
  && document.getAnimations().every(animation => animation.playState !== 'running'
    || animation.effect.getComputedTiming().iterations === Infinity)"""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}

_heard: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


def listen(page: Page) -> None:
    """Keep every error that the page writes to the console or throws."""
    heard: list[str] = []
    _heard[page] = heard

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))


def login(page: Page, user: User) -> None:
    """Sign the user in by the session's cookie, without the sign-in page."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": _origin(page),
            }
        ]
    )


def choose_look(page: Page, look: str) -> None:
    """Choose the `light` or `dark` look for the pages opened from now on."""
    page.context.add_cookies([{"name": "theme", "value": look, "url": _origin(page)}])


def _origin(page: Page) -> str:
    base = page.context._impl_obj._options.get("baseURL", "")  # type: ignore[attr-defined]
    assert base, "The page's context has no base address."
    return str(base)


def settle(page: Page) -> None:
    """Wait until the page is whole: loaded, nothing being fetched into it, nothing half faded.

    A click returns before the next page is there. Raises when the page never comes to rest.
    """
    for _ in range(400):
        page.wait_for_load_state("load")
        if page.evaluate(AT_REST):
            return
        page.wait_for_timeout(25)
    raise AssertionError("The page did not come to rest.")


def axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the page: rule, target and its summary, one line each."""
    settle(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules},"
        " resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["id"] not in WAIVED
        for node in violation["nodes"]
    ]


def no_overflow(page: Page) -> bool:
    """Tell whether nothing makes the page wider than its window."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def no_csp_messages(page: Page) -> list[str]:
    """Return the console's complaints about the content security policy; there should be none."""
    return [text for text in _heard[page] if "Content Security Policy" in text]


def console_errors(page: Page) -> list[str]:
    """Return every error that the page wrote to the console, but for what is no fault of the page.

    No fault are refused forms (409, 422), and requests that htmx gave up because somebody went on
    to another page or a newer request took their place: it reports the pair of an ended and an
    aborted request as errors. A request that failed (`htmx:sendError`) stays one.
    """
    heard = [
        text
        for text in _heard[page]
        if not ("Failed to load resource" in text and ("422" in text or "409" in text))
    ]
    given_up = {
        place
        for place, text in enumerate(heard)
        if text.startswith("htmx:sendAbort")
        or (
            text.startswith("htmx:afterRequest")
            and heard[place + 1 : place + 2]
            and heard[place + 1].startswith("htmx:sendAbort")
        )
    }
    return [text for place, text in enumerate(heard) if place not in given_up]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder that `PICTURES` names, where somebody asked to look."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faults_on(page: Page, paths: Mapping[str, str]) -> list[str]:
    """Open each page wide and light, then narrow and dark, and return what is wrong, a line each.

    Wrong is what axe-core finds, what is wider than the window, and a step of a tour that points at
    nothing on any of the pages that offer it.
    """
    found = []
    steps: dict[str, bool] = {}
    for size, look in ((DESK, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        choose_look(page, look)
        for name, path in paths.items():
            page.goto(path)
            picture(page, f"{name}-{size['width']}-{look}")
            found += [f"{name} {look}: {line}" for line in axe(page)]
            found += [] if no_overflow(page) else [f"{name} is too wide at {size['width']}"]
            for step, is_there in tour_steps(page).items():
                steps[step] = is_there or steps.get(step, False)
    return found + [f"no page has {step}" for step, is_there in steps.items() if not is_there]


def tour_steps(page: Page) -> dict[str, bool]:
    """Return each step of the page's tour (its key and target), and whether it is on the page."""
    steps: dict[str, bool] = page.evaluate(
        """() => {
          const tour = JSON.parse(document.getElementById('tour-data')?.textContent || 'null');
          return Object.fromEntries((tour?.steps || []).map(
            step => [`${tour.key} ${step.target}`, !!document.querySelector(step.target)]));
        }"""
    )
    return steps
