"""Maxima that a formula does not depend on: code subtracts the largest exponent, mathematics does not."""

from __future__ import annotations

from collections.abc import Callable

from derive.proof.verdict import Proof, Verdict
from derive.term import ZERO, Term, free_symbols, fresh, substitute, subterms, symbol

EqualityProver = Callable[[Term, Term, Term], Proof]


def without_shifts(formula: Term, prove: EqualityProver) -> Term:
    """`formula`, with 0 for every maximum over an index whose value makes no difference to it.

    prove: proves that its third argument is the derivative of its first in the second.
    """
    for node in subterms(formula):
        if node.head == "maximum":
            formula = _without(formula, node, prove)
    return formula


def _without(formula: Term, shift: Term, prove: EqualityProver) -> Term:
    taken = free_symbols(formula)
    anything = symbol(fresh("c", taken))
    shifted = substitute(formula, {shift: anything})
    if anything.name not in free_symbols(shifted):
        return formula
    plain = substitute(shifted, {anything: ZERO})
    # Two formulas are equal if one is the slope of t times the other.
    slope = symbol(fresh("t", taken | {anything.name}))
    proof = prove(slope * shifted, slope, plain)
    return plain if proof.verdict is Verdict.PROVED and not (proof.exceptions or proof.holes) else formula
