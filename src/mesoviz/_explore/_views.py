"""What a choice shows: its chart, the code that makes the same one, and a table to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from mesoviz._explore._choices import ARM_COLUMNS, ENDPOINTS, Choice
from mesoviz._figures import _arms, _compared, _comparisons, _enrollment, _response_rate, _survival
from mesoviz._page import _readable, _words
from mesoviz._page._chart import Chart

TABLES = ("trials", "comparisons")
MOST_ROWS = 100  # more arms than that are shown as an overview


class Code(str):
    """Python code, which a notebook shows as such."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"```python\n{self}\n```"


@dataclass(frozen=True)
class View:
    """A chart not yet drawn, and the code that makes it."""

    chart: Chart
    code: Code
    overview: bool


def view(
    choice: Choice, trials: pd.DataFrame, comparisons: pd.DataFrame, *, load: Collection[str] = TABLES
) -> View:
    """Make the chart of a choice that leads to one; its code loads those of the tables named in `load`."""
    compares = choice.endpoint.startswith("comparisons")
    title = title_of(choice)
    needed = TABLES if compares else TABLES[:1]
    first = ["import mesoviz as mv", "", *(f"{name} = mv.load_{name}()" for name in needed if name in load)]
    if compares:
        chosen, lines = _chosen_comparisons(choice, trials, comparisons)
        measure = choice.endpoint.removeprefix("comparisons of ")
        chart = _comparisons.forest(chosen, trials, measure, title=title)
        call, options = "forest", {"": measure}
    else:
        chosen, lines = _chosen_arms(choice, trials)
        chart, call, options = _of_arms(choice, chosen, title)
    name = "chosen" if lines else "comparisons" if compares else "trials"
    given = [
        f"{key}{'=' if key else ''}{_quoted(value)}" for key, value in (options | {"title": title}).items()
    ]
    arguments = ", ".join([name, *(["trials"] if compares else []), *given])
    code = "\n".join([*first, *lines, f"mv.{call}({arguments})"])
    return View(chart, Code(code), options.get("by") == "therapy_class" and choice.endpoint != "enrollment")


def title_of(choice: Choice) -> str:
    """The figure and all values chosen."""
    words = {"setting": _words.SETTINGS.get(choice.setting, choice.setting), "phase": f"phase {choice.phase}"}
    chosen = [words.get(name, getattr(choice, name)) for name in ARM_COLUMNS if getattr(choice, name)]
    return f"{ENDPOINTS[choice.endpoint]}: {', '.join(chosen or ['all trials'])}"


def _chosen_arms(choice: Choice, trials: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    chosen, lines = trials, []
    if choice.phase:
        chosen = chosen[chosen["phase"].eq(choice.phase)]
        lines.append(f'chosen = trials[trials["phase"].eq({_quoted(choice.phase)})]')
    values = {name: getattr(choice, name) for name in ("setting", "therapy_class", "agent")}
    values = {name: value for name, value in values.items() if value}
    if values:
        chosen = _arms.select(chosen, **values)
        given = ", ".join(f"{name}={_quoted(value)}" for name, value in values.items())
        lines.append(f"chosen = mv.select({'chosen' if lines else 'trials'}, {given})")
    return chosen, lines


def _chosen_comparisons(
    choice: Choice, trials: pd.DataFrame, comparisons: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    chosen, lines = comparisons, []
    for name in ("setting", "therapy_class", "agent"):
        if value := getattr(choice, name):
            chosen = chosen[chosen[name].eq(value)]
            given = "chosen" if lines else "comparisons"
            lines.append(f'chosen = {given}[{given}["{name}"].eq({_quoted(value)})]')
    if choice.phase:
        chosen = chosen[chosen["trial"].isin(trials.loc[trials["phase"].eq(choice.phase), "trial"])]
        given = "chosen" if lines else "comparisons"
        lines.append(f'in_phase = trials.loc[trials["phase"].eq({_quoted(choice.phase)}), "trial"]')
        lines.append(f'chosen = {given}[{given}["trial"].isin(in_phase)]')
    return chosen, lines


def _of_arms(choice: Choice, chosen: pd.DataFrame, title: str) -> tuple[Chart, str, dict[str, str]]:
    if choice.endpoint == "enrollment":
        by = "agent" if choice.agent or choice.therapy_class else "therapy_class"
        return _enrollment.enrollment(chosen, by, title=title), "enrollment", {"by": by}
    survival = choice.endpoint in _survival.ENDPOINTS
    draw = _survival.median_survival if survival else _response_rate.response_rate
    chart, options = draw(chosen, choice.endpoint, title=title), {"": choice.endpoint}
    if len(chart.data) > MOST_ROWS:
        chart = draw(chosen, choice.endpoint, by="therapy_class", title=title)
        options["by"] = "therapy_class"
    return chart, draw.__name__, options


def _quoted(text: str) -> str:
    """A text as Python code, in double quotes where it holds none."""
    return f'"{text}"' if text.isprintable() and not {'"', "\\"} & {*text} else repr(text)


def table(chart: Chart, endpoint: str) -> _readable.Table:
    """The rows of the chart as a table for reading."""
    data = chart.data
    if endpoint == "enrollment":
        frame, labels = data, {
            "heading": "Class", "group": "Group", "role": "Role", "patients": "Patients", "arms": "Arms",
            "trials": "Trials", "arms_without_n": "Arms without a number",
        }  # fmt: skip
        labels = labels if data["heading"].ne("").any() else {k: labels[k] for k in labels if k != "heading"}
    elif endpoint.startswith("comparisons"):
        rows = data.to_dict("records")
        ratio = [f"{_words.number(row['hazard_ratio'], 2)}, {_compared.interval_words(row)}" for row in rows]
        frame, labels = data.assign(ratio=ratio), {
            "experimental_name": "Therapy", "experimental_n": "Patients", "control_name": "Compared with",
            "control_n": "Patients there", "trial_label": "Trial", "setting": "Setting",
            "ratio": "Hazard ratio", "citation": "Source",
        }  # fmt: skip
    else:
        frame, labels = _arms_told(data, survival=endpoint in _survival.ENDPOINTS)
    return _readable.table(frame, id="explored", labels=labels)


def _arms_told(data: pd.DataFrame, *, survival: bool) -> tuple[pd.DataFrame, Mapping[str, str]]:
    rows = data.to_dict("records")
    if survival:
        told = [_survival.median_words(row) for row in rows]
    else:
        told = [_response_rate.rate_words(row) for row in rows]
    frame = data.assign(name=list(_arms.names(data)), told=told)
    return frame, {
        "name": "Therapy", "role": "Role", "trial_label": "Trial", "arm_setting": "Setting", "n": "Patients",
        "told": "Median (interval)" if survival else "Rate (interval)", "citation": "Source",
    }  # fmt: skip
