"""The moves of everyday algebra, each with its name in either direction; each keeps the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial
from itertools import combinations
from itertools import product as pairs
from math import lcm
from typing import Final, NamedTuple

from derive.domain import Domain
from derive.rewrite import Rule, read_rules
from derive.rules.identities import IDENTITIES
from derive.steps.views import (
    Factors,
    Product,
    addends,
    as_product,
    key,
    merged,
    raise_all,
    tidy,
    whole,
    write_sum,
)
from derive.term import ONE, Term, call, free_symbols, substitute, subterms, term, transform

SUMS: Final = ("add", "sub")
LARGEST_POWER: Final = 3  # of a sum that is multiplied out


class Move(NamedTuple):
    """`at` rewrites a node, or gives None. `there` and `back` say what a person calls it, either way;
    `{}` stands for what `detail` picks out of the node: what was cancelled, or taken out."""

    there: str
    back: str
    at: Callable[[Term], Term | None]
    detail: Callable[[Term], Term | None] = lambda node: None


class Turn(NamedTuple):
    """A term one move away."""

    after: Term
    there: str
    back: str


def turns(root: Term, domain: Domain) -> Iterator[Turn]:
    """Every term one move away from `root`: the move made at one place, and at all places at once."""
    nodes = [node for node in subterms(root) if node.args]
    for move in (*MOVES, *identities(domain)):
        found = {node: after for node in nodes if (after := move.at(node)) is not None}
        if len(found) > 1:
            yield Turn(tidy(transform(root, _wherever(move))), *_said(move, None))
        for node, after in found.items():
            yield Turn(tidy(substitute(root, {node: after})), *_said(move, move.detail(node)))


def identities(domain: Domain) -> Iterator[Move]:
    """The identities as moves, in the order of their page."""
    for rule in _rules():
        yield Move(rule.name, rule.name, partial(by_identity, rule=rule, domain=domain))


@cache
def _rules() -> tuple[Rule, ...]:
    return read_rules(IDENTITIES)


def _wherever(move: Move) -> Callable[[Term], Term]:
    return lambda node: move.at(node) or node


def _said(move: Move, detail: Term | None) -> tuple[str, str]:
    shown = "" if detail is None else f" `{detail}`"
    return move.there.format(shown), move.back.format(shown)


def product_of(node: Term) -> Product | None:
    """`node` as a product with something in it besides itself."""
    if node.head not in ("mul", "div", "neg", "pow"):
        return None
    found = as_product(node)
    return None if found.above == {node: 1} else found


def negative_powers(node: Term) -> Term | None:
    found = product_of(node)
    if found is None or all(exponent > 0 for exponent in found.above.values()):
        return None
    above = {base: exponent for base, exponent in found.above.items() if exponent > 0}
    below = {base: -exponent for base, exponent in found.above.items() if exponent < 0}
    return Product(found.coefficient, above, merged(found.below, below)).write()


def multiply_fractions(node: Term) -> Term | None:
    return None if node.head == "pow" else _one_fraction(node)


def _one_fraction(node: Term) -> Term | None:
    """A product of fractions, or a power of one, as a single fraction."""
    found = product_of(node)
    if found is None or not any(base.head == "div" for base in (*found.above, *found.below)):
        return None
    coefficient, above, below = found.coefficient, dict[Term, int](), dict[Term, int]()
    for factors, sign in ((found.above, 1), (found.below, -1)):
        for base, exponent in factors.items():
            inner = as_product(base) if base.head == "div" else Product(Fraction(1), {base: 1}, {})
            coefficient *= inner.coefficient ** (sign * exponent)
            over, under = (inner.above, inner.below) if sign > 0 else (inner.below, inner.above)
            above = merged(above, {part: count * exponent for part, count in over.items()})
            below = merged(below, {part: count * exponent for part, count in under.items()})
    return Product(coefficient, above, below).write()


def power_of_fraction(node: Term) -> Term | None:
    return _one_fraction(node) if node.head == "pow" and whole(node.args[1]) is not None else None


def common_denominator(node: Term) -> Term | None:
    if node.head not in SUMS:
        return None
    parts = [(sign, _over_one_fraction(part)) for sign, part in addends(node)]
    below: Factors = {}
    for _, part in parts:
        below = {base: max(below.get(base, 0), part.below.get(base, 0)) for base in (*below, *part.below)}
    scale = lcm(*(part.coefficient.denominator for _, part in parts))
    if not below and scale == 1:
        return None
    above = [
        (sign, Product(part.coefficient * scale, merged(part.above, _without(below, part.below)), {}).write())
        for sign, part in parts
    ]
    return write_sum(above) / Product(Fraction(scale), below, {}).write()


def _over_one_fraction(part: Term) -> Product:
    """x a/b as (x a)/b; several fractions are multiplied on a line of their own."""
    found = as_product(part)
    fractions = [base for base in found.above if base.head == "div"]
    return as_product(multiply_fractions(part) or part) if len(fractions) == 1 else found


def _without(factors: Factors, taken: Factors) -> Factors:
    return merged(factors, {base: -exponent for base, exponent in taken.items()})


def shared_factors(node: Term) -> Factors:
    """What a fraction has both above and below."""
    found = product_of(node)
    if found is None or node.head == "pow":
        return {}
    return {
        base: min(exponent, found.below[base])
        for base, exponent in found.above.items()
        if exponent > 0 and base in found.below
    }


def cancel(node: Term) -> Term | None:
    shared = shared_factors(node)
    if not shared:
        return None
    found = as_product(node)
    return Product(found.coefficient, _without(found.above, shared), _without(found.below, shared)).write()


def cancelled(node: Term) -> Term:
    return raise_all(shared_factors(node))


def like_terms(node: Term) -> Term | None:
    """Terms that differ in their coefficient alone, added up."""
    if node.head not in SUMS:
        return None
    parts = addends(node)
    totals = _totals(node)
    if len(totals) == len(parts):
        return None
    return write_sum((1 if c > 0 else -1, p._replace(coefficient=abs(c)).write()) for p, c in totals if c)


def _totals(node: Term) -> list[tuple[Product, Fraction]]:
    """The distinct products of a sum with their coefficients added up, in the order of their first use."""
    found: dict[str, tuple[Product, Fraction]] = {}
    for sign, part in addends(node):
        product = as_product(part)
        bare = product._replace(coefficient=Fraction(1))
        before = found.get(key(bare.write()), (bare, Fraction(0)))[1]
        found[key(bare.write())] = (bare, before + sign * product.coefficient)
    return list(found.values())


def vanishing(node: Term) -> Term | None:
    """The term that is both added and subtracted."""
    gone = [product for product, coefficient in _totals(node) if not coefficient]
    return gone[0].write() if gone else None


def multiply_out(node: Term) -> Term | None:
    """The first sum of a product times each other factor."""
    found = product_of(node)
    if found is None or node.head == "pow":
        return None
    sums = [base for base, exponent in found.above.items() if base.head in SUMS and exponent == 1]
    if not sums or (len(found.above) == 1 and abs(found.coefficient) == 1):
        return None
    rest = Product(found.coefficient, {b: e for b, e in found.above.items() if b is not sums[0]}, {}).write()
    total = write_sum((sign, tidy(rest * part)) for sign, part in addends(sums[0]))
    return total / raise_all(found.below) if found.below else total


def expand_power(node: Term) -> Term | None:
    if node.head != "pow" or node.args[0].head not in SUMS:
        return None
    exponent = whole(node.args[1])
    if exponent is None or not 1 < exponent <= LARGEST_POWER:
        return None
    parts = addends(node.args[0])
    spread = []
    for chosen in pairs(parts, repeat=exponent):
        sign, product = 1, ONE
        for its_sign, part in chosen:
            sign, product = sign * its_sign, product * part
        spread.append((sign, tidy(product)))
    total = write_sum(spread)
    return like_terms(total) or total


def common_factor(node: Term) -> Factors:
    if node.head not in SUMS:
        return {}
    products = [as_product(part) for _, part in addends(node)]
    shared = set.intersection(*({*product.above} for product in products))
    return {
        base: min(product.above[base] for product in products)
        for base in products[0].above
        if base in shared and all(product.above[base] > 0 for product in products)
    }


def factor_out(node: Term) -> Term | None:
    shared = common_factor(node)
    if not shared:
        return None
    rest = []
    for sign, part in addends(node):
        product = as_product(part)
        rest.append((sign, product._replace(above=_without(product.above, shared)).write()))
    return raise_all(shared) * write_sum(rest)


def taken_out(node: Term) -> Term:
    return raise_all(common_factor(node))


def open_brackets(node: Term) -> Term | None:
    """a - (b - c) is a - b + c."""
    if node.head not in SUMS:
        return None
    flat: list[tuple[int, Term]] = []
    for sign, part in addends(node):
        flat += [(-inner, piece) for inner, piece in addends(part)] if sign < 0 else [(sign, part)]
    return write_sum(flat) if len(flat) > len(addends(node)) else None


def sign_inside(node: Term) -> Term | None:
    """-(a - b) is b - a, in a product too."""
    found = product_of(node)
    if found is None or found.coefficient >= 0:
        return None
    for base, exponent in found.above.items():
        if base.head in SUMS and exponent == 1 and any(sign < 0 for sign, _ in addends(base)):
            flipped = sorted(((-sign, part) for sign, part in addends(base)), key=lambda part: -part[0])
            above = {write_sum(flipped) if other is base else other: count for other, count in found.above.items()}
            return Product(-found.coefficient, above, found.below).write()
    return None


def exponentials(node: Term) -> Term | None:
    """One exponential for the product of several: e^a e^b = e^(a+b)."""
    found = product_of(node)
    if found is None:
        return None
    powers = [(base.args[0], e) for base, e in found.above.items() if base.head == "exp"]
    powers += [(base.args[0], -e) for base, e in found.below.items() if base.head == "exp"]
    if not powers or powers == [(powers[0][0], 1)]:
        return None
    total = tidy(write_sum((1 if e > 0 else -1, term(abs(e)) * u) for u, e in powers))
    total = like_terms(sign_flat(total)) or sign_flat(total)
    above, below = (
        {base: e for base, e in factors.items() if base.head != "exp"} for factors in (found.above, found.below)
    )
    whole_power = tidy(call("exp", total))
    return Product(found.coefficient, above if whole_power is ONE else merged(above, {whole_power: 1}), below).write()


def sign_flat(total: Term) -> Term:
    """A sum of terms, products that are negative written as subtracted."""
    flat = []
    for sign, part in addends(total):
        product = as_product(part)
        negative = (product.coefficient < 0) != (sign < 0)
        flat.append((-1 if negative else 1, product._replace(coefficient=abs(product.coefficient)).write()))
    return write_sum(flat)


def positive_exponents(node: Term) -> Term | None:
    """A fraction extended by e^u, where e^(-u) stands in a sum below."""
    found = product_of(node)
    if found is None:
        return None
    for base, exponent in found.below.items():
        lifted = _negative_exponent(base)
        if lifted is None:
            continue
        raised = call("exp", lifted)
        below = {_spread(raised, other) if other is base else other: count for other, count in found.below.items()}
        above = merged(found.above, {raised: exponent})
        sums = [other for other in found.above if other.head in SUMS and exponent == 1]
        if sums:
            above = merged(_without(found.above, {sums[0]: 1}), {_spread(raised, sums[0]): 1})
        written = Product(found.coefficient, above, below).write()
        return written if sums else exponentials_above(written)
    return None


def exponentials_above(node: Term) -> Term:
    """The numerator of a fraction with its exponentials merged."""
    if node.head != "div":
        return node
    return (exponentials(node.args[0]) or node.args[0]) / node.args[1]


def _negative_exponent(total: Term) -> Term | None:
    """u, where e^(-u) is a term of a sum."""
    if total.head not in SUMS:
        return None
    for _, part in addends(total):
        for base in as_product(part).above:
            if base.head == "exp" and as_product(base.args[0]).coefficient < 0:
                return tidy(-base.args[0])
    return None


def _spread(factor: Term, total: Term) -> Term:
    """factor * total, term by term, exponentials merged."""
    parts = ((sign, tidy(factor * part)) for sign, part in addends(total))
    return write_sum((sign, exponentials(part) or part) for sign, part in parts)


def same_index(node: Term) -> Term | None:
    """Beside delta_ij, i may be written as j."""
    found = product_of(node)
    for delta in found.above if found else ():
        if delta.head == "delta" and all(index.head == "sym" for index in delta.args):
            rest = {other: count for other, count in as_product(node).above.items() if other is not delta}
            old, new = delta.args
            if any(old.name in free_symbols(other) for other in rest):
                renamed = {substitute(other, {old: new}): count for other, count in rest.items()}
                return as_product(node)._replace(above=merged({delta: 1}, renamed)).write()
    return None


def contract(node: Term) -> Term | None:
    """sum_k delta_kj f(k) is f(j)."""
    if node.head != "sum":
        return None
    body, bound, *_ = node.args
    product = as_product(body)
    for delta in product.above:
        if delta.head == "delta" and bound in delta.args:
            other = delta.args[0] if delta.args[1] is bound else delta.args[1]
            return substitute(product._replace(above=_without(product.above, {delta: 1})).write(), {bound: other})
    return None


def split_sum(node: Term) -> Term | None:
    """A sum of sums, term by term; and what the index does not occur in, in front."""
    if node.head != "sum":
        return None
    body, bound, first, last = node.args
    if body.head in SUMS:
        return write_sum((sign, Term("sum", (part, bound, first, last))) for sign, part in addends(body))
    product = as_product(body)
    front, back = (
        {base: e for base, e in product.above.items() if (bound.name in free_symbols(base)) is inside}
        for inside in (False, True)
    )
    if not back or (not front and product.coefficient == 1):
        return None
    inner = Product(Fraction(1), back, product.below).write()
    return Product(product.coefficient, front, {}).write() * Term("sum", (inner, bound, first, last))


def by_identity(node: Term, rule: Rule, domain: Domain) -> Term | None:
    """`node` by a rule, or two of its factors, or two of its terms."""
    for part, rest in _parts(node):
        found = rule.apply(part, domain)
        if found is not None:
            return rest(found)
    return None


def _parts(node: Term) -> Iterator[tuple[Term, Callable[[Term], Term]]]:
    """What an identity may apply to, and how what it becomes goes back in place."""
    yield node, lambda found: found
    product = product_of(node)
    if product is not None and node.head != "pow":
        for chosen in combinations(product.above.items(), 2):
            rest = product._replace(above=_without(product.above, dict(chosen))).write()
            left, right = (raise_all({base: exponent}) for base, exponent in chosen)
            yield left * right, lambda found, rest=rest: rest * found  # type: ignore[misc]
    if node.head in SUMS:
        terms = addends(node)
        for pair in combinations(range(len(terms)), 2):
            others = [part for place, part in enumerate(terms) if place not in pair]
            yield (
                write_sum(terms[place] for place in pair),
                lambda found, others=others: write_sum([(1, found), *others]),  # type: ignore[misc]
            )


MOVES: Final = (
    Move("write as a fraction",       "write as a power",            negative_powers),
    Move("multiply the fractions",    "split the fraction",          multiply_fractions),
    Move("power of the fraction",     "write as one power",          power_of_fraction),
    Move("common denominator",        "split the fraction",          common_denominator),
    Move("cancel{}",                  "extend the fraction by{}",    cancel,             cancelled),
    Move("collect like terms{}",      "add and subtract{}",          like_terms,         vanishing),
    Move("multiply out",              "factor out",                  multiply_out),
    Move("expand the power",          "write as a power",            expand_power),
    Move("factor out{}",              "multiply out",                factor_out,         taken_out),
    Move("",                          "",                            open_brackets),
    Move("distribute the sign",       "factor out the sign",         sign_inside),
    Move("multiply exponentials",     "split the exponential",       exponentials),
    Move("extend by an exponential",  "divide by an exponential",    positive_exponents),
    Move("one index for two, by δ",   "one index for two, by δ",     same_index),
    Move("contract δ",                "expand by δ",                 contract),
    Move("sum term by term",          "one sum",                     split_sum),
)  # fmt: skip
