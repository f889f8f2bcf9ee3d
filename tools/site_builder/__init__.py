"""Make the static site: stage what the notebooks, the tables and the docstrings hold, build it, check it."""
