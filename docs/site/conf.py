"""Sphinx's settings for the site. What it builds is staged by tools/make_site.py, which also runs it."""

from mesoviz import __version__
from mesoviz._page._words import DATA_TO

project = "mesoviz"
author = "mesoviz contributors"
release = __version__
project_copyright = "mesoviz contributors. Texts, figures and tables: CC BY 4.0; code: MIT"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["_extra"]
templates_path = ["_templates"]

nb_execution_mode = "off"  # what the notebooks store is what the site shows
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_code_prompt_show = "Code"
nb_code_prompt_hide = "Code"
myst_enable_extensions = []
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
suppress_warnings = ["ref.footnote"]  # a docstring may list a reference that no sentence points to
default_role = "py:obj"  # names in docstrings lead to where they are explained
autodoc_typehints = "none"  # the docstrings name the types
autodoc_member_order = "bysource"

html_theme = "pydata_sphinx_theme"
html_title = "mesoviz"
html_static_path = ["_static"]
html_extra_path = ["_extra"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "_static/icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_sidebars = {
    name: [] for name in ("index", "trials", "therapies", "notebooks/*", "data/README", "search")
}
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme_options = {
    "logo": {
        "text": "mesoviz",
        "image_light": "_static/icon.svg",
        "image_dark": "_static/icon.svg",
        "alt_text": "",
    },
    "announcement": (
        f"Not medical advice. Data to {DATA_TO}. Survival clocks start at different events: randomization, "
        "first dose or diagnosis."
    ),
    "search_bar_text": "Search trials, therapies, charts …",
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "trials": [], "therapies": []},
    "footer_start": ["copyright"],
    "footer_center": [],
    "footer_end": [],
}
