"""What a report is made of: sections of tables, lists and figures, which page and paper only lay out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.quality.report.pictures import ReportPicture
from fusionviewer.quality.report.replay import Record

Mark: TypeAlias = Literal["good", "look", "bad", ""]
"""How a line is told from the others, beside its words: nothing depends on a colour alone."""

_LEVELS: Final[dict[str, Mark]] = {"warning": "bad", "note": "look", "fact": ""}
_WORDS: Final = {"warning": "Warning: ", "note": "Note: ", "fact": ""}


@dataclass(frozen=True)
class Table:
    """Rows under a heading; without `head`, the first cell of each row names the others."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    """One for each row, or none at all."""


@dataclass(frozen=True)
class Lines:
    """Sentences below each other."""

    lines: tuple[tuple[str, Mark], ...]


@dataclass(frozen=True)
class Figure:
    """A screenshot."""

    picture: ReportPicture


Block: TypeAlias = Table | Lines | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Paper:
    """The report as it is read: its head, two pages, and an appendix."""

    title: str
    made: str
    assessment: str
    mark: Mark
    expected: str
    first: tuple[Section, ...]
    second: tuple[Section, ...]
    appendix: tuple[Section, ...]
    foot: str


def plain(sentences: Iterable[str]) -> Lines:
    """Sentences that say nothing good or bad."""
    return Lines(tuple((line, "") for line in sentences))


def finding_lines(findings: Sequence[Record]) -> Lines:
    """The sentences of findings, each with its level in words."""
    if not findings:
        return plain(["There is nothing to tell."])
    return Lines(tuple((_WORDS[one["level"]] + one["sentence"], _LEVELS[one["level"]]) for one in findings))


def millimetres(value: float | None) -> str:
    """A length with its unit."""
    return "unknown" if value is None else f"{value:.2f}\u00a0mm"
