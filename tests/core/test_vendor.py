"""The third-party files are the ones that were reviewed; nothing of this asks the network."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
LOCK = dict(
    reversed(line.split("  ", 1)) for line in (ROOT / "vendor.lock").read_text().splitlines()
)


def vendored_files() -> set[str]:
    folders = [ROOT / "static/vendor", ROOT / "tests/vendor"]
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("path", sorted(LOCK))
def test_vendored_file_has_the_hash_that_was_written_down(path: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == LOCK[path]


def test_no_vendored_file_is_missing_from_the_lock_and_none_is_too_much() -> None:
    assert vendored_files() | {"static/icons.svg"} == set(LOCK)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["npm"])
def test_package_is_pinned_and_carries_its_licence(package: dict[str, str]) -> None:
    licence = (ROOT / package["folder"] / "LICENSE").read_text()
    assert package["version"] in package["folder"]
    assert package["integrity"].startswith("sha512-")
    assert re.search(r"Copyright|Permission|Public License", licence)
    page = (ROOT / "THIRD_PARTY.md").read_text()
    assert f"[{package['npm']}]" in page
    assert f"| {package['licence']} |" in page


@pytest.mark.parametrize("path", sorted(path for path in LOCK if path.endswith((".js", ".css"))))
def test_shipped_code_names_no_source_map_that_is_not_shipped(path: str) -> None:
    assert "sourceMappingURL" not in (ROOT / path).read_text()


def test_every_icon_of_the_sprite_is_one_that_was_asked_for() -> None:
    sprite = (ROOT / "static/icons.svg").read_text()
    asked = next(package["icons"] for package in PACKAGES if "icons" in package)
    assert sprite.count("<symbol ") == len(asked) == len(set(asked))
    assert all(f'<symbol id="{name}"' in sprite for name in asked)
