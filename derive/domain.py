"""`Domain`: the hypotheses under which a claim is made. Only this room reads them from text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.notation.text import read_text
from derive.term import RELATIONS, Term, free_symbols, rational_value, relation, term

Axis = tuple[Term, Term]  # first and last index, inclusive


@dataclass(frozen=True)
class Interval:
    """The reals between `low` and `high`; None is an infinite end, which is always open."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = True
    high_open: bool = True

    def __contains__(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below

    def meet(self, other: Interval) -> Interval:
        """The values that lie in both."""
        low, low_open = max(_low(self), _low(other))
        high, high_closed = min(_high(self), _high(other))
        return Interval(_finite(low), _finite(high), bool(low_open), not high_closed)

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def is_positive(self) -> bool:
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.low_open))

    def is_negative(self) -> bool:
        return self.high is not None and (self.high < 0 or (self.high == 0 and self.high_open))


def _low(interval: Interval) -> tuple[float | Fraction, bool]:
    return (float("-inf") if interval.low is None else interval.low, interval.low_open)


def _high(interval: Interval) -> tuple[float | Fraction, bool]:
    return (float("inf") if interval.high is None else interval.high, not interval.high_open)


def _finite(end: float | Fraction) -> Fraction | None:
    return end if isinstance(end, Fraction) else None


REALS: Final = Interval()
POSITIVE: Final = Interval(low=Fraction(0))
NONNEGATIVE: Final = Interval(low=Fraction(0), low_open=False)

# Words for a scalar, and what each says: an interval, whether integer, whether zero is excluded.
WORDS: Final[dict[str, tuple[Interval, bool, bool]]] = {
    "real": (REALS, False, False),
    "positive": (POSITIVE, False, False),
    "negative": (Interval(high=Fraction(0)), False, False),
    "nonnegative": (NONNEGATIVE, False, False),
    "nonpositive": (Interval(high=Fraction(0), high_open=False), False, False),
    "nonzero": (REALS, False, True),
    "integer": (REALS, True, False),
    "natural": (NONNEGATIVE, True, False),
}
SPELLINGS: Final = {"≤": "<=", "≥": ">=", "≠": "!=", "∈": " in ", "∞": "oo"}
INFINITE: Final = ("oo", "-oo", "+oo", "inf", "-inf", "+inf")
# Words for a vector or a matrix.
PROPERTIES: Final = {
    "onehot": "onehot", "one-hot": "onehot", "simplex": "simplex", "probability": "simplex",
    "spd": "spd", "positive-definite": "spd", "posdet": "posdet", "symmetric": "symmetric",
}  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """What is assumed of each name.

    `ranges`: an interval for a scalar, or for each component of an array. `relations`: what is not
    one name against one constant (`lo < hi`, `Ne(x, y)`, `Sum(y) == 1`). `values`: names that take
    finitely many values. `axes`: the index ranges of arrays. `properties`: (name, word) pairs, the
    words being the values of PROPERTIES.
    """

    ranges: Mapping[str, Interval] = field(default_factory=dict)
    relations: tuple[Term, ...] = ()
    integers: frozenset[str] = frozenset()
    values: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)
    axes: Mapping[str, tuple[Axis, ...]] = field(default_factory=dict)
    properties: frozenset[tuple[str, str]] = frozenset()

    def range(self, name: str) -> Interval:
        return self.ranges.get(name, REALS)

    def names(self) -> set[str]:
        """The names of which something is assumed."""
        told = {*self.ranges, *self.integers, *self.values, *(name for name, _ in self.properties)}
        return told.union(*map(free_symbols, self.relations))

    def narrowed(self, name: str, interval: Interval) -> Domain:
        return replace(self, ranges={**self.ranges, name: self.range(name).meet(interval)})

    def related(self, condition: Term) -> Domain:
        """This domain with one more condition; a bound on a single name narrows its range."""
        if condition.head == "and":
            narrower = self
            for part in condition.args:
                narrower = narrower.related(part)
            return narrower
        bound = _as_bound(condition)
        return self.narrowed(*bound) if bound else replace(self, relations=(*self.relations, condition))

    def with_axes(self, name: str, *axes: Axis) -> Domain:
        return replace(self, axes={**self.axes, name: axes})

    def hypotheses(self, names: Iterable[str]) -> tuple[str, ...]:
        """What is assumed of `names`, a sentence each, as a verdict prints them."""
        chosen = sorted(names)
        said = [_describe(name, self) for name in chosen]
        said += [f"{name} {word}" for name, word in sorted(self.properties) if name in chosen]
        said += [str(fact) for fact in self.relations if free_symbols(fact) & set(chosen)]
        return tuple(said)


def read_domain(hypotheses: Iterable[str], start: Domain | None = None) -> Domain:
    """The domain that sentences state: `0 < p < 1`, `x real`, `s in {-1, 1}`, `Sum(y) = 1`, `y one-hot`, `x in [0, 1)`.

    A sentence may speak of several names, `x, y > 0`, and join several hypotheses with commas.
    Raises FormulaError for one that cannot be read.
    """
    domain = start or Domain()
    for sentence in hypotheses:
        for part in _shared(_split(sentence)):
            domain = _read_hypothesis(part, domain)
    return domain


def _shared(parts: list[str]) -> Iterator[str]:
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


