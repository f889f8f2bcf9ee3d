"""Make reveal.js decks from the notebooks: they open from a folder, without a network, and print to PDF."""

import argparse
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import slides_deck
from nbconvert import SlidesExporter
from npm_packages import NpmError, package
from print_pdf import chromium, print_pdf

from mesoviz._notebooks import _run

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1280, 720


def convert(path, folder):
    """Write the deck of one notebook; its path."""
    exporter = SlidesExporter(
        template_name="slides",
        extra_template_basedirs=[str(HERE)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        anchor_link_text="",
    )
    markup, _ = exporter.from_notebook_node(slides_deck.deck(path))
    target = folder / f"{path.stem}.html"
    target.write_text(markup, encoding="utf-8", newline="\n")
    return target


def furnish(folder):
    """Put beside the decks what they load, with its licenses."""
    reveal = package("reveal.js")
    for name in ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js", "LICENSE"):
        target = folder / "reveal.js" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(reveal / name, target)
    shutil.copy(HERE / "slides" / "deck.css", folder)
    shutil.copy(slides_deck.FONTS / "LICENSE_DEJAVU", folder)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make slides of the notebooks.")
    parser.add_argument("folder", type=Path, help="where to")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the project's own")
    parser.add_argument("--pdf", action="store_true", help="print the decks to PDF, too (needs Chromium)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    options = parser.parse_args(arguments)
    browser = chromium()
    if options.pdf and browser is None:
        parser.error("--pdf needs Chromium, which is not installed.")
    paths = options.notebooks or sorted(_run.folder().glob("[0-9][0-9]-*.ipynb"))
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        furnish(options.folder)
        with ProcessPoolExecutor(max(1, options.jobs)) as pool:
            made = {pool.submit(partial(convert, path, options.folder)) for path in paths}
            for done in as_completed(made):
                print(f"{done.result()} written", file=sys.stderr)
        decks = [options.folder / f"{path.stem}.html" for path in paths]
        if options.pdf:
            print_pdf(decks, browser, query="?print-pdf", ready=".pdf-page", size=(WIDTH, HEIGHT))
    except (NpmError, _run.CellError) as error:
        print(f"make_slides: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
