"""The rules of the house that no other tool holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "fusionviewer"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
WINDOWS_ARE_MADE_IN = {"tests/ui/conftest.py", "tests/faults/test_soak.py"}
LONGEST = 420
"""Lines of a module: about 400, and a little air."""

MOST: Final = 16
"""Modules of a folder."""

NAMES_FOR_ANYTHING = {"utils", "util", "helpers", "helper", "misc", "manager", "base", "common"}
PLACES_OF_ONE_MACHINE = re.compile(
    rb"/(?:home|Users)/[a-z][a-z0-9_-]*/|/root/|[A-Z]:\\\\?Users\\|" + re.escape(str(ROOT.parent).encode()) + rb"/"
)
LONGEST_PROSE = 100
LINKS = re.compile(r"!\[.*?\]\(.*?\)|\]\(.*?\)|https?://\S+")
PERSONS = re.compile(r"(?<![a-z])(?:no|some)body(?![a-z])|(?<![a-z])who" r"ever(?![a-z])", re.IGNORECASE)
"""Words for which CONTRIBUTING.md gives plainer ones; an underscore ends a word, so that names count as well."""
WRITTEN = {".md", ".py", ".toml", ".yml", ".yaml"}
IMAGES = {".gz", ".png", ".ico", ".nrrd", ".mha", ".dcm", ".ttf"}


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tracked() -> Iterator[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout: nothing is tracked")
    for name in done.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix not in IMAGES:
            yield path


def test_the_floors_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    """Modules each of which imports the next, the last one the first; empty: there is no such circle."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_imports_go_in_a_circle_not_even_those_for_types_alone() -> None:
    graph = grimp.build_graph("fusionviewer", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) >= len(MODULES) - 1  # __main__ included
    assert _circle_in(imports) == []
    there, back = "fusionviewer.session.edits", "fusionviewer.session.state"
    assert back in imports[there]
    assert {there, back} <= set(_circle_in({**imports, back: {*imports[back], there}}))


@pytest.mark.parametrize("folder", sorted({module.parent for module in MODULES}), ids=_id)
def test_a_folder_can_be_seen_at_a_glance(folder: Path) -> None:
    assert len([module for module in MODULES if module.parent == folder and module.stem != "__init__"]) <= MOST


def test_the_drawing_of_the_house_shows_every_folder() -> None:
    drawings = "\n".join(
        re.findall(r"```\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.DOTALL)
    )
    names = {module.parent.name for module in MODULES if module.stem == "__init__" and module.parent != PACKAGE}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", drawings)] == []


@pytest.mark.parametrize("module", MODULES, ids=_id)
def test_a_module_is_one_room_with_a_name_and_a_purpose(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST
    assert module.stem not in NAMES_FOR_ANYTHING
    assert module.parent.name not in NAMES_FOR_ANYTHING
    assert ast.get_docstring(ast.parse(source)), "a module says in its first line what it is"


@pytest.mark.parametrize("module", TESTS, ids=_id)
def test_a_module_of_tests_is_short_and_opens_no_window_by_itself(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST
    if module.relative_to(ROOT).as_posix() not in WINDOWS_ARE_MADE_IN:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        assert "MainWindow" not in {ast.unparse(call.func) for call in calls}, "open_window makes and closes them"


def test_no_file_knows_one_machine() -> None:
    found = [
        f"{_id(path)}:{number}"
        for path in _tracked()
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if PLACES_OF_ONE_MACHINE.search(line) and path != Path(__file__)
    ]
    assert not found


def test_prose_keeps_to_lines_that_can_be_read() -> None:
    found = [
        f"{_id(path)}:{number}"
        for path in _tracked()
        if path.suffix == ".md"
        for number, line in _prose(path.read_text(encoding="utf-8"))
        if len(line) > LONGEST_PROSE
    ]
    assert not found, "wrap these lines at 100 characters"


def test_no_text_leaves_open_who_is_meant() -> None:
    found = [
        f"{_id(path)}:{number}"
        for path in _tracked()
        if path.suffix in WRITTEN and path != ROOT / "CONTRIBUTING.md"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PERSONS.search(line)
    ]
    assert not found, "write the user, the caller or the passive voice: see CONTRIBUTING.md"
    assert PERSONS.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


def _prose(markdown: str) -> Iterator[tuple[int, str]]:
    """The numbered lines outside tables and fenced code; where a link leads to is not counted."""
    code = False
    for number, line in enumerate(markdown.splitlines(), 1):
        fence = line.lstrip().startswith("```")
        code ^= fence
        if not (code or fence or line.lstrip().startswith("|")):
            yield number, LINKS.sub("", line)


def test_the_command_line_needs_no_qt() -> None:
    loaded = "{'PyQt6', 'pyqtgraph'} & {m.partition('.')[0] for m in sys.modules}"
    code = f"import fusionviewer.cli.main, sys; sys.exit(len({loaded}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "fusionviewer.cli.main imports Qt"


@pytest.mark.parametrize("script", ["run", "test", "build", "environment", "system"])
def test_old_pythons_can_read_what_tells_them_that_they_are_too_old(script: str) -> None:
    source = (ROOT / "packaging" / f"{script}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
