"""Equations among hypotheses, each solved for a symbol: factor by factor, and by the roots of a quadratic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from derive.calculus.derivative import depends
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Polynomial, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.kinks.smooth import NoSmoothValue, smooth
from derive.proof.refute.stratum import ROOT, Root, Stratum, put_in
from derive.spec.domain import POSITIVE
from derive.term import ZERO, Term, rational_value, relation, substitute, subterms, symbol

MAX_TERMS: Final = 12  # of an equation that is solved
ARITHMETIC: Final = ("num", "sym", "add", "sub", "mul", "div", "neg", "pow")
Choice = tuple[tuple[bool, ...], int, Term, int]  # how hard it is, the degree, the symbol and its slot


class Equations:
    """Solves equations for other symbols than `variable` where it can."""

    def __init__(self, variable: Term | None, fuel: Fuel) -> None:
        self.variable, self.fuel = variable, fuel

    def equation(self, here: Stratum, fact: Term) -> list[Stratum]:
        """The parts of `here` in which an equation holds, one factor of it at a time."""
        reader: Normaliser = Normaliser.under(Facts(here.domain), self.fuel)
        try:
            sides = [smooth(side, reader) for side in fact.args]
            element = reader.read(sides[0] - sides[1])
            if element.is_zero:
                return [here]
            factors = [number for number, e in element.factors if e > 0 and reader.signs.find(number) is None]
        except NeedSign as question:
            asked = reader.written(question.number)
            cut = [here.domain.related(relation(head, asked, ZERO)) for head in ("gt", "lt", "eq")]
            return [replace(here, domain=replace(part, relations=(*part.relations, fact))) for part in cut]
        except (NoSmoothValue, OutOfReach, Singular):
            return [_given_up(here, fact)]
        found: list[Stratum] = []
        for number in factors:
            parts = self.factor(here, reader, number)
            if parts is None:
                return [_given_up(here, fact)]
            found += parts
        return found

    def factor(self, here: Stratum, reader: Normaliser, number: int) -> list[Stratum] | None:
        """The parts of `here` in which an irreducible polynomial vanishes; None where it is not solved."""
        polynomial = reader.field.polynomials[number]
        if len(polynomial) > MAX_TERMS:
            return None
        choices = sorted(self.choices(here, reader, number), key=lambda choice: choice[0])
        if not choices:
            return None
        (_, degree, name, slot) = choices[0]
        parts = [reader.write_polynomial(part) for part in _coefficients(polynomial, slot, degree)]
        return self.linear(here, name, *parts) if degree == 1 else self.quadratic(here, name, *parts)

    def choices(
        self, here: Stratum, reader: Normaliser, number: int
    ) -> Iterator[tuple[tuple[bool, ...], int, Term, int]]:
        """The symbols that a polynomial may be solved for, each with how hard that is."""
        polynomial = reader.field.polynomials[number]
        named = [reader.field.generators[slot] for slot in reader.field.slots(polynomial)]
        moves = any(self.variable is not None and depends(found.term, self.variable) for found in named)
        for found in named:
            degree = int(polynomial.degrees()[found.slot])
            if found.term.head != "sym" or degree > 2:
                continue
            others = [here.without_roots(other.term) for other in named if other is not found]
            if any(depends(other, found.term) for other in others):
                continue
            leading = _coefficients(polynomial, found.slot, degree)[0]
            certain = reader.field.from_polynomial(leading).rational is not None
            surely = certain or all(
                reader.signs.find(factor) in (-1, 1) for factor, _ in reader.field.from_polynomial(leading).factors
            )
            mine, is_root = found.term is self.variable, found.term.name.startswith(ROOT)
            # A root of what moves with the variable is a late choice, what a root itself equals the last.
            hardness = (is_root, degree == 2 and moves and not mine, not surely, degree == 2, mine)
            if not is_root or degree == 1:
                yield hardness, degree, found.term, found.slot

    def linear(self, here: Stratum, name: Term, slope: Term, rest: Term) -> list[Stratum]:
        """Where slope*name + rest = 0: the slope is not 0, or both are."""
        if rational_value(slope) is not None:
            return self.solve(here, name, -rest / slope if rest is not ZERO else ZERO)
        off = replace(here, domain=here.domain.related(relation("ne", slope, ZERO)))
        both = here.domain.related(relation("eq", slope, ZERO)).related(relation("eq", rest, ZERO))
        return [*self.solve(off, name, -rest / slope), replace(here, domain=both)]

    def quadratic(self, here: Stratum, name: Term, leading: Term, middle: Term, rest: Term) -> list[Stratum]:
        """Where leading*name**2 + middle*name + rest = 0, by the roots; then where the leading coefficient is 0."""
        found: list[Stratum] = []
        if rational_value(leading) is None:
            edge = here.domain.related(relation("eq", leading, ZERO)).related(
                relation("eq", middle * name + rest, ZERO)
            )
            found.append(replace(here, domain=edge))
            here = replace(here, domain=here.domain.related(relation("ne", leading, ZERO)))
        square = self.plain(middle**2 / 4 - leading * rest)
        root = Root(symbol(f"{ROOT}{len(here.roots)}"), square)
        domain = here.domain.related(relation("gt", square, ZERO)).narrowed(root.name.name, POSITIVE)
        inside = replace(here, domain=domain, roots=(*here.roots, root))
        for sign in (1, -1):
            found += self.solve(inside, name, (-middle / 2 + sign * root.name) / leading)
        meeting = replace(here, domain=here.domain.related(relation("eq", square, ZERO)))
        return [*found, *self.solve(meeting, name, -middle / (2 * leading))]

    def plain(self, part: Term) -> Term:
        """A rational function in normal form; anything else as it is, since log(1 - a) may become log(a - 1)."""
        if any(node.head not in ARITHMETIC for node in subterms(part)):
            return part
        return Normaliser.under(Facts(), self.fuel).form(part) or part

    def solve(self, here: Stratum, name: Term, value: Term) -> list[Stratum]:
        """`here` where `name` equals `value`; nothing, where that is out of its range."""
        value = self.plain(value)
        solved = tuple((other, self.plain(substitute(was, {name: value}))) for other, was in here.solved)
        roots = tuple(replace(root, square=self.plain(substitute(root.square, {name: value}))) for root in here.roots)
        domain = put_in(here.domain, name, value)
        if name.name.startswith(ROOT):
            # What a root equals is no news of a symbol, but of what is under the root.
            known = {root.name: root.square for root in roots}
            domain = domain.related(relation("eq", known[name], value**2))
            return [replace(here, domain=domain, solved=solved, roots=tuple(r for r in roots if r.name is not name))]
        return [replace(here, domain=domain, solved=(*solved, (name, value)), roots=roots)]


def _given_up(here: Stratum, fact: Term) -> Stratum:
    domain = replace(here.domain, relations=(*here.domain.relations, fact))
    return replace(here, domain=domain, unsolved=(*here.unsolved, fact))


def _coefficients(polynomial: Polynomial, slot: int, degree: int) -> list[Polynomial]:
    """The coefficients of the powers of one generator, the highest first."""
    context = polynomial.context()
    parts: list[dict[tuple[int, ...], int]] = [{} for _ in range(degree + 1)]
    for powers, coefficient in polynomial.to_dict().items():
        parts[degree - int(powers[slot])][(*powers[:slot], 0, *powers[slot + 1 :])] = coefficient
    return [context.from_dict(part) for part in parts]
