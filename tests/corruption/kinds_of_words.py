"""Wrong words that look right: categories, keys, identifiers and labels."""

from kinds import cells, kind, words
from kinds_of_values import digit_changed
from sheets import sheet

_SOURCES = "_source"
_LOOK_ALIKE = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")


def _named(*names):
    return lambda column: column.name in names


@cells("another category", "word", lambda column: column.kind == "choice")
def another_category(dice, text, row, column):
    return dice.choice(column.allowed) if text else None


@cells("yes and no exchanged", "word", lambda column: column.kind == "yes/no")
def yes_and_no_exchanged(dice, text, row, column):
    return {"yes": "no", "no": "yes"}.get(text)


@cells("key misspelled", "word", _named("trial", "arm", "therapy", "part_of", "target_id", "of"))
def key_misspelled(dice, text, row, column):
    return _letters_swapped(dice, text)


def _letters_swapped(dice, text):
    pairs = [at for at in range(len(text) - 1) if text[at : at + 2].isalpha() and text[at] != text[at + 1]]
    if not pairs:
        return None
    at = dice.choice(pairs)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


@kind("key of another row", "word")
def key_of_another_row(dice, table):
    names = [name for name in ("therapy", "source", "target_ids", "arm", "target_id") if name in table.header]
    if not names or table.name in ("targets", "sources"):
        return None
    for _ in range(60):
        name, at = dice.choice(names), dice.randrange(len(table.rows))
        own, other = table.get(at, name), table.get(dice.randrange(len(table.rows)), name)
        if own and other and own != other:
            return table.put({(at, name): other}, f"{name} {own} → {other}")
    return None


@cells("source of another trial", "word", lambda column: column.name.endswith(_SOURCES))
def source_of_another_trial(dice, text, row, column):
    return dice.choice(sheet("trials").records())["primary_source"] if text else None


@cells("registry number with a digit changed", "word", _named("registry_id"))
def registry_number_digit_changed(dice, text, row, column):
    return digit_changed(dice, text, row, column)


@cells("DOI cut off", "word", _named("doi"))
def doi_cut_off(dice, text, row, column):
    return text[: -dice.randint(1, 12)] or None


@cells("DOI or PubMed number with a digit changed", "word", _named("doi", "pmid"))
def doi_digit_changed(dice, text, row, column):
    return digit_changed(dice, text, row, column)


@cells("address cut off", "word", _named("url"))
def address_cut_off(dice, text, row, column):
    return text[: -dice.randint(1, 12)] or None


@cells("letters transposed", "word", words)
def letters_transposed(dice, text, row, column):
    return _letters_swapped(dice, text)


@cells("look-alike letters", "word", words)
def look_alike_letters(dice, text, row, column):
    """A Latin letter replaced by the Cyrillic one that looks the same."""
    fitting = [at for at, char in enumerate(text) if ord(char) in _LOOK_ALIKE]
    if not fitting:
        return None
    at = dice.choice(fitting)
    return text[:at] + text[at].translate(_LOOK_ALIKE) + text[at + 1 :]


@cells("hyphen or minus lost", "word", lambda column: column.kind in ("text", "list", "choice"))
def hyphen_lost(dice, text, row, column):
    places = [at for at, char in enumerate(text) if char == "-"]
    if not places:
        return None
    at = dice.choice(places)
    return text[:at] + text[at + 1 :]


@cells("word left out", "word", lambda column: column.kind in ("text", "choice", "list", "yes/no"))
def word_left_out(dice, text, row, column):
    return ""


@kind("arms exchanged in a comparison", "word")
def arms_exchanged(dice, table):
    if table.name != "comparisons":
        return None
    at = dice.randrange(len(table.rows))
    one, other = table.get(at, "experimental_arm"), table.get(at, "control_arm")
    changes = {(at, "experimental_arm"): other, (at, "control_arm"): one}
    return table.put(changes, f"experimental_arm {one} ↔ control_arm {other}")
