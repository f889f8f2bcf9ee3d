"""The collection leaves nothing out: every agent of the tables stands in the words of a stored chart."""

import csv
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]


def rows(name):
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chart_words():
    """The words of every chart that the notebooks store, as one text."""
    outputs = [
        output
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    return "\n".join(
        output["data"]["text/plain"] for output in outputs if "image/png" in output.get("data", {})
    )


def test_every_agent_stands_in_a_chart():
    words = chart_words()
    agent = {row["therapy"]: row["agent"] for row in rows("therapies.csv")}
    tried = {agent[row["therapy"]] for row in rows("trials.csv")}
    assert len(tried) > 100
    assert sorted(name for name in tried if name not in words) == []


def test_every_trial_stands_in_a_chart():
    words = chart_words()
    labels = {row["trial_label"] for row in rows("trials.csv")}
    assert sorted(label for label in labels if label not in words) == []
