"""Where exponentials underflow, and formulas that vanish like one, with that as a factor.

Where z = e^u is subnormal, x*tanh(z) has few digits left, long before its value is subnormal itself. Here it is
e^(u/2)*(e^(u/2)*(x*(tanh(z)/z))), and the last quotient is its limit where z is 0 by rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.calculus.derivative import times
from derive.elementary.table import POWERS_OF_E, column
from derive.notation.text import read_text
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import normal_form
from derive.spec.domain import Domain
from derive.term import ONE, ZERO, Term, cases, relation, subterms, term
from derive.values.intervals import range_of

# Functions that are 0 at 0, and their slopes there.
SLOPES: Final[dict[str, Term]] = {head: read_text(slope) for head, slope in column("slope_at_zero").items()}
UNDERFLOW_EXPONENT: Final = 800  # e^-800 is 0 in every format, by rounding
BOUNDS: Final = tuple(2**power for power in range(2, 13))  # at which a variable may be clamped


def exponent(power: Term) -> Term:
    """u, of a power of e that stands for e^u."""
    return power.args[0] - power.args[1] if power.head == "expdiff" else power.args[0]


def underflows(power: Term, domain: Domain) -> bool:
    """Whether e^power is 0 by rounding, all over a domain."""
    for written in (power, normal_form(power, Facts(domain))):
        high = range_of(written, domain).high if written is not None else None
        if high is not None and high <= -UNDERFLOW_EXPONENT:
            return True
    return False


def underflow_bound(power: Term, variable: Term, sign: int, domain: Domain) -> Term | None:
    """The least of BOUNDS beyond which, on one side, e^power is 0 by rounding."""
    for bound in BOUNDS:
        end = term(sign * bound)
        if underflows(power, domain.related(relation("ge" if sign > 0 else "le", variable, end))):
            return end
    return None


def with_factored_exponential(root: Term) -> Iterator[Term]:
    """`root` with an exponential as a factor, for each that it vanishes like."""
    for node in list(subterms(root)):
        if node.head in POWERS_OF_E:
            quotient = _quotient(root, node)
            if quotient is not None and quotient is not ONE:
                half = Term(node.head, tuple(part / 2 for part in node.args))
                yield half * (half * quotient)


def _quotient(root: Term, z: Term) -> Term | None:
    """root/z, written without a division of what vanishes but in functions' quotients; None where it has none."""
    if root == z:
        return ONE
    if root.head in ("add", "sub"):
        parts = [_quotient(part, z) for part in root.args]
        return None if None in parts else Term(root.head, tuple(part for part in parts if part is not None))
    if root.head == "neg":
        inner = _quotient(root.args[0], z)
        return None if inner is None else -inner
    if root.head == "mul":
        left, right = root.args
        inner = _quotient(left, z)
        if inner is not None:
            return times(inner, right)
        inner = _quotient(right, z)
        return None if inner is None else times(left, inner)
    if root.head == "div":
        inner = _quotient(root.args[0], z)
        return None if inner is None else inner / root.args[1]
    if root.head in SLOPES:
        (argument,) = root.args
        inner = _quotient(argument, z)
        return None if inner is None else times(_slope(root, argument), inner)
    return None


def _slope(value: Term, argument: Term) -> Term:
    """f(w)/w, and its limit where w is 0."""
    return cases((SLOPES[value.head], relation("eq", argument, ZERO)), otherwise=value / argument)
