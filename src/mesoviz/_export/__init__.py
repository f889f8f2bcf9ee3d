"""The figure pack: every chart of the notebooks as files for slides and papers, with their words."""
