"""The project's own notebooks, executed in this process: what every cell shows, as objects."""
