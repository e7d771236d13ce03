"""What staff do with a voucher: give one by hand, send it again, take it back (vouchers.md 5.2, 5.8)."""

from __future__ import annotations

from typing import Any

from django import forms

from core.bulk import BatchForm
from core.errors import DomainError
from core.forms import OnceForm
from directory.models import Contact, Organisation
from vouchers.models import Issuance
from vouchers.recipients import Recipient
from vouchers.selectors.recipients import recipient_for

LONGEST_REASON = 300


class GiveForm(OnceForm):
    """To whom a code is given by hand, and why."""

    mark_optional = False
    who = forms.CharField(
        label="To whom",
        max_length=254,
        help_text="The e-mail address, the phone number with its country code, or a contact's code.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Kept with the code: “Sorry for the late delivery of order 1042”.",
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        self.recipient: Recipient | None = None

    def clean_who(self) -> str:
        """Find the recipient: a contact by code, address or number, else the address or number."""
        text = str(self.cleaned_data["who"]).strip()
        contact = Contact.objects.filter(business=self.business, code__iexact=text).first()
        try:
            self.recipient = recipient_for(
                business=self.business,
                contact=contact,
                email=text if contact is None and "@" in text else "",
                phone=text if contact is None and "@" not in text else "",
            )
        except DomainError as error:
            raise forms.ValidationError(error.message) from error
        return text


class ResendForm(OnceForm):
    """Where the same code is sent once more."""

    mark_optional = False
    email = forms.EmailField(
        label="Send it to",
        max_length=254,
        help_text="Correct the address here if the mail bounced. The code stays the same.",
    )


class RevokeForm(forms.Form):
    """Why a voucher is taken back, and whether its recipient may have another."""

    reason = forms.CharField(label="Why", max_length=LONGEST_REASON)
    may_receive_another = forms.BooleanField(
        label="May receive another",
        required=False,
        help_text="Otherwise the voucher still counts against what the recipient may have.",
    )


class RevealForm(forms.Form):
    """Why somebody of the desk wants to read a whole code."""

    reason = forms.CharField(
        label="Why do you need to see it?",
        max_length=200,
        help_text="Written down with your name and the time. At most 50 codes in an hour.",
    )


class ResendBatch(BatchForm):
    """The ticked vouchers of a page, to be sent again as they are."""

    row_form = forms.Form
    submit_label = "Re-send selected"

    def initial(self, record: Issuance) -> dict[str, Any]:
        return {}

    def may_edit(self, record: Issuance) -> bool:
        return self.editable and record.status == "issued" and bool(record.email)

    def label_of(self, record: Issuance) -> str:
        return record.email or record.recipient_key
