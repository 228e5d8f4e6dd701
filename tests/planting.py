"""Documents with front matter that says what is right in them, and which faults to plant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from derive.review.documents import parse_document

FOLDER = Path(__file__).parent / "review" / "documents"


@dataclass(frozen=True)
class Fault:
    """On printed line `number` of a document, `right` becomes `wrong`."""

    document: str
    number: int
    right: str
    wrong: str

    def planted(self) -> str:
        text = read(self.document)
        line = next(line for line in parse_document(text, self.document).lines if line.number == self.number)
        # The relation before a line's first member belongs to the line.
        at = text.index(self.right, line.offset - len("&= "))
        return text[:at] + self.wrong + text[at + len(self.right) :]


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir())


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def values(name: str) -> set[int]:
    """The printed lines that carry a value which is right."""
    listed = re.search(r"^values: *(.*)$", read(name), re.MULTILINE)
    assert listed is not None
    return set(map(int, listed[1].split()))


def faults() -> list[Fault]:
    pattern = re.compile(r"^  - (\d+) \| (.*?) \| (.*)$", re.MULTILINE)
    return [
        Fault(name, int(number), right, wrong)
        for name in names()
        for number, right, wrong in pattern.findall(read(name))
    ]
