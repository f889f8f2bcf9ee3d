"""What pooling very many comparisons costs, against the same arithmetic in numpy on arrays made ready."""

from functools import partial

from benchmarks._run import Row

_COLUMNS = ("hazard_ratio", "low", "high")


def _comparisons(size):
    """Comparisons of this many trials: our own again and again, their ratios moved at random."""
    import numpy as np

    import mesoviz as mv

    own = mv.load_comparisons()
    whole = own[[*_COLUMNS, "ci_level"]].notna().all(axis=1) & own["hazards"].ne("not proportional")
    own = own[whole & own["main_analysis"] & own["endpoint"].eq("OS")].drop_duplicates("trial")
    frame = own.iloc[np.arange(size) % len(own)].reset_index(drop=True)
    moved = np.exp(np.random.default_rng(20).normal(0, 0.2, size))
    names = [f"trial-{number}" for number in range(size)]
    return frame.assign(
        trial=names,
        trial_label=names,
        setting=own["setting"].iloc[0],
        control_kind="platinum-pemetrexed",
        **{name: frame[name] * moved for name in _COLUMNS},
    )


def pool(size):
    import mesoviz as mv

    comparisons, pool = _comparisons(size), mv.pool
    return lambda: pool(comparisons)


def by_hand(size):
    import numpy as np
    from scipy.optimize import brentq
    from scipy.special import chdtri, ndtri, stdtrit

    frame = _comparisons(size)
    ratio, low, high, level = (frame[name].to_numpy(float) for name in (*_COLUMNS, "ci_level"))

    def spread(y, v, tau2):
        w = 1 / (v + tau2)
        return (w * (y - (w * y).sum() / w.sum()) ** 2).sum()

    def slope(y, v, tau2):
        w = 1 / (v + tau2)
        squares = w**2
        return (squares * (y - (w * y).sum() / w.sum()) ** 2).sum() - w.sum() + squares.sum() / w.sum()

    def slopes(y, v, grid):
        powers = np.stack([np.ones_like(y), y, y**2], axis=1)
        w = 1 / (v + grid[:, None])
        (total, first, _), (total2, first2, second2) = (w @ powers).T, (w**2 @ powers).T
        middle = first / total
        return second2 - 2 * middle * first2 + middle**2 * total2 - total + total2 / total

    def run():
        y = np.log(ratio)
        v = ((np.log(high) - np.log(low)) / (2 * ndtri(0.5 + level / 200))) ** 2
        w, freedom = 1 / v, len(y) - 1
        q = spread(y, v, 0)
        dl = max(0, (q - freedom) / (w.sum() - (w**2).sum() / w.sum()))
        far = 4 * np.ptp(y) ** 2
        grid = np.append(0, np.geomspace(1e-9 * far, far, 1000))
        rising = np.concatenate([slopes(y, v, part) for part in np.array_split(grid, 100)]) > 0
        turns = np.flatnonzero(rising[:-1] & ~rising[1:])
        reml = max((brentq(lambda t: slope(y, v, t), *grid[i : i + 2]) for i in turns), default=0.0)
        ends = [chdtri(freedom, tail) for tail in (0.025, 0.975)]
        limits = [brentq(lambda t, end=end: spread(y, v, t) - end, 0, far) for end in ends]
        results = [limits]
        for tau2, scale, quantile in (
            (0, 1, ndtri(0.975)),
            (dl, 1, ndtri(0.975)),
            (reml, 1, ndtri(0.975)),
            (reml, spread(y, v, reml) / freedom, stdtrit(freedom, 0.975)),
        ):
            w = 1 / (v + tau2)
            middle, half = (w * y).sum() / w.sum(), quantile * np.sqrt(scale / w.sum())
            results.append(np.exp([middle, middle - half, middle + half]))
        return results

    return run


ROWS = [
    Row(
        what="`pool`, 10,000 comparisons",
        limit="the same arithmetic in numpy, on arrays",
        aim=3.0,
        ours=partial(pool, 10_000),
        floor=partial(by_hand, 10_000),
        steps={
            "which may be pooled": "_estimates/_alike.py:eligible",
            "all four methods": "_estimates/_meta.py:combine_all",
        },
    )
]
