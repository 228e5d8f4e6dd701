"""The safe reader of formulas, and the printer whose output it reads back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from terms import terms

import derive
from derive.errors import FormulaError
from derive.notation.text import read_text, write_text
from derive.notation.writer import write_number
from derive.term import FUNCTIONS, PI, Term, call, cases, decimal, relation, symbol, term

x, y = symbol("x"), symbol("y")
PRINTABLE = tuple(sorted(FUNCTIONS.keys() - {"inv", "det"}))


@given(terms(PRINTABLE))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_what_is_printed_reads_back_unchanged(root: Term) -> None:
    try:
        found = read_text(write_text(root))
    except FormulaError as problem:
        if "a tower of powers" not in str(problem):  # of more digits than anybody means
            raise
    else:
        assert found is root


@pytest.mark.parametrize("function", derive.catalogue(), ids=lambda function: function.name)
def test_the_catalogue_reads_back(function: derive.spec.Function) -> None:
    for formula in (function.body, *(form.formula for form in function.documented.values())):
        assert read_text(write_text(formula)) is formula


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-x*y", -(x * y)),
        ("(-x)*y", (-x) * y),
        ("-x**2", -(x ** term(2))),
        ("x - y - 1", x - y - 1),
        ("x/y/2", x / y / 2),
        ("x**y**2", x ** (y ** term(2))),
        ("0.1", decimal(Fraction(1, 10))),
        ("1e-7*x", decimal(Fraction(1, 10**7)) * x),
        ("2*pi", 2 * PI),
        ("Max(x, y, 1)", call("max", call("max", x, y), 1)),
        ("ln(x)", call("log", x)),
        ("x[i]", x[symbol("i")]),
        ("x if x > 0 else 0", cases((x, relation("gt", x, 0)), otherwise=0)),
        ("0 < x < 1", Term("and", (relation("lt", term(0), x), relation("lt", x, 1)))),
        ("Rational(1, 3)", term(1) / 3),
        ("Derivative(x*y, x)", Term("der", (x * y, x))),
    ],
)
def test_order_of_writing_is_kept(text: str, wanted: Term) -> None:
    assert read_text(text) is wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("x +", "not a formula"),
        ("x^2", r"written \*\*"),
        ("foo(x)", "unknown function foo"),
        ("sgima(x)", "unknown function"),
        ("exq(x)", "did you mean exp"),
        ("exp(x, y)", r"takes 1 argument\(s\), not 2"),
        ("x.real", "Attribute has no meaning"),
        ("[x for x in y]", "ListComp has no meaning"),
        ("lambda: x", "Lambda has no meaning"),
        ("__import__('os').system('true')", "only a named function"),
        ("f'{x}'", "JoinedStr has no meaning"),
        ("'x'", "is not a number"),
        ("3j*x", "is not a number"),
        ("1e400*x", "outside the range"),
        ("9**9**9", "too large"),
        ("10**1000", "digits"),
        ("Sum(x[k], k)", "range of a sum"),
        ("Piecewise(x)", "a branch is written"),
        ("(x+1)[i]", "carries an index"),
        ("~x", "write `not`"),
        ("exp(*x)", "plain arguments"),
    ],
)
def test_a_fault_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said) as caught:
        read_text(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["x+" * 500_000 + "x", "(" * 10_000 + "x" + ")" * 10_000, "-" * 10_000 + "x", "exp(" * 300 + "x" + ")" * 300],
    ids=["a megabyte", "brackets", "signs", "calls"],
)
def test_size_is_bounded(text: str) -> None:
    with pytest.raises(FormulaError):
        read_text(text)


def test_a_fault_names_its_column_in_characters() -> None:
    with pytest.raises(FormulaError) as caught:
        read_text("α + β + exq(x)")
    assert caught.value.column == 8


@pytest.mark.parametrize(
    ("value", "written"),
    [("0", "0"), ("12", "12"), ("0.5", "0.5"), ("0.0001", "0.0001"), ("1e-7", "1e-7"), ("1.25e-7", "1.25e-7"),
     ("1e20", "1e20"), ("123456.75", "123456.75"), ("125e18", "1.25e20")],
)  # fmt: skip
def test_numbers_are_written_as_people_do(value: str, written: str) -> None:
    assert write_number(Fraction(value)) == written
    assert Fraction(written) == Fraction(value)
