"""The page to browse the figure pack with: one file, no script, nothing loaded from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby

from mesoviz._page import _words

_LOOK = """
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #595959; --ground: #fff; --link: #1f5a99; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --soft: #b8b8b8; --ground: #16181c; --link: #8fc1f5; }
}
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--ground); }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 3rem; }
nav ul, .files { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
.figures { display: grid; gap: 2.5rem 2rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); }
img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: .4rem; }
p.soft { color: var(--soft); }
"""


def page(records: Sequence[dict[str, object]]) -> str:
    """The index of the figures, by notebook."""
    books = [(name, list(group)) for name, group in groupby(records, key=lambda one: one["notebook"])]
    titles = {name: html.escape(group[0]["notebook_title"]) for name, group in books}
    links = "".join(f'<li><a href="#{html.escape(name)}">{title}</a></li>' for name, title in titles.items())
    body = "".join(
        f'<h2 id="{html.escape(name)}">{titles[name]}</h2>\n<div class="figures">\n'
        f"{''.join(map(_figure, group))}</div>\n"
        for name, group in books
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Figures of mesoviz</title>\n<style>{_LOOK}</style>\n</head>\n<body>\n"
        f"<header><h1>Figures of mesoviz</h1>\n<p>{_words.count(len(records), 'figure')} of what clinical "
        "trials found about therapies for malignant mesothelioma, for slides and papers. Data to "
        f"{_words.DATA_TO}. License: CC BY 4.0. Not medical advice.</p></header>\n"
        f'<nav aria-label="Notebooks"><ul>{links}</ul></nav>\n<main>\n{body}</main>\n</body>\n</html>\n'
    )


def _figure(record: dict[str, object]) -> str:
    name = record["name"]
    files = record["files"]
    first = next(path for path in files if path.endswith(".svg") and "/slide-" in path)
    return (
        f'<section aria-labelledby="{name}"><h3 id="{name}">{html.escape(record["title"])}</h3>\n'
        f"<p>{html.escape(record['takeaway'])}.</p>\n"
        f'<a href="{first}"><img src="{first}" alt="{html.escape(files[first]["alt"])}" loading="lazy" '
        f'width="1280" height="720"></a>\n'
        f'<p class="soft">{html.escape(record["section"])} '
        f"{_words.count(record['sources'], 'source')}.</p>\n"
        f"{_files(record, 'slide', 'Slides')}{_files(record, 'column', 'Column of a paper')}"
        f"{_files(record, 'page', 'Page of a paper')}{_files(record, None, 'Words and data')}</section>\n"
    )


def _files(record: dict[str, object], size: str | None, words: str) -> str:
    """The links to the files of one size, folded away."""
    found = [path for path, about in record["files"].items() if about.get("size") == size]
    links = "".join(f'<li><a href="{path}">{path.partition("/")[2]}</a></li>' for path in found)
    label = html.escape(f"{words} of {record['title']}")
    return (
        f'<details><summary aria-label="{label}">{words} ({len(found)} files)</summary>'
        f'<ul class="files">{links}</ul></details>\n'
    )
