"""Claims in index notation: the table of `indexed_claims`, and what a verdict promises."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from indexed_claims import CASES, Case

from derive.calculus.derivative import derivative
from derive.errors import FormulaError
from derive.fuel import CLAIM, Fuel
from derive.notation.text import read_text
from derive.proof.indices.indexed import prove_indexed
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import Domain, read_domain
from derive.term import term
from derive.values.balls import enclose

SQUARES = "Sum(x[k]**2, (k, 0, K - 1))"


def domain_of(case: Case) -> Domain:
    domain = Domain()
    for stated in case.shapes.split():
        name, _, sizes = stated.partition(":")
        domain = domain.with_axes(name, *((term(0), read_text(f"{size} - 1")) for size in sizes.split(",")))
    return read_domain(case.assume, domain)


def judged(function: str, wrt: str, claim: str, *assume: str, fuel: int = CLAIM) -> Proof:
    return settled((function, wrt, claim), read_domain(assume), fuel)


def settled(claim: tuple[str, str, str], domain: Domain, fuel: int = CLAIM) -> Proof:
    function, variable, claimed = map(read_text, claim)
    return prove_indexed(function, variable, claimed, domain, Fuel(fuel))


def named(case: object) -> str:
    return case.name if isinstance(case, Case) else str(case)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_right(case: Case) -> None:
    proof = settled((case.function, case.wrt, case.right), domain_of(case))
    assert proof.verdict is Verdict.PROVED, proof.message


@pytest.mark.parametrize("case", CASES, ids=named)
def test_wrong(case: Case) -> None:
    """REFUTED, at a point where balls of the two sides do not meet, computed from the sums as they stand."""
    function, variable, claim = (read_text(part) for part in (case.function, case.wrt, case.wrong))
    proof = prove_indexed(function, variable, claim, domain_of(case), Fuel())
    assert proof.verdict is Verdict.REFUTED, proof.message
    assert proof.witness is not None
    point = arrays(dict(proof.witness.point))
    mine, theirs = enclose(derivative(function, variable), point), enclose(claim, point)
    assert not mine.overlaps(theirs)
    assert proof.gap is not None
    assert abs(mine - theirs) >= abs(mine).max(abs(theirs)) * (proof.gap * 0.999)


def arrays(point: dict[str, Fraction]) -> dict[str, Any]:
    """A witness's components gathered into nested tuples; components that do not matter are 1."""
    places: dict[str, dict[tuple[int, ...], Fraction]] = {}
    found: dict[str, Any] = {}
    for name, value in point.items():
        component = re.fullmatch(r"(\w+)\[(.+)\]", name)
        if component is None:
            found[name] = value
        else:
            places.setdefault(component[1], {})[tuple(map(int, component[2].split(", ")))] = value
    return found | {name: nested(parts) for name, parts in places.items()}


def nested(parts: dict[tuple[int, ...], Fraction], before: tuple[int, ...] = ()) -> Any:
    rank, depth = len(next(iter(parts))), len(before)
    if depth == rank:
        return parts.get(before, Fraction(1))
    return tuple(nested(parts, (*before, at)) for at in range(max(place[depth] for place in parts) + 1))


def test_hypotheses_are_named() -> None:
    loss = "-Sum(y[m]*log(exp(x[m])/Sum(exp(x[k]), (k, 0, K - 1))), (m, 0, K - 1))"
    proof = judged(loss, "x[j]", "exp(x[j])/Sum(exp(x[k]), (k, 0, K - 1)) - y[j]", "y simplex")
    assert {"K >= 1", "all j in 0..K - 1", "Sum(y) = 1"} <= set(proof.hypotheses)


def test_a_property_that_is_not_needed_is_not_named() -> None:
    assert "Sum(x) = 1" not in judged(SQUARES, "x[j]", "2*x[j]", "x simplex").hypotheses


def test_without_its_hypothesis_the_claim_is_wrong() -> None:
    loss = "-Sum(y[m]*log(exp(x[m])/Sum(exp(x[k]), (k, 0, K - 1))), (m, 0, K - 1))"
    proof = judged(loss, "x[j]", "exp(x[j])/Sum(exp(x[k]), (k, 0, K - 1)) - y[j]")
    assert proof.verdict is Verdict.REFUTED


