"""The table of all e-mails: what each is called, when it is sent and to whom (incentives.md 5.6).

Staff read it and look at a preview of each; a test asserts that every template stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Audience = Literal["recipient", "provider", "both"]
AUDIENCES: dict[str, str] = {
    "recipient": "The recipient",
    "provider": "Your team",
    "both": "The recipient and your team",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail: the code of its event, its template, and in words when it goes to whom."""

    code: str
    template: str
    title: str
    when: str
    to: str
    audience: Audience = "recipient"

    @property
    def key(self) -> str:
        """The letter's name in addresses: the template's own."""
        return self.template.rpartition("/")[2].replace("_", "-")


US = "Whoever made the offer, or your admins, and the notification address"
RECIPIENT = "The recipient"

OFFER_LETTERS = (
    Letter(
        "E01",
        "e01_offer",
        "Your offer",
        "You send an offer by e-mail, send it again, or offer it anew",
        RECIPIENT,
    ),
    Letter(
        "E01",
        "e01_group",
        "Your offer to a group",
        "You send a group offer by e-mail, or invite a member again",
        "Each invited member",
    ),
    Letter(
        "E02",
        "e02_verify",
        "Confirm your address",
        "Somebody asks for an offer by a shared link",
        "The address that was typed; the link works for 24 hours",
    ),
    Letter(
        "E03",
        "e03_access",
        "Your link to the offer",
        "Somebody confirmed their address and so claimed a shared link",
        RECIPIENT,
    ),
    Letter(
        "E03",
        "e03_group",
        "Your link to the group",
        "Somebody confirmed their address and so joined a group",
        "The new member",
    ),
    Letter(
        "E04",
        "e04_recipient_acted",
        "The recipient answered",
        "A recipient accepts, counters, asks, declines, or writes a message",
        US,
        "provider",
    ),
    Letter(
        "E05",
        "e05_provider_acted",
        "The provider answered",
        "You write a message or change the status",
        "The recipient; of a group its lead",
    ),
    Letter(
        "E06",
        "e06_confirmed",
        "Confirmed: claim your incentive",
        "You set the offer to Approved Confirmed",
        "The recipient; of a group each active member",
    ),
    Letter(
        "E07",
        "e07_success",
        "Your incentive was delivered",
        "You record a distribution as a success",
        "That recipient; what you wrote as description goes along, so a code can be handed over",
    ),
    Letter(
        "E08",
        "e08_acknowledge",
        "Please confirm that it arrived",
        "You set the offer to Completed, or ask for an acknowledgement",
        "Each recipient whose distribution is a success; the link works for 7 days",
    ),
    Letter(
        "E08",
        "e08_address",
        "Confirm your address to acknowledge",
        "Somebody wants to confirm receipt by a shared link",
        "The address that was typed; its link works once",
    ),
    Letter(
        "E09",
        "e09_reminder",
        "Two days are left",
        "48 hours before the end of an offer that nobody has answered, once",
        "The recipient; of a group who was invited",
    ),
    Letter(
        "E10",
        "e10_expired",
        "Offers expired",
        "Offers reach their end without an answer; one e-mail lists them all",
        US,
        "provider",
    ),
    Letter(
        "E11",
        "e11_no_response",
        "No answer came",
        "Your response window passes while you wait for the recipient",
        US,
        "provider",
    ),
    Letter(
        "E12",
        "e12_group_full",
        "All places are taken",
        "The last place of a group is taken",
        "The lead of the group, and your team",
        "both",
    ),
    Letter(
        "E13",
        "e13_cancelled",
        "The offer was withdrawn",
        "You cancel an offer",
        "Whoever was addressed or has claimed it; of a group all members",
    ),
    Letter(
        "E14",
        "e14_acknowledged",
        "Receipt was confirmed",
        "A recipient confirms receipt in words",
        US,
        "provider",
    ),
    Letter(
        "E15",
        "e15_template_used_up",
        "A link template is used up",
        "A link template makes the last offer that its maximum allows",
        "Your team",
        "provider",
    ),
    Letter(
        "New link",
        "new_link_wanted",
        "A new link is wanted",
        "Somebody opens an expired link and asks for a new one, at most once a day",
        US,
        "provider",
    ),
    Letter(
        "Group",
        "group_lead",
        "You lead the group now",
        "The lead leaves, or you make another member the lead",
        "The new lead",
    ),
    Letter(
        "Group",
        "group_removed",
        "You were taken out of the group",
        "You remove a member",
        "That member",
    ),
)
REQUEST_LETTERS = (
    Letter(
        "Q01",
        "requests/q01_verify",
        "Confirm your address",
        "Somebody makes a request with an address that is not confirmed yet",
        "The address that was typed; the link works for 24 hours",
    ),
    Letter(
        "Q02",
        "requests/q02_access",
        "Your link to your requests",
        "Somebody confirmed their address, or asks for the link again",
        "Whoever made the request",
    ),
    Letter(
        "Q03",
        "requests/q03_provider_acted",
        "The provider answered",
        "You write a message or change the status of a request",
        "Whoever made the request",
    ),
    Letter(
        "Q04",
        "requests/q04_recipient_acted",
        "A request arrived, or moved on",
        "Somebody sends a request, answers, or writes a message",
        "Your admins and the notification address",
        "provider",
    ),
    Letter(
        "Q05",
        "requests/q05_confirmed",
        "Your request is confirmed",
        "You set the request to Approved Confirmed",
        "Whoever made the request; of a group each member",
    ),
    Letter(
        "Q06",
        "requests/q06_join",
        "Confirm that you join",
        "Somebody wishes to join the group of a request",
        "The address that was typed; the link works for 24 hours",
    ),
    Letter(
        "Q07",
        "requests/q07_joined",
        "Your link to the group",
        "Somebody confirmed their address and so joined the group of a request",
        "The new member",
    ),
    Letter(
        "E07",
        "requests/q08_delivered",
        "What you asked for was delivered",
        "You record a distribution of a request as a success",
        "That recipient",
    ),
)
LETTERS = (*OFFER_LETTERS, *REQUEST_LETTERS)
TITLES = {letter.code: letter.title for letter in reversed(LETTERS)}


def letter_of(key: str) -> Letter | None:
    """Return the letter of that name, if there is one."""
    return next((letter for letter in LETTERS if letter.key == key), None)
