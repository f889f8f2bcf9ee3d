"""Input that wants to act, and what mesoviz makes of it: tables, charts and a notebook that shows them."""

import io
from zlib import crc32

import nbformat

import mesoviz as mv

DRAWN = ("median_survival", "forest", "best_response", "alterations", "claims")  # the charts of the notebook

MATHEMATICS = "$\\frac{1}{2}$ \\(x\\) \\[y\\] $$z$$ \\begin{align}a\\end{align}"
# Each would set window.hurt, load something, lead elsewhere, be typeset, or steer a terminal.
PAYLOADS = (
    "<script>window.hurt=1</script>",
    '"><img src=x onerror=window.hurt=1>',
    "' onmouseover='window.hurt=1' x='",
    "</pre></li></td></details><svg onload=window.hurt=1>",
    "</title></style></script><script>window.hurt=1</script>",
    "<!-- <![CDATA[ ]]>",
    "&lt;script&gt;window.hurt=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "[x](javascript:window.hurt=1) ![x](https://evil.example/x.png)",
    "<a href='data:text/html,<script>1</script>'>x</a> <https://evil.example>",
    "https://evil.example/ www.evil.example me@evil.example",
    MATHEMATICS,
    "**b** _i_ `c` | t ~~s~~ # h",
    "\x1b[31mred\x1b]8;;https://evil.example\x07link \x9b1m",
    "abc\u202egpj.exe\u2066 \u2029 \x00",
    "../../etc/passwd {{7*7}} {% raw %} ${7*7} %s {0}",
)
ADDRESSES = (
    "javascript:window.hurt=1",
    " javascript:window.hurt=1",
    "java\nscript:window.hurt=1",
    "JAVASCRIPT://doi.org/%0Awindow.hurt=1",
    "data:text/html,<script>window.hurt=1</script>",
    "vbscript:x",
    "http://doi.org/10.1000/x",
    "//doi.org/x",
    "\\\\doi.org\\x",
    "https:doi.org/x",
    "https:///doi.org/x",
    "https://doi.org@evil.example.com/",
    "https://me:secret@doi.org/x",
    "https://evil.example.com\\@doi.org/",
    "https://doi.org:8443/x",
    "https://doi.org\n.evil.example.com/",
    "https://doi.org/a b",
    "https://doi.org/\t",
    "https://d\u043ei.org/x",
    "https://doi\u3002org/x",
    "https://\u212adoi.org/x",
    "https://xn--di-xmc.org/x",
    "https://doi.org\u2215x.evil.example.com/",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://localhost/x",
    "https://doi.org./x",
    "https://-doi.org/x",
    "https://doi..org/x",
    "https://",
    "file:///etc/passwd",
    "",
    None,
    7,
)
WORDS = {
    *("trial_label", "trial_name", "arm_label", "therapy_label", "agent", "backbone", "regimen", "notes"),
    *("experimental_label", "control_label", "population", "primary_endpoint", "gene", "measure", "therapy"),
    *("statement", "text_title", "evidence", "later_evidence", "reference", "strategy", "target"),
}


def poisoned(text):
    """The text with a payload after it; equal texts get the same."""
    return f"{text} {PAYLOADS[crc32(text.encode()) % len(PAYLOADS)]}"


def evidence():
    """The project's tables with a payload in every word; keys stay, so that rows belong together."""
    tables = {}
    for name, table in mv.load_evidence()._asdict().items():
        words = [c for c in table if c in WORDS or c.endswith("citation")]
        words = [c for c in words if c != "therapy" or name == "claims"]
        tables[name] = table.assign(
            **{c: table[c].map(poisoned, na_action="ignore").astype("str") for c in words}
        )
        if "reference" in table:  # shown where mathematics would be typeset
            tables[name]["reference"] += f" {MATHEMATICS}"
        if "link" in table:
            tables[name]["link"] = [ADDRESSES[i % len(ADDRESSES)] for i in range(len(table))]
    return tables


def figures(e):
    """One chart of each kind, not yet drawn, of a few hostile trials."""
    some = e["trials"]["trial"].isin(["maps", "lume-meso", "checkmate-743", "vim"])
    trials, compared = e["trials"][some], e["comparisons"].iloc[:4]
    of_claims = e["claim_and_target_sources"]
    return {
        "median_survival": mv.median_survival(trials, title=PAYLOADS[0], sources=e["sources"]),
        "landmark_survival": mv.landmark_survival(e["landmarks"].iloc[:6]),
        "survival_curves": mv.survival_curves(e["curves"], trial=e["curves"]["trial"].iloc[0]),
        "best_response": mv.best_response(trials, sources=e["sources"]),
        "response_rate": mv.response_rate(trials),
        "enrollment": mv.enrollment(trials),
        "accrual": mv.accrual(trials),
        "forest": mv.forest(compared, e["trials"], sources=e["sources"]),
        "absolute_effects": mv.absolute_effects(compared, e["trials"]),
        "network": mv.network(e["comparisons"]),
        "evidence_map": mv.evidence_map(trials, rows="agent"),
        "promise_and_test": mv.promise_and_test(e["trials"], e["comparisons"]),
        "benefit_and_harm": mv.benefit_and_harm(e["trials"].iloc[:60]),
        "timeline": mv.timeline(trials),
        "alterations": mv.alterations(e["target_figures"].iloc[:6]),
        "claims": mv.claims(e["claims"].iloc[:6], sources=of_claims),
        "claimed_values": mv.claimed_values(e["claims"]),
        "approaches": mv.approaches(e["trials"]),
    }


def readable(e):
    """A table for reading whose every word and address is hostile."""
    frame = e["sources"].head(len(ADDRESSES)).assign(link=ADDRESSES)
    labels = {"citation": PAYLOADS[1], "title": PAYLOADS[0], "reference": "Reference"}
    words = {"title": PAYLOADS[3], "note": MATHEMATICS}
    return mv.table(frame, id="t", labels=labels, links={"citation": "link"}, **words)


def notebook_of(shown):
    """A notebook that shows these objects, then prose and an error."""
    said = mv.say("{x}\n\n- {x}\n\n# {x}\n\n| a |\n| - |\n| {x} |", x=list(PAYLOADS))
    outputs = [nbformat.v4.new_output("display_data", one._repr_mimebundle_()) for one in [*shown, said]]
    try:
        mv.load_therapies(io.StringIO("therapy\n" + "\n".join(PAYLOADS).replace("\x00", "")))
    except mv.DataError as error:
        outputs.append(nbformat.v4.new_output("error", ename="DataError", evalue="", traceback=[str(error)]))
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[one]) for one in outputs])
