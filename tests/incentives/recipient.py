"""A recipient or visitor as tests drive them: they open pages, fill in forms, press buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import tokens
from core.models import Mail


@dataclass
class Form:
    """One form of a page: where it goes and what it would send untouched."""

    action: str
    data: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The forms, links, headings and visible text of an answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.headings: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self._in_form = False
        self._link = ""
        self.feed(response.content.decode())
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"a", "h1", "h2", "button", "script", "style"}:
            self._open.append(tag)
        if tag == "a":
            self._link = values.get("href", "")
        if tag in {"h1", "h2"}:
            self.headings.append("")
        if tag == "form":
            self._in_form = True
            self.forms.append(Form(values.get("action", "")))
        elif self._in_form and tag == "button":
            self.forms[-1].buttons.append("")
        elif self._in_form and tag in {"input", "textarea", "select"} and "name" in values:
            form = self.forms[-1]
            form.names.add(values["name"])
            if tag == "input" and values.get("type") not in {"checkbox", "radio", "file"}:
                form.data[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside in {"script", "style"}:
            return
        self.text += f" {data}"
        words = " ".join(data.split())
        if inside == "a" and words:
            self.links[words] = self._link
        elif inside in {"h1", "h2"}:
            self.headings[-1] = f"{self.headings[-1]} {words}".strip()
        elif inside == "button" and self._in_form and self.forms[-1].buttons:
            self.forms[-1].buttons[-1] = f"{self.forms[-1].buttons[-1]} {words}".strip()

    def form(self, part: str) -> Form:
        """Return the form whose address holds the part."""
        return next(form for form in self.forms if part in form.action)

    def answers(self) -> set[str]:
        """Return the labels of everything that can be pressed to answer."""
        pressed = {button for form in self.forms for button in form.buttons}
        return pressed | set(self.links)


class Person:
    """Somebody with a browser and no account."""

    def __init__(self) -> None:
        self.client = Client()

    def open(self, url_name: str, secret: str | None = None, *args: Any) -> HttpResponse:
        query = {} if secret is None else {"token": secret}
        return self.client.get(reverse(url_name, args=args), query)

    def page(self, url_name: str, secret: str | None = None, *args: Any) -> Page:
        return Page(self.open(url_name, secret, *args))

    def press(self, form: Form, **typed: Any) -> HttpResponse:
        """Send the form as it stands on the page, with what was typed."""
        return self.client.post(form.action, {**form.data, **typed})

    def answer(self, secret: str, slug: str, **typed: Any) -> HttpResponse:
        """Answer an offer from its page: one press, or the page of that answer filled in."""
        page = self.page("offer_claim", secret)
        if not any(f"/claim/{slug}?" in form.action for form in page.forms):
            page = self.page("offer_answer", secret, slug)
        return self.press(page.form(f"/claim/{slug}?"), **typed)


def mails(kind: str, to: str = "") -> list[Mail]:
    """Return the queued mails of a kind, oldest first."""
    rows = Mail.objects.filter(kind=kind).order_by("pk")
    return list(rows.filter(to=to) if to else rows)


def secret_in(mail: Mail) -> str:
    """Return the secret that the mail's link carries."""
    assert mail.token is not None
    return tokens.secret_of(mail.token)
