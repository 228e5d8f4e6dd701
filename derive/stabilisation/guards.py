"""Guards: what a form is on its domain's boundary, where 0/0 stands for a limit, and outside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from derive.relations import CONVERSE, ORDERS, opposite
from derive.spec.domain import Domain
from derive.stabilisation.writer import Writer
from derive.term import (
    BINDERS,
    CONDITIONS,
    INFINITY,
    NAN,
    TRUE,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rebuild,
    relation,
    substitute,
    subterms,
    symbol,
    term,
    transform,
)
from derive.values.intervals import closure, range_of
from derive.values.ratio import Ratio, Ring, TooLarge, composed, constant, ratio_of


def at_ends(root: Term, domain: Domain) -> Term:
    """`root` with every quotient that is 0/0 on the boundary given its limit there."""
    return transform(root, lambda node: _quotient(node, domain) if node.head == "div" else node)


def _quotient(node: Term, domain: Domain) -> Term:
    """N/D; at a closed end of an input where a factor of D cancels, what is left of N over what is left of D."""
    if Fraction(0) not in closure(range_of(node.args[1], domain)):
        return node
    ring = Ring()
    try:
        whole = ratio_of(node, ring)
    except (TooLarge, ZeroDivisionError):
        return node
    writer = Writer(dict(enumerate(ring.terms)), [], set(range(len(ring.terms))))
    tops, bottoms = list[tuple[Term, Term]](), list[tuple[Term, Term]]()
    for slot, leaf in enumerate(ring.terms):
        for end in _closed_ends(leaf, domain):
            there = whole.replaced(slot, constant(end).above)
            if there.below.total_degree() < composed(whole.below, slot, constant(end).above).total_degree():
                condition = relation("eq", leaf, end)
                bottoms.append((writer.ratio(Ratio(there.below, constant(1).below)), condition))
                # A numerator that vanishes there needs no branch: it vanishes by itself.
                if there.above != 0:
                    tops.append((writer.ratio(Ratio(there.above, constant(1).below)), condition))
    above = cases(*tops, otherwise=node.args[0]) if tops else node.args[0]
    below = cases(*bottoms, otherwise=node.args[1]) if bottoms else node.args[1]
    return above / _from_above(below, whole, ring, domain)


def _from_above(below: Term, whole: Ratio, ring: Ring, domain: Domain) -> Term:
    """A denominator in which both zeros count as the one in the domain, for an input that is never negative, or never
    positive, and makes it vanish."""
    vanishing = {
        leaf: sided
        for slot, leaf in enumerate(ring.terms)
        if composed(whole.below, slot, constant(0).above) == 0 and (sided := _one_sided(leaf, domain)) is not None
    }

    def walk(factor: Term) -> Term:
        if factor in vanishing:
            return vanishing[factor]
        if factor.head == "cases":
            return Term("cases", tuple(part for v, condition in branches(factor) for part in (walk(v), condition)))
        return rebuild(factor, tuple(map(walk, factor.args))) if factor.head in ("mul", "neg") else factor

    return walk(below)


def _one_sided(leaf: Term, domain: Domain) -> Term | None:
    """A leaf in |v| or -|v| for its one variable v, where the domain of v begins or ends at 0."""
    variables = {*_leaves(leaf)}
    if len(variables) != 1:
        return None
    (variable,) = variables
    found, size = closure(range_of(variable, domain)), call("abs", variable)
    sided = size if found.low == 0 else -size if found.high == 0 else None
    return None if sided is None else substitute(leaf, {variable: sided})


def _closed_ends(leaf: Term, domain: Domain) -> list[Fraction]:
    """The ends of an input's range that belong to it."""
    if leaf.head not in ("sym", "index"):
        return []
    found = range_of(leaf, domain)
    ends = [(found.low, found.low_open), (found.high, found.high_open)]
    return [end for end, is_open in ends if end is not None and not is_open]


def within(root: Term, domain: Domain, names: Sequence[str] = ()) -> Term:
    """`root` where its variables, and those of `names`, lie in the closure of the domain, NaN elsewhere; in a sum, term
    by term."""
    guarded = _inside_sums(root, domain)
    return _guarded(guarded, _conditions([*_leaves(root), *map(symbol, names)], domain, bound=None))


