"""What forests of other packages cost, with the columns that they take; ours has its seven columns of words.

The packages are no dependency of the project, and one of them holds others back: install those to be measured
into an environment of their own. A package that is not there has no row.
"""

import io
from functools import partial

from benchmarks._run import Row
from benchmarks.figures import comparisons, ours


def _table(size):
    """The names, numbers and intervals that a forest of so many rows draws."""
    import mesoviz as mv

    rows = mv.forest(*comparisons(mv.load_evidence(), size)).data
    label = rows["experimental_name"] + ", " + rows["trial_label"]
    table = rows[["trial_label", "hazard_ratio", "low", "high"]].assign(label=label, n=rows["experimental_n"])
    whole = table[["low", "high", "n"]].fillna({"low": 0.5, "high": 1.5, "n": 100})
    return table.assign(**whole, text=[f"{one:.2f}" for one in table["hazard_ratio"]]).reset_index(drop=True)


def _saved(figure):
    import matplotlib.pyplot as plt

    figure.savefig(io.BytesIO(), format="png", dpi=100)
    plt.close("all")


def _tall(table):
    return (8, 0.28 * len(table) + 1)


def forestplot(size):
    import forestplot as fp

    table = _table(size)
    names = {"estimate": "hazard_ratio", "ll": "low", "hl": "high", "varlabel": "label"}
    look = {"annote": ["n"], "annoteheaders": ["n"], "figsize": _tall(table)}
    return lambda: _saved(fp.forestplot(table, **names, **look).figure)


def myforestplot(size):
    import myforestplot as mfp

    table = _table(size).assign(item="a", category=lambda frame: frame["label"])

    def run():
        look = {"figsize": _tall(table), "dpi": 100, "vertical_align": True}
        plot = mfp.SimpleForestPlot(ratio=(8, 3), df=table, **look)
        numbers = table[["hazard_ratio", "low", "high"]].rename(columns={"hazard_ratio": "risk"})
        plot.errorbar(errorbar_kwds={"fmt": "o"}, df=numbers.rename(columns={"low": 0, "high": 1}))
        plot.embed_strings("label", 0.0, header="Therapy")
        plot.embed_strings("n", 5.0, header="n")
        plot.embed_strings("text", 6.0, header="Ratio")
        _saved(plot.fig)

    return run


def zepid(size):
    import matplotlib.pyplot as plt
    from zepid.graphics import EffectMeasurePlot

    table = _table(size)
    columns = [list(table[name]) for name in ("label", "hazard_ratio", "low", "high")]

    def run():
        EffectMeasurePlot(*columns).plot(figsize=_tall(table))
        _saved(plt.gcf())

    return run


def forestploter(size):
    import forestploter as fp

    table = _table(size)
    numbers = table[["label", "n", "text"]].assign(
        estimate=table["hazard_ratio"], lower=table["low"], upper=table["high"]
    )
    own = {"_plot_row": range(size), "_series": "all", "_ci_column": "ci", "_row_type": "estimate"}
    numbers = numbers.assign(**own, _indent=0, _is_summary=False)
    columns = [
        fp.ForestColumn("label", "Therapy", "text", 4.0),
        fp.ForestColumn("n", "n", "numeric", 0.7, "right"),
        fp.ForestColumn("ci", "", "ci", 3.0, "center"),
        fp.ForestColumn("text", "Ratio", "numeric", 0.8, "right"),
    ]
    return lambda: _saved(fp.forest(numbers, columns=columns, ref_line=1.0, row_height=0.28).figure)


def forestplotx(size):
    import forestplotx as fpx

    table = _table(size)
    frame = table.assign(outcome="OS", predictor=table["label"], p_value=0.5, OR=table["hazard_ratio"])
    frame = frame.rename(columns={"low": "CI_low", "high": "CI_high"})
    look = {"exponentiate": False, "show": False, "show_general_stats": False}
    return lambda: _saved(fpx.forest_plot(frame, **look)[0])


def statsmodels(size):
    import matplotlib.pyplot as plt
    import numpy as np
    from statsmodels.stats.meta_analysis import combine_effects

    table = _table(size)
    log = np.log(table[["hazard_ratio", "low", "high"]].to_numpy(float))
    variance = np.maximum((log[:, 2] - log[:, 1]) / 3.92, 0.05) ** 2
    names = table["label"].tolist()

    def run():
        _, axes = plt.subplots(figsize=_tall(table))
        _saved(combine_effects(log[:, 0], variance, row_names=names).plot_forest(ax=axes))

    return run


PEERS = {
    "forestplot": forestplot,
    "forestploter": forestploter,
    "forestplotx": forestplotx,
    "myforestplot": myforestplot,
    "statsmodels": statsmodels,
    "zepid": zepid,
}
ROWS = [
    Row(
        what=f"forest of {size:,} rows to PNG, beside {name}",
        limit=f"{name} with the columns that it takes",
        aim=1.0,
        ours=partial(ours, "forest", size),
        floor=partial(peer, size),
        slow=True,
        needs=name,
    )
    for name, peer in PEERS.items()
    for size in (30, 300, 1000)
]
