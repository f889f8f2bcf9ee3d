"""The words a schema is written in: columns, references between tables, and tables."""

from dataclasses import dataclass

SLUG = "[a-z0-9]+([-_][a-z0-9]+)*"
LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Column:
    """One column: what it means, and what a cell of it may hold.

    ``kind`` is one of text, count (whole number), number, yes/no, choice (of ``allowed``, in that
    order) and list (keys with ``;`` between). An optional cell may be empty: not reported.
    """

    name: str
    kind: str
    title: str
    description: str
    unit: str = ""
    required: bool = False
    allowed: tuple = ()
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    pattern: str = ""
    example: str = ""
    max_length: int = 600
    unique: bool = False

    @property
    def dtype(self):
        """The pandas dtype a checked column has."""
        return {"count": "Int64", "number": "float64", "yes/no": "boolean", "choice": "category"}.get(
            self.kind, "str"
        )

    @property
    def rule(self):
        """What a cell must be, in words."""
        limits = ""
        if self.minimum is not None:
            limits = f" above {self.minimum:g}" if self.above_minimum else f" of at least {self.minimum:g}"
        if self.maximum is not None:
            limits += f"{' and' if limits else ' of'} at most {self.maximum:g}"
        words = {
            "count": f"a whole number{limits}",
            "number": f"a number{limits}, with a decimal point",
            "yes/no": "yes or no",
            "choice": "one of " + ", ".join(self.allowed),
            "list": "keys with ; between",
        }.get(self.kind, f"text of at most {self.max_length} characters")
        if self.pattern and self.kind != "list":
            words = f"text such as {self.example}" if self.example else words
        return words if self.required else f"{words}, or empty"


@dataclass(frozen=True)
class Reference:
    """A foreign key: ``columns`` of this table name a row of ``table`` by its ``keys``."""

    columns: tuple
    table: str
    keys: tuple
    rule: str
    level: str = "error"


@dataclass(frozen=True)
class Table:
    """One CSV file: its columns in order, its key, its references, and the columns derived at load."""

    name: str
    title: str
    description: str
    row: str
    columns: tuple
    key: tuple
    references: tuple = ()
    derived: tuple = ()

    @property
    def file(self):
        return f"{self.name}.csv"

    @property
    def names(self):
        return [column.name for column in self.columns]

    @property
    def derived_names(self):
        return [column.name for column in self.derived]

    def __getitem__(self, name):
        return next(column for column in (*self.columns, *self.derived) if column.name == name)


def text(name, title, description, *, required=False, pattern="", example="", max_length=600, unique=False):
    return Column(
        name,
        "text",
        title,
        description,
        required=required,
        pattern=pattern,
        example=example,
        max_length=max_length,
        unique=unique,
    )


def key(name, title, description, *, required=True, example="maps", unique=False):
    """A text that rows are named by: plain lower-case letters, digits and hyphens."""
    return text(
        name,
        title,
        description,
        required=required,
        pattern=SLUG,
        example=example,
        max_length=80,
        unique=unique,
    )


def source(name, title, description, *, required=False):
    return key(name, title, description, required=required, example="zalcman2016")


def keys(name, title, description):
    return Column(
        name, "list", title, description, pattern=f"{SLUG}({LIST_SEPARATOR}{SLUG})*", max_length=300
    )


def choice(name, title, description, allowed, *, required=False, ordered=False):
    return Column(
        name, "choice", title, description, required=required, allowed=tuple(allowed), ordered=ordered
    )


def yes_no(name, title, description, *, required=False):
    return Column(name, "yes/no", title, description, required=required, allowed=("yes", "no"))


def count(name, title, description, *, unit="patients", required=False, minimum=0, maximum=100_000):
    return Column(
        name, "count", title, description, unit=unit, required=required, minimum=minimum, maximum=maximum
    )


def months(name, title, description, *, required=False, maximum=240, minimum=0, above_minimum=True):
    return Column(
        name,
        "number",
        title,
        description,
        unit="months",
        required=required,
        minimum=minimum,
        maximum=maximum,
        above_minimum=above_minimum,
    )


def percent(name, title, description, *, required=False):
    return Column(name, "number", title, description, unit="%", required=required, minimum=0, maximum=100)


def level(name, title, description):
    """The confidence level of an interval: 95 is usual, 50 the least that was ever meant."""
    return Column(name, "number", title, description, unit="%", minimum=50, maximum=99.9)


def derived(name, kind, title, description, *, allowed=(), ordered=False):
    """A column that is worked out at load, never read."""
    return Column(name, kind, title, description, allowed=tuple(allowed), ordered=ordered)
