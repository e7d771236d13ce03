"""Contact files: what is read, what is refused, what is written."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from core import jobs
from directory import tasks
from directory.choices import ContactSource, ImportStatus
from directory.imports import generating, reading
from directory.imports.reading import ContactFile, NotAContactFile
from directory.models import Contact, ContactImport, Organisation
from directory.services import contact_batches, contact_imports
from directory.services.contact_batches import Counts
from tests.cast import Cast, client_of
from tests.factories.directory import MORNING, make_contact

TODAY = date(2026, 3, 4)


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def read(text: str | bytes, region: str = "") -> list[reading.Line]:
    raw = text.encode() if isinstance(text, str) else text
    return list(ContactFile(io.BytesIO(raw), today=TODAY, region=region))


def reason(text: str) -> str:
    """Return why the second line of the file cannot be used."""
    (line,) = read(text)
    return contact_imports.reasons(line)


def run(business: Organisation, text: str, *, write: bool = True) -> contact_imports.Report:
    return contact_imports.run_file(
        business=business, stream=io.BytesIO(text.encode()), write=write, at=MORNING
    )


def test_headings_are_known_in_any_case_and_by_other_names() -> None:
    file = ContactFile(io.BytesIO(b"E-Mail,Surname,First Name,Favourite colour\n"), today=TODAY)
    assert file.headers.columns == ("email", "last_name", "first_name", "")
    assert file.headers.unknown == ("Favourite colour",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_divide_cells(delimiter: str) -> None:
    (line,) = read(f"email{delimiter}first_name\na@example.org{delimiter}Ada\n")
    assert line.row is not None
    assert line.row.values == {"first_name": "Ada"}


def test_the_byte_order_mark_of_spreadsheets_is_no_part_of_the_heading() -> None:
    (line,) = read(b"\xef\xbb\xbfemail,first_name\na@example.org,Zo\xc3\xab\n")
    assert line.row is not None
    assert line.row.values == {"first_name": "Zoë"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"name,phone\nAda,1\n", "names no"),
        (b"email,E-Mail\na,b\n", "stands there twice"),
        (b"email,name\na@example.org,M\xfcller\n", "Line 2 is not UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", "no text file"),
        (b'email\n"a@example.org\n', "quotation mark"),
    ],
)
def test_what_is_no_contact_file_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(NotAContactFile) as refused:
        read(content)
    assert words in refused.value.message


def test_a_file_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(NotAContactFile, match="more than 2 contacts"):
        read("email\na@example.org\nb@example.org\nc@example.org\n")


def test_lines_are_numbered_as_an_editor_does_whatever_breaks_a_cell_or_stands_empty() -> None:
    lines = read('email,notes\na@example.org,"one\ntwo"\n\nb@example.org,x\nbad,\n')
    assert [line.number for line in lines] == [2, 5, 6]


@pytest.mark.parametrize(
    ("heading", "cell", "words"),
    [
        ("email", "ada at example.org", "email: This is no e-mail address."),
        ("first_name", "x" * 81, "first_name: At most 80 characters; these are 81."),
        ("birth_date", "1985-02-30", "birth_date: There is no such day."),
        ("birth_date", "2030-01-01", "birth_date: A birth date lies in the past"),
        ("birth_date", "17.5.1984", "birth_date: Write the day as YYYY-MM-DD"),
        ("phone", "call me", "phone: This is no phone number."),
        ("gender", "x", "gender: Write female, male or other."),
        ("country", "Atlantis", "country: Write the country by its two-letter code"),
        ("marketing_consent", "maybe", "marketing_consent: Write yes or no."),
        ("tags", ",".join("abcdefghijklmnopqrstuvwxyz"), "tags: At most 20 tags"),
    ],
)
def test_a_bad_cell_is_named_by_its_column_with_the_reason(
    heading: str, cell: str, words: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = ["email"] if heading == "email" else ["email", heading]
    writer.writerow(columns)
    writer.writerow([cell] if heading == "email" else ["a@example.org", cell])
    assert reason(stream.getvalue()).startswith(words)


def test_every_fault_of_a_line_is_named() -> None:
    text = reason("email,gender,phone\nnone,x,y\n")
    assert all(f"{column}: " in text for column in ("email", "gender", "phone"))


def test_a_line_without_an_address_or_with_too_many_cells_is_not_usable() -> None:
    assert "no e-mail address" in reason("email,first_name\n,Ada\n")
    assert "has 3 cells" in reason("email,first_name\na@example.org,Ada,x\n")


def test_an_address_that_stands_twice_is_refused_the_second_time_with_the_first_line() -> None:
    first, second = read("email\na@example.org\nA@Example.ORG\n")
    assert first.row is not None
    assert second.row is None
    assert "stands in line 2" in second.faults[0].reason


def test_a_whole_name_fills_only_the_parts_that_have_no_column() -> None:
    (line,) = read("email,last_name,name\na@example.org,Lovelace,Ada King\n")
    assert line.row is not None
    assert line.row.values == {"last_name": "Lovelace", "first_name": "Ada"}


def test_numbers_without_country_code_belong_to_the_businesss_country() -> None:
    (line,) = read("email,phone\na@example.org,07700 900123\n", region="GB")
    assert line.row is not None
    assert line.row.e164 == "+447700900123"


def test_new_lines_become_contacts_with_all_that_they_say(acme: Organisation) -> None:
    report = run(
        acme,
        "email,name,phone,birth_date,name_day,tags,marketing_consent,postal_code,town,country\n"
        "Ada@Example.org,Ada Lovelace,+447700900123,--12-10,08-15,vip;regular,yes,SW1A,London,GB\n",
    )
    assert report.counts == Counts(new=1)
    contact = Contact.objects.get(business=acme)
    assert str(contact) == "Ada Lovelace"
    assert contact.source == ContactSource.IMPORT
    assert (contact.birth_year, contact.birth_month, contact.birth_day) == (None, 12, 10)
    assert (contact.name_day_month, contact.name_day_day) == (8, 15)
    assert contact.tags == ["regular", "vip"]
    assert contact.marketing_consent_at == MORNING
    email = contact.emails.get()
    assert (email.address, email.is_primary, email.verified_at) == ("ada@example.org", True, None)
    assert contact.phones.get().e164 == "+447700900123"
    assert contact.addresses.get().words == "SW1A London, United Kingdom"
    assert "ada lovelace" in contact.search_text
    assert "ada@example.org" in contact.search_text


def test_the_same_file_again_changes_nothing(acme: Organisation) -> None:
    text = io.StringIO()
    generating.write(stream=text, rows=300, seed=7)
    assert run(acme, text.getvalue()).counts == Counts(new=300)
    before = list(Contact.objects.order_by("pk").values())
    assert run(acme, text.getvalue()).counts == Counts(same=300)
    assert list(Contact.objects.order_by("pk").values()) == before


def test_a_rehearsal_counts_the_same_and_writes_nothing(acme: Organisation) -> None:
    make_contact(acme, "Ada King", email="ada@example.org")
    text = "email,last_name\nada@example.org,Lovelace\nnew@example.org,New\nbad,\n"
    rehearsed = run(acme, text, write=False)
    assert (rehearsed.counts, rehearsed.bad) == (Counts(new=1, changed=1), 1)
    assert Contact.objects.get(business=acme).last_name == "King"
    assert run(acme, text).counts == rehearsed.counts


def test_an_empty_cell_leaves_what_is_stored_and_tags_are_added(acme: Organisation) -> None:
    contact = make_contact(
        acme, "Ada King", email="ada@example.org", phone="+447700900123", tags=["vip"]
    )
    run(acme, "email,first_name,phone,tags\nada@example.org,,,regular\n")
    contact.refresh_from_db()
    assert (contact.first_name, contact.tags, contact.version) == ("Ada", ["regular", "vip"], 2)
    assert contact.phones.get().e164 == "+447700900123"


def test_a_changed_number_is_written_and_no_longer_verified(acme: Organisation) -> None:
    contact = make_contact(acme, email="ada@example.org", phone="+447700900123")
    contact.phones.update(verified_at=MORNING)
    run(acme, "email,phone\nada@example.org,+447700900456\n")
    phone = contact.phones.get()
    assert (phone.e164, phone.verified_at) == ("+447700900456", None)
    contact.refresh_from_db()
    assert "+447700900456" in contact.search_text
    assert "+447700900123" not in contact.search_text


def test_a_part_of_an_address_leaves_its_other_parts(acme: Organisation) -> None:
    run(acme, "email,town,country\nada@example.org,London,GB\n")
    run(acme, "email,postal_code\nada@example.org,SW1A\n")
    home = Contact.objects.get(business=acme).addresses.get()
    assert (home.town, home.country, home.postal_code) == ("London", "GB", "SW1A")


def test_contacts_of_another_business_are_neither_found_nor_touched(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    theirs = make_contact(bright_bikes, "Boris Own", email="ada@example.org")
    assert run(acme, "email,last_name\nada@example.org,Lovelace\n").counts == Counts(new=1)
    theirs.refresh_from_db()
    assert theirs.last_name == "Own"


def test_a_chunk_takes_a_fixed_number_of_queries(
    acme: Organisation, django_assert_max_num_queries: Any
) -> None:
    text = io.StringIO()
    generating.write(stream=text, rows=900, seed=3)
    run(acme, text.getvalue().replace("vip", "gold"))
    with django_assert_max_num_queries(16):
        report = run(acme, text.getvalue())
    assert report.counts.changed > 0


def test_planted_faults_are_found_one_by_one(acme: Organisation) -> None:
    text = io.StringIO()
    planted = generating.write(stream=text, rows=500, seed=1, faults=24)
    assert set(planted.values()) == {4}
    assert len(planted) == len(generating.FAULTS)
    report = run(acme, text.getvalue(), write=False)
    assert (report.bad, report.counts) == (24, Counts(new=476))


def test_the_generator_writes_the_same_file_for_the_same_seed() -> None:
    def made(seed: int) -> str:
        text = io.StringIO()
        generating.write(stream=text, rows=50, seed=seed, faults=5)
        return text.getvalue()

    assert made(1) == made(1)
    assert made(1) != made(2)


def upload(cast: Cast, text: str | bytes = "email,first_name\nada@example.org,Ada\nbad,X\n") -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return client_of(cast.mara).post(
        reverse("contact_import"), {"file": SimpleUploadedFile("people.csv", raw)}
    )


def newest(cast: Cast) -> ContactImport:
    return ContactImport.objects.filter(business=cast.acme).latest("pk")


def test_the_page_rehearses_first_and_imports_when_told(cast: Cast) -> None:
    assert upload(cast).status_code == 303
    job = newest(cast)
    tasks.run_contact_import(job.pk)
    job.refresh_from_db()
    assert job.status == ImportStatus.READY
    page = client_of(cast.mara).get(reverse("contact_import_detail", args=[job.pk]))
    assert "Import 1 contact<" in page.content.decode()
    assert "email: This is no e-mail address." in page.content.decode()
    assert not Contact.objects.exists()
    client_of(cast.mara).post(reverse("contact_import_start", args=[job.pk]))
    tasks.run_contact_import(job.pk)
    job.refresh_from_db()
    assert (job.status, job.new_count, job.bad_count, job.row_count) == (ImportStatus.DONE, 1, 1, 2)
    assert Contact.objects.get(business=cast.acme).first_name == "Ada"


def test_a_worker_is_told_when_the_upload_is_stored(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **ids: told.append((name, ids)))
    upload(cast)
    assert told == [("directory.run_contact_import", {"import_id": newest(cast).pk})]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00", b"name\nAda\n"])
def test_a_file_that_is_none_is_refused_on_the_page_at_once(cast: Cast, content: bytes) -> None:
    answer = upload(cast, content)
    assert answer.status_code == 422
    assert not ContactImport.objects.exists()


def test_a_file_that_breaks_off_later_fails_with_the_line(cast: Cast) -> None:
    upload(cast, b"email,name\na@example.org,Ada\nb@example.org,M\xfcller\n")
    job = newest(cast)
    tasks.run_contact_import(job.pk)
    job.refresh_from_db()
    assert job.status == ImportStatus.FAILED
    assert "Line 3 is not UTF-8" in job.message


def test_a_cancelled_import_writes_nothing_and_cannot_be_started(cast: Cast) -> None:
    upload(cast)
    job = newest(cast)
    tasks.run_contact_import(job.pk)
    browser = client_of(cast.mara)
    browser.post(reverse("contact_import_cancel", args=[job.pk]))
    assert browser.post(reverse("contact_import_start", args=[job.pk])).status_code == 409
    assert not Contact.objects.exists()


def test_an_import_starts_once(cast: Cast) -> None:
    upload(cast)
    job = newest(cast)
    contact_imports.run(job=job, at=MORNING)
    contact_imports.start(job=job, at=MORNING)
    with pytest.raises(contact_imports.NotReady):
        contact_imports.start(job=job, at=MORNING)


def test_a_killed_run_goes_on_where_it_stopped_and_counts_every_line_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_imports, "CHUNK", 10)
    text = io.StringIO()
    generating.write(stream=text, rows=35, seed=2)
    upload(cast, text.getvalue())
    job = newest(cast)
    contact_imports.run(job=job, at=MORNING)
    contact_imports.start(job=job, at=MORNING)
    work, calls = contact_batches.work, iter(range(100))

    def killed(**arguments: Any) -> Counts:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return work(**arguments)

    monkeypatch.setattr(contact_batches, "work", killed)
    with pytest.raises(KeyboardInterrupt):
        contact_imports.run(job=newest(cast), at=MORNING)
    assert Contact.objects.count() == newest(cast).done_rows == 20
    monkeypatch.setattr(contact_batches, "work", work)
    done = contact_imports.run(job=newest(cast), at=MORNING)
    assert (done.status, done.new_count, done.same_count) == (ImportStatus.DONE, 35, 0)
    assert Contact.objects.count() == 35


def test_a_second_worker_on_the_same_import_stops(cast: Cast) -> None:
    upload(cast)
    slow, quick = newest(cast), newest(cast)
    contact_imports.run(job=quick, at=MORNING)
    contact_imports.run(job=slow, at=MORNING)
    assert (newest(cast).new_count, newest(cast).bad_count) == (1, 1)


def test_a_stalled_import_is_found_and_a_fresh_one_left_alone(cast: Cast) -> None:
    upload(cast)
    job = newest(cast)
    assert contact_imports.stalled(at=job.updated_at + contact_imports.STALLED) == []
    later = job.updated_at + contact_imports.STALLED + timedelta(seconds=1)
    assert contact_imports.stalled(at=later) == [job.pk]


def test_the_result_file_holds_every_bad_line_and_no_formula(cast: Cast) -> None:
    upload(cast, 'email,first_name\nbad,"=1+1"\nada@example.org,Ada\n')
    job = newest(cast)
    tasks.run_contact_import(job.pk)
    answer = client_of(cast.mara).get(reverse("contact_import_result", args=[job.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["line", "reason", "email", "first_name"],
        ["2", "email: This is no e-mail address.", "bad", "'=1+1"],
    ]


def test_the_example_file_can_be_imported_as_it_is(cast: Cast) -> None:
    answer = client_of(cast.mara).get(reverse("contact_import_template"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    report = run(cast.acme, text)
    assert (report.counts, report.bad) == (Counts(new=1), 0)


def test_uploaded_files_are_forgotten_after_thirty_days(cast: Cast) -> None:
    upload(cast)
    job = newest(cast)
    path = job.file.path
    assert contact_imports.forget_files(at=job.created_at + timedelta(days=31)) == 1
    job.refresh_from_db()
    assert not job.file
    assert not Path(path).exists()


def test_the_command_imports_a_generated_file_and_writes_the_bad_lines(
    acme: Organisation, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file, result = tmp_path / "people.csv", tmp_path / "bad.csv"
    call_command("make_contacts_csv", str(file), rows=120, seed=1, faults=6)
    capsys.readouterr()
    call_command("import_contacts", str(file), business=acme.slug, dry_run=True)
    assert "120 lines: 114 new, 0 changed, 0 known already, 6 not usable" in capsys.readouterr().out
    assert not Contact.objects.exists()
    call_command("import_contacts", str(file), business=acme.slug, result=result)
    assert Contact.objects.filter(business=acme).count() == 114
    assert len(result.read_text("utf-8-sig").splitlines()) == 7
    capsys.readouterr()
    call_command("import_contacts", str(file), business=acme.slug)
    assert "0 new, 0 changed, 114 known already" in capsys.readouterr().out


def test_the_command_refuses_an_unknown_business_and_a_missing_file(
    acme: Organisation, tmp_path: Any
) -> None:
    with pytest.raises(CommandError, match="no business named"):
        call_command("import_contacts", str(tmp_path / "x.csv"), business="nobody")
    with pytest.raises(CommandError):
        call_command("import_contacts", str(tmp_path / "x.csv"), business=acme.slug)
