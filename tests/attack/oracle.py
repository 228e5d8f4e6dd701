"""The oracle: what a claim is worth at a point, by difference quotients in mpmath, and whether a verdict is right.

It shares no code with the prover: it reads the claim's text itself. It is silent where digits do not suffice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from mpmath import mp, mpf

from .formula import Node, called, read
from .hypotheses import Hypotheses, read_hypotheses
from .library import COSTLY
from .pairs import SAFETY, MissingComponent, Pair, UndefinedValue, UnknownValue, Value
from .values import Env, Evaluator

# Decimals of the step of a difference quotient; digits are three and a half times as many.
STEPS: Final = (40, 160, 600)
COUNTED: Final = ("K", "N", "i", "j", "k")  # sizes and places, which are whole numbers
MOST_LEFT_OUT: Final = 30  # components that a witness does not name


class Finding(StrEnum):
    """What there is at a point."""

    AGREE = "the claim is the derivative"
    DIFFER = "the claim is not the derivative"
    NO_CLAIM = "the function has a derivative and the claim has no value"
    BENT = "the function has a value and no derivative"
    EDGE = "the function ends here"
    UNDEFINED = "the function has no value"
    OUTSIDE = "the hypotheses do not hold"
    NEAR = "both are too small to be told apart"
    UNKNOWN = "digits do not suffice"


@dataclass(frozen=True)
class Question:
    """A claim as it is asked, and the same read by the oracle; `let` is written out by the reader of the claim."""

    function: str
    wrt: str
    claim: str
    assume: tuple[str, ...] = ()
    let: tuple[str, ...] = ()

    def command(self) -> str:
        parts = [f'derive prove "{self.function}" --wrt "{self.wrt}" --claim "{self.claim}"']
        parts += [f'--assume "{sentence}"' for sentence in self.assume]
        return " ".join(parts + [f'--let "{sentence}"' for sentence in self.let])


class Oracle:
    """Answers for one claim."""

    def __init__(self, question: Question) -> None:
        self.question = question
        meanings = [_meaning(sentence) for sentence in question.let]
        self.function, self.claim = (_written(read(text), meanings) for text in (question.function, question.claim))
        self.wrt = read(question.wrt)
        # A special function takes seconds at thousands of digits.
        self.is_costly = any(name in COSTLY for part in (self.function, self.claim) for name in called(part))
        self.hypotheses: Hypotheses = read_hypotheses(question.assume)

    def at(self, env: Env, steps: Sequence[int] = STEPS[:1]) -> Finding:
        """What there is at a point; the next step is taken where digits of one do not suffice."""
        try:
            if not self.hypotheses.hold(env):
                return Finding.OUTSIDE
        except UnknownValue:
            return Finding.UNKNOWN
        found = Finding.UNKNOWN
        for decimals in steps[:1] if self.is_costly else steps:
            finer, is_sharp = self._at(env, decimals)
            found = found if finer is Finding.UNKNOWN else finer
            if is_sharp:
                break
        return found

    def _at(self, env: Env, decimals: int) -> tuple[Finding, bool]:
        """The finding with a step of so many decimals, and whether finer steps would add nothing."""
        size = max((abs(value) for value in _numbers(env)), default=Fraction(1))
        digits = 40 + int(decimals * 3.5) + len(str(size.numerator // size.denominator))
        try:
            slope = self.slope(env, decimals, digits)
        except UnknownValue:
            return Finding.UNKNOWN, False
        if isinstance(slope, Finding):
            return slope, slope is not Finding.BENT
        try:
            claim = Evaluator(env, digits).value(self.claim)
        except UndefinedValue:
            return Finding.NO_CLAIM, True
        except UnknownValue:
            return Finding.UNKNOWN, False
        with mp.workdps(digits):
            theirs, mine, error = _plain(claim), slope[0], slope[1]
            error += SAFETY * claim.error if isinstance(claim, Pair) else 0
            gap, largest = abs(theirs - mine), max(abs(theirs), abs(mine))
            if gap > 10 * error:
                return Finding.DIFFER, True
            if largest > 100 * error or largest == 0 == error:
                # Equal, as far as these digits tell; a finer step tells more.
                return Finding.AGREE, False
        return Finding.NEAR, False

    def slope(self, env: Env, decimals: int, digits: int) -> tuple[Any, Any] | Finding:
        """The derivative and a bound of its error; or why there is none. Two steps are taken, one far finer."""
        here = self._value(env, Fraction(0), digits)
        if here is None:
            return Finding.UNDEFINED
        with mp.workdps(digits):
            step = Fraction(1, 10**decimals) * min(Fraction(1), abs(self._moved_from(env)) or Fraction(1))
            sides = [self._sides(env, here, move, digits) for move in (step, step / 10 ** (decimals // 2))]
            if sides[0] is None or sides[1] is None:
                return Finding.EDGE
            (far, _), ((right, left), error) = sides
            middle, before = (right + left) / 2, (far[0] + far[1]) / 2
            size = max(abs(middle), abs(before), abs(_plain(here)), mpf(1))
            if abs(right - left) > error + size * mpf(10) ** (-decimals // 4):
                return Finding.BENT
            if abs(middle - before) > error + size * mpf(10) ** (-decimals // 8):
                return Finding.BENT  # the quotients grow: a vertical tangent, or a jump to both sides alike
            if error == 0 and right == left == before:
                return middle, mpf(0)
            return middle, error + 10 * abs(middle - before) + size * mpf(10) ** (-3 * decimals // 2)

    def _sides(self, env: Env, here: Value, step: Fraction, digits: int) -> tuple[tuple[Any, Any], Any] | None:
        values = [self._value(env, move, digits) for move in (step, -step)]
        if values[0] is None or values[1] is None:
            return None
        run = Evaluator(env, digits)
        slopes = [run.binary("div", run.binary("sub", value, here), sign * step)
                  for value, sign in zip(values, (1, -1), strict=True) if value is not None]  # fmt: skip
        error = sum(SAFETY * slope.error for slope in slopes if isinstance(slope, Pair))
        return (_plain(slopes[0]), _plain(slopes[1])), error

    def completed(self, env: dict[str, Any]) -> dict[str, Any]:
        """A point with the components that a witness leaves out, since they do not matter."""
        for _ in range(MOST_LEFT_OUT):
            try:
                for part in (self.function, self.claim):
                    Evaluator(env, 30).value(part)
            except MissingComponent as missing:
                known = env.get(missing.name, {})
                env = {**env, missing.name: {**known, missing.place: Fraction(1, 2 + len(known))}}
                continue
            except (UndefinedValue, UnknownValue):
                pass
            break
        return env

    def is_wide(self, env: Env, found: Finding) -> bool:
        """Whether what is found at a point is found all around it too; along the variable, if that alone can move."""
        around = [self.at(_scattered(env, size, sign)) for size in (6, 9) for sign in (1, -1)]
        if Finding.OUTSIDE in around:
            moves = (Fraction(sign, 10**size + 1) for sign in (1, -1) for size in (6, 9))
            around = [self.at(self._moved(env, move)) for move in moves]
        return all(beside is found for beside in around)

    def _value(self, env: Env, move: Fraction, digits: int) -> Value | None:
        try:
            return Evaluator(self._moved(env, move), digits).value(self.function)
        except UndefinedValue:
            return None

    def _place(self, env: Env) -> tuple[str, tuple[int, ...] | None]:
        if self.wrt[0] == "name":
            return self.wrt[1], None
        run = Evaluator(env, 30)
        return self.wrt[1], tuple(run.whole(part) for part in self.wrt[2:])

    def _moved_from(self, env: Env) -> Fraction:
        name, place = self._place(env)
        return Fraction(env[name] if place is None else env[name][place])

    def _moved(self, env: Env, move: Fraction) -> dict[str, Any]:
        name, place = self._place(env)
        if name not in env or (place is not None and place not in env[name]):
            raise UnknownValue(f"{self.question.wrt} is not given")
        if place is None:
            return {**env, name: env[name] + move}
        return {**env, name: {**env[name], place: env[name][place] + move}}


def _plain(value: Value) -> Any:
    return value.plain if isinstance(value, Pair) else mpf(value.numerator) / value.denominator


def _numbers(env: Env) -> Iterable[Fraction]:
    for value in env.values():
        yield from value.values() if isinstance(value, dict) else (Fraction(value),)


def _scattered(env: Env, size: int, sign: int) -> dict[str, Any]:
    """A point near by, moved along every name but those of sizes and places."""
    moved: dict[str, Any] = {}
    for at, (name, value) in enumerate(env.items(), 2):
        step = Fraction(sign * (-1) ** (at // 2), 10**size + at)
        if isinstance(value, dict):
            moved[name] = {place: part + step / (2 + sum(place)) for place, part in value.items()}
        else:
            moved[name] = value if name in COUNTED else value + step
    return moved


# Abbreviations


def _meaning(sentence: str) -> tuple[Node, Node]:
    name, meaning = re.split(r"(?<![<>=!])=(?!=)", sentence, maxsplit=1)
    return read(name), read(meaning)


def _written(node: Node, meanings: Sequence[tuple[Node, Node]]) -> Node:
    """`node` with abbreviations written out, the last first, so that each may use those before it."""
    for name, meaning in reversed(meanings):
        node = _expanded(node, name, meaning)
    return node


def _expanded(node: Node, name: Node, meaning: Node) -> Node:
    if node[0] == "name" and node == name:
        return meaning
    parts = tuple(_expanded(part, name, meaning) if isinstance(part, tuple) else part for part in node[1:])
    if node[0] == "index" and name[0] == "index" and node[1] == name[1]:
        places = {formal[1]: actual for formal, actual in zip(name[2:], parts[1:], strict=True)}
        return _placed(meaning, places)
    return (node[0], *parts)


_fresh = 0


def _placed(node: Node, places: dict[str, Node]) -> Node:
    """A definition with its indices in place; its bound names are renamed, so that none is captured."""
    if node[0] == "name":
        return places.get(node[1], node)
    if node[0] in ("Sum", "Product", "Maximum"):
        global _fresh
        _fresh += 1
        head, body, bound, first, last = node
        fresh = f"{bound}_{_fresh}"
        inner = {**places, bound: ("name", fresh)}
        return (head, _placed(body, inner), fresh, _placed(first, places), _placed(last, places))
    return (node[0], *(_placed(part, places) if isinstance(part, tuple) else part for part in node[1:]))
