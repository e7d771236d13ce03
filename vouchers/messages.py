"""What staff write into a voucher's mail: a closed list of tags, read by a parser of our own.

Staff-written text never meets the application's template engine (vouchers.md 6.3). It knows the tags
of `message_tags`, six filters and `{% if tag %}…{% else %}…{% endif %}`, and nothing else; whatever is
not in the list is a problem with a line and a suggestion, so that a wrong message cannot be saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from html import escape
from urllib.parse import quote

from vouchers.choices import CodeInMail
from vouchers.message_tags import CODE, REVEAL, TAGS, Value

FILTERS = ("default", "date", "upcase", "downcase", "url_encode", "truncate")
# What `date` may be told; no other letter reaches strftime.
DATE_LETTERS = frozenset("aAbBdeHIjmMpSyYZz%")
DEFAULT_DATE = "%e %B %Y, %H:%M %Z"
LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message cannot be saved: where, what, and what was probably meant."""

    part: str
    line: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = "Subject" if self.part == "subject" else f"Line {self.line}"
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{where}: {self.message}{hint}"


class CodeMissing(Exception):
    """The message shows the code, and there is none: it is held back rather than sent empty."""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Value:
    name: str
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _If:
    name: str
    then: tuple[_Node, ...]
    other: tuple[_Node, ...]


_Node = _Text | _Value | _If

_PIECES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_][\w.]*)\s*")
_FILTER = re.compile(r"\|\s*(\w+)\s*(?::\s*(\"[^\"]*\"|'[^']*'|\d+)\s*)?")
_IF = re.compile(r"if\s+([A-Za-z_][\w.]*)\Z")


@dataclass(slots=True)
class _Branch:
    """An `{% if %}` that is still open, with what was read of its two sides."""

    name: str
    line: int
    then: list[_Node] = field(default_factory=list)
    other: list[_Node] | None = None

    @property
    def open_side(self) -> list[_Node]:
        return self.then if self.other is None else self.other


