"""The rule engine: rules are data, a line each; it finds where they apply, and records every step.

A rule is written `name: left -> right ; condition, condition`, in the syntax of formulas. Single lower-case
letters are pattern variables; + and * match in either order; a rule rewrites a shared subterm everywhere at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from derive.errors import FormulaError
from derive.notation.text import read_text
from derive.spec.domain import Domain
from derive.term import Term, free_symbols, rational_value, rebuild, subterms, term
from derive.values.intervals import closure, decide, range_of

Bindings = Mapping[str, Term]
COMMUTES: Final = ("add", "mul")


@dataclass(frozen=True)
class Step:
    """One link of a derivation: `after` equals `before`, by the rule of this name."""

    rule: str
    before: Term
    after: Term


@dataclass(frozen=True)
class Condition:
    """What must hold of the matched subterms: a relation, or a word about one of them.

    Words: `u constant` (a rational number), `u irrational` (another number), `u variable` (a name or component),
    `u bounded` (it varies within bounds), `u unbounded`, `u vanishes` (0 lies in its range), `u reaches v` (the
    number v, or oo, lies in the closure of its range), `u without k` (k does not occur in u).
    """

    text: str
    relation: Term | None = None
    word: str = ""
    names: tuple[str, ...] = ()

    def holds(self, bound: Bindings, domain: Domain) -> bool:
        if self.relation is not None:
            return decide(instantiate(self.relation, bound), domain) is True
        subject = bound[self.names[0]]
        return WORDS[self.word](subject, read_text(self.names[1]) if len(self.names) > 1 else subject, bound, domain)


def _is_constant(subject: Term, _: Term, __: Bindings, ___: Domain) -> bool:
    return rational_value(subject) is not None


def _is_unbounded(subject: Term, _: Term, __: Bindings, domain: Domain) -> bool:
    found = range_of(subject, domain)
    return found.low is None or found.high is None


def _is_variable(subject: Term, _: Term, __: Bindings, ___: Domain) -> bool:
    return subject.head in ("sym", "index")


def _is_bounded(subject: Term, _: Term, __: Bindings, domain: Domain) -> bool:
    return not _is_unbounded(subject, _, __, domain) and rational_value(subject) is None


def _is_without(subject: Term, other: Term, bound: Bindings, _: Domain) -> bool:
    return not free_symbols(bound[other.name]) & free_symbols(subject)


def _reaches(subject: Term, place: Term, _: Bindings, domain: Domain) -> bool:
    found = range_of(subject, domain)
    if place.head == "const":
        return found.high is None
    value = rational_value(place)
    return value is not None and value in closure(found)


def _vanishes(subject: Term, _: Term, __: Bindings, domain: Domain) -> bool:
    return Fraction(0) in range_of(subject, domain)


def _is_fractional(subject: Term, _: Term, __: Bindings, ___: Domain) -> bool:
    value = rational_value(subject)
    return value is None or value.denominator != 1


def _is_irrational(subject: Term, _: Term, __: Bindings, ___: Domain) -> bool:
    return rational_value(subject) is None and not free_symbols(subject)


WORDS: Final[dict[str, Callable[[Term, Term, Bindings, Domain], bool]]] = {
    "constant": _is_constant, "variable": _is_variable,
    "bounded": _is_bounded, "unbounded": _is_unbounded,
    "without": _is_without, "reaches": _reaches, "vanishes": _vanishes,
    "fractional": _is_fractional, "irrational": _is_irrational,
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """`left` may be replaced by `right` wherever the conditions hold."""

    name: str
    left: Term
    right: Term
    conditions: tuple[Condition, ...] = ()

    def apply(self, node: Term, domain: Domain) -> Term | None:
        """What this rule makes of `node` itself, or None where it does not apply."""
        return next(self.instances(node, domain), None)

    def instances(self, node: Term, domain: Domain) -> Iterator[Term]:
        """Everything that this rule can make of `node` itself, sums and products being matched in either order."""
        for bound in match(self.left, node, {}):
            if all(condition.holds(bound, domain) for condition in self.conditions):
                yield instantiate(self.right, bound)


def read_rule(line: str) -> Rule:
    """The rule that a line states. Raises FormulaError for one that cannot be read."""
    stated = re.fullmatch(r"\s*([^:]+?)\s*:\s+(.+?)\s+->\s+(.+?)\s*(?:;\s*(.+?)\s*)?", line)
    if stated is None:
        raise FormulaError(f"a rule is written  name: left -> right ; condition  and not {line!r}")
    name, left, right, conditions = stated.groups()
    parts = [part.strip() for part in (conditions or "").split(",") if part.strip()]
    return Rule(name, read_text(left), read_text(right), tuple(map(_read_condition, parts)))


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a page, a line each; empty lines and lines that start with # are for the reader."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(read_rule(line) for line in lines if line and not line.startswith("#"))


def _read_condition(text: str) -> Condition:
    words = text.split()
    if len(words) > 1 and words[1] in WORDS:
        return Condition(text, word=words[1], names=(words[0], *words[2:]))
    return Condition(text, relation=read_text(text))


def is_variable(pattern: Term) -> bool:
    return pattern.head == "sym" and len(pattern.name) == 1 and "a" <= pattern.name <= "z"


def match(pattern: Term, node: Term, bound: Bindings) -> Iterator[Bindings]:
    """Every way in which `node` is an instance of `pattern` that agrees with `bound`."""
    if is_variable(pattern):
        known = bound.get(pattern.name)
        if known is None:
            yield {**bound, pattern.name: node}
        elif known == node:
            yield bound
        return
    if pattern.head != node.head or pattern.data != node.data or len(pattern.args) != len(node.args):
        return
    yield from _match_all(pattern.args, node.args, bound)
    if pattern.head in COMMUTES:
        yield from _match_all(pattern.args, node.args[::-1], bound)


def _match_all(patterns: tuple[Term, ...], nodes: tuple[Term, ...], bound: Bindings) -> Iterator[Bindings]:
    if not patterns:
        yield bound
        return
    for first in match(patterns[0], nodes[0], bound):
        yield from _match_all(patterns[1:], nodes[1:], first)


def instantiate(pattern: Term, bound: Bindings) -> Term:
    """`pattern` with its variables replaced; what stood under a binder stands under it again."""
    if is_variable(pattern):
        return bound.get(pattern.name, pattern)
    made = rebuild(pattern, tuple(instantiate(child, bound) for child in pattern.args))
    value = rational_value(made) if made != pattern else None
    return made if value is None else term(value)


def rewrite(root: Term, rules: Iterable[Rule], domain: Domain, passes: int = 50) -> tuple[Term, tuple[Step, ...]]:
    """`root` with rules applied from the leaves up until none applies, and the steps that led there.

    Each step rewrites one distinct subterm wherever it occurs. Raises RuntimeError if `passes` do not
    suffice, which means that two rules undo each other.
    """
    listed = tuple(rules)
    steps: list[Step] = []
    for _ in range(passes):
        found = next(_places(root, listed, domain), None)
        if found is None:
            return root, tuple(steps)
        rule, node, replaced = found
        after = replace_everywhere(root, node, replaced)
        steps.append(Step(rule.name, root, after))
        root = after
    raise RuntimeError(f"rules do not come to an end: {', '.join(step.rule for step in steps[-4:])}")


def rewrite_once(root: Term, rules: Iterable[Rule], domain: Domain) -> tuple[Term, tuple[Step, ...]]:
    """`root` with each place where a rule applies rewritten by the first that does, from the leaves up, once."""
    listed, steps, image = tuple(rules), list[Step](), dict[Term, Term]()
    for node in list(subterms(root)):
        image[node] = rebuild(node, tuple(image[part] for part in node.args))
        for rule in listed:
            after = rule.apply(image[node], domain)
            if after is not None:
                changed = replace_everywhere(root, image[node], after)
                steps.append(Step(rule.name, root, changed))
                root, image[node] = changed, after
                break
    return root, tuple(steps)


def _places(root: Term, rules: tuple[Rule, ...], domain: Domain) -> Iterator[tuple[Rule, Term, Term]]:
    for node in subterms(root):
        for rule in rules:
            replaced = rule.apply(node, domain)
            if replaced is not None and replaced != node:
                yield rule, node, replaced


def replace_everywhere(root: Term, node: Term, replaced: Term) -> Term:
    """`root` with the very subterm `node` replaced; scopes are kept, so what it binds stays bound."""
    memo: dict[Term, Term] = {node: replaced}
    for found in subterms(root):
        if found not in memo:
            memo[found] = rebuild(found, tuple(memo[child] for child in found.args))
    return memo[root]


def pattern_variables(rule: Rule) -> tuple[str, ...]:
    """The letters that the left side binds, sorted."""
    return tuple(sorted({node.name for node in subterms(rule.left) if is_variable(node)}))
