"""From the Markdown of the documents to the HTML that Qt draws: only what the documents use of either."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from fusionviewer.ui.look.palettes import Palette

KnownLink = Callable[[str], bool]
"""Whether a link leads to a page of the guide; what leads elsewhere is shown as its words alone."""

_ITEM: Final = re.compile(r"( *)(?:([-*])|(\d+)\.) +(.*)")
_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`|!\[(?P<alt>[^\]]*)\]\((?P<picture>[^)]+)\)|\[(?P<words>(?:[^\[\]]|\[[^\]]*\])+)\]\((?P<link>[^)]+)\)"
    r"|<(?P<web>https?://[^>]+)>|\*\*(?P<strong>.+?)\*\*|\*(?P<term>[^*]+)\*",
    re.DOTALL,
)


def slug(heading: str) -> str:
    """The name by which a link finds a heading, as GitHub makes it."""
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def page_html(markdown: str, known: KnownLink) -> str:
    """The body of a page."""
    return _blocks(markdown.splitlines(), known)


def style_of(colours: Palette, scaled: Callable[[int], int]) -> str:
    """The style sheet of a page, in the colours of a theme; `scaled` gives lengths that follow the size of letters.

    Headings are larger than any in the window: a page is long, and its parts are found by them.
    """
    return f"""
    h1 {{ font-size: {scaled(24)}px; font-weight: 600; margin-top: 0; margin-bottom: {scaled(12)}px; }}
    h2 {{ font-size: {scaled(17)}px; font-weight: 600; margin-top: {scaled(24)}px; margin-bottom: {scaled(8)}px; }}
    h3 {{ font-size: {scaled(15)}px; font-weight: 600; margin-top: {scaled(16)}px; margin-bottom: {scaled(4)}px; }}
    p {{ margin-top: 0; margin-bottom: {scaled(10)}px; }}
    p.words {{ line-height: 135%; }}
    li {{ margin-bottom: {scaled(6)}px; line-height: 135%; }}
    ul, ol {{ margin-top: 0; margin-bottom: {scaled(10)}px; }}
    a {{ color: {colours.accent}; text-decoration: none; }}
    code, pre {{ font-family: monospace; font-size: {scaled(13)}px; }}
    pre {{ margin: 0; white-space: pre-wrap; }}
    td.code {{ background-color: {colours.field}; border: 1px solid {colours.line}; }}
    table {{ border-collapse: collapse; }}
    th {{ color: {colours.caption}; font-weight: 600; text-align: left; border-bottom: 1px solid {colours.line}; }}
    td {{ border-bottom: 1px solid {colours.line}; }}
    blockquote {{ color: {colours.caution}; margin-left: {scaled(16)}px; }}
    """


def _blocks(lines: list[str], known: KnownLink) -> str:
    """Paragraphs, headings, lists, tables, quotations and code, one after the other."""
    out, at = [], 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("```")), len(lines))
            out.append(_code(lines[at + 1 : end]))
            at = end + 1
        elif heading := re.match(r"(#{1,4}) +(.*)", line):
            level, words = len(heading[1]), heading[2]
            out.append(f'<h{level}><a name="{slug(words)}"></a>{_inline(words, known)}</h{level}>')
            at += 1
        else:
            end = _end_of(lines, at)
            out.append(_block(lines[at:end], known))
            at = end
    return "\n".join(out)


def _code(lines: list[str]) -> str:
    """Lines as they are, on a ground of their own: Qt gives one to a cell, but leaves gaps between lines of text."""
    cell = f'<td class="code"><pre>{escape(chr(10).join(lines), quote=False)}</pre></td>'
    return f'<table width="100%" cellpadding="8" cellspacing="0"><tr>{cell}</tr></table>'


def _end_of(lines: list[str], at: int) -> int:
    """Where the list, table, quotation or paragraph that begins here ends."""
    in_list = _ITEM.match(lines[at]) is not None
    for n in range(at + 1, len(lines)):
        line = lines[n]
        if not in_list and (not line.strip() or line.startswith(("#", "```")) or _ITEM.match(line)):
            return n
        follows = next((later for later in lines[n:] if later.strip()), "")
        if in_list and not line.strip() and not (follows.startswith("  ") or _ITEM.match(follows)):
            return n
    return len(lines)


def _block(lines: list[str], known: KnownLink) -> str:
    if _ITEM.match(lines[0]):
        return _list(lines, known)
    if lines[0].startswith("|"):
        return _table(lines, known)
    if lines[0].startswith(">"):
        return f"<blockquote>{_blocks([line[1:].removeprefix(' ') for line in lines], known)}</blockquote>"
    text = "\n".join(lines)
    kind = "picture" if re.fullmatch(r"!\[[^\]]*\]\([^)]*\)", text) else "words"  # no room for lines above a picture
    return f'<p class="{kind}">{_inline(text, known)}</p>'


def _list(lines: list[str], known: KnownLink) -> str:
    """A list; what is indented below an item belongs to it, be it words, a list or a picture."""
    items: list[list[str]] = []
    indent = len(lines[0]) - len(lines[0].lstrip())
    numbered = lines[0].lstrip()[0].isdigit()
    for line in lines:
        found = _ITEM.match(line)
        if found and len(found[1]) == indent:
            items.append([found[4]])
        else:
            items[-1].append(line.strip() if not _ITEM.match(line) else line[indent:])
    kind = "ol" if numbered else "ul"
    return f"<{kind}>{''.join(f'<li>{_item(item, known)}</li>' for item in items)}</{kind}>"


def _item(lines: list[str], known: KnownLink) -> str:
    """Words of an item, and what stands below them; without a paragraph around the words, which Qt would set apart."""
    end = next((n for n, line in enumerate(lines) if n and (not line or _ITEM.match(line))), len(lines))
    return _inline("\n".join(lines[:end]), known) + _blocks(lines[end:], known)


def _table(lines: list[str], known: KnownLink) -> str:
    """A table; a first row without words is no heading."""
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for n, line in enumerate(lines)
        if n != 1
    ]
    head, body = rows[0], rows[1:]
    out = [_row(head, "th", known)] if any(head) else []
    out += [_row(row, "td", known) for row in body]
    return f'<table width="100%" cellpadding="5" cellspacing="0">{"".join(out)}</table><p></p>'


def _row(cells: list[str], kind: str, known: KnownLink) -> str:
    made = (f'<{kind} valign="top">{_inline(cell, known)}</{kind}>' for cell in cells)
    return f"<tr>{''.join(made)}</tr>"


def _inline(text: str, known: KnownLink) -> str:
    """Words with their emphasis, links, code and pictures."""
    out, at = [], 0
    for found in _INLINE.finditer(text):
        out.append(escape(text[at : found.start()], quote=False))
        out.append(_span(found, known))
        at = found.end()
    out.append(escape(text[at:], quote=False))
    return "".join(out)


def _span(found: re.Match[str], known: KnownLink) -> str:
    if found["code"]:
        return f"<code>{escape(found['code'], quote=False)}</code>"
    if found["picture"]:
        return f'<img src="{escape(found["picture"])}" alt="{escape(found["alt"])}">'
    if found["web"]:
        return escape(found["web"], quote=False)
    if found["link"]:
        words = _inline(found["words"], known)
        return f'<a href="{escape(found["link"])}">{words}</a>' if known(found["link"]) else words
    return f"<b>{_inline(found['strong'], known)}</b>" if found["strong"] else f"<i>{_inline(found['term'], known)}</i>"
