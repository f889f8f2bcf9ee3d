"""What every built page must keep, read from the files alone."""

import re
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

# What a browser fetches by itself when it opens a page.
_LOADS = {
    "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
    "embed": ("src",), "object": ("data",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
    "image": ("href", "xlink:href"), "use": ("href", "xlink:href"), "input": ("src",), "form": ("action",),
}  # fmt: skip
_LINKED = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch", "preconnect", "search"}
_TOLD = {"alt", "width", "height"}  # a size keeps the page from moving while it loads
_CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


class Page(HTMLParser):
    """The ids, links, loads and pictures of one page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads, self.wordless = [], [], [], []
        self.language, self.titles, self._in_style = None, 0, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"])
        if tag == "html":
            self.language = values.get("lang")
        elif tag == "h1":
            self.titles += 1
        elif tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "link" and _LINKED & set((values.get("rel") or "").split()):
            self.loads.append(values.get("href") or "")
        elif tag == "img" and not ({"alt"} if "logo__image" in (values.get("class") or "") else _TOLD) <= {
            *values
        }:
            self.wordless.append(values.get("src", ""))
        for name in _LOADS.get(tag, ()):
            self.loads += [part.split()[0] for part in (values.get(name) or "").split(",") if part.strip()]
        self.loads += _CSS_URL.findall(values.get("style") or "")
        self._in_style = tag == "style"

    def handle_data(self, data):
        if self._in_style:
            self.loads += _CSS_URL.findall(data)


def problems(site):
    """A sentence for everything wrong in the built site."""
    read = {
        path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] != "_static"  # the theme's own parts
    }
    found = []
    for name, page in read.items():
        found += [f"{name}: loads {load[:80]!r} from elsewhere" for load in page.loads if is_outside(load)]
        found += [
            f"{name}: the picture {source[:80]!r} lacks alt, width or height" for source in page.wordless
        ]
        found += [f"{name}: the id {one!r} stands twice" for one in repeated(page.ids)]
        found += [] if page.language else [f"{name}: states no language"]
        found += [] if page.titles == 1 else [f"{name}: has {page.titles} headings of level 1"]
        wanted = (*page.links, *(load for load in page.loads if not is_outside(load)))
        found += [
            f"{name}: {link[:120]!r} leads nowhere"
            for link in dict.fromkeys(wanted)
            if not _leads(link, name, read, site)
        ]
    for path in sorted(site.rglob("*.css")):
        loads = _CSS_URL.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.name}: loads {load[:80]!r} from elsewhere" for load in loads if is_outside(load)]
    return found


def is_outside(address):
    """True for an address that is neither beside the page nor in it."""
    return bool(_SCHEME.match(address))


def repeated(names):
    return sorted({name for name in names if names.count(name) > 1})


def _leads(link, name, read, site):
    """True where a link leads to a page and a place in it, or out of the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = unquote(urlsplit(urljoin(f"/{name}", parts.path)).path).lstrip("/") if parts.path else name
    if target in read:
        anchor = unquote(parts.fragment)
        return not anchor or anchor in read[target].ids
    return target == "" or (site / PurePosixPath(target)).is_file()
