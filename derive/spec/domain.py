"""`Domain`: the hypotheses under which a claim is made. Only this room reads them from text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.notation.sentences import as_condition, calls, sentence_parts, set_of, shared_subject
from derive.notation.text import read_text
from derive.relations import FLIPPED, affirmed
from derive.term import RELATIONS, Term, free_symbols, rational_value, relation, substitute, subterms, symbol, term

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

    def within(self, other: Interval) -> bool:
        """Whether no value of it is outside the other's closure."""
        above = other.low is None or (self.low is not None and self.low >= other.low)
        below = other.high is None or (self.high is not None and self.high <= other.high)
        return above and below

    @property
    def only(self) -> Fraction | None:
        """The single value that a closed interval holds, if that is all."""
        return self.low if self.low is not None and self.low == self.high and not self.empty else None

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def has_integer(self) -> bool:
        """Whether an integer lies in it."""
        if self.low is None or self.high is None:
            return not self.empty
        least = Fraction(self.low.__ceil__())
        return least in self or least + 1 in self

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
        condition = affirmed(condition)
        if condition.head in ("and", "true"):
            narrower = self
            for part in condition.args:
                narrower = narrower.related(part)
            return narrower
        bound = _as_bound(condition)
        return self.narrowed(*bound) if bound else replace(self, relations=(*self.relations, condition))

    def with_axes(self, name: str, *axes: Axis) -> Domain:
        return replace(self, axes={**self.axes, name: axes})

    def hypotheses(self, names: Iterable[str]) -> tuple[str, ...]:
        """What is assumed of `names`, and of what is tied to them, a sentence each, as a verdict prints them."""
        chosen = sorted(names)
        tied = set(chosen)
        for _ in self.relations:
            tied = tied.union(*(free_symbols(fact) for fact in self.relations if free_symbols(fact) & tied))
        bounded = {name for name, interval in self.ranges.items() if interval != REALS} | {*self.integers, *self.values}
        said = [_describe(name, self) for name in sorted({*chosen, *(tied & bounded)})]
        said += [f"{name} {word}" for name, word in sorted(self.properties) if name in chosen]
        said += [str(fact) for fact in self.relations if free_symbols(fact) & tied]
        return tuple(said)


def read_domain(hypotheses: Iterable[str], start: Domain | None = None) -> Domain:
    """The domain that sentences state: `0 < p < 1`, `x real`, `s in {-1, 1}`, `Sum(y) = 1`, `y one-hot`, `x in [0, 1)`.

    A sentence may speak of several names, `x, y > 0`, and join several hypotheses with commas or `and`; `or` and
    `not` are read too. Raises FormulaError for one that cannot be read.
    """
    domain = start or Domain()
    for sentence in hypotheses:
        for part in shared_subject(sentence_parts(sentence)):
            domain = _read_hypothesis(part, domain)
    return _listed_within(domain)


def read_hypothesis_on(name: str, sentence: str, domain: Domain) -> Domain:
    """`domain` with a sentence about `name`, which the sentence may leave out: `positive integer`."""
    for part in sentence_parts(sentence):
        words = part.split()
        bare = all(word in WORDS or word in PROPERTIES for word in words)
        domain = _read_hypothesis(f"{name} {part}" if bare else part, domain)
    return _listed_within(domain)


def _read_hypothesis(sentence: str, domain: Domain) -> Domain:
    if member := set_of(sentence):
        return _with_values(domain, *member)
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


def _with_values(domain: Domain, name: str, listed: list[str]) -> Domain:
    terms = [read_text(value) for value in listed]
    values = [rational_value(value) for value in terms]
    if any(value is None for value in values):
        if strangers := {other for value in terms for other in free_symbols(value)}:
            raise FormulaError(f"the values of {name} must be numbers; {', '.join(sorted(strangers))} is none")
        return domain.related(Term("or", tuple(relation("eq", symbol(name), value) for value in terms)))
    chosen = {value for value in values if value is not None}
    before = domain.values.get(name)
    return replace(domain, values={**domain.values, name: tuple(sorted(chosen & set(before or chosen)))})


def _listed_within(domain: Domain) -> Domain:
    """Listed values that lie in the range of their name. Raises FormulaError where none does."""
    kept = dict(domain.values)
    for name, values in domain.values.items():
        whole = name in domain.integers
        kept[name] = tuple(v for v in values if v in domain.range(name) and (not whole or v.denominator == 1))
        if not kept[name]:
            raise FormulaError(f"no {name} satisfies the hypotheses: none of its listed values is in its range")
    return replace(domain, values=kept)


def _read_relation(sentence: str, domain: Domain) -> Term:
    """A condition; a single `=` is an equation, and `Sum(y)` runs over all of y."""
    condition = read_text(_whole_sums(as_condition(sentence), domain))
    if condition.head not in (*RELATIONS, "and", "or", "not", "true"):
        words = ", ".join([*WORDS, *sorted(set(PROPERTIES.values()))])
        raise FormulaError(f"cannot read the hypothesis {sentence!r}: write a comparison, or a name and one of {words}")
    return condition


def _whole_sums(text: str, domain: Domain) -> str:
    """The text with each `Sum(y)` and `Sum(y[k], k)` written out as a sum over every component."""
    for start, end, name, arguments in reversed(list(calls(text, "Sum|sum|Product|product"))):
        rest = [argument.strip() for argument in arguments[1:]]
        if all(argument.isidentifier() for argument in rest):
            text = text[:start] + str(_whole(name.lower(), arguments[0], rest, domain)) + text[end:]
        elif name.islower():
            text = text[:start] + name.capitalize() + text[start + len(name) :]
    return text


def _whole(head: str, written: str, indices: list[str], domain: Domain) -> Term:
    """A sum over all components of the arrays in its body; with no axis known, over 0..K-1."""
    body = read_text(_whole_sums(written, domain))
    parts = [node for node in subterms(body) if node.head == "index"]
    arrays = {node.args[0].name for node in parts}
    if not indices:
        bare = sorted(free_symbols(body))
        found = [name for name in bare if name in domain.axes] or (bare if body.head == "sym" else [])
        if not found or parts:
            raise FormulaError(f"write out the range of {head.capitalize()}({written}): (k, 0, K - 1)")
        ranks = max(len(domain.axes.get(name, (None,))) for name in found)
        indices = [f"{found[0]}_{position}" for position in range(ranks)]
        body = substitute(body, {symbol(name): symbol(name)[tuple(map(symbol, indices))] for name in found})
        arrays = set(found)
    for position, index in enumerate(indices):
        axes = [domain.axes[name] for name in sorted(arrays & domain.axes.keys())]
        first, last = axes[0][position] if axes and position < len(axes[0]) else (term(0), symbol("K") - 1)
        body = Term(head, (body, symbol(index), first, last))
    return body


def _as_bound(condition: Term) -> tuple[str, Interval] | None:
    """A comparison of one name with one constant, as that name's interval."""
    if condition.head not in ("lt", "le", "gt", "ge", "eq"):
        return None
    left, right = condition.args
    head = condition.head
    if left.head != "sym":
        left, right, head = right, left, FLIPPED[head]
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
    if interval.only is not None:
        return f"{name} = {interval.only}"
    low = "" if interval.low is None else f"{interval.low} {'<' if interval.low_open else '<='} "
    high = "" if interval.high is None else f" {'<' if interval.high_open else '<='} {interval.high}"
    if low and not high:
        return f"{'integer ' if kind == 'integer' else ''}{name} {'>' if interval.low_open else '>='} {interval.low}"
    return f"{'integer ' if kind == 'integer' else ''}{low}{name}{high}"
