"""Contacts: the one person record of a business (decision D4).

An offer's recipient, a scheme's member, a wallet's holder and a voucher's receiver are all contacts.
A contact has at most one address, phone and e-mail of each type (rewards-classic.md 2.2), and an
e-mail address names at most one contact of a business.
"""

from __future__ import annotations

from calendar import month_name
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django_countries import countries

from core.models import Timestamped
from core.search import gram_index
from directory.choices import (
    AddressType,
    ContactSource,
    ContactState,
    EmailType,
    Gender,
    ImportStatus,
    PhoneType,
)
from directory.models.organisations import Organisation


@pghistory.track(exclude=["search_text", "custom_fields", "public_id"])
class Contact(Timestamped):
    """A person known to a business."""

    # The name by which programs know the contact; the database draws it, for copied rows too.
    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    code = models.CharField(max_length=20)
    first_name = models.CharField(max_length=80, blank=True)
    middle_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    gender = models.CharField(max_length=10, choices=Gender.choices, blank=True)
    # The year may be unknown: month and day are enough for birthday offers.
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, blank=True)
    name_day_month = models.PositiveSmallIntegerField(null=True, blank=True)
    name_day_day = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(
        max_length=12, choices=ContactState.choices, default=ContactState.EFFECTIVE
    )
    source = models.CharField(
        max_length=10, choices=ContactSource.choices, default=ContactSource.STAFF
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    custom_fields = models.JSONField(default=dict, blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    referral_code = models.CharField(max_length=12)
    spend_blocked = models.BooleanField(default=False)
    marketing_consent_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField()
    # Names, code, addresses and numbers as one folded text, kept by the contacts service.
    search_text = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "code"], name="directory_contact_code"),
            models.UniqueConstraint(
                fields=["business", "referral_code"], name="directory_contact_referral"
            ),
            models.CheckConstraint(
                name="directory_contact_birthday",
                condition=Q(
                    birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True
                )
                | Q(
                    birth_month__isnull=False,
                    birth_month__gte=1,
                    birth_month__lte=12,
                    birth_day__isnull=False,
                    birth_day__gte=1,
                    birth_day__lte=31,
                ),
            ),
            models.CheckConstraint(
                name="directory_contact_name_day",
                condition=Q(name_day_month__isnull=True, name_day_day__isnull=True)
                | Q(
                    name_day_month__isnull=False,
                    name_day_month__gte=1,
                    name_day_month__lte=12,
                    name_day_day__isnull=False,
                    name_day_day__gte=1,
                    name_day_day__lte=31,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-registered_at", "-id"], name="directory_contact_newest"
            ),
            models.Index(
                fields=["business", "birth_month", "birth_day"], name="directory_contact_birth"
            ),
            models.Index(
                fields=["business", "name_day_month", "name_day_day"],
                name="directory_contact_nameday",
            ),
            gram_index(scope="business_id", column="search_text", name="directory_contact_grams"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.code

    @property
    def full_name(self) -> str:
        """First, middle and last name, as far as known."""
        return " ".join(
            part for part in (self.first_name, self.middle_name, self.last_name) if part
        )

    @property
    def status(self) -> ContactState:
        """The state as a choice with its label and tone."""
        return ContactState(self.state)

    @property
    def is_terminated(self) -> bool:
        return self.state == ContactState.TERMINATED

    @property
    def birth_words(self) -> str:
        """The birth date as people write it, with the year where it is known."""
        if self.birth_month is None or self.birth_day is None:
            return ""
        day = f"{self.birth_day} {month_name[self.birth_month]}"
        return f"{day} {self.birth_year}" if self.birth_year else day

    @property
    def name_day_words(self) -> str:
        if self.name_day_month is None or self.name_day_day is None:
            return ""
        return f"{self.name_day_day} {month_name[self.name_day_month]}"


class ContactEmail(models.Model):
    """An e-mail address of a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="emails")
    # Repeated from the contact so that the database can keep addresses unique in a business.
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=10, choices=EmailType.choices, default=EmailType.PERSONAL)
    address = models.EmailField(max_length=254)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "type"], name="directory_email_type_once"),
            models.UniqueConstraint(
                "business", Lower("address"), name="directory_email_one_contact"
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(is_primary=True),
                name="directory_email_one_primary",
            ),
        ]


class ContactPhone(models.Model):
    """A phone number of a contact: E.164 where it can be read, and its parts as given."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="phones")
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=10, choices=PhoneType.choices, default=PhoneType.MOBILE)
    country = models.CharField(max_length=2, blank=True)
    area_code = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=30)
    e164 = models.CharField(max_length=16, blank=True)
    notes = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "type"], name="directory_phone_type_once"),
        ]
        indexes = [models.Index(fields=["business", "e164"], name="directory_phone_e164")]


