"""`audit`: a document in, a judgement of each of its lines out."""

from __future__ import annotations

import os
from pathlib import Path

from derive.review.documents import parse_document, read_document
from derive.review.judge import audit as judge
from derive.review.report import Audit


def audit(file: str | os.PathLike[str], text: str | None = None) -> Audit:
    """The derivations of a document, read back line by line: is each what it claims to be, and does it follow?

    file: a path to Markdown, LaTeX or a Jupyter notebook.
    text: what is in the file, where it need not be read.

    Returns an Audit: a judgement for each line, with its verdicts on value and step. Printed, it is what `derive audit`
    prints; `found.holds()` tells whether every line could be read and is proved. Raises DeriveError for a file that
    cannot be read, and for front matter that is none.

    >>> found = derive.audit("notes.md", text="$$f(x) = x^2$$ and $$f'(x) = 3x$$")
    >>> print(found)  # doctest: +ELLIPSIS
    notes.md:1:3  -
    notes.md:1:30  REFUTED   value
    ...
    2 lines: 1 refuted, 1 with nothing to check
    >>> found.holds()
    False
    """
    name = os.fspath(file)
    return judge(read_document(Path(name)) if text is None else parse_document(text, name))
