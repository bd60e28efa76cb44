"""One name for one thing: the standard terms of the field in window, command line and documents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

OLD = re.compile(
    r"\b(verdict|curtain|spy-glass|turn(ed)? planes|straighten\w*|take (it )?back|left[- ]out distance|"
    r"placement error|mark(ed)? again|brightness and contrast|patient's right on the left$|"
    r"wrong header menu|by hand|show everything|only in a (box|mask)|at most so many|starts that agree|"
    r"nothing speaks against|best other pose|mirror image:|halves by themselves)\b",
    re.IGNORECASE,
)
"""What the window used to say for things that the field has a word for."""

KEPT = {
    "curtain", "spy-glass", "two-colour", "verdict", "left out",
}  # fmt: skip
"""Values that files and options keep: a string that is one of them, and nothing else, is no text."""

QUIET = {"fusionviewer/process"}
"""Where nothing is written for users of the window."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module but its docstrings, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings, and those of fields
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def sources() -> list[Path]:
    found = sorted((ROOT / "fusionviewer").rglob("*.py"))
    return [path for path in found if not any(str(path.relative_to(ROOT)).startswith(room) for room in QUIET)]


def test_no_text_of_the_program_has_an_old_word() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sources()
        for line, text in texts(path)
        if " " in text and text not in KEPT and OLD.search(text)
    ]
    assert wrong == []


DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("docs", "docs/guide") for path in (ROOT / folder).glob("*.md")
)


@pytest.mark.parametrize("name", ["README.md", *DOCUMENTS])
def test_no_document_has_an_old_word(name: str) -> None:
    if name == "docs/guide/glossary.md":
        pytest.skip("its last columns say what not to write")
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [line for line in text.splitlines() if OLD.search(line)] == []
