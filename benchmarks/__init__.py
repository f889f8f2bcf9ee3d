"""How fast mesoviz is, as ratios to what it is held against: `python -m benchmarks`, or `make bench`."""
