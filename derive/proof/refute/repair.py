"""What a refuted claim might have meant: how it differs from the derivative, and an edit that is PROVED."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from derive.calculus.products import write_sum
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.field import OutOfReach, Singular
from derive.proof.algebra.normal import Normaliser
from derive.proof.algebra.signs import NeedSign
from derive.proof.algebra.values import BITS, sign_at, value_at
from derive.proof.kinks.smooth import NoSmoothValue, smooth
from derive.proof.kinks.steps import plain
from derive.spec.domain import Domain
from derive.term import Term, size

MAX_DIFFERENCE: Final = 40  # characters of a difference that is shown
MAX_RATIO: Final = 20
MAX_FACTORS: Final = 2
MAX_TERMS: Final = 6  # of a claim whose signs are flipped one by one
MAX_QUESTIONS: Final = 12


def explain(slope: Term, claim: Term, domain: Domain, point: Mapping[str, Fraction], fuel: Fuel) -> str:
    """How a claim differs from the derivative in the region of a witness, in a phrase; empty where that is long."""
    reader: Normaliser = Normaliser.under(Facts(domain), fuel)
    region: list[str] = []
    for _ in range(MAX_QUESTIONS):
        try:
            pieces = smooth(slope, reader), smooth(claim, reader)
            said = _ratio(reader, *pieces, point) or _difference(reader, *pieces, point)
            where = f", for {' and '.join(region)}" if region else ""
            return said + where if said and len(where) <= MAX_DIFFERENCE else ""
        except NeedSign as question:
            sign = sign_at(reader.written(question.number), point)
            if sign is None:
                return ""
            region.append(f"{plain(reader.written(question.number))} {'<=>'[sign + 1]} 0")
            reader = reader.assuming(question.number, sign)
        except (NoSmoothValue, OutOfReach, Singular):
            return ""
    return ""


def _ratio(reader: Normaliser, slope: Term, claim: Term, point: Mapping[str, Fraction]) -> str:
    """The ratio where it is a product of a few symbols and numbers."""
    found = reader.read(claim / slope)
    if found.rational == 1:
        return ""
    if found.rational == -1:
        return "the claim is minus the derivative"
    simple = all(len(reader.field.polynomials[number]) == 1 for number, _ in found.factors)
    ratio = reader.shown(found)
    written = str(ratio) if simple and len(found.factors) <= MAX_FACTORS and _has_value(ratio, point) else ""
    return f"the claim is {written} times the derivative" if 0 < len(written) <= MAX_RATIO else ""


def _difference(reader: Normaliser, slope: Term, claim: Term, point: Mapping[str, Fraction]) -> str:
    found = reader.read(claim - slope)
    if found.is_zero:
        return ""
    larger = found.coefficient > 0
    gap = reader.shown(found if larger else reader.field.scale(found, -1))
    written = _short(gap)
    if written and not _has_value(gap, point):
        return ""
    return f"the claim is {'larger' if larger else 'smaller'} by {written}" if written else ""


def _has_value(formula: Term, point: Mapping[str, Fraction]) -> bool:
    return value_at(formula, point, BITS) is not None


def _short(written: Term) -> str:
    text = str(written) if size(written) <= MAX_DIFFERENCE else ""
    return text if len(text) <= MAX_DIFFERENCE else ""


def repaired(claim: Term, is_proved: Callable[[Term], bool]) -> str:
    """The first edit of one sign or one factor that is proved, as a question."""
    for question, edited in _edits(claim):
        if is_proved(edited):
            return f"{question}?  {edited} is PROVED"
    return ""


def _edits(claim: Term) -> Iterator[tuple[str, Term]]:
    terms = list(_terms(claim, 1))
    if 1 < len(terms) <= MAX_TERMS:
        for at in range(len(terms)):
            yield (
                "a sign",
                _positive_first((-sign if at == here else sign, part) for here, (sign, part) in enumerate(terms)),
            )
    yield "a sign", claim.args[0] if claim.head == "neg" else -claim
    yield "a factor 2", 2 * claim
    yield "a factor 2", claim / 2


def _terms(claim: Term, sign: int) -> Iterator[tuple[int, Term]]:
    """The terms of a sum with their signs, in the order written."""
    if claim.head == "neg":
        yield from _terms(claim.args[0], -sign)
    elif claim.head in ("add", "sub"):
        yield from _terms(claim.args[0], sign)
        yield from _terms(claim.args[1], sign if claim.head == "add" else -sign)
    else:
        yield sign, claim


def _positive_first(terms: Iterable[tuple[int, Term]]) -> Term:
    return write_sum(sorted(terms, key=lambda found: -found[0]))
