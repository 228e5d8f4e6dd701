"""Temporaries: which subterms get a name, and where each is computed."""

from __future__ import annotations

import pytest

from derive.codegen.kernel import Assign, Axis, Reduce
from derive.codegen.schedule import CALL, CONSTANT, ELEMENT, Names, Schedule
from derive.notation.text import read_text
from derive.term import Term

LEVELS = {"x": ELEMENT, "y": ELEMENT, "alpha": CALL, "n": CALL}


def scheduled(form: str) -> Schedule:
    return Schedule(read_text(form), LEVELS, ELEMENT, Names(LEVELS))


def assignments(schedule: Schedule) -> dict[str, str]:
    return {s.name: str(s.value) for s in schedule.element_temporaries(schedule.root)}


def test_what_is_used_once_is_written_in_place() -> None:
    schedule = scheduled("exp(-x)/(1 + y)")
    assert assignments(schedule) == {}
    assert str(schedule.use(schedule.root)) == "exp(-x)/(1 + y)"


def test_what_is_used_twice_has_a_name() -> None:
    schedule = scheduled("exp(x)*sin(exp(x))")
    assert assignments(schedule) == {"z": "exp(x)"}
    assert str(schedule.use(schedule.root)) == "z*sin(z)"


def test_a_leaf_a_negated_leaf_and_a_condition_have_none() -> None:
    form = "Piecewise((-x, x < 1), (y, x < 2), (-x, x < 1), (1/2, True))"
    assert assignments(scheduled(form)) == {}


def test_a_number_is_written_in_place_and_any_other_constant_is_named_with_its_formula() -> None:
    schedule = scheduled("(1/3)*x + sqrt(2/pi)*y")
    assert schedule.temporaries(CONSTANT) == [Assign("c", read_text("sqrt(2/pi)"), "sqrt(2/pi)")]
    assert str(schedule.use(schedule.root)) == "1/3*x + c*y"


def test_what_an_element_does_not_change_leaves_the_loop() -> None:
    schedule = scheduled("x*(exp(alpha)/n) + y*exp(alpha)")
    assert [(s.name, str(s.value)) for s in schedule.temporaries(CALL)] == [("z", "exp(alpha)"), ("q", "z/n")]
    assert str(schedule.use(schedule.root)) == "x*q + y*z"


def test_a_long_expression_is_broken_at_its_heaviest_part() -> None:
    schedule = scheduled("sin(x + 1)*cos(x + 2)*exp(x + 3) + y*tanh(x*y + 4)")
    found = assignments(schedule)
    assert found
    assert all(value.count("(") <= 4 for value in found.values())


def test_names_give_way_to_arguments_and_to_each_other() -> None:
    names = Names({"z", "z2"})
    first, second = read_text("exp(x)"), read_text("exp(y)")
    assert [names.of(first, ELEMENT), names.of(second, ELEMENT), names.of(first, ELEMENT)] == ["z3", "z4", "z3"]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ("exp(-abs(x))", "in [0, 1]: never overflows"),
        ("exp(-(2*abs(x)))", "in [0, 1]: never overflows"),
        ("exp(-(x*x))", "in [0, 1]: never overflows"),
        ("expm1(-abs(x))", "in [-1, 0]: never overflows"),
        ("exp(-x)", ""),
        ("exp(abs(x))", ""),
    ],
)
def test_a_reason_is_given_where_the_form_shows_one(form: str, reason: str) -> None:
    schedule = scheduled(f"({form})*sin({form})")
    assert schedule.element_temporaries(schedule.root)[-1].reason == reason


def test_reductions_wait_for_what_they_need() -> None:
    largest = Term("maximum", (read_text("x"),))
    total = Term("sum", (Term("expdiff", (read_text("x"), largest)),))
    schedule = Schedule(read_text("x") / total, LEVELS, ELEMENT, Names(LEVELS))
    first, second = schedule.row_statements(Axis("j", "k"))
    assert isinstance(first, Reduce)
    assert isinstance(second, Reduce)
    assert (first.kind, second.kind) == ("maximum", "sum")
    assert (first.state[0].name, second.state[0].name) == ("largest", "total")
