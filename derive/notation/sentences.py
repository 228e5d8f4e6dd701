"""Hypotheses as sentences: cut into parts, each one condition in the syntax of `read_text`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

SPELLINGS: Final = {
    "≤": "<=", "≥": ">=", "≠": "!=", "∉": " not in ", "∈": " in ", "∞": "oo", "∧": " and ", "∨": " or ", "¬": " not ",
    "&&": " and ", "||": " or ",
}  # fmt: skip
INFINITE: Final = ("oo", "-oo", "+oo", "inf", "-inf", "+inf")
OPENING, CLOSING = "([{", ")]}"
_SUBJECT: Final = r"(?P<name>\w+(?:\[[^\[\]]*\])?)\s+(?P<negated>not\s+)?in\s+"
_IN_SET: Final = re.compile(_SUBJECT + r"\{(?P<listed>[^{}]*)\}")
_END: Final = r"(?:[^\[\](),]|\([^()]*\))+"
_IN_INTERVAL: Final = re.compile(_SUBJECT + rf"(?P<opening>[\[(])(?P<ends>{_END},{_END})(?P<closing>[\])])")


def sentence_parts(sentence: str) -> list[str]:
    """The hypotheses that a sentence joins by commas, semicolons and `and`.

    `a and b or c` stays one part, since `and` binds closer than `or`.
    """
    for sign, spelling in SPELLINGS.items():
        sentence = sentence.replace(sign, spelling)
    parts: list[str] = []
    for part in split_outside(sentence, r"[,;]"):
        alternatives = len(split_outside(part, r"\bor\b")) > 1
        parts += [part] if alternatives else split_outside(part, r"\band\b")
    return [part.strip() for part in parts if part.strip()]


def split_outside(text: str, separator: str) -> list[str]:
    """`text` cut at what matches `separator`, outside of brackets."""
    depths, depth = [], 0
    for character in text:
        depth -= character in CLOSING
        depths.append(depth)
        depth += character in OPENING
    cuts = [found.span() for found in re.finditer(separator, text) if depths[found.start()] == 0]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def shared_subject(parts: list[str]) -> Iterator[str]:
    """What is said of several names at once, said of each: `x, y > 0`."""
    waiting: list[str] = []
    for part in parts:
        if part.isidentifier() and part is not parts[-1]:
            waiting.append(part)
            continue
        subject = re.match(r"[^\W\d]\w*(?=\s*[<>=!]|\s+[a-z])", part)
        yield from (name + part[subject.end() :] if subject else name for name in waiting)
        waiting = []
        yield part


def set_of(sentence: str) -> tuple[str, list[str]] | None:
    """The name and the values of `x in {1, 2}`, where that is all the sentence says."""
    found = _IN_SET.fullmatch(sentence)
    if found is None or found["negated"] or not found["name"].isidentifier():
        return None
    return found["name"], split_outside(found["listed"], ",")


def as_condition(sentence: str) -> str:
    """A sentence in the syntax of formulas: sets and intervals written out, one `=` for an equation."""
    text = _IN_SET.sub(_from_set, sentence)
    text = _IN_INTERVAL.sub(_from_interval, text)
    return re.sub(r"(?<![<>=!])=(?!=)", "==", text)


def _from_set(found: re.Match[str]) -> str:
    values = [value.strip() for value in split_outside(found["listed"], ",")]
    kind, joined = ("Ne", "And") if found["negated"] else ("Eq", "Or")
    each = [f"{kind}({found['name']}, {value})" for value in values]
    return each[0] if len(each) == 1 else f"{joined}({', '.join(each)})"


def _from_interval(found: re.Match[str]) -> str:
    """A name between two ends; an end at infinity says nothing."""
    low, high = (end.strip() for end in split_outside(found["ends"], ","))
    name, links = found["name"], list[str]()
    if low not in INFINITE:
        links.append(f"({low}) {'<=' if found['opening'] == '[' else '<'} {name}")
    if high not in INFINITE:
        links.append(f"{name} {'<=' if found['closing'] == ']' else '<'} ({high})")
    within = " and ".join(links) or "True"
    return f"(not ({within}))" if found["negated"] else f"({within})"


def calls(text: str, names: str) -> Iterator[tuple[int, int, str, list[str]]]:
    """Each call of a function that matches `names`: its place in the text, its name and its arguments."""
    for found in re.finditer(rf"\b({names})\(", text):
        depth = 1
        for at in range(found.end(), len(text)):
            depth += (text[at] in OPENING) - (text[at] in CLOSING)
            if depth == 0:
                yield found.start(), at + 1, found[1], split_outside(text[found.end() : at], ",")
                break
