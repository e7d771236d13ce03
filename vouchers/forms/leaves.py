"""One leaf of a campaign's condition as a form: what its kind asks for, and whether it is turned round.

A leaf kind in the editor is a `LeafKind`, or for a property of the person "property:" and which one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from core.forms import MoneyField
from core.money import Money
from directory.choices import ContactState
from directory.forms.segments import CriterionForm, criterion_initial
from directory.models import Contact, Organisation, Segment
from directory.segments import kinds
from directory.selectors.segments import Rule
from events.choices import EventType
from events.models import Classification
from vouchers.choices import LeafKind
from vouchers.forms.leaf import LeafForm
from vouchers.forms.outside_leaves import OfferStatusLeaf, RewardEarnedLeaf
from vouchers.models import Campaign, CampaignLeaf, PeopleList, VoucherList
from vouchers.questions import outside
from vouchers.services.campaign_rules import LeafData

PROPERTY = "property:"
LANGUAGE, CUSTOM = "language", "custom"
LONGEST_DAYS = 3_650
MOST_COUNT = 1_000


class SegmentLeaf(LeafForm):
    title = "Segment"
    segment = forms.TypedChoiceField(label="They are in", coerce=int)

    def prepare(self) -> None:
        rows = Segment.objects.filter(business=self.business).order_by("name")
        self.choose("segment", list(rows.values_list("pk", "name")), "Choose a segment")

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        return {"segment": leaf.segment_id}

    def terms(self) -> LeafData:
        return self.made(LeafKind.SEGMENT, segment_id=self.cleaned_data["segment"])


class EventLeaf(LeafForm):
    title = "Something they did"
    type = forms.ChoiceField(label="What", choices=EventType.choices)
    classification_id = forms.TypedChoiceField(
        label="Classified as", coerce=int, required=False, empty_value=None
    )
    min_count = forms.IntegerField(
        label="At least so many times", min_value=1, max_value=MOST_COUNT, initial=1
    )
    max_count = forms.IntegerField(
        label="At most so many times", required=False, min_value=1, max_value=MOST_COUNT
    )
    days = forms.IntegerField(
        label="In the last days", min_value=1, max_value=LONGEST_DAYS, initial=30
    )

    def prepare(self) -> None:
        rows = Classification.objects.filter(business=self.business, deleted_at=None)
        named = [(one.pk, f"{one.type_label}: {one.name}") for one in rows.order_by("type", "name")]
        self.choose("classification_id", named, "Anything")
        self.fields["least"] = MoneyField(
            label="Each of at least", currencies=[self.business.base_currency], required=False,
            help_text="For purchases.",
        )  # fmt: skip

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        terms = leaf.terms
        least = terms.get("min_minor")
        names = ("type", "classification_id", "days", "min_count", "max_count")
        return {name: terms.get(name) for name in names} | {
            "least": Money(least, terms["currency"]) if least is not None else None
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("min_count"), cleaned.get("max_count")
        if least and most and most < least:
            self.add_error("max_count", "Enter a number that is not below the least one.")
        if cleaned.get("least") and cleaned.get("type") not in (None, EventType.PURCHASE):
            self.add_error("least", "Only purchases have an amount. Leave it empty.")
        return cleaned

    def terms(self) -> LeafData:
        cleaned = self.cleaned_data
        terms: dict[str, Any] = {
            "type": cleaned["type"], "days": cleaned["days"], "min_count": cleaned["min_count"],
        }  # fmt: skip
        for name in ("classification_id", "max_count"):
            if cleaned[name] is not None:
                terms[name] = cleaned[name]
        if cleaned.get("least"):
            terms |= {"min_minor": cleaned["least"].minor, "currency": cleaned["least"].currency}
        return self.made(LeafKind.EVENT, terms=terms)


class ConsentLeaf(LeafForm):
    title = "Agreed to be mailed"

    def terms(self) -> LeafData:
        return self.made(LeafKind.CONSENT)


class PeopleLeaf(LeafForm):
    title = "Uploaded list of people"
    people = forms.TypedChoiceField(label="They stand on", coerce=int)

    def prepare(self) -> None:
        rows = PeopleList.objects.filter(business=self.business).order_by("-created_at", "-pk")
        choices = [(one.pk, f"{one.name} ({one.size:,} people)") for one in rows]
        self.choose("people", choices, "Choose a list of people")

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        return {"people": leaf.people_id}

    def terms(self) -> LeafData:
        return self.made(LeafKind.PEOPLE, people_id=self.cleaned_data["people"])


class VoucherLeaf(LeafForm):
    """A voucher that somebody was given, or has not used yet."""

    title = "Was given a voucher"
    of = LeafKind.HAS_VOUCHER
    voucher_list = forms.TypedChoiceField(
        label="From the list", coerce=int, required=False, empty_value=None
    )
    other_campaign = forms.TypedChoiceField(
        label="By the campaign", coerce=int, required=False, empty_value=None
    )

    def prepare(self) -> None:
        lists = VoucherList.objects.filter(business=self.business).select_related("partner")
        named = [(one.pk, f"{one.partner.name} · {one.name}") for one in lists.order_by("name")]
        self.choose("voucher_list", named, "Any list")
        rows = Campaign.objects.filter(business=self.business).order_by("name")
        self.choose("other_campaign", list(rows.values_list("pk", "name")), "Any campaign")

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        return {
            "voucher_list": leaf.voucher_list_id or "",
            "other_campaign": leaf.other_campaign_id or "",
        }

    def terms(self) -> LeafData:
        return self.made(
            self.of,
            voucher_list_id=self.cleaned_data["voucher_list"],
            other_campaign_id=self.cleaned_data["other_campaign"],
        )


class UnredeemedLeaf(VoucherLeaf):
    title = "Has a voucher not yet redeemed"
    of = LeafKind.UNREDEEMED


class LanguageLeaf(LeafForm):
    title = "Language"
    several = frozenset({"languages"})
    languages = forms.MultipleChoiceField(
        label="They speak one of", widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        rows = Contact.objects.filter(business=self.business, state=ContactState.EFFECTIVE)
        spoken = rows.exclude(language="").order_by("language").values_list("language", flat=True)
        found = list(dict.fromkeys([*spoken.distinct(), *self._stored()]))
        self.choose("languages", [(one, one) for one in found or ["en"]])

    def _stored(self) -> list[str]:
        return list(self.initial.get("languages") or [])

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        return {"languages": leaf.terms["values"]["languages"]}

    def terms(self) -> LeafData:
        values = {"languages": self.cleaned_data["languages"]}
        return self.made(LeafKind.PROPERTY, terms={"kind": LANGUAGE, "values": values})


class CustomLeaf(LeafForm):
    title = "A field of your own"
    name = forms.CharField(label="Name of the field", max_length=40)
    values = forms.CharField(
        label="One of these values", max_length=500, help_text="Several with commas between."
    )

    @classmethod
    def initial_of(cls, leaf: CampaignLeaf) -> dict[str, Any]:
        values = leaf.terms["values"]
        return {"name": values["name"], "values": ", ".join(map(str, values["values"]))}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not name.isidentifier() or "__" in name:
            raise forms.ValidationError("Use letters, digits and single underscores.")
        return name

    def clean_values(self) -> list[str]:
        found = [part.strip() for part in self.cleaned_data["values"].split(",") if part.strip()]
        if not found:
            raise forms.ValidationError("Enter at least one value.")
        return found

    def terms(self) -> LeafData:
        cleaned = self.cleaned_data
        values = {"name": cleaned["name"], "values": cleaned["values"]}
        return self.made(LeafKind.PROPERTY, terms={"kind": CUSTOM, "values": values})


class CriterionLeaf:
    """A criterion of segments as a leaf: the segments' own form, seen as a leaf's."""

    def __init__(
        self,
        data: Any = None,
        *,
        key: str,
        business: Organisation,
        prefix: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        given = dict(initial or {})
        given["excludes"] = given.pop("is_negated", given.get("excludes", False))
        self.form = CriterionForm(
            data, criterion=kinds[key], business=business, prefix=prefix, initial=given
        )
        self.form.fields["excludes"].label = str(LeafForm.base_fields["is_negated"].label)
        self.title = self.form.title

    def questions(self) -> list[Any]:
        return self.form.questions()

    def __getitem__(self, name: str) -> Any:
        return self.form["excludes" if name == "is_negated" else name]

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def terms(self) -> LeafData:
        rule = self.form.cleaned_data["rule"]
        terms = {"kind": rule.criterion.KIND, "values": rule.criterion.values()}
        return LeafData(kind=LeafKind.PROPERTY, is_negated=rule.excludes, terms=terms)


FORMS: dict[str, type[LeafForm]] = {
    LeafKind.SEGMENT: SegmentLeaf,
    LeafKind.EVENT: EventLeaf,
    LeafKind.PEOPLE: PeopleLeaf,
    LeafKind.CONSENT: ConsentLeaf,
    LeafKind.HAS_VOUCHER: VoucherLeaf,
    LeafKind.UNREDEEMED: UnredeemedLeaf,
    LeafKind.OFFER_STATUS: OfferStatusLeaf,
    LeafKind.REWARD_EARNED: RewardEarnedLeaf,
    f"{PROPERTY}{LANGUAGE}": LanguageLeaf,
    f"{PROPERTY}{CUSTOM}": CustomLeaf,
}
AnyLeaf = LeafForm | CriterionLeaf


def criterion_of(key: str) -> str:
    """Return which criterion of segments the key names, or an empty text."""
    name = key.removeprefix(PROPERTY)
    return name if key.startswith(PROPERTY) and name in kinds else ""


def is_known(key: str) -> bool:
    return key in FORMS or bool(criterion_of(key))


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what may be added, in groups."""
    own = [(key, form.title) for key, form in FORMS.items()]
    about = [one for one in own if one[0].startswith(PROPERTY)]
    about += [(f"{PROPERTY}{key}", kinds[key].LABEL) for key in kinds]
    did = (LeafKind.SEGMENT, LeafKind.EVENT, LeafKind.PEOPLE, LeafKind.CONSENT)
    given = (LeafKind.HAS_VOUCHER, LeafKind.UNREDEEMED, *outside)
    return [
        ("Who they are, what they did", [one for one in own if one[0] in did]),
        ("A property of the person", sorted(about, key=lambda one: one[1])),
        ("Vouchers, offers and rewards", [one for one in own if one[0] in given]),
    ]


def key_of(leaf: CampaignLeaf) -> str:
    """Return the editor's key of a stored leaf."""
    if leaf.kind == LeafKind.PROPERTY:
        return f"{PROPERTY}{leaf.terms['kind']}"
    return str(leaf.kind)


def stored_initial(leaf: CampaignLeaf) -> dict[str, Any]:
    """Return what the form of a stored leaf shows."""
    key = key_of(leaf)
    shared = {"kind": key, "is_negated": leaf.is_negated}
    if key in FORMS:
        return shared | FORMS[key].initial_of(leaf)
    criterion = kinds[criterion_of(key)].from_values(leaf.terms["values"])
    return criterion_initial(Rule(criterion, leaf.is_negated)) | shared
