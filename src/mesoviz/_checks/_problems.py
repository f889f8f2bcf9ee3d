"""What is wrong with a table: findings, collected, counted and put into words."""

from dataclasses import astuple, dataclass, fields

import pandas as pd

# A table that is wrong in every row is described by its first rows; the rest is counted. Once there are
# many findings, each further rule adds only as many as a message shows: so it always shows the first ones.
KEPT = 1000
SHOWN = 100
MANY = 10 * KEPT


@dataclass(frozen=True)
class Finding:
    """One problem at one place; ``row`` is the row as a spreadsheet numbers it, with the header as row 1."""

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    message: str
    allowed: str
    level: str
    trial: str = ""
    arm: str = ""

    @property
    def place(self):
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {shortened(self.column)}")
        return ", ".join(parts)

    def __str__(self):
        return printable(f"{self.place}: {self.message}")


class Report:
    """The findings about one or more tables; with `errors_only`, only those that make loading fail."""

    def __init__(self, *, errors_only=False):
        self.errors_only = errors_only
        self.findings = []
        self.counts = {}

    def wants(self, level):
        return level == "error" or not self.errors_only

    def add(self, file, rule, message, *, row=None, column="", value="", allowed="", level="error"):
        """Add a finding about a file, or one of its rows."""
        if not self.wants(level):
            return
        self.count(file, level, rule, 1)
        self.findings.append(Finding(file, row, column, value, rule, message, allowed, level))

    @property
    def room(self):
        """For how many rows the next problem is described."""
        return KEPT if len(self.findings) < MANY else SHOWN

    def add_rows(self, positions, describe, *, rule, level):
        """Add one finding a row: `describe(position)` writes the first ones, the rest is counted."""
        if not self.wants(level):
            return
        first = [describe(position) for position in positions[: self.room]]
        if first:
            self.count(first[0].file, level, rule, len(positions))
        self.findings.extend(first)

    def count(self, file, level, rule, number):
        """Count problems, also those that are not described."""
        self.counts[file, level, rule] = self.counts.get((file, level, rule), 0) + number

    def total(self, level):
        return sum(number for (_, of, _), number in self.counts.items() if of == level)

    def only(self, file, *, rules=()):
        """A report on one of the files alone, and on what breaks certain rules in others."""
        part = Report()
        part.findings = [one for one in self.findings if one.file == file or one.rule in rules]
        part.counts = {key: n for key, n in self.counts.items() if key[0] == file or key[2] in rules}
        return part

    def frame(self, level=None):
        """The findings as a table, in the order of the files and rows."""
        rows = [astuple(finding) for finding in self.findings if level in (None, finding.level)]
        frame = pd.DataFrame(rows, columns=[field.name for field in fields(Finding)])
        frame = frame.astype({name: "str" for name in frame.columns if name != "row"} | {"row": "Int64"})
        shown = ["file", "column", "message", "trial", "arm"]  # the value stays as it was found
        frame[shown] = frame[shown].map(printable).astype("str")
        order = frame["file"].map({name: place for place, name in enumerate(frame["file"].unique())})
        return (
            frame.assign(order=order)
            .sort_values(["order", "row"], kind="stable", na_position="first")
            .drop(columns="order")
            .reset_index(drop=True)
        )

    def raise_errors(self):
        if self.total("error"):
            raise DataError(self.frame("error"), self.total("error"))


class DataError(ValueError):
    """The data given break the rules of the tables; every problem is listed at once.

    Parameters
    ----------
    problems : DataFrame
        One row a problem: file, row (as a spreadsheet shows it, the header being row 1), column,
        value, rule, message, what is allowed, level, trial and arm.
    total : int, optional
        How many problems there are, where `problems` holds only the first of them.

    Attributes
    ----------
    problems : DataFrame
        As given.
    total : int
        How many problems there are.

    Examples
    --------
    >>> import io
    >>> import mesoviz as mv
    >>> try:
    ...     mv.load_therapies(io.StringIO("therapy;agent"))
    ... except mv.DataError as error:
    ...     print(error.problems["rule"].tolist())
    ['wrong-separator']
    """

    def __init__(self, problems, total=None):
        self.problems = problems
        self.total = len(problems) if total is None else total
        super().__init__(problems, self.total)

    def __str__(self):
        lines = [f"{self.total} problem{'s' if self.total != 1 else ''} in the data"]
        lines += [f"- {sentence(row)}" for row in self.problems.head(SHOWN).itertuples(index=False)]
        rest = self.total - min(len(self.problems), SHOWN)
        if rest:
            lines.append(f"- and {rest} more")
        return "\n".join(lines)


def sentence(row):
    """One clear sentence for a row of `.problems`."""
    number = None if pd.isna(row.row) else row.row
    return str(
        Finding(row.file, number, row.column, row.value, row.rule, row.message, row.allowed, row.level)
    )


def show(value):
    """A cell's text for a message: one line, quoted, not too long, nothing invisible left as such."""
    return f"“{printable(shortened(value))}”"


def shortened(text):
    """The text, cut off after 60 characters."""
    return text[:60] + ("…" if len(text) > 60 else "")


def printable(text):
    """The text with its code in place of every character that cannot be printed."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
