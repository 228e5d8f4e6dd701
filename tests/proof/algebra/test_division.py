"""Fractions in one index: the parts add up to the whole, and what does not depend on the index stands outside."""

from __future__ import annotations

import pytest

from derive.fuel import Fuel
from derive.notation.text import read_text
from derive.proof.algebra.division import InIndex
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import ONE, ZERO, Element
from derive.proof.algebra.normal import Normaliser

TEXTS = [
    "a*k**2 + b*k + 1",
    "(k**3 + a)/(k + b)",
    "(k**2 - a**2)/(k - a)",
    "k**3/(k + 1)**2",
    "(k + a)*exp(k)/((k + 1)*(k + 2))",
    "a/b",
    "x[k]*y[k]*(a + 1)/x[k]**2",
    "(x[k]**2 + x[k]*a)/(x[k] + 1)",
]


def read(text: str) -> tuple[InIndex, Element]:
    reader = Normaliser.under(Facts(), Fuel())
    return InIndex(reader.field, "k"), reader.read(read_text(text))


def product(inside: InIndex, exponents: tuple[int, ...]) -> Element:
    field, found = inside.field, ONE
    for slot, power in enumerate(exponents):
        if power:
            found = field.multiply(found, field.element(field.generators[slot], power))
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_the_parts_add_up_to_the_whole(text: str) -> None:
    inside, element = read(text)
    field, total = inside.field, ZERO
    for powers, coefficient, below in inside.products(element):
        part = field.multiply(coefficient, product(inside, powers))
        for number, exponent in below:
            assert exponent > 0
            divisor = field.from_polynomial(field.polynomials[number])
            for _ in range(exponent):
                part = field.divide(part, divisor)
        total = field.add(total, part)
        assert all(not inside.depends(number) for number, _ in coefficient.factors)
    assert field.multiply(inside.outside(element), total) == element


@pytest.mark.parametrize(
    ("text", "parts"),
    [("(k**2 - 1)/(k + 1)", 2), ("k/(k + 1)", 2), ("k**2/(k + 1)", 3), ("1/(k + 1)", 1), ("(k + 1)**2", 3), ("a*k", 1),
     ("(k + a)/(k + a)**2", 1), ("(k**2 + k + 1)/(k + 1)**2", 3)],
)  # fmt: skip
def test_what_a_factor_below_divides_is_divided_by_it(text: str, parts: int) -> None:
    inside, element = read(text)
    assert len(list(inside.products(element))) == parts


def test_quotient_and_remainder_are_those_of_polynomials() -> None:
    reader = Normaliser.under(Facts(), Fuel())
    inside = InIndex(reader.field, "k")
    above, divisor = (
        {powers: coefficient for powers, coefficient, _ in inside.products(reader.read(read_text(text)))}
        for text in ("k**3 + a*k + 2", "k + 1")
    )
    quotient, rest = inside.divided(above, divisor)
    assert {sum(powers): coefficient for powers, coefficient in quotient.items()} == {
        power: reader.read(read_text(text)) for power, text in ((2, "1"), (1, "-1"), (0, "a + 1"))
    }
    assert {sum(powers): coefficient for powers, coefficient in rest.items()} == {0: reader.read(read_text("1 - a"))}


def test_what_depends_on_the_index_is_what_has_it_free() -> None:
    inside, element = read("a*(k + 1)*Sum(x[k], (k, 1, K))")
    outside = inside.outside(element)
    assert 0 < len(outside.factors) < len(element.factors)
    assert all(not inside.depends(number) for number, _ in outside.factors)
    rest = [number for number, exponent in element.factors if (number, exponent) not in outside.factors]
    assert len(rest) == 1
    assert inside.depends(rest[0])