def read_hypothesis_on(name: str, sentence: str, domain: Domain) -> Domain:
    """`domain` with a sentence about `name`, which the sentence may leave out: `positive integer`."""
    for part in _split(sentence):
        words = part.split()
        bare = all(word in WORDS or word in PROPERTIES for word in words)
        domain = _read_hypothesis(f"{name} {part}" if bare else part, domain)
    return domain


def _split(sentence: str) -> list[str]:
    for sign, spelling in SPELLINGS.items():
        sentence = sentence.replace(sign, spelling)
    parts = re.split(r"[,;](?![^([{]*[)\]}])|\band\b", sentence)
    return [part.strip() for part in parts if part.strip()]


def _read_hypothesis(sentence: str, domain: Domain) -> Domain:
    if member := re.fullmatch(r"(\w+)\s+in\s+\{(.*)\}", sentence):
        return _with_values(domain, member[1], member[2])
    if within := re.fullmatch(r"(\w+)\s+in\s+([\[(])(.+),(.+)([\])])", sentence):
        return _with_ends(domain, *within.groups())
    words = [word for word in sentence.replace(":", " ").split() if word != "is"]
    if len(words) >= 2 and all(word in WORDS or word in PROPERTIES for word in words[1:]):
        return _with_words(domain, words[0], words[1:])
    if len(words) >= 2 and all(word in WORDS for word in words[:-1]):
        return _with_words(domain, words[-1], words[:-1])
    return domain.related(_read_relation(sentence, domain))


def _with_words(domain: Domain, name: str, words: list[str]) -> Domain:
    if not name.isidentifier():
        raise FormulaError(f"{name!r} is not a name, so nothing can be assumed of it")
    for word in words:
        if word in PROPERTIES:
            domain = replace(domain, properties=domain.properties | {(name, PROPERTIES[word])})
            continue
        interval, is_integer, is_nonzero = WORDS[word]
        domain = domain.narrowed(name, interval)
        if is_integer:
            domain = replace(domain, integers=domain.integers | {name})
        if is_nonzero:
            domain = domain.related(relation("ne", read_text(name), 0))
    return domain


def _with_ends(domain: Domain, name: str, opening: str, low: str, high: str, closing: str) -> Domain:
    """The name between two ends, such as `x in (0, 1]`; an end at infinity says nothing."""
    above = f"{low} {'<=' if opening == '[' else '<'} {name}"
    below = f"{name} {'<=' if closing == ']' else '<'} {high}"
    for end, sentence in ((low, above), (high, below)):
        if end.strip() not in INFINITE:
            domain = domain.related(_read_relation(sentence, domain))
    return domain


def _with_values(domain: Domain, name: str, listed: str) -> Domain:
    values = [rational_value(read_text(value)) for value in listed.split(",")]
    known = tuple(sorted(value for value in values if value is not None))
    if len(known) != len(values):
        raise FormulaError(f"the values of {name} must be rational numbers, not {{{listed}}}")
    return replace(domain, values={**domain.values, name: known})


def _read_relation(sentence: str, domain: Domain) -> Term:
    """A condition; a single `=` is an equation, and `Sum(y)` runs over all of y."""
    text = re.sub(r"(?<![<>=!])=(?!=)", "==", sentence)
    text = re.sub(r"\bSum\(\s*(\w+)\s*\)", lambda found: _whole_sum(found[1], domain), text)
    condition = read_text(text)
    if condition.head not in (*RELATIONS, "and", "or", "not"):
        words = ", ".join([*WORDS, *sorted(set(PROPERTIES.values()))])
        raise FormulaError(f"cannot read the hypothesis {sentence!r}: write a comparison, or a name and one of {words}")
    return condition


def _whole_sum(name: str, domain: Domain) -> str:
    """The sum over every component of `name`, written out; with no axis known, over 0..K-1."""
    axes = domain.axes.get(name) or ((term(0), read_text("K - 1")),)
    bound = [f"{name}_{position}" for position in range(len(axes))]
    ranges = ", ".join(f"({k}, {first}, {last})" for k, (first, last) in zip(bound, axes, strict=True))
    return f"Sum({name}[{', '.join(bound)}], {ranges})"


def _as_bound(condition: Term) -> tuple[str, Interval] | None:
    """A comparison of one name with one constant, as that name's interval."""
    if condition.head not in ("lt", "le", "gt", "ge", "eq"):
        return None
    left, right = condition.args
    flipped = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq"}
    head = condition.head
    if left.head != "sym":
        left, right, head = right, left, flipped[head]
    value = rational_value(right)
    if left.head != "sym" or value is None:
        return None
    is_open = head in ("lt", "gt")
    low = value if head in ("gt", "ge", "eq") else None
    high = value if head in ("lt", "le", "eq") else None
    return left.name, Interval(low, high, low is None or is_open, high is None or is_open)


def _describe(name: str, domain: Domain) -> str:
    if name in domain.values:
        return f"{name} in {{{', '.join(map(str, domain.values[name]))}}}"
    kind = "integer" if name in domain.integers else "real"
    interval = domain.range(name)
    if interval == REALS:
        return f"{kind} {name}"
    low = "" if interval.low is None else f"{interval.low} {'<' if interval.low_open else '<='} "
    high = "" if interval.high is None else f" {'<' if interval.high_open else '<='} {interval.high}"
    if low and not high:
        return f"{'integer ' if kind == 'integer' else ''}{name} {'>' if interval.low_open else '>='} {interval.low}"
    return f"{'integer ' if kind == 'integer' else ''}{low}{name}{high}"
