"""What of a notebook's outputs must be equal from run to run, and what is left out of the file.

Words are compared exactly, pictures by their pixels within a tolerance.
"""

import base64
import io
import re

import nbformat

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
# Controls end with their kernel: stored, they would show an error in place of the words beside them.
WIDGET = "application/vnd.jupyter.widget-view+json"
EMBEDDED_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
# Processors round differently by less than 1 of 255 levels; a mark that moves by a pixel makes more than 10.
TILE, TOLERANCE = 64, 4.0


def pictures(output):
    """Every PNG of an output, as base64 text: its own and those embedded in its HTML."""
    data = output.get("data", {})
    own = [data["image/png"].strip()] if "image/png" in data else []
    return own + EMBEDDED_PNG.findall(data.get("text/html", ""))


def words(output):
    """An output without its pictures and its number: all that must be equal."""
    rest = {key: value for key, value in output.items() if key not in ("data", "execution_count")}
    data = {kind: value for kind, value in output.get("data", {}).items() if kind != "image/png"}
    if "text/html" in data:
        data["text/html"] = EMBEDDED_PNG.sub("PIXELS", data["text/html"])
    return rest, data


def pixels_agree(one, other, *, tolerance=TOLERANCE):
    """True when two base64 PNGs look the same, judged by the worst tile so that size does not matter."""
    if one == other:
        return True
    import numpy as np
    from PIL import Image

    first, second = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"), dtype="float32")
        for text in (one, other)
    )
    if first.shape != second.shape:
        return False
    squares = ((first - second) ** 2).mean(axis=2)
    padded = np.pad(squares, [(0, -size % TILE) for size in squares.shape])
    tiles = padded.reshape(padded.shape[0] // TILE, TILE, -1, TILE).mean(axis=(1, 3))
    return bool(np.sqrt(tiles.max()) <= tolerance)


def same_output(stored, fresh):
    """True when the fresh output says and shows what the stored one does."""
    before, after = pictures(stored), pictures(fresh)
    return (
        words(stored) == words(fresh)
        and len(before) == len(after)
        and all(pixels_agree(*pair) for pair in set(zip(before, after, strict=True)))
    )


def keep_stored(stored, fresh):
    """Put a stored output back wherever the fresh one is the same, so that version control sees no change."""
    stored_outputs = {cell.get("id"): cell.get("outputs", []) for cell in stored.cells}
    for cell in fresh.cells:
        pairs = zip(stored_outputs.get(cell.get("id"), []), cell.get("outputs", []), strict=False)
        for position, (old, new) in enumerate(pairs):
            if same_output(old, new):
                number = {"execution_count": new.execution_count} if "execution_count" in new else {}
                cell.outputs[position] = nbformat.from_dict({**old, **number})


def tidy(notebook):
    """Leave out what differs from run to run, and count the code cells from 1."""
    notebook.metadata["kernelspec"] = KERNELSPEC
    notebook.metadata["language_info"] = LANGUAGE
    notebook.metadata.pop("widgets", None)
    code_cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code_cells, start=1):
        cell.metadata.pop("execution", None)
        cell.execution_count = number
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET, None)
            if "execution_count" in output:
                output.execution_count = number