class ContactAddress(models.Model):
    """A postal address of a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    type = models.CharField(max_length=10, choices=AddressType.choices, default=AddressType.HOME)
    address_line_1 = models.CharField(max_length=120, blank=True)
    address_line_2 = models.CharField(max_length=120, blank=True)
    street_name = models.CharField(max_length=120, blank=True)
    street_number = models.CharField(max_length=20, blank=True)
    floor = models.CharField(max_length=20, blank=True)
    apartment_number = models.CharField(max_length=20, blank=True)
    care_of = models.CharField(max_length=120, blank=True)
    po_box = models.CharField(max_length=20, blank=True)
    po_box_postal_code = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    area = models.CharField(max_length=80, blank=True)
    district = models.CharField(max_length=80, blank=True)
    town = models.CharField(max_length=80, blank=True)
    municipality = models.CharField(max_length=80, blank=True)
    state_province_county = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "type"], name="directory_address_type_once"),
        ]

    @property
    def words(self) -> str:
        """The address in one line, in the order of an envelope."""
        street = f"{self.street_name} {self.street_number}".strip()
        parts = (
            self.care_of and f"c/o {self.care_of}",
            self.address_line_1,
            self.address_line_2,
            street,
            self.floor and f"floor {self.floor}",
            self.apartment_number and f"apartment {self.apartment_number}",
            self.po_box and f"PO box {self.po_box} {self.po_box_postal_code}".strip(),
            f"{self.postal_code} {self.town}".strip(),
            self.area,
            self.district,
            self.municipality,
            self.state_province_county,
            countries.name(self.country) if self.country else "",
        )
        return ", ".join(part for part in parts if part)


class NameDayRule(models.Model):
    """The names celebrated on a day; suggests a contact's name day from the first name."""

    business = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    names = ArrayField(models.CharField(max_length=60), default=list)
    description = models.CharField(max_length=120, blank=True)


class ContactImport(Timestamped):
    """One uploaded file of contacts: its rehearsal, its run, and what became of each bad row."""

    business = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    file = models.FileField(upload_to="contact-imports/", blank=True)
    file_name = models.CharField(max_length=200)
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.CHECKING
    )
    row_count = models.PositiveIntegerField(default=0)
    # How far the running step has come; a worker that takes over goes on from here.
    done_rows = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    # The first faults with line numbers, for the page; the result file lists every one of them and
    # is read from the uploaded file when somebody asks for it.
    faults = models.JSONField(default=list)
    message = models.CharField(max_length=300, blank=True)

    @property
    def step(self) -> ImportStatus:
        """The status as a choice with its label and tone."""
        return ImportStatus(self.status)

    @property
    def is_checking(self) -> bool:
        return self.status == ImportStatus.CHECKING

    @property
    def is_ready(self) -> bool:
        return self.status == ImportStatus.READY

    @property
    def is_importing(self) -> bool:
        return self.status == ImportStatus.IMPORTING

    @property
    def is_failed(self) -> bool:
        return self.status == ImportStatus.FAILED

    @property
    def usable_count(self) -> int:
        """How many rows would write something."""
        return self.new_count + self.changed_count
