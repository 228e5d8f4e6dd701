"""A formula of `write_latex` over several lines, as people break it: before a sign, the outermost first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from derive.notation.latex import TALL
from derive.notation.latex_width import latex_width

QUAD: Final = 10.0  # points by which a line that goes on is indented
# What a line more costs, a break within a bracket, one within what a slash divides by, and a point beyond the room.
LINE, BRACKET, DIVISOR, FAR = 1.0, 3, 6, 1e3
CASES, CASES_END = r"\begin{cases} ", r" \end{cases}"
CASES_ROOM: Final = 24.0  # points of the brace, and between its columns
NARROWEST: Final = 60.0  # points that a branch takes at least
SLASH: Final = r"\big/"
TOKEN: Final = re.compile(r"\\left\\?.|\\right\\?.|\\[A-Za-z]+|\\.|.", re.DOTALL)
OPENING: Final = re.compile(r"\\left|[(\[]")
CLOSING: Final = re.compile(r"\\right|[)\]]")
FRACTION: Final = re.compile(r"\\frac\{(?!\\partial\})(?!\\partial )")
# What takes in all that follows, so that no factor begins behind it.
OPERATOR: Final = re.compile(r"(\\frac\{\\partial(\^2)?\}\{\\partial .*\}|\\(sum|prod|max)_\{.*\}\^\{.*\})$")
NO_FACTOR_AFTER: Final = re.compile(r"([,+\-=<>/]|\\(le|ge|ne|lnot|lfloor|lceil|cdot|text\{.*\}|left))$")
NO_FACTOR_BEFORE: Final = re.compile(r"[,+\-=<>/]|\\(le|ge|ne|right|rfloor|rceil|text|cdot|big)\b")


class Gap(NamedTuple):
    """A blank at which a line may end: the worse, the more brackets are open; `product`: between two factors."""

    at: int
    penalty: float
    product: bool


class Broken(NamedTuple):
    """The lines of a formula, and how hard the breaks between them are on a reader: 0 for none."""

    lines: list[str]
    cost: float = 0.0


def broken(formula: str, room: float) -> Broken:
    """`formula` in lines of at most `room` points where that can be done; the second and later ones are indented.

    A fraction that is too wide for a line is written with a slash, so that its parts can be broken.
    """
    slashes = 0
    while latex_width(formula) > room:
        cost, lines = _filled(formula, room)
        flat = _slashed(formula, room / 3) if cost >= FAR else None
        if flat is None:
            fitting = [_with_narrow_cases(line, room - (QUAD if place else 0.0)) for place, line in enumerate(lines)]
            return Broken(_sized(fitting), cost + slashes * DIVISOR)
        formula, slashes = flat, slashes + 1
    return Broken([formula], slashes * DIVISOR)


def _with_narrow_cases(line: str, room: float) -> str:
    """`line` with its branches broken, the widest first, until it fits or none is left."""
    done: set[str] = set()
    while latex_width(line) > room and (blocks := [it for it in _outermost_cases(line) if it not in done]):
        block = max(blocks, key=latex_width)
        narrow = _narrow_cases(block, room - latex_width(line) + latex_width(block))
        done |= {block, narrow}
        line = line.replace(block, narrow)
    return line


def _outermost_cases(line: str) -> list[str]:
    found, depth, start, position = [], 0, 0, 0
    for token in TOKEN.findall(line):
        if token == r"\begin":
            start = start if depth else position
            depth += 1
        position += len(token)
        if token == r"\end":
            depth -= 1
            if depth == 0:
                found.append(line[start : position + len("{cases}")])
    return [block for block in found if block.startswith(CASES)]


def _narrow_cases(block: str, room: float) -> str:
    """Branches of at most `room` points: a value goes on below; conditions stand beside, or below where one is wide."""
    rows = [_split(row, "&") for row in _split(block[len(CASES) : -len(CASES_END)], r"\\")]
    widest = max(latex_width(condition) for _, condition in rows)
    beside = widest <= room / 2
    narrow = max(NARROWEST, room - CASES_ROOM - (widest if beside else 0.0))
    written: list[str] = []
    for value, condition in rows:
        bare = value[1:-1] if value.startswith("{[") and closed(value, 0) == len(value) else value
        first, *more = broken(bare, narrow - QUAD).lines
        first = f"{{}}{first}" if first.startswith("[") else first  # which would be a length after a line's end
        said = [condition] if beside else [*_condition_lines(condition, narrow - 2 * QUAD)]
        ends = [f" & {condition}", *(" &" for _ in more)] if beside else [""] * (len(more) + 1)
        written += [line + end for line, end in zip([first, *(rf"\quad {line}" for line in more)], ends, strict=True)]
        written += [] if beside else [rf"\qquad {line}" for line in said]
    return CASES + r" \\ ".join(written) + CASES_END


def _split(text: str, mark: str) -> list[str]:
    """The parts of `text` between the marks that are in no environment."""
    parts, depth = [""], 0
    for token in TOKEN.findall(text):
        depth += (token == r"\begin") - (token == r"\end")
        if token == mark and not depth:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def _condition_lines(condition: str, room: float) -> Iterator[str]:
    """A condition in lines that begin with the words that join its parts."""
    line = ""
    for part in re.split(r" (?=\\text\{ (?:and|or) \})", condition):
        if line and latex_width(f"{line} {part}") > room:
            yield line
            line = part
        else:
            line = f"{line} {part}".strip()
    yield line


def _blanks(formula: str) -> Iterator[tuple[str, int, int]]:
    """What stands between each blank outside of all braces and the one before it, its place, and the brackets open."""
    braces, brackets, position, start = 0, 0, 0, 0
    for token in TOKEN.findall(formula):
        if token in ("{", r"\begin"):
            braces += 1
        elif token in ("}", r"\end"):
            braces -= 1
        elif braces == 0:
            brackets += bool(OPENING.match(token)) - bool(CLOSING.match(token))
            if token == " ":
                yield formula[start:position], position, brackets
                start = position + 1
        position += len(token)


def _gaps(formula: str) -> Iterator[Gap]:
    """The places before signs, between factors and before a slash; within what a slash divides by, at need alone."""
    for before, at, brackets in _blanks(formula):
        after = formula[at + 1 :]
        penalty = BRACKET * brackets + (DIVISOR if SLASH in formula[:at] and brackets else 0)
        if re.match(r"[+-] ", after):
            yield Gap(at, penalty, False)
        elif after.startswith((r"\cdot ", SLASH)):
            yield Gap(at, penalty + 1, False)
        elif not (OPERATOR.search(before) or NO_FACTOR_AFTER.search(before) or NO_FACTOR_BEFORE.match(after)):
            yield Gap(at, penalty + 1, True)


def _filled(formula: str, room: float) -> tuple[float, list[str]]:
    """The lines that fit and end at the best gaps, and their cost; where none fit, those that come nearest."""
    ends = [Gap(-1, 0, False), *_gaps(formula), Gap(len(formula), 0, False)]
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for last, end in enumerate(ends[1:], 1):
        found = []
        for first in reversed(range(last)):
            cost, lines = best[first]
            line = (r"\cdot " if ends[first].product else "") + formula[ends[first].at + 1 : end.at]
            excess = max(0.0, latex_width(line) - room + (QUAD if first else 0.0))
            found.append((cost + LINE + end.penalty + FAR * math.ceil(excess), [*lines, line]))
            if excess > room:  # with more before it, more so
                break
        best.append(min(found))
    return best[-1]


def _sized(lines: list[str]) -> list[str]:
    r"""The lines with `\left` and `\right` that stand on different ones made brackets of a fixed size."""
    written = [TOKEN.findall(line) for line in lines]
    waiting: list[tuple[int, int]] = []
    for row, line in enumerate(written):
        for column, token in enumerate(line):
            if token.startswith(r"\left") and token != r"\left":
                waiting.append((row, column))
            elif token.startswith(r"\right") and token != r"\right":
                opened = waiting.pop()
                if opened[0] != row:
                    line[column] = token.replace(r"\right", r"\biggr")
                    opener = written[opened[0]][opened[1]]
                    written[opened[0]][opened[1]] = opener.replace(r"\left", r"\biggl")
    return ["".join(line) for line in written]


def _slashed(formula: str, least: float) -> str | None:
    """`formula` with its widest fraction written with a slash; None where none is as wide as `least`."""
    found = [(latex_width(formula[low:high]), low, middle, high) for low, middle, high in _fractions(formula)]
    if not found or max(found)[0] < least:
        return None
    _, low, middle, high = max(found)
    above, below = (
        _bracketed(formula[start + 1 : end - 1]) for start, end in ((low + len(r"\frac"), middle), (middle, high))
    )
    before, after = formula[:low], formula[high:]
    flat = f"{above} {SLASH} {below}"
    is_term = re.search(r"(^|[+\-(\[] ?)$", before) and re.match(r"$| [+-] |\\right|[)\]]", after)
    return before + (flat if is_term else _bracketed(flat)) + after


def _fractions(formula: str) -> Iterator[tuple[int, int, int]]:
    """Where each fraction outside of all braces begins, where its denominator does, and where it ends."""
    for found in FRACTION.finditer(formula):
        if _depth(formula[: found.start()]) == 0:
            middle = closed(formula, found.start() + len(r"\frac"))
            yield found.start(), middle, closed(formula, middle)


def closed(formula: str, start: int) -> int:
    """Past the brace that closes the one at `start`."""
    depth = 0
    for found in re.compile(r"\\.|[{}]").finditer(formula, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(formula)


def _depth(text: str) -> int:
    marks = [mark for mark in TOKEN.findall(text) if mark in "{}" or mark in (r"\begin", r"\end")]
    return sum({"{": 1, r"\begin": 1}.get(mark, -1) for mark in marks)


def _bracketed(text: str) -> str:
    """`text` as a factor beside a slash."""
    if not text.startswith("-") and all(brackets for _, _, brackets in _blanks(text)):
        return text
    opening, closing = "[]" if "(" in text and "[" not in text else "()"
    return rf"\left{opening}{text}\right{closing}" if TALL.search(text) else f"{opening}{text}{closing}"
