"""From Markdown to what Qt draws."""

from __future__ import annotations

import pytest

from fusionviewer.ui.guide.page_html import page_html, slug
from fusionviewer.ui.guide.pages import target_of, title_of


def html(markdown: str) -> str:
    return page_html(markdown, lambda link: link.startswith("page.md"))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Words *on the screen* and **Ctrl+R**", "Words <i>on the screen</i> and <b>Ctrl+R</b>"),
        ("a < b & `c < d`", "a &lt; b &amp; <code>c &lt; d</code>"),
        ("`*no*`", "<code>*no*</code>"),
        ("[there](page.md#part)", '<a href="page.md#part">there</a>'),
        ("[the *web*](https://example.org)", "the <i>web</i>"),
        ("<https://example.org>", "https://example.org"),
        ("(**[** and **]**)", "(<b>[</b> and <b>]</b>)"),
    ],
)
def test_words(markdown: str, expected: str) -> None:
    assert html(markdown) == f'<p class="words">{expected}</p>'


def test_a_picture_alone_has_a_paragraph_without_room_for_lines() -> None:
    assert html("![a head](../images/a.png)") == '<p class="picture"><img src="../images/a.png" alt="a head"></p>'


def test_headings_are_places_to_go_to() -> None:
    assert html("## What if *not*?") == '<h2><a name="what-if-not"></a>What if <i>not</i>?</h2>'
    assert slug("`register`: find where the moving image lies") == "register-find-where-the-moving-image-lies"


def test_lists_keep_what_is_indented_below_an_item() -> None:
    made = html("1. one\n   more\n\n   ```sh\n   do it\n   ```\n\n2. two\n   - inside\n\nafter")
    assert made.startswith("<ol><li>one\nmore<table")
    assert "<pre>do it</pre>" in made
    assert "<li>two<ul><li>inside</li></ul></li></ol>" in made
    assert made.endswith('<p class="words">after</p>')


def test_a_table_without_words_in_its_head_has_none() -> None:
    assert "<th" not in html("| | |\n|---|---|\n| a | b |")
    made = html("| key | what |\n|---|---|\n| a | b |")
    assert made.count("<th ") == made.count("<td ") == 2


def test_links_are_followed_from_the_page_they_stand_on() -> None:
    assert target_of("guide/index.md", "../looking.md#layouts") == ("looking.md", "layouts")
    assert target_of("looking.md", "guide/review.md") == ("guide/review.md", "")
    assert target_of("cli.md", "#register") == ("cli.md", "register")
    assert target_of("cli.md", "registration.md") is None
    assert target_of("cli.md", "https://example.org/cli.md") is None


def test_the_title_is_the_first_heading() -> None:
    assert title_of("# Review\n\n# Other\n") == "Review"
    assert title_of("no heading") == ""
