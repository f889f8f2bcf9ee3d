"""The explorer: what can be chosen, what a choice shows, and the controls to choose with."""
