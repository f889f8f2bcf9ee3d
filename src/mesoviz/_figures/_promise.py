"""From promise to randomized test: what a therapy's early trials showed, and what a later test found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._figures import _arms, _compared, _later, _map_marks, _promise_marks, _response_rate
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAVEAT = (
    "A hazard ratio below 1 favors the therapy. Early and later trials often differ in setting, dose and "
    "partner drugs. Where only years of publication tell the order, trials may have run side by side."
)
_SOURCES = ("response_source", "os_source", "n_source", "os_hr_source", "pfs_hr_source", "date_source")


def promise_and_test(
    trials: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw what early trials of each therapy showed above what a later randomized trial found.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`; filter it with pandas first, but keep the control arms, which tell that
        a trial had one.
    comparisons : pandas.DataFrame
        From `load_comparisons`; the main analyses of the drawn arms are looked up in it.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`, with years of publication; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm (and control, where an arm was compared with several): its `step`
        (``"signal"`` or ``"test"``), response, median survival and hazard ratios (`os_hazard_ratio`,
        `pfs_hazard_ratio`, with intervals); `omitted` all other arms with the reason.

    Raises
    ------
    ValueError
        If no therapy of the selection has an early trial and a later randomized one.

    Notes
    -----
    A signal is an arm without a randomized control, or of a trial of phase 1 or 2; a test is an arm that was
    randomized against a control in a later trial of the same therapy; programs of expanded access and
    uncontrolled trials of phase 4 are neither. Later is decided by the first
    patient's date where both trials tell it; else by the last patient's; else by the years of the primary
    publications. Where none tells the order, or a year alone leaves it open, an arm is not drawn. Intervals
    of responses are exact (Clopper and Pearson) and ours; hazard ratios are as published.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials, comparisons = mv.load_trials(), mv.load_comparisons()
    >>> chart = mv.promise_and_test(mv.select(trials, agent="Tremelimumab"), comparisons)
    >>> chart.data[["trial", "step"]].to_numpy().tolist()[-1]
    ['determine', 'test']
    """
    data, omitted = prepare(trials, comparisons, sources)
    title = _given.heading(title, "From promise to randomized test")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, _SOURCES, sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("therapy_class", "agent", "trial", "arm", "control_arm"),
        )

    return chart(data, omitted, title)


