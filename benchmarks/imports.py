"""What importing mesoviz costs: its names are fetched on first use, so by itself next to nothing."""

from benchmarks._run import Row

_THREE = "import pandas, matplotlib.pyplot, seaborn"

ROWS = [
    Row(
        what="`import mesoviz`",
        limit="importing pandas, matplotlib.pyplot and seaborn",
        aim=1.05,
        ours="import mesoviz",
        floor=_THREE,
    ),
    Row(
        what="`import mesoviz` and every public name",
        limit="importing pandas, matplotlib.pyplot and seaborn",
        aim=1.05,
        ours="import mesoviz; [getattr(mesoviz, name) for name in mesoviz.__all__]",
        floor=_THREE,
    ),
]
