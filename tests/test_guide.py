"""The guide: every page has its parts, every link and picture is there, and every name is one of the program's."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from fusionviewer.app.actions.registry import ACTIONS, MENUS
from fusionviewer.app.state.steps import STEPS
from fusionviewer.imaging.mirroring import WAYS
from fusionviewer.ui.guide.page_html import slug
from fusionviewer.ui.guide.pages import CONTENTS, PAGES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GUIDE = sorted(f"guide/{path.name}" for path in (DOCS / "guide").glob("*.md"))
TASKS = [page for title, pages in CONTENTS for page in pages if title in ("Start", "Tasks", "Worked cases")][1:]
WRITTEN = [page for page in GUIDE if page != "guide/glossary.md"]
"""Pages whose italics are names on the screen; the glossary has italics of its own."""

PARTS = ["What you need", "Steps", "What you should see", "What if not"]

ELSEWHERE = {"Tab", "Shift", "Alt", "Enter", "Esc", "Space", "Ctrl+F"}
"""Keys that are held, or that belong to a window and not to the table of actions."""

MADE = {f"Mirror the moving image {WAYS['x']}"}
"""What is put together while the program runs."""


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without code, links' targets and pictures."""
    text = re.sub(r"```.*?```|`[^`]*`|!\[[^\]]*\]\([^)]*\)", "", text_of(page), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def test_the_list_of_pages_is_the_folder() -> None:
    assert sorted(page for page in PAGES if page.startswith("guide/")) == GUIDE
    assert len(set(PAGES)) == len(PAGES)
    assert len(TASKS) == 14


@pytest.mark.parametrize("page", TASKS)
def test_every_task_has_its_five_parts(page: str) -> None:
    text = text_of(page)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[:4] == PARTS
    steps = text.partition("## Steps\n")[2].partition("\n## ")[0]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", steps, re.MULTILINE)]
    assert len(numbers) >= 4
    assert numbers == list(range(1, len(numbers) + 1))
    assert re.findall(r"!\[[^\]]{20,}\]\(\.\./images/guide-[\w-]+\.png\)", text), "a picture, with what it shows"
    for part in ("## What you should see", "## What if not", "## What you need"):
        assert text.partition(part)[2].partition("\n## ")[0].count("\n- ") >= 1


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_is_there(page: str) -> None:
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in link:
            continue
        path, _, place = link.partition("#")
        target = (DOCS / page).parent / path if path else DOCS / page
        assert target.is_file(), link
        if place:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in [slug(heading) for heading in headings], link


def test_every_page_is_packed_in_the_wheel_and_the_folder() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    wheel = built["targets"]["wheel"]
    spec = (ROOT / "packaging" / "fusionviewer.spec").read_text(encoding="utf-8")
    assert wheel["sources"]["docs"] == "fusionviewer/docs"
    assert {"docs/guide", "docs/images"} <= set(wheel["only-include"])
    for page in PAGES:
        assert page.startswith("guide/") or f"docs/{page}" in wheel["only-include"]
        assert page.startswith("guide/") or f'"{page}"' in spec
    assert all(f'(str(ROOT / "docs" / "{part}"), "fusionviewer/docs/{part}")' in spec for part in ("guide", "images"))


def test_every_picture_of_the_guide_is_shown() -> None:
    shown = set(re.findall(r"images/([\w-]+\.\w+)", "\n".join(text_of(page) for page in PAGES)))
    assert {path.name for path in (DOCS / "images").iterdir()} <= shown


def keys_of_table() -> set[str]:
    return {key for action in ACTIONS for key in action.keys}


@pytest.mark.parametrize("page", WRITTEN)
def test_every_key_is_one_of_the_program(page: str) -> None:
    if page == "guide/shortcuts.md":
        pytest.skip("made from the table: tests/packaging/test_shortcuts.py")
    words = re.findall(r"\*\*([^*]+)\*\*", prose(page))
    assert [word for word in words if word not in keys_of_table() | ELSEWHERE | {"not"}] == []


@pytest.mark.parametrize("page", WRITTEN)
def test_a_key_behind_a_name_is_that_names(page: str) -> None:
    by_text = {action.text.rstrip("…"): action.keys for action in ACTIONS}
    for name, key in re.findall(r"\*([^*]+)\* \(\*\*([^*]+)\*\*\)", prose(page)):
        last = " ".join(name.split()).split(" ▸ ")[-1].rstrip("…")
        if last in by_text:
            assert key in by_text[last], f"{name} {key}"


@cache
def shown_texts() -> set[str]:
    """Every text that the program has, without the dots at its end, and the parts of those that values are put into."""
    found = {action.text for action in ACTIONS} | {action.submenu for action in ACTIONS} | set(MENUS)
    found |= {name for _, name in STEPS}
    for room in ("ui", "app", "quality", "rendering", "registration", "imaging", "process"):
        for path in (ROOT / "fusionviewer" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return {text.strip().rstrip("…") for text in found}


@cache
def sentences() -> str:
    return "\n".join(text for text in shown_texts() if " " in text)


_BOLD_OR_TERM = re.compile(r"\*\*[^*]+\*\*|\*([^*]+)\*")


def known(name: str) -> bool:
    texts = shown_texts()
    return name in texts or f"{name}." in texts or (" " in name and name in sentences()) or name in MADE


@pytest.mark.parametrize("page", WRITTEN)
def test_every_name_is_on_the_screen(page: str) -> None:
    wrong = []
    for found in _BOLD_OR_TERM.finditer(prose(page)):
        name = " ".join((found[1] or "").split()).rstrip("…")
        if name and page != "guide/index.md":
            wrong += [part for part in name.split(" ▸ ") if not known(part.rstrip("…"))]
    assert wrong == []


@pytest.mark.parametrize("page", WRITTEN)
def test_every_path_through_the_menus_leads_to_an_action(page: str) -> None:
    entries = {(a.menu, a.submenu, a.text.rstrip("…")) for a in ACTIONS}
    places = entries | {(menu, "", submenu) for menu, submenu, _ in entries}
    places |= {("Align", "", "Preset")}  # a menu that is made anew each time
    for found in re.findall(r"\*([A-Z][^*]+ ▸ [^*]+)\*", prose(page)):
        menu, *others = [part.strip().rstrip("…") for part in " ".join(found.split()).split("▸")]
        assert (menu, others[0] if len(others) > 1 else "", others[-1]) in places, found


def test_the_readme_leads_to_the_guide_and_has_one_picture() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.count("![") == 1
    assert "(docs/guide/index.md)" in readme
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert "://" in link or (ROOT / link).exists(), link
