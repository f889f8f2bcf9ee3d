"""Write what the schema says: as a data package for machines, and as a codebook for people."""

import json

from mesoviz._checks._all import RULES
from mesoviz._checks._faults import CELL_FAULTS, FILE_FAULTS
from mesoviz._schema import TABLES

_FRICTIONLESS = {"count": "integer", "number": "number", "yes/no": "boolean"}
_LEVELS = {"error": "refused", "implausible": "listed"}

_PACKAGE = {
    "profile": "data-package",
    "name": "mesoviz",
    "title": "What clinical trials found about therapies for malignant mesothelioma",
    "description": (
        "Trial arms with enrollment, survival, response and adverse events; survival at fixed times; "
        "curves; randomized comparisons; therapies; target strategies; claims of public texts; and the "
        "source of every figure. Extracted from publications and registries up to November 2026. Empty "
        "means not reported: never zero, never no."
    ),
    "licenses": [
        {
            "name": "CC-BY-4.0",
            "title": "Creative Commons Attribution 4.0 International",
            "path": "https://creativecommons.org/licenses/by/4.0/",
        }
    ],
    "sources": [
        {"title": "The publications and registry records listed in sources.csv", "path": "sources.csv"},
        {
            "title": "KMDATA: survival data reconstructed from published figures (Fell 2021, MIT license)",
            "path": "https://github.com/raredd/kmdata",
        },
    ],
}


def data_package():
    """The Frictionless descriptor of the data folder, as a dict."""
    return _PACKAGE | {"resources": [_resource(table) for table in TABLES.values()]}


def _resource(table):
    schema = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    # A key of which one column may be empty cannot be put into words there; our own check has it.
    keys = [
        _foreign_key(table, reference) for reference in table.references if _always_whole(table, reference)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name.replace("_", "-"),
        "path": table.file,
        "title": table.title,
        "description": table.description,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _always_whole(table, reference):
    return len(reference.columns) == 1 or all(table[name].required for name in reference.columns)


def _foreign_key(table, reference):
    own = reference.table == table.name
    return {
        "fields": list(reference.columns),
        "reference": {
            "resource": "" if own else reference.table.replace("_", "-"),
            "fields": list(reference.keys),
        },
    }


def _field(column):
    field = {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.kind, "string"),
        "title": column.title,
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if column.kind == "yes/no":
        field |= {"trueValues": ["yes"], "falseValues": ["no"]}
    constraints = {"required": True} if column.required else {}
    if column.unique:
        constraints["unique"] = True
    if column.kind == "choice":
        constraints["enum"] = list(column.allowed)
    for name, limit in (("minimum", column.minimum), ("maximum", column.maximum)):
        if limit is not None:
            constraints[name] = limit
    if column.pattern:
        constraints["pattern"] = column.pattern
    if field["type"] == "string" and column.kind != "choice":
        constraints["maxLength"] = column.max_length
    return field | ({"constraints": constraints} if constraints else {})


def package_text():
    return json.dumps(data_package(), indent=2, ensure_ascii=False) + "\n"


def codebook_text():
    """The codebook, as Markdown."""
    parts = [_opening(), *(_about(table) for table in TABLES.values()), _rules()]
    return "\n\n".join(parts) + "\n"


def _opening():
    rows = "\n".join(
        f"| [{table.file}](#{table.file.replace('.', '')}) | {table.row} | {_keys(table)} |"
        for table in TABLES.values()
    )
    return f"""# The data: a codebook

{_PACKAGE["description"]}

Times are in months, shares in percent. Every figure names its source. The files are UTF-8 text with
commas between cells and LF line ends; `datapackage.json` says the same as this page for machines. Both are
written by `python -m mesoviz codebook`; edit neither by hand. `python -m mesoviz check` holds the tables
against every rule below.

| file | one row is | key |
|---|---|---|
{rows}

Not medical advice. License: [CC BY 4.0](LICENSE); the figures are facts from the publications cited.
Corrections: [CORRECTIONS.md](CORRECTIONS.md)."""


def _keys(table):
    return " + ".join(f"`{key}`" for key in table.key)


def _about(table):
    head = "| column | what it is | a cell holds |\n|---|---|---|"
    lines = [_line(column.name, column, column.rule) for column in table.columns]
    parts = [f"## {table.file}", f"{table.description} One row is {table.row}.", "\n".join([head, *lines])]
    if table.derived:
        derived = [_line(column.name, column) for column in table.derived]
        parts += [
            "Loading adds these columns, worked out each time, never read:",
            "\n".join(["| column | what it is |\n|---|---|", *derived]),
        ]
    return "\n\n".join(parts)


def _line(name, column, *more):
    unit = f" ({column.unit})" if column.unit and column.unit != "patients" else ""
    cells = [f"`{name}`", f"{column.title}{unit}. {column.description}", *more]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rules():
    by_name = {}
    for rule in RULES:
        by_name.setdefault((rule.name, rule.level, rule.about), []).append(rule.table)
    lines = [
        f"| `{name}` | {about} | {', '.join(tables)} | {_LEVELS[level]} |"
        for (name, level, about), tables in by_name.items()
    ]
    faults = [f"| `{name}` | {about} |" for name, about in (FILE_FAULTS | CELL_FAULTS).items()]
    return "\n".join(
        [
            "## The rules",
            "",
            "A file that breaks one of these is refused, except that CRLF line ends are only listed:",
            "",
            "| rule | what must hold |",
            "|---|---|",
            *faults,
            "",
            "These rules hold between columns, rows and tables. A table that breaks one is refused, or the",
            "place is listed by the check and the table loads. Where a publication itself breaks a rule,",
            "known_exceptions.csv says why, and the check shows the place as known.",
            "",
            "| rule | what must hold | tables | otherwise |",
            "|---|---|---|---|",
            *lines,
        ]
    )


def write(folder):
    """Write both into the data folder."""
    written = []
    for name, text in (("datapackage.json", package_text()), ("README.md", codebook_text())):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written