def prepare(
    trials: pd.DataFrame, comparisons: pd.DataFrame, sources: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Arms that are a signal or a later test, in drawing order; and the others, with the reason."""
    return _later.sequences(trials, comparisons, sources)


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line an arm, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, name, remarks in zip(_given.records(data), _arms.names(data), _remarks(data), strict=True):
        setting = _words.SETTINGS.get(row["arm_setting"], row["arm_setting"])
        n = f"n = {row['n']}" if pd.notna(row["n"]) else "n not reported"
        said = [
            f"response {_response_rate.rate_words(row)}" if pd.notna(row["pct"]) else "response not reported"
        ]
        said.append(f"median overall survival {_median(row)}")
        if row["step"] == _later.TEST:
            said += [_ratio_words(row, endpoint) for endpoint in _later.ENDPOINTS]
            said.append(f"later than {row['after']} by {row['ordered_by']}")
        elif any(pd.notna(row[f"{endpoint}_hazard_ratio"]) for endpoint in _later.ENDPOINTS):
            said += [_ratio_words(row, endpoint) for endpoint in _later.ENDPOINTS]
        said.append(_map_marks.FATES[_promise_marks.fate(row)][0])
        cited = dict.fromkeys(row[name.replace("source", "citation")] for name in _SOURCES)
        citations = "; ".join(word for word in cited if pd.notna(word))
        step = "later randomized test" if row["step"] == _later.TEST else "signal"
        lines.append(
            f"{row['therapy_class']}, {row['agent']}, {step}: {name}, {row['trial_label']}, "
            f"phase {row['phase']}, {setting}, {row['dated']} {row['year']}, {n}: {'; '.join(said)}. "
            f"{' '.join([*remarks, ''])}[{citations}]"
        )
    return "\n".join([*lines, *_arms.omitted_words(omitted), *_words.meaning(lines), CAVEAT])


def _median(row: dict[str, object]) -> str:
    if row["os_status"] == _words.NOT_REACHED:
        return _words.NOT_REACHED
    if pd.isna(row["os_median_months"]):
        return _words.NOT_REPORTED
    return f"{_words.number(row['os_median_months'])} months"


def _ratio_words(row: dict[str, object], endpoint: str) -> str:
    ratio = row[f"{endpoint}_hazard_ratio"]
    if pd.isna(ratio):
        return f"{endpoint.upper()} hazard ratio {_words.NOT_REPORTED}"
    limits = _words.interval(row[f"{endpoint}_hr_low"], row[f"{endpoint}_hr_high"], places=2)
    level = row[f"{endpoint}_hr_level"]
    told = f"{level:g} %" if pd.notna(level) else "level not stated,"
    interval = f"{told} interval {limits[1:-1]}" if limits else _words.NO_INTERVAL
    return f"{endpoint.upper()} hazard ratio {_words.number(ratio, 2)} ({interval})"


def _ratio_cell(row: dict[str, object]) -> str:
    lines = []
    for endpoint in _later.ENDPOINTS:
        ratio, level = row[f"{endpoint}_hazard_ratio"], row[f"{endpoint}_hr_level"]
        if pd.isna(ratio):
            continue
        limits = _words.interval(row[f"{endpoint}_hr_low"], row[f"{endpoint}_hr_high"], places=2)
        if limits and level != 95:
            limits = f"{limits[:-1]}; {f'{level:g} %' if pd.notna(level) else 'level n.r.'})"
        lines.append(f"{endpoint.upper()} {_words.number(ratio, 2)} {limits}".rstrip())
    if not lines and row["step"] == _later.TEST:
        lines = [_words.NOT_REPORTED]
    return "\n".join(lines)


def _remarks(data: pd.DataFrame) -> list[list[str]]:
    found = _arms.remarks(data)
    for row, here in zip(_given.records(data), found, strict=True):
        for endpoint in _later.ENDPOINTS:
            said = _compared.hazards_words(row[f"{endpoint}_hazards"], row[f"{endpoint}_analysis"])
            here += [f"{endpoint.upper()}: {words}" for words in said]
        if pd.notna(row["pct"]) and not row["counted"]:
            here.append("Response as printed, its count not reported.")
    return found


def _subtitle(data: pd.DataFrame) -> str:
    steps = data.drop_duplicates(["trial", "arm"])["step"].value_counts()
    agents = _words.count(data["agent"].nunique(), "therapy", "therapies")
    signals = _words.count(int(steps.get(_later.SIGNAL, 0)), "early arm")
    tests = _words.count(int(steps.get(_later.TEST, 0)), "later randomized arm")
    trials = _words.count(data["trial"].nunique(), "trial")
    return (
        f"{agents}: {signals} and {tests} (\N{RIGHTWARDS ARROW}) of {trials}. Intervals are 95 % unless said."
    )


def _alt(data: pd.DataFrame) -> str:
    tests = data[data["step"] == _later.TEST].drop_duplicates("trial")
    fates = [_promise_marks.fate(row) for row in _given.records(tests)]
    text = (
        f"Two panels, response and hazard ratio, by therapy: {_subtitle(data)} Of "
        f"{_words.count(len(tests), 'later trial')}, the primary endpoint was met in {fates.count('met')}, "
        f"not met in {fates.count('not_met')}, not stated in {fates.count('not_stated')}. "
        "Settings often differ."
    )
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    style = _style.current()
    marks, explained = _arms.footnotes(_remarks(data))
    rows = _given.records(data)
    notes = [explained] if explained else []
    notes.append(_furniture.Aside(_words.unreported("n.r.")))
    notes.append(_furniture.Aside("mo: months; OS: overall survival; PFS: progression-free survival."))
    if len(omitted):
        why = [f"{reason} for {n}" for reason, n in omitted["reason"].value_counts(sort=False).items()]
        said = f"Not drawn: {_words.count(len(omitted), 'arm')} ({'; '.join(why)})."
        notes.append(_furniture.Aside(said))
    notes += [CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, _promise_marks.keys(data)),
            left=[
                _layout.Column(
                    "Trial, regimen, phase, setting, time",
                    [_trial_cell(*parts) for parts in zip(rows, _arms.names(data), marks, strict=True)],
                ),
                _layout.Column("n", [_words.whole(n) for n in data["n"]], align="right"),
                _layout.Column("Response, median OS", [_found_cell(row) for row in rows], align="right"),
            ],
            right=[_layout.Column("Hazard ratio (interval)", [_ratio_cell(row) for row in rows])],
            panels=[
                _layout.Panel(label="Response, %", share=0.42),
                _layout.Panel(label="Hazard ratio", share=0.58, ends=("favors therapy", "favors control")),
            ],
            groups=[(str(row["therapy_class"]), row["agent"]) for row in rows],
            swatches=_style.CLASS_COLORS,
            heights=[2 * style.row] * len(rows) if style.narrow else None,  # one ratio above the other
            plot_share=0.36,
        )
        _promise_marks.draw(data, laid.axes, laid.y)
    return laid.figure


def _trial_cell(row: dict[str, object], name: str, mark: str) -> str:
    arrow = "\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}" if row["step"] == _later.TEST else ""
    lines = [f"{arrow}{row['trial_label']}{mark}", name if name != row["agent"] else ""]
    lines.append(f"phase {row['phase']}, {row['arm_setting']}, {row['dated']} {row['year']}")
    return "\n".join(filter(None, lines))


def _found_cell(row: dict[str, object]) -> str:
    response = _response_rate.share_cell(row) if row["counted"] else _response_rate.rate_cell(row)
    response = response if pd.notna(row["pct"]) else "n.r."
    median = _median(row).replace(" months", "\N{NO-BREAK SPACE}mo").replace(_words.NOT_REPORTED, "n.r.")
    return f"{response}\n{median}"
