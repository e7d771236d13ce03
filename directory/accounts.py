"""How django-allauth behaves in this house: names, mails, where people land."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.template.loader import render_to_string
from django.urls import reverse

from core.clock import now
from directory.services import account_mail

username_validators = [
    MinLengthValidator(3, "A username has at least 3 characters."),
    MaxLengthValidator(30, "A username has at most 30 characters."),
    RegexValidator(r"^[A-Za-z0-9_]+\Z", "Use letters, digits and underscores only."),
]

CONFIRMATIONS = {"account/email/email_confirmation", "account/email/email_confirmation_signup"}
RESET = "account/email/password_reset_key"


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails through our mail table."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails; see `services.account_mail` for how links stay secret."""
        at = now()
        if template_prefix in CONFIRMATIONS:
            address = EmailAddress.objects.select_related("user").get(
                user=context["user"], email__iexact=email
            )
            account_mail.confirm_address(address=address, at=at)
        elif template_prefix == RESET:
            account_mail.reset_password(user=context["user"], email=email, at=at)
        elif template_prefix == "account/email/account_already_exists":
            account_mail.notice(
                to=email,
                subject="You have an account already",
                lines=[
                    "Somebody, probably you, tried to register with this address.",
                    "It has an account already: sign in, or set a new password.",
                ],
                link=reverse("account_reset_password"),
                label="Set a new password",
                at=at,
            )
        elif template_prefix == "account/email/unknown_account":
            account_mail.notice(
                to=email,
                subject="No account with this address",
                lines=[
                    "Somebody, probably you, asked for a new password for this address.",
                    "There is no account with it. You may have registered with another one.",
                ],
                link=reverse("account_signup"),
                label="Register a business",
                at=at,
            )
        else:
            self._send_notice(template_prefix, email, context)

    def _send_notice(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue what allauth says about a change to the account; such texts hold no secrets."""
        shown = {"email": email, **context}
        subject = render_to_string(f"{template_prefix}_subject.txt", shown).strip()
        lines = [
            "This was changed in your account:",
            subject,
            "If it was not you, set a new password at once and check your two-step sign-in.",
        ]
        account_mail.notice(
            to=email,
            subject=subject,
            lines=lines,
            link=reverse("account_reset_password"),
            label="Set a new password",
            at=now(),
        )
