"""Which pages the guide has, where they lie, and which of them suits what the window shows."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Final

from fusionviewer.app.state.steps import Step
from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.session.state import FusionState

HOME: Final = "guide/index.md"

CONTENTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Start", (HOME, "guide/first-fusion.md", "guide/remarks.md")),
    (
        "Tasks",
        (
            "guide/dicom.md", "guide/landmarks.md", "guide/refine.md", "guide/manual.md", "guide/review.md",
            "guide/export.md", "guide/send-to.md", "guide/command-line.md", "guide/many-pairs.md",
        ),
    ),
    ("Worked cases", ("guide/case-postoperative.md", "guide/case-planning.md", "guide/case-rescue.md")),
    (
        "Reference",
        (
            "guide/window.md", "looking.md", "landmarks.md", "cli.md", "formats.md", "privacy.md",
            "guide/shortcuts.md", "guide/trouble.md", "guide/glossary.md",
        ),
    ),
)  # fmt: skip
"""(title, pages) in the order of the list; each page by its path in the folder of the documents."""

PAGES: Final = tuple(page for _, pages in CONTENTS for page in pages)

MISSING: Final = "The guide is missing from this installation: install fusionviewer again."


def documents_folder() -> Path | None:
    """The folder with the pages and their pictures: beside the resources, wherever these lie. None: it is missing."""
    try:
        folder = sample_folder().parents[1] / "docs"
    except UnreadableInput:
        return None
    return folder if (folder / HOME).is_file() else None


def read_page(folder: Path, page: str) -> str:
    """A page's Markdown; of one that is not there, the sentence that says so."""
    try:
        return (folder / page).read_text(encoding="utf-8")
    except OSError:
        return f"# Page missing\n\n{MISSING}\n"


def title_of(markdown: str) -> str:
    """What the first heading of a page says; empty if it has none."""
    first = next((line for line in markdown.splitlines() if line.startswith("# ")), "")
    return first.removeprefix("# ").strip()


def target_of(page: str, link: str) -> tuple[str, str] | None:
    """The page and the place in it (empty: its beginning) that a link of a page leads to; None: none of the guide."""
    path, _, place = link.partition("#")
    if "://" in path:
        return None
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return (found, place) if found in PAGES else None


def page_for(step: Step, align_page: str, state: FusionState) -> str:
    """The page about the step that is shown, and in *Align* about its page."""
    if step == "open":
        if any(volume.oddities for volume in state.volumes().values()):
            return "guide/remarks.md"
        sources = [volume.source for volume in state.volumes().values()]
        return "guide/dicom.md" if any(one and one.is_dicom for one in sources) else "guide/first-fusion.md"
    if step == "align":
        pages = {"Landmarks": "guide/landmarks.md", "Manual": "guide/manual.md"}
        return pages.get(align_page, "guide/refine.md" if state.alignment.is_made else "guide/first-fusion.md")
    return f"guide/{step}.md"
