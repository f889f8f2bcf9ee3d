"""One module a figure: `prepare` (the drawn frame), `draw` (its marks), `describe` (its words)."""
