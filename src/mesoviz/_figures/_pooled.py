"""The pooled estimate of a forest plot: whether it may be shown, and what must be said of it."""

from __future__ import annotations

import pandas as pd

from mesoviz._estimates import _meta, _pool
from mesoviz._figures import _compared
from mesoviz._page import _furniture, _words

_POOLED = (
    *(
        "method",
        "hazard_ratio",
        "low",
        "high",
        "prediction_low",
        "prediction_high",
        "tau2",
        "i2_pct",
        "i2_low",
    ),
    *("i2_high", "q", "q_p_value", "trials", "patients", "left_out", "left_out_pct", "mixed"),
)


def combined(data: pd.DataFrame, method: str, allow_mixed: bool) -> pd.Series:
    """The pooled estimate of what is drawn, and whether the rule on those left out lets it be shown."""
    rows = _pool.pool(_labeled(data), allow_mixed=allow_mixed)
    found = rows[rows["method"].eq(method)].iloc[0]
    return pd.concat([found, pd.Series({"shown": found["left_out_pct"] <= _pool.MOST_LEFT_OUT_PCT})])


def _labeled(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(**{f"{side}_label": data[f"{side}_therapy_label"] for side in _compared.SIDES})


def with_mark(data: pd.DataFrame, found: pd.Series | None) -> pd.DataFrame:
    """The frame that is drawn: comparisons, and the pooled estimate as its last row where there is one."""
    if found is None or not found["shown"]:
        return data
    row = {name: [found[name]] for name in _POOLED}
    last = pd.DataFrame({**row, "mark": ["pooled"], "ci_level": [float(_meta.LEVEL)]})
    return pd.concat([data, last], ignore_index=True)


def words(found: pd.Series | None, method: str | None) -> list[str]:
    """What must be said of a pooled estimate, or of why there is none."""
    if found is None:
        return []
    lines = []
    if pd.notna(found["mixed"]):
        lines.append(f"Combined on request although they are not alike: {found['mixed']}.")
    if not found["shown"]:
        share = f"{found['left_out_pct']:.0f} %" if pd.notna(found["left_out_pct"]) else "an unknown share"
        why = f"comparisons that cannot be combined hold {share} of the patients ({found['left_out']})"
        return [*lines, f"No pooled estimate: {why}."]
    ratio, low, high, far_low, far_high = (
        _words.number(round(found[name], 2), 2)
        for name in ("hazard_ratio", "low", "high", "prediction_low", "prediction_high")
    )
    said = f"Pooled ({_meta.METHODS[method]}): {ratio} (95 % interval {low}\N{EN DASH}{high}), "
    said += f"{_words.count(found['trials'], 'trial')}, {_words.count(found['patients'], 'patient')}. "
    if method != "fixed":
        said += (
            f"A further trial would lie within {far_low}\N{EN DASH}{far_high} (95 % prediction interval). "
        )
    said += f"Heterogeneity: tau² {round(found['tau2'], 3):g}, I² {found['i2_pct']:.0f} %"
    if method != "fixed":
        said += f" ({found['i2_low']:.0f}\N{EN DASH}{found['i2_high']:.0f} %)"
    lines.append(f"{said}, Q {round(found['q'], 1):g}, P = {round(found['q_p_value'], 2):g}.")
    if pd.notna(found["left_out"]):
        said = f"Left out of it ({found['left_out_pct']:.0f} % of the patients): {found['left_out']}."
        lines.append(_furniture.Aside(said))
    if method == "reml-knha" and found["q"] < found["trials"] - 1:
        said = (
            "The trials agree more closely than chance would have it: the pooled interval may be too narrow."
        )
        lines.append(_furniture.Aside(said))
    return lines
