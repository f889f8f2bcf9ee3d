"""What must hold for the form of a file and for its single cells, by the name of the rule."""

FILE_FAULTS = {
    "file-missing": "The file is there and can be read.",
    "file-too-large": "The file is no larger than 200 MB and has no more than 5 million rows.",
    "file-empty": "The file is not empty.",
    "address-refused": "An address begins with https.",
    "address-unreadable": "An address answers in time and whole, with no more than 50 MB.",
    "table-unknown": "The file's name or header is that of one of the tables.",
    "wrong-encoding": "The file is encoded as UTF-8.",
    "byte-order-mark": "The file does not begin with a byte order mark.",
    "not-text": "The file is a text file.",
    "line-endings": "Lines end with LF.",
    "unbalanced-quotes": "Quotation marks enclose whole cells; inside one, two stand for one.",
    "wrong-separator": "Cells are separated by commas.",
    "header-missing": "The first row names the columns.",
    "header-duplicated": "No two columns have the same name.",
    "column-missing": "Every column of the table is there.",
    "column-unknown": "There are no columns but those of the table and those that loading adds.",
    "rows-missing": "The table holds rows.",
    "row-blank": "No row is blank.",
    "row-length": "Every row has as many cells as the header.",
}

CELL_FAULTS = {
    "value-missing": "A cell that is always needed is not empty.",
    "missing-word": "A cell without a value is empty, and holds no word such as NR or n/a.",
    "blanks": "No blanks stand before or after the text of a cell.",
    "invisible-character": "No cell holds line ends, tabs, or characters that cannot be seen.",
    "broken-encoding": "No cell holds text that was read in the wrong encoding.",
    "formula": "No text begins like a formula of a spreadsheet (= + - @).",
    "too-long": "No text is longer than its column allows.",
    "not-a-number": "A number is written in digits with a decimal point.",
    "not-a-whole-number": "A whole number is written in digits alone.",
    "out-of-range": "A number lies in the range of its column.",
    "not-allowed": "A word is one of those its column allows.",
    "not-yes-or-no": "Yes and no are written yes and no (True and False where pandas wrote them).",
    "wrong-form": "A key, date, registry number, DOI, PubMed ID or address has its form.",
}