def test_a_witness_reads_well() -> None:
    proof = judged("Sum(x[k]*y[k], (k, 0, K - 1))", "x[j]", "x[j]")
    assert proof.witness is not None
    said = {name: str(value) for name, value in proof.witness.point.items()}
    assert said == {"K": "2", "j": "0", "x[0]": "1/2", "x[1]": "1/3", "y[0]": "2", "y[1]": "-1"}
    assert (proof.witness.derivative, proof.witness.claim) == ("2", "1/2")


@pytest.mark.parametrize(
    ("function", "wrt", "claim"),
    [
        ("Sum(x[k]*Sum(x[k], (k, 0, K - 1)), (k, 0, K - 1))", "x[k]", "2*Sum(x[i], (i, 0, K - 1))"),
        ("Sum(x[k]*x[i], (k, 0, K - 1))", "x[k]", "x[i] + KroneckerDelta(i, k)*Sum(x[m], (m, 0, K - 1))"),
        ("Sum(Sum(x[i]*x[j], (i, 0, K - 1)), (j, 0, K - 1))", "x[j]", "2*Sum(x[j], (j, 0, K - 1))"),
    ],
)
def test_bound_names_are_never_captured(function: str, wrt: str, claim: str) -> None:
    assert judged(function, wrt, claim).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "bump",
    [
        "1e-60*x[j]",
        "Piecewise((10**(-30), And(x[j] > 1/3, x[j] < 1/3 + 10**(-9))), (0, True))",
        "Piecewise((1, Eq(x[j], 1)), (0, True))",
        "Piecewise((1, (x[j] - 7/31)**2 <= 0), (0, True))",
        "Piecewise((0, Sum(x[k]**2, (k, 0, K - 1)) > 0), (5, True))",
        "Piecewise((0, x[j] > 0), (0, x[j] < 0), (1, True))",
        "Piecewise((1, And(j >= 3, K >= 4)), (0, True))",
    ],
)
def test_needles_are_never_proved(bump: str) -> None:
    assert judged(SQUARES, "x[j]", f"2*x[j] + {bump}").verdict is not Verdict.PROVED


def test_a_claim_with_a_value_of_its_own_on_a_surface() -> None:
    right, wrong = (f"Piecewise((2*x[j], x[j] > 0), (2*x[j], x[j] < 0), ({value}, True))" for value in (0, 5))
    assert judged(SQUARES, "x[j]", right).verdict is Verdict.PROVED
    found = judged(SQUARES, "x[j]", wrong)
    assert found.verdict is Verdict.REFUTED
    assert found.witness is not None
    assert found.witness.point["x[0]"] == 0


def test_a_kink_at_which_the_function_is_smooth_has_one_value() -> None:
    squared = "Sum(Max(x[k], 0)**2, (k, 0, K - 1))"
    wrong = "Piecewise((2*x[j], x[j] > 0), (7, x[j] >= 0), (0, True))"
    assert judged(squared, "x[j]", wrong).verdict is Verdict.REFUTED


def test_kinks_are_exceptions() -> None:
    proof = judged("Sum(Abs(x[k]), (k, 0, K - 1))", "x[j]", "sign(x[j])")
    assert proof.verdict is Verdict.PROVED
    assert proof.exceptions == ("x[k] = 0, where the function may bend or jump",)


def test_signs_of_components_are_not_told_apart_one_for_all() -> None:
    """|x_0| + |x_1| is not |x_0 + x_1|, though it is where all signs agree."""
    assert (
        judged("Sum(sqrt(x[k]**2), (k, 0, K - 1))**2", "x[j]", "2*Sum(x[k], (k, 0, K - 1))").verdict is Verdict.REFUTED
    )


def test_sizes_count_from_what_the_domain_says() -> None:
    """A sum over 2..K-3 of K >= 5 has K-4 terms; for K = 1 the formula would count backwards."""
    function = "Sum(x[j], (k, 2, K - 3))"
    assert judged(function, "x[j]", "K - 4").verdict is not Verdict.PROVED
    assert judged(function, "x[j]", "K - 4", "K >= 5", "K integer").verdict is Verdict.PROVED


def test_a_maximum_inside_that_cancels() -> None:
    shift = "Maximum(x[m], (m, 0, K - 1))"
    stable = f"log(Sum(exp(x[k] - {shift}), (k, 0, K - 1))) + {shift}"
    assert judged(stable, "x[j]", "exp(x[j])/Sum(exp(x[k]), (k, 0, K - 1))").verdict is Verdict.PROVED
    assert judged(shift, "x[j]", "1").verdict is Verdict.REFUTED