class _Reader:
    """Reads one text into nodes; collects every problem instead of stopping at the first."""

    def __init__(self, text: str, part: str) -> None:
        self.part = part
        self.problems: list[Problem] = []
        self._root: list[_Node] = []
        self._stack: list[_Branch] = []
        line = 1
        for piece in _PIECES.split(text):
            self._read(piece, line)
            line += piece.count("\n")
        for branch in self._stack:
            self._refuse(branch.line, "this {% if %} has no {% endif %}.")

    @property
    def nodes(self) -> tuple[_Node, ...]:
        return tuple(self._root)

    def _refuse(self, line: int, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(self.part, line, message, suggestion))

    def _add(self, node: _Node) -> None:
        (self._stack[-1].open_side if self._stack else self._root).append(node)

    def _read(self, piece: str, line: int) -> None:
        if piece.startswith("{{") and piece.endswith("}}"):
            self._read_value(piece[2:-2], line)
        elif piece.startswith("{%") and piece.endswith("%}"):
            self._read_word(" ".join(piece[2:-2].split()), line)
        elif piece:
            self._look_for_halves(piece, line)
            self._add(_Text(piece))

    def _look_for_halves(self, text: str, line: int) -> None:
        for found in re.finditer(r"\{\{|\}\}|\{%|%\}", text):
            at = line + text.count("\n", 0, found.start())
            other = {"{{": "}}", "}}": "{{", "{%": "%}", "%}": "{%"}[found.group()]
            self._refuse(at, f"{found.group()} stands without its {other}.")

    def _read_value(self, inside: str, line: int) -> None:
        start = _NAME.match(inside)
        if start is None:
            self._refuse(line, "there is no tag between these braces.", "Choose one from the list.")
            return
        name, place, filters = start.group(1), start.end(), []
        self._know(name, line)
        while found := _FILTER.match(inside, place):
            filters.append((found.group(1), found.group(2) or ""))
            place = found.end()
        if inside[place:].strip():
            self._refuse(line, f"“{inside[place:].strip()[:40]}” is not understood.",
                         'Write filters so: {{ tag | default: "text" }}.')  # fmt: skip
        for filter_name, argument in filters:
            self._check_filter(name, filter_name, argument, line)
        self._add(_Value(name, tuple((word, argument.strip("\"'")) for word, argument in filters)))

    def _know(self, name: str, line: int) -> None:
        if name not in TAGS:
            self._refuse(line, f"there is no tag “{name}”.", _meant(name))

    def _check_filter(self, tag: str, name: str, argument: str, line: int) -> None:
        if name not in FILTERS:
            near = get_close_matches(name.lower(), FILTERS, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else f"There are {', '.join(FILTERS)}."
            self._refuse(line, f"there is no filter “{name}”.", hint)
        elif name == "default" and argument[:1] not in {'"', "'"}:
            self._refuse(line, "default needs a text.", 'Write default: "there".')
        elif name == "truncate" and not argument.isdecimal():
            self._refuse(line, "truncate needs a number of characters.", "Write truncate: 40.")
        elif name == "date":
            self._check_date(tag, argument, line)

    def _check_date(self, tag: str, argument: str, line: int) -> None:
        if tag in TAGS and not TAGS[tag].is_time:
            self._refuse(line, f"{tag} is not a time.", "Leave the filter date out.")
        letters = re.findall(r"%(.?)", argument.strip("\"'"), re.DOTALL)
        if argument[:1] not in {'"', "'"} or len(argument) > LONGEST_DATE or not set(
            letters
        ) <= DATE_LETTERS:  # fmt: skip
            self._refuse(line, "date does not know this pattern.", 'Write date: "%d %B %Y".')

    def _read_word(self, word: str, line: int) -> None:
        opening = _IF.match(word)
        if opening:
            self._know(opening.group(1), line)
            self._stack.append(_Branch(opening.group(1), line))
        elif word == "else" and self._stack and self._stack[-1].other is None:
            self._stack[-1].other = []
        elif word == "endif" and self._stack:
            branch = self._stack.pop()
            self._add(_If(branch.name, tuple(branch.then), tuple(branch.other or ())))
        elif word in {"else", "endif"}:
            self._refuse(line, "{% " + word + " %} stands without its {% if %}.")
        else:
            self._refuse(line, "{% " + word[:40] + " %} is not known here.",
                         "Only {% if tag %}, {% else %} and {% endif %} are.")  # fmt: skip


def _meant(name: str) -> str:
    """Return the tag that was probably meant: the same but for its case, or the nearest."""
    by_case = {known.lower(): known for known in TAGS}
    by_end = {known.lower().rpartition(".")[2]: known for known in TAGS}
    wanted = name.lower()
    near = get_close_matches(wanted, by_case, n=1, cutoff=0.7)
    found = (
        by_case.get(wanted)
        or by_end.get(wanted.rpartition(".")[2])
        or (by_case[near[0]] if near else "")
    )
    return f"Did you mean {TAGS[found].written}?" if found else "Choose one from the list of tags."


def _always(nodes: Sequence[_Node], names: frozenset[str]) -> bool:
    """Tell whether one of the tags is shown whichever side of every condition is taken."""
    return any(
        (isinstance(node, _Value) and node.name in names)
        or (isinstance(node, _If) and _always(node.then, names) and _always(node.other, names))
        for node in nodes
    )


def _used(nodes: Sequence[_Node]) -> Iterator[str]:
    """Yield the tags that are shown on any side."""
    for node in nodes:
        if isinstance(node, _Value):
            yield node.name
        elif isinstance(node, _If):
            yield from _used(node.then)
            yield from _used(node.other)


def check(subject: str, body: str, choice: str = "") -> list[Problem]:
    """Return what keeps the message from being saved; none is a message that can be sent.

    The body always shows the code or the link that reveals it. With a `choice` it must be the one
    chosen: a campaign that shows its codes behind a link has no code in its mails. The code never
    stands in the subject, which shows on locked phones and in the logs of mail servers.
    """
    head, text = _Reader(subject, "subject"), _Reader(body, "body")
    problems = [*head.problems, *text.problems]
    if not subject.strip():
        problems.append(Problem("subject", 1, "the mail needs a subject."))
    if "\n" in subject.strip() or "\r" in subject.strip():
        problems.append(Problem("subject", 1, "it must stay on one line."))
    if CODE in _used(head.nodes):
        hint = "Write it into the text: subjects show on locked phones."
        problems.append(Problem("subject", 1, "the code does not belong here.", hint))
    return problems + _check_code(text.nodes, choice)


def _check_code(nodes: Sequence[_Node], choice: str) -> list[Problem]:
    if choice == CodeInMail.REVEAL and CODE in _used(nodes):
        hint = f"Use {TAGS[REVEAL].written}, or let the code stand in the mail."
        return [Problem("body", 1, "this campaign shows its codes behind a link.", hint)]
    wanted = {CodeInMail.CODE: [CODE], CodeInMail.REVEAL: [REVEAL]}.get(
        CodeInMail(choice) if choice else CodeInMail.NONE, [CODE, REVEAL]
    )
    if _always(nodes, frozenset(wanted)):
        return []
    names = " or ".join(TAGS[name].written for name in wanted)
    return [Problem("body", 1, "nobody would get at the code.", f"Put in {names}.")]


def tags_in(text: str) -> frozenset[str]:
    """Return the tags that the text shows."""
    return frozenset(_used(_Reader(text, "body").nodes))


def render(text: str, values: Mapping[str, Value], *, html: bool = False) -> str:
    """Return the text with its tags replaced; for HTML everything written and filled in is escaped.

    Raises `CodeMissing` where the code is to be shown and there is none. Other empty values become
    empty text. A text that `check` refuses is rendered as far as it is understood.
    """
    nodes = _Reader(text, "body").nodes
    filled = "".join(_filled(nodes, values))
    return escape(filled) if html else filled


def _filled(nodes: Sequence[_Node], values: Mapping[str, Value]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _Text):
            yield node.text
        elif isinstance(node, _If):
            yield from _filled(node.then if values.get(node.name) else node.other, values)
        else:
            yield _shown(node, values.get(node.name))


def _shown(node: _Value, value: Value) -> str:
    if node.name == CODE and not value and all(name != "default" for name, _ in node.filters):
        raise CodeMissing
    for name, argument in node.filters:
        value = _apply(name, argument, value)
    return _plain(value)


def _plain(value: Value) -> str:
    return written(value, DEFAULT_DATE) if isinstance(value, datetime) else (value or "")


def written(moment: datetime, pattern: str) -> str:
    """Return the moment in the pattern, with the day of `%e` unpadded."""
    day = pattern.replace("%%", "%%\0").replace("%e", str(moment.day)).replace("%%\0", "%%")
    return moment.strftime(day)


def _apply(name: str, argument: str, value: Value) -> Value:
    if name == "default":
        return value or argument
    if name == "date":
        return written(value, argument) if isinstance(value, datetime) else value
    text = _plain(value)
    if name == "upcase":
        return text.upper()
    if name == "downcase":
        return text.lower()
    if name == "url_encode":
        return quote(text, safe="")
    if name == "truncate" and len(text) > int(argument or 0):
        return text[: max(int(argument) - 1, 0)].rstrip() + "…"
    return text


def render_subject(text: str, values: Mapping[str, Value]) -> str:
    """Return the subject on one line: no value can begin a header of its own."""
    return " ".join(render(text, values).split())


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a mail. One that is the code or the reveal link alone stands out."""

    kind: str
    text: str


def blocks(text: str, values: Mapping[str, Value]) -> list[Block]:
    """Return the rendered body as paragraphs: "text", "code" or "link"."""
    special = {_plain(values.get(CODE)): "code", _plain(values.get(REVEAL)): "link"}
    paragraphs = re.split(r"\n\s*\n", render(text, values).replace("\r\n", "\n"))
    found = (paragraph.strip() for paragraph in paragraphs)
    return [Block(special.get(part, "text"), part) for part in found if part]
