"""Fetch the front end's third-party files as `vendor.toml` names them, and write down what came.

Each package is packed by npm at its pinned version, its sha512 integrity compared with the file's, and
only the wanted files plus the licence are copied. References to source maps are taken out, since the
maps are not shipped. `vendor.lock` holds a sha256 for each file written; the tests hash them again.
"""

# ruff: noqa: INP001
from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S*|/\*# sourceMappingURL=[^*]*\*/)\s*$")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BLANK_PATH = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def packed(package: dict[str, Any], folder: Path) -> Path:
    """Have npm pack one version into `folder` and return the archive, its integrity checked."""
    answer = subprocess.run(  # noqa: S603
        ["npm", "pack", f"{package['npm']}@{package['version']}", "--json"],  # noqa: S607
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive: Path = folder / json.loads(answer.stdout)[0]["filename"]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package["integrity"]:
        sys.exit(f"{package['npm']} {package['version']} is not the archive that was reviewed.")
    return archive


def member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(f"package/{name}")
    if found is None:
        sys.exit(f"{name} is no file of the package.")
    return found.read()


def sprite(archive: tarfile.TarFile, names: list[str]) -> bytes:
    """Return one SVG with a `<symbol>` per icon, drawn by stroke in the text's colour."""
    symbols = []
    for name in sorted(names):
        svg = member(archive, f"icons/outline/{name}.svg").decode()
        match = SVG_BODY.search(svg)
        if match is None:
            sys.exit(f"{name} is no outline icon.")
        body = " ".join(BLANK_PATH.sub("", match[1]).split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
        )
    joined = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{joined}\n</svg>\n'.encode()


def files_of(package: dict[str, Any], archive: tarfile.TarFile) -> dict[str, bytes]:
    """Return path (from the project's root) and content of every file that a package gives."""
    folder = package["folder"]
    result = {
        f"{folder}/{target}": SOURCE_MAP.sub(b"\n", member(archive, source))
        for source, target in package["files"].items()
    }
    licence = (
        (ROOT / package["licence_text"]).read_bytes()
        if "licence_text" in package
        else member(archive, package["licence_file"])
    )
    result[f"{folder}/LICENSE"] = licence
    if "sprite" in package:
        result[package["sprite"]] = sprite(archive, package["icons"])
    return result


def third_party(packages: list[dict[str, Any]]) -> str:
    """Return the page that names every package, its licence and where the licence stands."""
    lines = [
        "# Third-party files",
        "",
        "Front-end files kept in this repository, as fetched by `python scripts/vendor.py`.",
        "",
        "| package | version | licence | text | used in |",
        "| --- | --- | --- | --- | --- |",
    ]
    for package in packages:
        text = f"{package['folder']}/LICENSE"
        place = "tests only" if package.get("development") else "pages"
        lines.append(
            f"| [{package['npm']}]({package['home']}) | {package['version']} "
            f"| {package['licence']} | [LICENSE]({text}) | {place} |"
        )
    lines += [
        "",
        "`static/icons.svg` is built from the outline icons of @tabler/icons named in `vendor.toml`.",
        "htmx (0BSD) is served from the static files of django-htmx (MIT).",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    packages = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
    hashes: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for package in packages:
            with tarfile.open(packed(package, Path(scratch))) as archive:
                for path, content in files_of(package, archive).items():
                    target = ROOT / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
                    hashes[path] = hashlib.sha256(content).hexdigest()
    lock = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    (ROOT / "vendor.lock").write_text(lock)
    (ROOT / "THIRD_PARTY.md").write_text(third_party(packages))


if __name__ == "__main__":
    main()
