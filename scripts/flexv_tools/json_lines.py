# SPDX-License-Identifier: Apache-2.0
"""JSON files whose values know their line, so that a mistake can be shown where it stands."""

from __future__ import annotations

import bisect
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flexv_tools.errors import Failure

Path_ = tuple[str | int, ...]  # keys and indices from the root of the document
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"\s*")
_ATOM = re.compile(r"[^\s,\]}]+")


@dataclass
class Document:
    """A parsed file: its value, and the line of each key and element."""

    name: str
    value: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def failure(self, path: Path_, text: str) -> Failure:
        """The error `text` about what stands at `path`, or about its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path, 1)
        where = ".".join(str(part) for part in path)
        return Failure(f"{self.name}:{line}: {where + ': ' if where else ''}{text}")


def read(path: Path, limit_bytes: int = 16 << 20) -> Document:
    """Reads `path`. Raises Failure for what is no regular file, too large, or no JSON; a key that
    stands twice in an object is a mistake, too."""
    if not path.is_file():
        raise Failure(f"{path}: no such file")
    if path.stat().st_size > limit_bytes:
        raise Failure(f"{path}: larger than {limit_bytes >> 20} MiB; expected a study")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: cannot be read as text: {error}") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Document:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Failure(f"{name}:{error.lineno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise Failure(f"{name}: {error}") from error
    document = Document(name, value)
    try:
        _Locator(text, document).visit(0, ())
    except RecursionError as error:
        raise Failure(f"{name}: nested too deep") from error
    return document


class _Locator:
    """Walks text that is known to be JSON and notes where each value begins."""

    def __init__(self, text: str, document: Document) -> None:
        self.text = text
        self.document = document
        self.line_ends = [match.start() for match in re.finditer("\n", text)]

    def visit(self, at: int, path: Path_) -> int:
        """Notes the value at `at` and what is in it; returns the place behind it."""
        at = self.skip(at)
        self.document.lines.setdefault(path, self.line(at))
        if self.text[at] == "{":
            return self.visit_object(at + 1, path)
        if self.text[at] == "[":
            return self.visit_array(at + 1, path)
        if self.text[at] == '"':
            return int(_DECODER.raw_decode(self.text, at)[1])
        atom = _ATOM.match(self.text, at)
        assert atom
        self.require_finite(atom[0], path)
        return atom.end()

    def require_finite(self, atom: str, path: Path_) -> None:
        """Python reads NaN and Infinity, and numbers beyond what it can hold as infinite."""
        if atom not in ("true", "false", "null") and not math.isfinite(float(atom)):
            raise self.document.failure(path, f"{atom} is no number that JSON can have")

    def visit_object(self, at: int, path: Path_) -> int:
        at = self.skip(at)
        while self.text[at] != "}":
            key, behind = _DECODER.raw_decode(self.text, at)
            child = (*path, key)
            if child in self.document.lines:
                first = self.document.lines[child]
                raise Failure(f"{self.document.name}:{self.line(at)}: {key} stands twice; first in line {first}")
            self.document.lines[child] = self.line(at)
            at = self.next_member(self.visit(self.skip(behind) + 1, child))
        return at + 1

    def visit_array(self, at: int, path: Path_) -> int:
        at, index = self.skip(at), 0
        while self.text[at] != "]":
            at, index = self.next_member(self.visit(at, (*path, index))), index + 1
        return at + 1

    def next_member(self, at: int) -> int:
        at = self.skip(at)
        return self.skip(at + 1) if self.text[at] == "," else at

    def skip(self, at: int) -> int:
        blank = _BLANK.match(self.text, at)
        assert blank
        return blank.end()

    def line(self, at: int) -> int:
        return bisect.bisect_left(self.line_ends, at) + 1
