"""The search for a closed form: candidates by elimination, the shortest that is proved."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product
from typing import Final, NamedTuple

from derive.calculus.products import SUMS, Product, addends, as_product, tidy, without
from derive.derivation.discover.eliminate import Handle, eliminated
from derive.derivation.discover.forms import writings
from derive.derivation.steps.views import effort, exponentials_in, key
from derive.fuel import REMARK, Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.api import prove_terms
from derive.proof.verdict import Proof, Verdict
from derive.rules.engine import replace_everywhere
from derive.spec.function import Function
from derive.term import ONE, Term, branches, call, cases, substitute, subterms, symbol
from derive.values.intervals import range_of

MAX_PROOFS: Final = 3  # candidates that the prover is asked about
MAX_CHOICES: Final = 16  # of a form in each of several cases


class Discovery(NamedTuple):
    """A closed form, in which the function's own name stands for its value, and its proof."""

    formula: Term
    proof: Proof


def discover(function: Function, variable: Term, slope: Term, plain: Term) -> list[Discovery]:
    """Short forms that are proved to be the derivative of `function` in `variable`; the best first.

    `slope`: the derivative as rules of calculus have made it; `plain`: as algebra alone has shortened it.
    """
    found: list[Discovery] = []
    for form in [plain, *_shortest([plain, *candidates(function, variable, slope)], function, slope)[:MAX_PROOFS]]:
        proof = prove_terms(function.body, variable, function.expand(form), function.domain, Fuel(REMARK))
        # A shorter form is none where it has a value at fewer points.
        if proof.verdict is Verdict.PROVED and (not found or _exempt(proof) == _exempt(found[0].proof)):
            found.append(Discovery(form, proof))
    return [*found[1:], *found[:1]]


def _exempt(proof: Proof) -> tuple[str, ...]:
    """Where a form need not be the derivative, or has no value."""
    return (*proof.exceptions, *proof.holes)


def candidates(function: Function, variable: Term, slope: Term) -> Iterator[Term]:
    """Forms that may equal `slope`; where it has cases, each by itself."""
    values = _values(function, variable)
    for name, body in values:
        yield tidy(replace_everywhere(slope, body, name))
    if not any(node.head == "cases" for node in subterms(slope)):
        yield from _eliminations(function, values, slope)
        return
    bodies, slopes = _split(function.body), _split(slope)
    if [condition for _, condition in bodies] != [condition for _, condition in slopes]:
        return
    found = []
    for (value, condition), (its_slope, _) in zip(bodies, slopes, strict=True):
        name = symbol(function.name)
        forms = [tidy(its_slope), *_eliminations(function, [(name, value)], its_slope)]
        found.append([(form, condition) for form in _shortest(forms, function, its_slope)])
    choices = product(*(forms[:2] for forms in found))
    yield from (cases(*rows) for rows in islice(choices, MAX_CHOICES))


def _split(root: Term) -> list[tuple[Term, Term]]:
    """The cases that a term comes to, brought out of what stands around them."""
    inner = next((node for node in subterms(root) if node.head == "cases"), None)
    if inner is None:
        return [(root, ONE)]
    return [(tidy(replace_everywhere(root, inner, value)), condition) for value, condition in branches(inner)]


def _values(function: Function, variable: Term) -> list[tuple[Term, Term]]:
    """The names for the function's value, and for the component of the variable's own index; and what they mean."""
    name = symbol(function.name)
    if not function.output:
        return [(name, function.body)]
    places = [tuple(map(symbol, function.output))]
    if len(variable.args) - 1 == len(function.output):
        places.append(variable.args[1:])
    return [(name[place], function.expand(name[place])) for place in dict.fromkeys(places)]


def _eliminations(function: Function, values: list[tuple[Term, Term]], slope: Term) -> Iterator[Term]:
    named = _blocks(slope, *(body for _, body in values))
    for handles in _handles(values):
        meanings = [handle.meaning for handle in handles]
        facts = Facts(function.domain, _positive(slope, *meanings))
        for names in ({}, named) if named else ({},):
            reader = Normaliser.under(facts, Fuel(REMARK))
            hidden = [handle._replace(meaning=substitute(handle.meaning, names)) for handle in handles]
            try:
                for element in eliminated(reader, substitute(slope, names), hidden):
                    for form in writings(reader.field, element):
                        yield substitute(form, {name: block for block, name in names.items()})
            except (OutOfReach, Singular, NeedSign):
                continue  # beyond rational functions, or not without knowing a sign


def _blocks(*formulas: Term) -> dict[Term, Term]:
    """Roots, exponentials, and sums that are raised to a power, with names: what a person leaves as it is."""
    nodes = dict.fromkeys(node for formula in formulas for node in subterms(formula))
    roots = [node for node in nodes if node.head in ("sqrt", "exp")]
    sums = [node.args[0] for node in nodes if node.head == "pow" and node.args[0].head in SUMS]
    return {block: symbol(f"#block{place}") for place, block in enumerate(dict.fromkeys([*roots, *sums]))}


def _positive(*formulas: Term) -> tuple[tuple[Term, int], ...]:
    """What lies under roots and logarithms, which is positive where they and their derivatives have a value."""
    nodes = [node for formula in formulas for node in subterms(formula) if node.head in ("sqrt", "log")]
    return tuple((node.args[0], 1) for node in dict.fromkeys(nodes))


def _handles(values: list[tuple[Term, Term]]) -> Iterator[list[Handle]]:
    """f alone, e^(c f) alone where f holds a logarithm over c; and the same for several components together."""
    for chosen in ([], *([value] for value in values), *([values] if len(values) > 1 else [])):
        for scale in _scales(chosen):
            yield [Handle(_exponential(scale, name), _exponential(scale, body)) for name, body in chosen]
        yield [Handle(name, body) for name, body in chosen]


def _scales(chosen: list[tuple[Term, Term]]) -> list[Term]:
    """What the logarithms of a value must be multiplied by to stand alone."""
    found = []
    for _, body in chosen[:1]:
        for sign, part in addends(tidy(body)):
            factors = as_product(part)
            logs = [base for base, exponent in factors.above.items() if base.head == "log" and exponent == 1]
            if logs:
                alone = without(factors.above, {logs[0]: 1})
                found.append(Product(sign / factors.coefficient, factors.below, alone).write())
    return list(dict.fromkeys(found))


def _exponential(scale: Term, of: Term) -> Term:
    return call("exp", tidy(scale * of))


def _shortest(forms: list[Term], function: Function, slope: Term) -> list[Term]:
    """Distinct forms, short ones first; of equally short ones the first of `forms`, then products before sums.

    Those that divide by what may be 0 where `slope` does not are left out.
    """
    distinct = {key(form): form for form in reversed(forms)}
    divisors = _divisors(function.body) | _divisors(slope)
    safe = [form for form in distinct.values() if not _may_vanish(_divisors(form) - divisors, function)]
    known = exponentials_in(function.body) | exponentials_in(slope) | {symbol(function.name)}
    return sorted(safe, key=lambda form: (effort(form, known), form != forms[0], form.head in SUMS, str(form)))


def _divisors(root: Term) -> frozenset[Term]:
    """The factors that formulas are divided by."""
    below = [node.args[1] for node in subterms(root) if node.head == "div"]
    return frozenset(base for part in below for base in as_product(part).above)


def _may_vanish(divisors: frozenset[Term], function: Function) -> bool:
    return any(Fraction(0) in range_of(function.expand(divisor), function.domain) for divisor in divisors)
