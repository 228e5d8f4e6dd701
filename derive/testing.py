"""`assert_gradient`: proves a hand-written gradient inside anyone's tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive.code.c_reader import run_c
from derive.code.constants import Constants
from derive.code.trace import Traced, run
from derive.errors import DeriveError
from derive.fuel import CLAIM, Fuel
from derive.notation.text import write_text
from derive.proof.api import prove_terms
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain, read_domain
from derive.term import Term, free_symbols, fresh, substitute, symbol, term

Code = Callable[..., Any] | str


def assert_gradient(
    f: Code,
    df: Code,
    wrt: str = "x",
    assume: str | Iterable[str] = (),
    *,
    upstream: str | None = None,
    fuel: int = CLAIM,
    allow_undecided: bool = False,
    allow_holes: bool = False,
    exact: bool = True,
    **declared: Any,
) -> Proof:
    """Proves that `df` computes the derivative of `f` in its argument `wrt`; the proof is returned.

    f, df: plain Python functions of numbers or NumPy arrays, or the source of a C function; they name
        the same arguments alike. Where f is a vector, df is the Jacobian, with the axes of `wrt` last, or
        where it has the shape of both, the derivative element by element.
    assume: hypotheses such as "alpha > 0" or "0 < p < 1".
    upstream: the argument of df that is an upstream gradient; df is then the vector-Jacobian product.
    declared: arguments that are vectors, as in x=vector("x", size("K")), or fixed: axis=-1.
    fuel: how many operations a proof may spend.
    exact: whether a float such as 0.3333333333333333 is read as the number that it rounds.

    Raises AssertionError with a point at which the two differ; unless `allow_undecided`, where the claim
    can be neither proved nor refuted; and unless `allow_holes`, where df has no value, 0/0, at a point at
    which f has a derivative: such code gives NaN there. A kink of f is no failure; the proof's `exceptions` list them.
    What is compared are the formulas, in real numbers; rounding is not.
    """
    __tracebackhide__ = True  # pytest shows the test's line, not these
    _check_names((f, df), declared)
    function, gradient = (_read(code, declared, exact) for code in (f, df))
    claim = _claim(function, gradient, wrt, upstream, assume)
    proof = prove_terms(claim.body, claim.variable, claim.claim, claim.domain, Fuel(fuel))
    if proof.verdict is Verdict.REFUTED:
        raise AssertionError(_refuted(claim, function.name, gradient.name, proof))
    if proof.verdict is Verdict.UNDECIDED and not allow_undecided:
        raise AssertionError(
            f"it is not decided whether {gradient.name} is the gradient of {function.name}: {proof.message}\n"
            f"  d {function.name}/d{wrt}  of  {claim.body}\n  {gradient.name}  =  {claim.claim}"
        )
    if proof.holes and not allow_holes:
        raise AssertionError(
            f"{gradient.name} is the gradient of {function.name}, with holes:\n"
            + "\n".join(f"  {hole}" for hole in proof.holes)
            + f"\n  {gradient.name}  =  {claim.claim}"
        )
    return proof


@dataclass(frozen=True)
class _GradientClaim:
    body: Term
    variable: Term
    claim: Term
    domain: Domain


def _check_names(codes: Iterable[Code], declared: Mapping[str, Any]) -> None:
    known = {name for code in codes if not isinstance(code, str) for name in inspect.signature(code).parameters}
    unknown = ", ".join(sorted(set(declared) - known))
    if unknown:
        raise DeriveError(f"neither function has an argument {unknown}")


def _read(code: Code, declared: Mapping[str, Any], exact: bool) -> Traced:
    if isinstance(code, str):
        return run_c(code, reading=Constants(exact))
    known = inspect.signature(code).parameters
    return run(code, {name: value for name, value in declared.items() if name in known}, Constants(exact))


def _claim(
    function: Traced, gradient: Traced, wrt: str, upstream: str | None, assume: str | Iterable[str]
) -> _GradientClaim:
    domain = _domain(function, gradient, assume)
    if wrt not in function.arguments:
        raise DeriveError(f"{function.name} has no argument {wrt}, only {', '.join(function.arguments)}")
    body, outer, shape = function.formula, function.indices, function.shape
    if upstream is not None:
        body, outer, shape = _contracted(function, upstream), (), ()
    sizes = tuple(last + 1 for _, last in function.axes.get(wrt, ()))
    taken = free_symbols(body) | (free_symbols(gradient.formula) - {*gradient.indices}) | {*outer}
    inner = _letters(len(sizes), taken)
    variable = symbol(wrt)[tuple(map(symbol, inner))] if inner else symbol(wrt)
    claim = _at_indices(gradient, function.name, (*outer, *inner), len(shape) + len(sizes))
    return _GradientClaim(body, variable, claim, domain)


def _at_indices(gradient: Traced, name: str, wanted: tuple[str, ...], rank: int) -> Term:
    """The claimed element at the indices of the function's result and of the variable."""
    given = gradient.indices
    if len(given) == rank:
        return substitute(gradient.formula, dict(zip(map(symbol, given), map(symbol, wanted), strict=True)))
    if 2 * len(given) == rank:
        # Element by element: the Jacobian is diagonal.
        claim = substitute(gradient.formula, dict(zip(map(symbol, given), map(symbol, wanted), strict=False)))
        for one, other in zip(wanted[: len(given)], wanted[len(given) :], strict=True):
            claim = Term("delta", (symbol(one), symbol(other))) * claim
        return claim
    raise DeriveError(f"{gradient.name} has {len(given)} axes, but the derivative of {name} has {rank}")


def _contracted(function: Traced, upstream: str) -> Term:
    """The function's result times the upstream gradient, added up."""
    if upstream in function.arguments:
        raise DeriveError(f"{upstream} is an argument of {function.name} itself, and cannot be the upstream gradient")
    if not function.indices:
        return symbol(upstream) * function.formula
    whole = symbol(upstream)[tuple(map(symbol, function.indices))] * function.formula
    for index, size in zip(function.indices, function.shape, strict=True):
        whole = Term("sum", (whole, symbol(index), term(0), size - 1))
    return whole


def _domain(function: Traced, gradient: Traced, assume: str | Iterable[str]) -> Domain:
    start = read_domain((*gradient.facts, *function.facts), Domain(axes={**gradient.axes, **function.axes}))
    domain = read_domain((assume,) if isinstance(assume, str) else assume, start)
    known = {*function.arguments, *gradient.arguments, *_sizes(function), *_sizes(gradient)}
    unknown = ", ".join(sorted(domain.names() - known))
    if unknown:
        raise DeriveError(f"something is assumed of {unknown}, which is no argument that became a symbol")
    return domain


def _sizes(traced: Traced) -> Iterator[str]:
    for axes in traced.axes.values():
        for _, last in axes:
            yield from free_symbols(last)


def _letters(count: int, taken: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    for letter in "jlmn"[:count]:
        found.append(fresh(letter, {*taken, *found}))
    return tuple(found)


def _refuted(claim: _GradientClaim, name: str, gradient: str, proof: Proof) -> str:
    witness = proof.witness
    assert witness is not None
    place = ", ".join(f"{variable} = {value}" for variable, value in witness.point.items())
    wrt = write_text(claim.variable)
    lines = [
        f"{gradient} is not the gradient of {name}:",
        f"  at {place}:   d {name}/d{wrt} = {witness.derivative}   {gradient} = {witness.claim}",
    ]
    return "\n".join([*lines, *([f"  {proof.message}"] if proof.message else [])])
