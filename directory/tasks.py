"""Background work of the directory: a name, a clock reading and one call each."""

from __future__ import annotations

from celery import shared_task

from core.clock import now
from directory import selectors
from directory.services import contact_imports


@shared_task(name="directory.run_contact_import")
def run_contact_import(import_id: int) -> None:
    job = selectors.import_to_run(pk=import_id)
    if job is not None:
        contact_imports.run(job=job, at=now())


@shared_task(name="directory.resume_contact_imports")
def resume_contact_imports() -> None:
    for pk in contact_imports.stalled(at=now()):
        run_contact_import(pk)


@shared_task(name="directory.forget_import_files")
def forget_import_files() -> int:
    return contact_imports.forget_files(at=now())
