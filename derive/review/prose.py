"""What a document says between its displays: formulas in sentences, headings, and what sums to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from derive.review.documents import DISPLAY, Document, SourceLine, members_of, without_comments

CODE: Final = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
INLINE: Final = re.compile(
    r"(?<![\\$])\$(?!\$)(?P<dollars>[^$]{1,400}?)(?<!\\)\$(?!\$)|\\\((?P<brackets>.{1,400}?)\\\)", re.DOTALL
)
HEADING: Final = re.compile(
    r"^#{1,6}\s|^\\(?:chapter|(?:sub)*section)\b|^\*\*[^*\n]+\*\*\s*$|^[^\n]+\n(?:===|---)", re.MULTILINE
)
SUPPOSING: Final = re.compile(
    r"\b(if|when|whenever|for|at|case|assum\w*|suppos\w*|set|setting|take|taking|where|example|say|say,|unless|until)"
    r"[\s:,*]*(?:the|a|an|that|all|every|any|case|we|have|of)*[\s:,*]*$",
    re.IGNORECASE,
)
ONE: Final = re.compile(
    r"\bone[- ]?hot\b|\b(?:sums?|adds?|adding|summing)(?: up)? to (?:one|unity|1|\$1\$)\b"
    r"|\bprobability (?:distribution|vector)s?\b|\bsimplex\b",
    re.IGNORECASE,
)
GOES_ON: Final = re.compile(r"\s*(?:[,;a-z](?:(?![.!?]\s|\n\s*\n[A-Z#]).)*)?\s*", re.DOTALL)
SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=[-*#] )")


@dataclass(frozen=True)
class Inline:
    """A formula in a sentence. `before`: the words ahead of it, in its sentence."""

    text: str
    offset: int
    before: str

    @property
    def line(self) -> SourceLine:
        members = tuple(members_of(self.text, 0, len(self.text)))
        return SourceLine(0, 0, tuple(member.moved(self.offset) for member in members), self.offset)

    @property
    def supposes(self) -> bool:
        """Whether the words before it make it a condition and no statement: `if $y = 1$`."""
        found = SUPPOSING.search(self.before)
        return found is not None and found[1].lower() != "where"


@dataclass(frozen=True)
class Prose:
    """The sentences of a document: its text with displays, code and comments blanked out, so that offsets stay."""

    text: str
    displays: tuple[tuple[int, int], ...] = ()

    @cached_property
    def inlines(self) -> tuple[Inline, ...]:
        found = []
        for match in INLINE.finditer(self.text):
            group = "dollars" if match["dollars"] is not None else "brackets"
            before = SENTENCE.split(self.text[max(0, match.start() - 80) : match.start()])[-1]
            found.append(Inline(match[group], match.start(group), before))
        return tuple(found)

    @cached_property
    def headings(self) -> tuple[int, ...]:
        return tuple(match.start() for match in HEADING.finditer(self.text))

    def section(self, offset: int) -> int:
        """Which section an offset lies in."""
        return sum(start <= offset for start in self.headings)

    def mentions(self, *words: str) -> bool:
        return any(re.search(rf"\b{re.escape(word)}", self.text, re.IGNORECASE) for word in words)

    def sentences_of_ones(self) -> Iterator[tuple[int, int]]:
        """Spans of the sentences that say of a vector that it is one-hot, or adds up to one."""
        start = 0
        for cut in [*SENTENCE.finditer(self.text), None]:
            end = len(self.text) if cut is None else cut.start()
            if ONE.search(self.text, start, end):
                yield start, end
            start = end if cut is None else cut.end()

    @cached_property
    def abouts(self) -> tuple[tuple[int, int], ...]:
        """For each display the sentences about it."""
        ends = [*(start for start, _ in self.displays), len(self.text)][1:]
        found: list[tuple[int, int]] = []
        before = 0
        for (start, end), following in zip(self.displays, ends, strict=True):
            low, high = self.about(start, end, following)
            if found and GOES_ON.fullmatch(self.text, before, start):
                low = found[-1][0]  # one sentence over several displays
            found.append((low, high))
            before = end
        return tuple(found)

    def about(self, start: int, end: int, following: int) -> tuple[int, int]:
        """The paragraph that leads to a display at `start` to `end`, and the one behind it up to `following`."""
        before = self.text[:start].rstrip()
        low = max(before.rfind("\n\n"), 0)
        behind = self.text[end:following]
        length = len(behind) - len(behind.lstrip())
        stop = re.search(r"\n\s*\n", behind[length:])
        return low, end + length + (stop.start() if stop else len(behind) - length)


def prose_of(document: Document) -> Prose:
    text = without_comments(document.text)
    displays = tuple(found.span() for found in DISPLAY.finditer(text, document.body))
    text = " " * document.body + text[document.body :]
    for start, end in displays:
        text = text[:start] + _blank(text[start:end]) + text[end:]
    return Prose(CODE.sub(lambda found: _blank(found.group()), text), displays)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
