"""The engine: how a rule is read, where it matches, what it does to shared subterms, when it stops."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import FormulaError, Undefined, Undetermined
from derive.notation.text import read_text
from derive.rules.engine import Step, read_rule, read_rules, rewrite, rewrite_once
from derive.rules.identities import IDENTITIES
from derive.spec.domain import Domain, Interval, read_domain
from derive.term import Term, call, symbol, term
from derive.values.balls import enclose

FREE = Domain()


def rewritten(rules: str, formula: str, *assume: str) -> str:
    return str(rewrite(read_text(formula), read_rules(rules), read_domain(assume))[0])


def test_sums_and_products_match_in_either_order() -> None:
    rule = "a: log(1 + exp(u)) -> h(u)".replace("h(u)", "log1p(exp(u))")
    assert rewritten(rule, "log(exp(x) + 1) + log(1 + exp(y))") == "log1p(exp(x)) + log1p(exp(y))"
    assert rewritten("a: 1 - u -> u", "y - 1") == "y - 1"


def test_a_variable_stands_for_one_term() -> None:
    assert rewritten("a: u/u -> 1", "x/y + (x + y)/(x + y)") == "x/y + 1"


def test_a_shared_subterm_is_rewritten_everywhere_in_one_step() -> None:
    after, steps = rewrite(read_text("x*log(1 + y) + log(1 + y)"), read_rules("a: log(1 + u) -> log1p(u)"), FREE)
    assert str(after) == "x*log1p(y) + log1p(y)"
    assert steps == (Step("a", read_text("x*log(1 + y) + log(1 + y)"), after),)


def test_bound_names_match_as_names() -> None:
    rule = "a: Sum(c*u, (k, a, b)) -> c*Sum(u, (k, a, b)) ; c without k"
    assert rewritten(rule, "Sum(y*x[i], (i, 1, K))") == "y*Sum(x[i], (i, 1, K))"
    assert rewritten(rule, "Sum(y[i]*x[i], (i, 1, K))") == "Sum(y[i]*x[i], (i, 1, K))"


@pytest.mark.parametrize(
    ("condition", "holding", "failing"),
    [
        ("u > 0", "sqrt(p)", "sqrt(x)"),
        ("u constant", "sqrt(2/3)", "sqrt(x)"),
        ("u variable", "sqrt(x)", "sqrt(x + 1)"),
        ("u bounded", "sqrt(p)", "sqrt(x)"),
        ("u unbounded", "sqrt(x)", "sqrt(p)"),
        ("u reaches 0", "sqrt(p)", "sqrt(p + 1)"),
        ("u reaches oo", "sqrt(x)", "sqrt(p)"),
        ("u vanishes", "sqrt(1 - y)", "sqrt(1 - p)"),
    ],
)
def test_conditions(condition: str, holding: str, failing: str) -> None:
    rule, domain = read_rule(f"a: sqrt(u) -> cbrt(u) ; {condition}"), read_domain(["0 < p < 1", "0 <= y <= 1"])
    assert rule.apply(read_text(holding), domain) is not None
    assert rule.apply(read_text(failing), domain) is None


def test_numbers_are_worked_out() -> None:
    assert rewritten("a: sqrt(u) -> cbrt(800/u) ; u constant", "sqrt(2)") == "cbrt(400)"


def test_once_means_each_place_once() -> None:
    rule = read_rules("a: log(u) -> log(u + 1)")
    after, steps = rewrite_once(read_text("log(log(x))"), rule, FREE)
    assert str(after) == "log(log(x + 1) + 1)"
    assert len(steps) == 2
    assert steps[0].after == steps[1].before


def test_rules_that_undo_each_other_are_found_out() -> None:
    with pytest.raises(RuntimeError, match=r"there, back|back, there"):
        rewritten("there: log(u) -> sqrt(u)\nback: sqrt(u) -> log(u)", "log(x)")


def test_a_rule_that_cannot_be_read_says_how_one_is_written() -> None:
    with pytest.raises(FormulaError, match="name: left -> right ; condition"):
        read_rule("log(1 + u) = log1p(u)")


X = symbol("x")
NUMBERS = st.fractions(-3, 3, max_denominator=8)


def larger(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    functions = ("exp", "log", "sqrt", "abs", "sign", "tanh", "sinh", "cosh", "tan", "sin", "cos", "erfc")
    return st.one_of(
        st.builds(call, st.sampled_from(functions), parts),
        st.builds(lambda head, u, v: Term(head, (u, v)), st.sampled_from(("add", "sub", "mul", "div")), parts, parts),
        st.builds(lambda u: u ** term(2), parts),
        parts.map(lambda u: -u),
    )


@given(st.recursive(st.one_of(st.just(X), NUMBERS.map(term)), larger, max_leaves=8), NUMBERS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_rewriting_keeps_values(root: Term, at: Fraction) -> None:
    domain = Domain({"x": Interval(at, at, False, False)})
    after, steps = rewrite_once(root, read_rules(IDENTITIES), domain)
    assert [step.before for step in steps] == [root, *(step.after for step in steps)][: len(steps)]
    assert (steps[-1].after if steps else root) is after
    try:
        before, found = (enclose(formula, {"x": at}, 200) for formula in (root, after))
    except (Undefined, Undetermined):
        return
    if before.is_finite() and found.is_finite():
        assert before.overlaps(found)
