"""What is assumed, read by the attack's own reader: whether a point satisfies it, exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, Final

from .formula import Node, UnreadableError, names, read, split
from .pairs import UndefinedValue
from .values import Env, Evaluator

WORDS: Final = {
    "real": "True", "positive": "{0} > 0", "negative": "{0} < 0", "nonnegative": "{0} >= 0", "nonpositive": "{0} <= 0",
    "nonzero": "{0} != 0", "integer": "floor({0}) == {0}", "natural": "And(floor({0}) == {0}, {0} >= 0)",
}  # fmt: skip
PROPERTIES: Final = ("simplex", "probability", "onehot", "one-hot", "spd", "symmetric", "posdet")
DIGITS: Final = 60


@dataclass
class Hypotheses:
    """`conditions` hold for every component of the arrays and every value of the free indices that they name."""

    conditions: list[Node] = field(default_factory=list)
    listed: dict[str, tuple[Fraction, ...]] = field(default_factory=dict)
    properties: list[tuple[str, str]] = field(default_factory=list)
    sums: list[tuple[str, Node]] = field(default_factory=list)

    def hold(self, env: Env) -> bool:
        """Whether they hold at a point. Raises UnknownValue where that cannot be told."""
        try:
            return (
                all(value in chosen for name, chosen in self.listed.items() for value in _all_of(name, env))
                and all(_sum(name, env) == Evaluator(env, DIGITS).value(value) for name, value in self.sums)
                and all(_is(word, env.get(name)) for name, word in self.properties)
                and all(Evaluator(at, DIGITS).holds(each) for each in self.conditions for at in _meant(each, env))
            )
        except UndefinedValue:
            return False


def read_hypotheses(sentences: Iterable[str]) -> Hypotheses:
    found = Hypotheses()
    for sentence in sentences:
        waiting: list[str] = []
        parts = split(sentence)
        for part in parts:
            if part.isidentifier() and part is not parts[-1]:
                waiting.append(part)
                continue
            subject = re.match(r"[^\W\d]\w*", part)
            for name in waiting:
                _read_one(name + part[subject.end() if subject else 0 :], found)
            waiting = []
            _read_one(part, found)
    return found


def _read_one(sentence: str, found: Hypotheses) -> None:
    if match := re.fullmatch(r"(\w+)\s+in\s+\{(.*)\}", sentence):
        found.listed[match[1]] = tuple(Fraction(value.strip()) for value in match[2].split(","))
        return
    if match := re.fullmatch(r"(\w+)\s+in\s+([\[(])(.+),(.+)([\])])", sentence):
        name, opening, low, high, closing = match.groups()
        if "oo" not in low:
            found.conditions.append(read(f"{low} {'<=' if opening == '[' else '<'} {name}"))
        if "oo" not in high:
            found.conditions.append(read(f"{name} {'<=' if closing == ']' else '<'} {high}"))
        return
    if match := re.fullmatch(r"Sum\(\s*(\w+)\s*\)\s*==?(.*)", sentence):
        found.sums.append((match[1], read(match[2])))
        return
    words = [word for word in sentence.replace(":", " ").split() if word != "is"]
    if len(words) > 1 and words[0].isidentifier() and all(word in WORDS or word in PROPERTIES for word in words[1:]):
        for word in words[1:]:
            if word in WORDS:
                found.conditions.append(read(WORDS[word].format(words[0])))
            else:
                found.properties.append((words[0], word))
        return
    condition = read(re.sub(r"(?<![<>=!])=(?!=)", "==", sentence))
    if condition[0] not in ("rel", "and", "or", "not", "true", "false"):
        raise UnreadableError(f"no hypothesis: {sentence!r}")
    found.conditions.append(condition)


def _all_of(name: str, env: Env) -> Iterator[Fraction]:
    value = env.get(name)
    yield from value.values() if isinstance(value, dict) else () if value is None else (value,)


def _sum(name: str, env: Env) -> Fraction:
    return sum(_all_of(name, env), Fraction(0))


def _is(word: str, values: Any) -> bool:
    if not isinstance(values, dict):
        return values is None
    rows: dict[Any, list[Fraction]] = {}
    for place, value in values.items():
        rows.setdefault(place[:-1], []).append(value)
    if word in ("simplex", "probability"):
        return all(sum(row) == 1 and min(row) >= 0 for row in rows.values())
    if word in ("onehot", "one-hot"):
        return all(sorted(row) == [0] * (len(row) - 1) + [1] for row in rows.values())
    if word == "symmetric":
        return all(value == values[place[::-1]] for place, value in values.items())
    return True


def _meant(condition: Node, env: Env) -> Iterator[dict[str, Any]]:
    """The points at which a condition is to hold: an array that stands alone means each component."""
    free = set(names(condition))
    plain = [name for name in sorted(free) if isinstance(env.get(name), dict)]
    unknown = [name for name in sorted(free) if not name.endswith("[]") and name not in env]
    loose = [name for name in sorted(free) if f"{name}" in _indices(condition)]
    if unknown and not set(unknown) <= set(loose):
        return  # it speaks of what the claim does not
    spans = [list(env[name].values()) for name in plain]
    size = max((place[0] + 1 for value in env.values() if isinstance(value, dict) for place in value), default=1)
    for choice in product(*spans):
        for places in product(range(size), repeat=len(loose)):
            yield {
                **env,
                **dict(zip(plain, choice, strict=True)),
                **dict(zip(loose, map(Fraction, places), strict=True)),
            }


def _indices(node: Node) -> set[str]:
    """The names that stand as an index, off sums: they mean every place."""
    if node[0] == "index":
        return {part[1] for part in node[2:] if part[0] == "name"}
    if node[0] in ("Sum", "Product", "Maximum"):
        return _indices(node[1]) - {node[2]}
    return set().union(*(_indices(part) for part in node[1:] if isinstance(part, tuple)))
