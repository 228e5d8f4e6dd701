"""`prove`: a claim in, a Proof out; which method decides it depends on what the claim is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Union

from derive.calculus.axes import with_axes
from derive.calculus.indices import alpha
from derive.errors import FormulaError, of_field
from derive.fuel import CLAIM, Fuel, fuel_given
from derive.notation.text import read_text
from derive.proof.abbreviations import with_meanings
from derive.proof.algebra.syntactic_signs import without_vanishing_roots
from derive.proof.scalar import prove_equal as prove_scalars_equal
from derive.proof.scalar import prove_gradient
from derive.proof.shapes import check_names, with_sizes
from derive.proof.shifts import without_shifts
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain, read_domain
from derive.term import BINDERS, CONDITIONS, Term, subterms, symbol

if TYPE_CHECKING:
    import sympy

Formula = Union[str, Term, "sympy.Expr"]
UNIT: Final = symbol("#unit")
INDEXED: Final = ("index", "delta", "det", "inv", *BINDERS)


def prove(
    function: Formula,
    wrt: Formula,
    claim: Formula,
    assume: str | Iterable[str] = (),
    let: str | Iterable[str] = (),
    fuel: int = CLAIM,
) -> Proof:
    """Whether `claim` is the derivative of `function` in `wrt`, wherever the hypotheses in `assume` hold.

    function, claim: formulas as text, SymPy expressions or Terms.
    wrt: a variable, such as `x`, or a component, such as `x[j]`.
    assume: hypotheses as sentences, such as `"0 < p < 1"` or `"y in {-1, 1}"`; one, or several.
    let: abbreviations such as `"s = 1/(1 + exp(-x))"` or `"s[i] = exp(x[i])/Sum(exp(x[k]), (k, 0, K-1))"`, which both
        formulas and one another may use.
    fuel: how many operations may be spent before the answer is UNDECIDED.

    Returns a Proof: a `verdict` (PROVED, REFUTED or UNDECIDED) with its hypotheses, exceptions, holes and witness.
    Printed, it is what `derive prove` prints; `proof.holds()` tells whether the claim is proved. Raises FormulaError
    for what cannot be read, UnsupportedError for mathematics that is not covered; both are DeriveErrors.

    >>> derive.prove("x**2", "x", "2*x")
    <Proof PROVED: d/dx x**2  =  2*x>

    Under a hypothesis:

    >>> proof = derive.prove("log(p)", "p", "1/p", assume="0 < p < 1")
    >>> proof.hypotheses
    ('0 < p < 1',)

    A wrong claim is refuted at a rational point:

    >>> proof = derive.prove("x**2", "x", "x")
    >>> print(proof)  # doctest: +ELLIPSIS
    REFUTED  at x = 1/2 ...
      derivative   1
      claim        1/2
      the claim is 1/2 times the derivative: a factor 2?  2*x is PROVED
    >>> proof.holds(), proof.witness.point
    (False, {'x': Fraction(1, 2)})

    With abbreviations:

    >>> derive.prove("x*s", "x", "s*(1 + x*(1 - s))", let="s = 1/(1 + exp(-x))").holds()
    True
    """
    fuel = fuel_given(fuel)
    given = {"function": function, "wrt": wrt, "claim": claim}
    body, variable, claimed = (of_field(field, _read, formula) for field, formula in given.items())
    for part in (body, claimed):
        if part.head in CONDITIONS:
            raise FormulaError(f"{part} is a condition, not a number: write a formula such as x**2")
    body, claimed = of_field("let", with_meanings, (body, claimed), _sentences("let", let), variable)
    parts = (body, variable, claimed)
    start = with_axes(Domain(), parts) if _is_indexed(*parts) else None  # `Sum(t)` runs along the axis of t
    domain = of_field("assume", read_domain, _sentences("assume", assume), start)
    proof = prove_terms(body, variable, claimed, domain, Fuel(fuel))
    return replace(proof, statement=f"d/d{_said(wrt)} {_said(function)}  =  {_said(claim)}")


def _said(formula: Formula) -> str:
    try:
        return str(formula)
    except RecursionError:
        return "…"  # nested too deeply to be written


def prove_terms(body: Term, variable: Term, claim: Term, domain: Domain, fuel: Fuel | None = None) -> Proof:
    """`prove` for what is already read. Raises FormulaError for a variable that is none, or names used in two ways."""
    if variable.head != "sym" and not (variable.head == "index" and variable.args[0].head == "sym"):
        raise FormulaError(f"{variable} is not a variable; write a name, or a component such as x[j]")
    (body, variable, claim), domain = with_sizes((body, variable, claim), domain)
    check_names(body, variable, claim, domain)
    fuel = fuel or Fuel(CLAIM)
    prover = _prove_indexed if _is_indexed(body, variable, claim) else prove_gradient
    try:
        return prover(body, variable, claim, domain, fuel)
    except RecursionError:
        return Proof(Verdict.UNDECIDED, message="the formulas are nested too deeply")


def prove_equal(left: Term, right: Term, domain: Domain, fuel: Fuel) -> Proof:
    """Whether left = right for every point of `domain`, and every size and index, where left is defined."""
    if not _is_indexed(left, right):
        return prove_scalars_equal(left, right, domain, fuel)
    # What one side demands of its parts is known of the other's, whatever their indices are called.
    left, right = alpha(left), alpha(right)
    # An equation is a claim about the slope of a multiple.
    proof = _prove_indexed(UNIT * left, UNIT, right, domain, fuel)
    hypotheses = tuple(said for said in proof.hypotheses if UNIT.name not in said)
    witness = proof.witness
    if witness is not None:
        point = {name: value for name, value in witness.point.items() if name != UNIT.name}
        witness = replace(witness, point=point)
    return replace(proof, hypotheses=hypotheses, witness=witness)


def _is_indexed(*parts: Term) -> bool:
    return any(node.head in INDEXED for part in parts for node in subterms(part))


def _prove_indexed(body: Term, variable: Term, claim: Term, domain: Domain, fuel: Fuel) -> Proof:
    from derive.proof.indices.indexed import prove_indexed

    body, claim = without_vanishing_roots(body), without_vanishing_roots(claim)

    def ask(part: Term, slope: Term, plain: Term) -> Proof:
        return prove_indexed(part, slope, plain, domain, fuel)

    return prove_indexed(without_shifts(body, ask), variable, without_shifts(claim, ask), domain, fuel)


def _sentences(name: str, given: str | Iterable[str]) -> tuple[str, ...]:
    found = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(sentence, str) for sentence in found):
        raise FormulaError(f"{name} is a sentence, or several: {given!r} is neither")
    return found


def _read(formula: Formula) -> Term:
    if isinstance(formula, str):
        return read_text(formula)
    if isinstance(formula, Term):
        return formula
    from derive.notation.bridge import from_sympy

    return from_sympy(formula)
