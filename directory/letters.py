"""E-mails of the apps above, told to the desk: when each is sent, to whom, and what it looks like.

The page that lists and previews all e-mails stands in an app that knows none of the others; whoever
sends an e-mail registers it here with data to show it by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMultiAlternatives

from core import mail
from core.models import Mail
from core.registry import Registry
from directory.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One e-mail: its code and template, in words when it goes to whom, and data to show it by.

    `link` is where a preview's button leads: an address that opens nothing. `names` are the parts of
    the context that say the business's name.
    """

    code: str
    template: str
    title: str
    when: str
    to: str
    link: str
    sample: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ("provider_name",)

    @property
    def key(self) -> str:
        """The letter's name in addresses: the template's own."""
        return self.template.rpartition("/")[2].replace("_", "-")


letters: Registry[Letter] = Registry("letters")


def all_letters() -> list[Letter]:
    """Return the letters of every app that registered one, by code."""
    return sorted(letters.values(), key=lambda letter: letter.code)


def letter_of(key: str) -> Letter | None:
    """Return the letter of that name, if there is one."""
    return letters.get(key)


def compose(letter: Letter, *, business: Organisation) -> EmailMultiAlternatives:
    """Write the letter in the business's name with sample data, never sent and not stored."""
    profile = getattr(business, "provider_profile", None)
    draft = Mail(
        kind=letter.code,
        to="recipient@example.com",
        template=letter.template,
        context={**letter.sample, **dict.fromkeys(letter.names, business.name)},
        link=letter.link,
        from_name=mail.one_line(business.name),
        reply_to=profile.email if profile else "",
    )
    return mail.render(draft)