def test_what_is_not_decided_says_why() -> None:
    """That y[j]*y[k] is 0 for k other than j is used inside of sums alone."""
    proof = judged("Sum(y[k]*x[k], (k, 0, K - 1))**2", "x[j]", "2*y[j]*x[j]", "y one-hot")
    assert proof.verdict is Verdict.UNDECIDED
    assert proof.message.startswith("the two sides differ by")


def test_a_root_is_real_where_the_function_is() -> None:
    """u**(-3/2) = 1/(u*sqrt(u)) for u > 0 alone, which the sum says of every term."""
    term_ = "((x[{0}] - y[{0}])**2 + e)"
    claim = "-(x[j] - y[j])/({0}*sqrt({0}))".format(term_.format("j"))
    assert judged(f"Sum(1/sqrt({term_.format('k')}), (k, 0, K - 1))", "x[j]", claim).verdict is Verdict.PROVED


def test_fuel_bounds_what_would_not_end() -> None:
    tower = "Sum((" + " + ".join(f"x[k]**{n}*y[k]*z[k]" for n in range(1, 12)) + ")**40, (k, 0, K - 1))"
    proof = judged(tower, "x[j]", "0*x[j] + 1", fuel=5_000)
    assert proof.verdict is not Verdict.PROVED


MULTIPLES = [
    ("Sum(KroneckerDelta(2*k, 8)*x[k], (k, 0, K - 1))", "KroneckerDelta(2*j, 8)"),
    ("Sum(KroneckerDelta(3*k, 6)*x[k], (k, 0, K - 1))", "KroneckerDelta(j, 2)"),
    ("Sum(KroneckerDelta(2*k, 7)*x[k], (k, 0, K - 1))", "0*x[j]"),
    ("Sum(KroneckerDelta(4*k, 4*m)*x[k], (k, 0, K - 1), (m, 0, K - 1))", "1 + 0*x[j]"),
    ("Sum(KroneckerDelta(2*k + 1, 2*m)*x[k], (k, 0, K - 1), (m, 0, K - 1))", "0*x[j]"),
]


@pytest.mark.parametrize(("function", "claim"), MULTIPLES)
def test_multiples_of_indices_meet_at_whole_places_alone(function: str, claim: str) -> None:
    assert judged(function, "x[j]", claim).verdict is Verdict.PROVED


@pytest.mark.parametrize("condition", ["2*k < 3", "k < K/2", "3*k <= K", "2*k > K", "k > 1/2"])
def test_a_condition_on_a_fraction_of_a_size_is_never_taken_for_decided(condition: str) -> None:
    """Between two places there is none, but between a place and half a size there may be one."""
    function = f"Sum(Piecewise((x[k]**2, {condition}), (x[k], True)), (k, 0, K - 1))"
    assert judged(function, "x[j]", "1 + 0*x[j]").verdict is Verdict.REFUTED
    assert judged(function, "x[j]", "2*x[j]").verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("function", "wrt"),
    [
        ("Sum(x[k], (k, 0, K - 1))*K", "K"),
        ("Product(y[k], (k, 1, n))", "n"),
        ("x[i]*i", "i"),
        ("KroneckerDelta(i, j)*x[i]", "i"),
    ],
)
def test_nothing_is_differentiated_by_a_size_or_an_index(function: str, wrt: str) -> None:
    with pytest.raises(FormulaError, match="is a size or an index"):
        judged(function, wrt, "1")


@pytest.mark.parametrize(
    "function",
    [
        "Sum(x[k]*KroneckerDelta(k**2, 4), (k, 0, K - 1))",
        "Sum(x[k], (k, 0, K**2 - 1))",
        "Sum(x[k]*y[k*k], (k, 0, K - 1))",
        "Sum(x[k], (k, 0, floor(K/2)))",
        "Maximum(x[k], (k, 1, K - 1))",
    ],
)
def test_what_indices_cannot_be_placed_is_undecided(function: str) -> None:
    assert judged(function, "x[j]", "7 + 0*x[j]").verdict is not Verdict.PROVED


def summed(body: str) -> str:
    return f"Sum({body}, (k, 0, K - 1))"


