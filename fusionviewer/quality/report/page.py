"""A report as one HTML file that needs nothing else, to be read and printed."""

from __future__ import annotations

import base64
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined, Template

from fusionviewer.quality.report.blocks import Figure, Lines, Table
from fusionviewer.quality.report.facts import Report
from fusionviewer.quality.report.sections import paper_of

TEMPLATE: Final = "report.html.jinja"
"""Beside this module."""


def html_of(report: Report) -> str:
    """The report as HTML: style and screenshots inside, no scripts, nothing from elsewhere."""
    return _template().render(paper=paper_of(report))


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["base64"] = lambda data: base64.b64encode(data).decode("ascii")
    environment.tests["table"] = lambda block: isinstance(block, Table)
    environment.tests["lines"] = lambda block: isinstance(block, Lines)
    environment.tests["figure"] = lambda block: isinstance(block, Figure)
    text = resources.files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(text)