def _inside_sums(node: Term, domain: Domain) -> Term:
    if node.head not in BINDERS:
        return rebuild(node, tuple(_inside_sums(part, domain) for part in node.args))
    body, bound, first, last = node.args
    inner = _guarded(_inside_sums(body, domain), _conditions(_leaves(body), domain, bound.name))
    return Term(node.head, (inner, bound, first, last))


def _guarded(form: Term, conditions: list[Term]) -> Term:
    if not conditions:
        return form
    inside = conditions[0] if len(conditions) == 1 else Term("and", tuple(conditions))
    return cases((form, inside), otherwise=NAN)


def _conditions(leaves: Iterable[Term], domain: Domain, bound: str | None) -> list[Term]:
    """The bounds of every variable outside sums; of those that `bound` runs over, inside one."""
    found: list[Term] = []
    for leaf in dict.fromkeys(leaves):
        if bound is not None and bound not in free_symbols(leaf):
            continue
        interval = range_of(leaf, domain)
        found += [relation("ge", leaf, term(interval.low))] if interval.low is not None else []
        found += [relation("le", leaf, term(interval.high))] if interval.high is not None else []
    return found


def _leaves(node: Term) -> Iterator[Term]:
    if node.head in ("sym", "index"):
        yield node
    elif node.head not in BINDERS:
        for part in node.args:
            yield from _leaves(part)


def keeping_nan(root: Term) -> Term:
    """`root`, NaN where a variable of it is: a last branch into which NaN would fall says when it holds."""
    for leaf in dict.fromkeys(_leaves(root)):
        if not _keeps_nan(root, leaf):
            root = transform(root, partial(_closed, leaf=leaf))
    return root


def heeding_nan(root: Term, names: Sequence[str]) -> Term:
    """`root`, NaN where any of these variables is, also where the value does not depend on it."""
    deaf = [variable for variable in map(symbol, names) if not _keeps_nan(root, variable)]
    numbers = [relation("le", variable, INFINITY) for variable in deaf]
    if not numbers:
        return root
    return cases((root, numbers[0] if len(numbers) == 1 else Term("and", tuple(numbers))), otherwise=NAN)


def _keeps_nan(node: Term, leaf: Term) -> bool:
    """Whether the value is NaN wherever `leaf` is."""
    if node.head == "cases":
        return all(_keeps_nan(v, leaf) for v, condition in branches(node) if not _fails_on_nan(condition, leaf))
    return node in (leaf, NAN) or any(_keeps_nan(part, leaf) for part in node.args)


def _fails_on_nan(condition: Term, leaf: Term) -> bool:
    if condition.head in ("and", "or"):
        parts = (_fails_on_nan(part, leaf) for part in condition.args)
        return any(parts) if condition.head == "and" else all(parts)
    return condition.head in (*ORDERS, "eq") and any(_keeps_nan(side, leaf) for side in condition.args)


def _closed(node: Term, leaf: Term) -> Term:
    """Branches of which the last holds where the one before it does not, and is not NaN."""
    if node.head != "cases" or node.args[-1] is not TRUE or _keeps_nan(node, leaf):
        return node
    if not _fails_on_nan(node.args[-3], leaf):
        return node
    opposite = where_not(node.args[-3])
    return Term("cases", (*node.args[:-1], opposite, NAN, TRUE)) if opposite else node


def where_not(condition: Term) -> Term | None:
    """Where a condition on numbers does not hold; None for one that does not order them, which NaN may meet."""
    relations = [node.head for node in subterms(condition) if node.head in CONDITIONS and node.head not in CONVERSE]
    plain = all(head in ORDERS for head in relations)
    return opposite(condition) if plain else None


def flattened(root: Term) -> Term:
    """`root` with the branches of a last branch in the list of the first."""

    def visit(node: Term) -> Term:
        inner = node.args[-2] if node.head == "cases" and node.args[-1] == TRUE else node
        return Term("cases", (*node.args[:-2], *inner.args)) if inner is not node and inner.head == "cases" else node

    return transform(root, visit)
