"""Reward schemes: made, changed, switched on and off, deleted; and their codes (rewards.md 2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from core.errors import StaleVersion
from directory.models import Organisation, User
from rewards.choices import SignUpMethod, SignUpOption, Switch
from rewards.models import RewardScheme, SignUpCode
from rewards.services.changes import lock_for_change
from rewards.services.refusals import InUse, NameTaken, SchemeWrong

LONGEST_NAME = 100
MOST_DOMAINS = 50
MOST_CODES = 100_000
CODES_AT_ONCE = 2_000
NAME_TAKEN = "You have a scheme of this name already. Choose another name."
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{2,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeData:
    """A scheme as its form gives it; a method and domains belong to a closed loop alone."""

    name: str
    description: str = ""
    sign_up_option: str = SignUpOption.AUTO_SIGN_UP
    sign_up_method: str = ""
    email_domains: Sequence[str] = ()
    terms_and_conditions: str = ""


@dataclass(frozen=True, slots=True)
class ImportedCodes:
    """What became of a list of codes: how many are new and known, and the lines that are none."""

    new: int
    known: int
    bad: tuple[str, ...]


def create(
    *,
    business: Organisation,
    data: SchemeData,
    actor: User | None,
    at: datetime,
    is_default: bool = False,
) -> RewardScheme:
    """Make an inactive scheme; raises `SchemeWrong` and `NameTaken`."""
    with transaction.atomic():
        lock_for_change(business=business)
        row = RewardScheme(business=business, is_default=is_default, created_at=at)
        return _write(row, data, at)


def update(
    *, scheme: RewardScheme, data: SchemeData, version: int, actor: User | None, at: datetime
) -> RewardScheme:
    """Change a scheme; its members stay. Raises `StaleVersion`, `SchemeWrong` and `NameTaken`.

    Whether everybody is in it cannot be changed once it was active: that would put out or take in all
    contacts at a stroke.
    """
    with transaction.atomic():
        lock_for_change(business=scheme.business)
        row = _locked(scheme)
        if row.version != version:
            raise StaleVersion(
                "Somebody saved this scheme while you were editing it. Look at it, then change it"
                " again."
            )
        was, will_be = row.is_automatic, data.sign_up_option == SignUpOption.AUTO_SIGN_UP
        if row.opened_at is not None and was != will_be:
            sentence = (
                "Every contact is in this scheme, or chose to be. Make another scheme for another way"
                " of joining."
            )
            raise SchemeWrong(sentence, fields={"sign_up_option": sentence})
        row.version += 1
        return _write(row, data, at)


def activate(*, scheme: RewardScheme, actor: User | None, at: datetime) -> RewardScheme:
    """Let the offers of the scheme award, and contacts join; an active one stays as it is.

    With the first activation every contact is a member of an automatic scheme. Those who were there
    before get no sign-up award for it: they have not signed up.
    """
    with transaction.atomic():
        lock_for_change(business=scheme.business)
        row = _locked(scheme)
        if not row.is_active:
            row.status, row.opened_at = Switch.ACTIVE, row.opened_at or at
            row.updated_at = at
            row.version += 1
            row.save()
        return row


def deactivate(*, scheme: RewardScheme, actor: User | None, at: datetime) -> RewardScheme:
    """Stop the offers of the scheme from awarding; its members stay for when it is active again."""
    with transaction.atomic():
        lock_for_change(business=scheme.business)
        row = _locked(scheme)
        if row.is_active:
            row.status, row.updated_at = Switch.INACTIVE, at
            row.version += 1
            row.save()
        return row


def delete(*, scheme: RewardScheme) -> None:
    """Remove a scheme without offers that nobody has joined; raises `InUse`."""
    with transaction.atomic():
        lock_for_change(business=scheme.business)
        row = _locked(scheme)
        if count := row.offers.count():
            offers = "an offer" if count == 1 else f"{count} offers"
            raise InUse(f"“{row.name}” has {offers}. Delete those first, or deactivate the scheme.")
        if row.memberships.exists():
            raise InUse(f"Contacts have joined “{row.name}”. Deactivate it instead.")
        row.delete()


def import_codes(*, scheme: RewardScheme, codes: Iterable[str], at: datetime) -> ImportedCodes:
    """Add sign-up codes, each good for one contact; those that are there already stay as they are.

    Codes are compared in upper case without blanks: 3 to 40 letters, digits, dots and dashes. Raises
    `SchemeWrong` for a scheme that asks for no code, and for more than 100,000 at once.
    """
    if not scheme.asks_for_code:
        raise SchemeWrong(
            "Only a closed loop with sign-up codes takes codes. Change how contacts join it first."
        )
    given = dict.fromkeys(normal_code(code) for code in codes if code.strip())
    if len(given) > MOST_CODES:
        raise SchemeWrong(f"At most {MOST_CODES:,} codes at once. Import them in several parts.")
    usable = [code for code in given if _CODE.fullmatch(code)]
    with transaction.atomic():
        before = scheme.codes.count()
        SignUpCode.objects.bulk_create(
            (SignUpCode(scheme=scheme, code=code, created_at=at) for code in usable),
            batch_size=CODES_AT_ONCE,
            ignore_conflicts=True,
        )
        new = scheme.codes.count() - before
    bad = tuple(code for code in given if not _CODE.fullmatch(code))
    return ImportedCodes(new=new, known=len(usable) - new, bad=bad)


def normal_code(text: str) -> str:
    """Return a code as it is kept and compared."""
    return "".join(text.split()).upper()


def _locked(scheme: RewardScheme) -> RewardScheme:
    return RewardScheme.objects.select_for_update().get(pk=scheme.pk)


def _write(row: RewardScheme, data: SchemeData, at: datetime) -> RewardScheme:
    is_closed = data.sign_up_option == SignUpOption.CLOSED_LOOP
    domains = [one.strip().lower().removeprefix("@") for one in data.email_domains if one.strip()]
    row.name, row.description = data.name.strip(), data.description.strip()
    row.sign_up_option = data.sign_up_option
    row.sign_up_method = data.sign_up_method if is_closed else ""
    row.email_domains = list(dict.fromkeys(domains)) if row.asks_for_address else []
    row.terms_and_conditions, row.updated_at = data.terms_and_conditions.strip(), at
    if problems := _problems(row):
        raise SchemeWrong(next(iter(problems.values())), fields=problems)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "rewards_scheme_name" not in str(error):
            raise
        raise NameTaken(NAME_TAKEN, fields={"name": NAME_TAKEN}) from error
    return row


def _problems(row: RewardScheme) -> dict[str, str]:
    found = {}
    if not 1 <= len(row.name) <= LONGEST_NAME:
        found["name"] = f"Give the scheme a name of at most {LONGEST_NAME} characters."
    if row.sign_up_option not in SignUpOption.values:
        found["sign_up_option"] = "Choose how contacts join."
    has_method = row.sign_up_method in SignUpMethod.values
    if row.sign_up_option == SignUpOption.CLOSED_LOOP and not has_method:
        found["sign_up_method"] = "Choose e-mail domains or sign-up codes."
    if row.asks_for_address:
        wrong = [one for one in row.email_domains if not _DOMAIN.fullmatch(one)]
        if not row.email_domains:
            found["email_domains"] = "Enter at least one domain, such as example.com."
        elif wrong:
            found["email_domains"] = f"“{wrong[0]}” is no domain. Write it like example.com."
        elif len(row.email_domains) > MOST_DOMAINS:
            found["email_domains"] = f"At most {MOST_DOMAINS} domains."
    return found
