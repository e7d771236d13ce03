"""Files of forms that came back with errors: kept for one hour, so that nobody chooses them twice."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core import signing
from django.core.files import File
from django.core.files.storage import default_storage

from directory.models import User

FOLDER = "voucher-uploads/kept"
KEPT_FOR = timedelta(hours=1)
_SALT = "vouchers.kept-file"


def keep(*, file: File[bytes], user: User, at: datetime) -> str:
    """Store the file and return the word by which the same person gets it back within the hour."""
    path = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.csv", file)
    name = (file.name or "codes.csv").rpartition("/")[2][-200:]
    word = {"path": path, "name": name, "user": user.pk, "at": int(at.timestamp())}
    return signing.dumps(word, salt=_SALT)


def take(*, word: str, user: User, at: datetime) -> File[bytes] | None:
    """Return the kept file, or None where the hour is over or it is somebody else's."""
    try:
        found = signing.loads(word, salt=_SALT)
    except signing.BadSignature:
        return None
    is_over = at.timestamp() - found["at"] > KEPT_FOR.total_seconds()
    if is_over or found["user"] != user.pk or not default_storage.exists(found["path"]):
        return None
    file: File[bytes] = default_storage.open(found["path"])
    file.name = found["name"]
    return file


def forget(*, at: datetime) -> int:
    """Delete kept files older than an hour and return how many there were."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    paths = [f"{FOLDER}/{name}" for name in names]
    old = [path for path in paths if default_storage.get_modified_time(path) < at - KEPT_FOR]
    for path in old:
        default_storage.delete(path)
    return len(old)
