"""The search for a closed form: candidates by elimination, the shortest that is proved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from derive.discover.eliminate import Handle, eliminated
from derive.discover.forms import writings
from derive.function import Function
from derive.prove.api import prove_equal
from derive.prove.field import Deadline, OutOfReach, Singular
from derive.prove.normal import Facts, Normaliser
from derive.prove.signs import NeedSign
from derive.prove.verdict import Proof, Verdict
from derive.rewrite import replace_everywhere
from derive.steps.views import SUMS, addends, as_product, key, tidy, without
from derive.term import ONE, Term, branches, call, cases, subterms, symbol

MOST_PROVED: Final = 4  # candidates that the prover is asked about
PATIENCE: Final = 2.0  # seconds for one candidate


class Found(NamedTuple):
    """A closed form, in which the function's own name stands for its value, and its proof."""

    formula: Term
    proof: Proof


def discover(function: Function, variable: Term, slope: Term, plain: Term) -> Found | None:
    """The shortest form that is proved equal to `slope`, the derivative of `function` in `variable`.

    `plain`: `slope` as algebra alone has shortened it. None where not even that is proved.
    """
    best: Found | None = None
    for form in _shortest([plain, *candidates(function, variable, slope)])[:MOST_PROVED]:
        proof = prove_equal(slope, function.expand(form), function.domain, Deadline(PATIENCE))
        if proof.verdict is not Verdict.PROVED:
            continue
        # A form that is undefined at fewer points is better than a shorter one.
        if best is None or len(proof.exceptions) < len(best.proof.exceptions):
            best = Found(form, proof)
    return best


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
        found.append([(form, condition) for form in _shortest(forms)])
    yield from (cases(*rows) for rows in product(*(forms[:2] for forms in found)))


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
    for handles in _handles(values):
        facts = Facts(function.domain, _positive(slope, *(handle.meaning for handle in handles)))
        reader = Normaliser.under(facts, Deadline(PATIENCE))
        try:
            for element in eliminated(reader, slope, handles):
                yield from writings(reader.field, element)
        except (OutOfReach, Singular, NeedSign):
            continue  # beyond rational functions, or not without knowing a sign


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
                alone = factors._replace(above=without(factors.above, {logs[0]: 1})).write()
                found.append(tidy(ONE / (alone if sign > 0 else -alone)))
    return list(dict.fromkeys(found))


def _exponential(scale: Term, of: Term) -> Term:
    return call("exp", tidy(scale * of))


def _shortest(forms: list[Term]) -> list[Term]:
    """Distinct forms, short ones first, and products before sums."""
    distinct = {key(form): form for form in reversed(forms)}
    return sorted(distinct.values(), key=lambda form: (_length(form), form.head in SUMS, str(form)))


def _length(form: Term) -> int:
    """How much there is to write: names, numbers and signs; products have none, exponents are small."""
    if form.head == "index":
        return 1
    if form.head == "pow" and form.args[1].head == "num":
        return 1 + (form.args[0].head in SUMS) + _length(form.args[0])
    return (form.head != "mul") + sum(map(_length, form.args))
