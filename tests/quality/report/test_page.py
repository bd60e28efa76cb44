"""The page of a report: one file, safe, and made to be printed."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fusionviewer.geometry import RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import found
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.report.facts import Report
from fusionviewer.quality.report.page import html_of
from fusionviewer.quality.report.pictures import report_pictures
from fusionviewer.session.state import FusionState


@pytest.fixture(scope="module")
def page(anonymous_report: Report) -> str:
    return html_of(anonymous_report)


class Tags(HTMLParser):
    """Every tag that is opened, and those that are never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_it_is_one_file_that_needs_nothing_else(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"script", "link", "iframe", "object", "b"} & set(tags.seen)
    assert not re.search(r"https?://|url\(|@import|src=\"(?!data:image/png;base64,)", page)
    assert "Doe-Jane" not in page


def test_what_users_type_is_text(page: str) -> None:
    assert "Accepted by &lt;b&gt;AB on 2026-11-29 12:30 UTC." in page
    assert "There is a note, left out because it may name the patient." in page
    history = page[page.index("Review and its history") :]
    assert "2026-11-29 12:30 UTC: Accepted by &lt;b&gt;AB." in history


def test_it_says_what_there_is_to_say(page: str, anonymous_report: Report) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).replace("\u00a0", " ")
    for sentence in (
        anonymous_report.record["study"],
        "Expected error, calibrated on simulations",
        "Adjusted manually.",
        "The pose was adjusted manually: no registration gives it again.",
        "Measured TRE at check points: mean 3.00 mm, at most 3.00 mm.",
        "brain shift",
        "moving_from_fixed maps points of the fixed image",
        "Not a medical device",
    ):
        assert sentence in text, sentence
    assert "accuracy" not in text
    assert page.count('<div class="page">') == 2


def test_its_screenshots_show_three_planes(page: str) -> None:
    found_ = re.findall(r"base64,([^\"]+)\" alt=\"(\w+)", page)
    assert [title for _, title in found_][:3] == ["Axial", "Coronal", "Sagittal"]
    sizes = set()
    for data, _ in found_[:3]:
        with Image.open(BytesIO(base64.b64decode(data))) as image:
            sizes.add(image.size)
            assert np.asarray(image).std() > 10
            assert not image.info, "pixels alone"
    assert len(sizes) == 1


def test_the_place_of_the_heaviest_reason_is_shown(marked_study: FusionState, anonymous_report: Report) -> None:
    at_edges = anonymous_report.pictures[3]
    assert at_edges.caption.startswith("Where the second opinion would move skull and skin most: by ")
    assert at_edges.where is not None
    assert 40 < np.linalg.norm(at_edges.where) < 110, "on the head's surface"
    fact = found("residual_small", (1.0, 2.0, 3.0), p95_mm=0.4, shift_mm=0.1, rotation_deg=0.1, unsure_mm=0.1)
    reasons = (fact, found("cannot_judge", (-30.0, 30.0, 28.0), because="unsure", unsure_mm=3.0))
    checked = Assessment("look", reasons, None, None, None, None, None, None, 0.0)
    elsewhere = replace(marked_study.alignment, moving_from_fixed=RigidTransform.identity())
    pictures = report_pictures(replace(marked_study, alignment=elsewhere), checked, Observer())
    assert len(pictures) == 4
    assert pictures[3].where == (-30.0, 30.0, 28.0)
    assert pictures[3].caption.startswith("Second opinion: cannot judge.")
    assert pictures[0].png != anonymous_report.pictures[0].png


def test_the_expected_error_is_a_map_on_three_planes(page: str, anonymous_report: Report) -> None:
    shown = anonymous_report.error_map
    assert shown is not None
    assert base64.b64encode(shown.png).decode() in page
    assert "calibrated on simulations" in shown.caption
    with Image.open(BytesIO(shown.png)) as image:
        assert not image.info, "pixels alone"
