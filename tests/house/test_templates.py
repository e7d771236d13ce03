"""What no template may do, so that pages work under the strict policy and for everybody."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
SOURCES = [
    path
    for folder in (
        "core",
        "directory",
        "events",
        "incentives",
        "rewards",
        "vouchers",
        "wallet",
        "config",
    )
    for path in (ROOT / folder).rglob("*.py")
]

COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
REQUEST = re.compile(r"\shx-(?:get|post|put|patch|delete)=")
FORBIDDEN = {
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "an inline style": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+=", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on[:=]"),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\["),
    "a computed value": re.compile(
        r"hx-(?:vals|vars|headers)=['\"]\s*js:|javascript:", re.IGNORECASE
    ),
    "inherited headers": re.compile(r"\shx-headers="),
    "a foreign host": re.compile(
        r"(?:src|href|action|hx-[a-z]+)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
    "a comparison with a status": re.compile(r"\.status\s*(?:==|!=)\s*[\"']"),
    "an escape hatch": re.compile(r"\|safe\b|autoescape off"),
}


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_page_template_holds(what: str) -> None:
    found = [name_of(path) for path in PAGES if FORBIDDEN[what].search(text_of(path))]
    assert found == []


def test_every_request_names_its_target_and_swap_on_the_element_itself() -> None:
    faults = [
        (name_of(path), tag[:120])
        for path in PAGES
        for tag in TAG.findall(text_of(path))
        if REQUEST.search(tag) and not ("hx-target=" in tag and "hx-swap=" in tag)
    ]
    assert faults == []


def test_no_request_by_delete_carries_a_body_that_the_next_htmx_would_drop() -> None:
    assert [name_of(path) for path in PAGES if "hx-delete" in text_of(path)] == []


def test_every_posting_form_carries_the_token() -> None:
    faults = [
        name_of(path)
        for path in PAGES
        for form in re.findall(r"<form\b.*?</form>", text_of(path), re.DOTALL)
        if re.search(r'method="post"', form) and "csrf_token" not in form
    ]
    assert faults == []


@pytest.mark.parametrize("folder", ["layouts", "components", "pages"])
def test_shared_template_starts_by_naming_its_blocks_or_context(folder: str) -> None:
    faults = [
        name_of(path)
        for path in (ROOT / "templates" / folder).glob("*.html")
        if not re.match(r"(\{% extends [^%]+%\}\s*)?\{% comment %\}", path.read_text())
    ]
    assert faults == []


def test_every_icon_that_a_template_or_a_module_draws_is_in_the_sprite() -> None:
    drawn = {
        (name, name_of(path))
        for path in TEMPLATES
        for name in re.findall(r"\{% icon [\"']([\w-]+)[\"']", text_of(path))
    } | {
        (name, name_of(path))
        for path in SOURCES
        for name in re.findall(r"icon(?:_name)?=\"([\w-]+)\"", path.read_text())
    }
    assert drawn, "the pattern finds nothing any more"
    assert sorted(pair for pair in drawn if pair[0] not in SPRITE) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_builds_no_code_and_no_markup_from_text(path: Path) -> None:
    assert not re.search(
        r"\beval\(|new Function|innerHTML\s*=|insertAdjacentHTML|document\.write", path.read_text()
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_only_the_tokens_name_colours(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|url\(\"data:[^\"]*\"\)", "", path.read_text(), flags=re.DOTALL)
    if path.name == "tokens.css":
        assert "light-dark(" in text
    else:
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", text) == []


def test_no_style_or_script_names_a_foreign_host() -> None:
    found = [
        name_of(path)
        for path in [*SCRIPTS, *STYLES]
        if re.search(r"https?://(?!www\.w3\.org)", path.read_text())
    ]
    assert found == []