# Conditions on components that hold on intervals, and the claim of the wrong piece.
@pytest.mark.parametrize("condition", [
    "Eq(floor({}), 1)", "floor({}) >= 2", "Eq(Abs({0}), {0})", "Eq(Max({}, 0), 0)", "Eq(sign({}), 1)",
    "{0} >= Abs({0})", "Eq(ceiling({}), 0)",
])  # fmt: skip
def test_a_condition_on_components_that_holds_on_an_interval_is_no_surface(condition: str) -> None:
    function = summed(f"Piecewise((x[k]**2, {condition.format('x[k]')}), (x[k], True))")
    assert judged(function, "x[j]", "1").verdict is Verdict.REFUTED
    right = f"Piecewise((2*x[j], {condition.format('x[j]')}), (1, True))"
    assert judged(function, "x[j]", right, fuel=30_000).verdict is not Verdict.REFUTED


@pytest.mark.parametrize(("strict", "weak"), [
    ("floor({}) > 0", "floor({}) >= 0"), ("asin(sin({0})) > {0}", "asin(sin({0})) >= {0}"),
    ("{0} < Abs({0})", "{0} <= Abs({0})"), ("Max({0}, 1) > {0}", "Max({0}, 1) >= {0}"),
    ("ceiling({}) < 2", "ceiling({}) <= 2"),
])  # fmt: skip
def test_a_strict_order_of_components_is_not_a_weak_one(strict: str, weak: str) -> None:
    function = summed(f"Piecewise((x[k]**2, {strict.format('x[k]')}), (x[k], True))")
    claim = f"Piecewise((2*x[j], {weak.format('x[j]')}), (1, True))"
    assert judged(function, "x[j]", claim, fuel=30_000).verdict is not Verdict.PROVED


@pytest.mark.parametrize(("function", "claim", "exception"), [
    ("x[k]*sign(floor(x[k]))", "sign(floor(x[j]))", "x[k] = 0"),
    ("x[k]*floor(x[k])", "floor(x[j])", "integer values of x[k]"),
    ("x[k]*floor(y[k])", "floor(y[j])", ""), ("x[k]*sign(y[k])", "sign(y[j])", ""), ("x[k]*Abs(y[k])", "Abs(y[j])", ""),
    ("x[k]*Piecewise((1, y[k] > 0), (0, True))", "Piecewise((1, y[j] > 0), (0, True))", ""),
])  # fmt: skip
def test_only_what_the_variable_crosses_is_an_exception(function: str, claim: str, exception: str) -> None:
    proof = judged(summed(function), "x[j]", claim)
    assert proof.verdict is Verdict.PROVED, proof.message
    assert any(exception in sentence for sentence in proof.exceptions) if exception else not proof.exceptions


# Right for all values of other names but some, or at all values of the variable but those on a surface.
@pytest.mark.parametrize(("function", "wrt", "claim"), [
    (f"z*{summed('sign(x[k])**2')}", "z", "K"),
    (f"z*{summed('Piecewise((1, x[k] > 0), (0, True))')}", "z", summed("Piecewise((1, x[k] >= 0), (0, True))")),
    (f"z*{summed('Piecewise((1, x[k]**2 > 0), (0, True))')}", "z", "K"),
    (summed("x[k]*sign(y[k])**2"), "x[j]", "1"),
    (summed("x[k]*(ceiling(y[k]) - floor(y[k]))"), "x[j]", "1"),
    (f"z*{summed('sign(x[k] - x[0])**2')}", "z", "K"),
    (summed("sign(x[k])*log(1 + Abs(x[k]))"), "x[j]", "sign(x[j])**2/(1 + Abs(x[j]))"),
    (summed("sign(x[k] - 1/3)*sinh(Abs(x[k] - 1/3))"), "x[j]", "sign(x[j] - 1/3)**2*cosh(x[j] - 1/3)"),
    (summed("x[k]**2"), "x[j]", "2*x[j]*(ceiling(x[j]*sqrt(2) + pi) - floor(x[j]*sqrt(2) + pi))"),
])  # fmt: skip
def test_a_wrong_value_on_a_surface_is_not_proved(function: str, wrt: str, claim: str) -> None:
    assert judged(function, wrt, claim, fuel=60_000).verdict is not Verdict.PROVED
