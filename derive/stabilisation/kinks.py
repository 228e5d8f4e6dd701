"""Kinks: where a derivative jumps, the value that a spec states for it there, and where pieces join smoothly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Final

from derive.calculus.derivative import depends
from derive.errors import SpecError
from derive.limits.study import Behaviour, Study, is_infinite
from derive.limits.turning import roots, surfaces, suspect_points
from derive.limits.values import NoValue, are_equal, lies_between, value_at
from derive.spec.domain import Domain
from derive.spec.function import Function
from derive.term import (
    ZERO,
    Term,
    rational_value,
    term,
)
from derive.values.one_sided import Indeterminate

MAX_LENGTH: Final = 60  # characters of a formula in a message


def stated_derivative(function: Function, name: str) -> tuple[Term, Mapping[Fraction, Term]]:
    """The derivative of the stated body, and its values at those points where it jumps.

    Raises SpecError where it jumps and the spec states no value, and where a value is stated that it cannot have.
    """
    study, stated = Study(function.body, name, function.domain), function.kinks.get(name, {})
    for place, value in stated.items():
        if place not in function.domain.range(name):
            raise _refused(function, name, place, "is outside the domain: leave it out of kinks")
        _check(function, study.at(place), name, value)
    for place in study.turning:
        if place not in stated:
            _ask(function, study.at(place), name)
    return study.formulas[1], stated


def _ask(function: Function, found: Behaviour, name: str) -> None:
    """Raises SpecError where a value has to be stated."""
    if found.kind in ("smooth", "pole", "hole"):
        return
    at, heads = f"{name} = {term(found.place)}", ", ".join(found.heads)
    said = {
        "jump": f"the body jumps at {at} ({heads}{_jump(found)}), so that it has no derivative there, and no value is "
        "stated for what kernels are to answer.",
        "kink": f"the body has a kink at {at} ({heads}{_slopes(found)}) and no value is stated for the derivative "
        "there.",
        "undecided": f"whether the body has a kink at {at} ({heads}) is not decided, and no value is stated for the "
        "derivative there.",
    }[found.kind]
    example = f"kinks={{{name}: {{{term(found.place)}: {_example(found)}}}}}"
    raise SpecError(f"{function.where}: {said}\n  Say which you mean:  Spec(..., {example})")


def _check(function: Function, found: Behaviour, name: str, value: Term) -> None:
    """Raises SpecError for a value that the derivative does not have, or cannot be given."""
    if found.kind == "smooth" and not any(are_equal(value, slope, function.domain) for slope in found.slopes):
        slope = _short(min(found.slopes, key=lambda part: len(str(part))))
        raise _refused(function, name, found.place, f"is no kink: the body is smooth there, and its slope is {slope}, "
                       f"not {value}: leave it out of kinks")  # fmt: skip
    if found.kind in ("kink", "jump") and len(found.slopes) == 2 and not any(map(is_infinite, found.slopes)):
        left, right = found.slopes
        if lies_between(value, left, right, function.domain) is False:
            said = f"{_short(left)} on the left and {_short(right)} on the right"
            wanted = f"state a value from {_short(left)} to {_short(right)}"
            raise _refused(function, name, found.place, f"cannot be {value}: the slope is {said}, so {wanted}")


def _refused(function: Function, name: str, place: Fraction, problem: str) -> SpecError:
    return SpecError(f"{function.where}: the kink stated at {name} = {term(place)} {problem}")


def _slopes(found: Behaviour) -> str:
    if len(found.slopes) != 2:
        return ""
    left, right = map(_short, found.slopes)
    return f"; its slope is {left} on the left and {right} on the right"


def _jump(found: Behaviour) -> str:
    if len(set(found.values)) < 2:
        return "; its value there is not its limit"
    left, right = map(_short, found.values)
    return f"; from {left} to {right}"


def _example(found: Behaviour) -> str:
    finite = [slope for slope in found.slopes if not is_infinite(slope)]
    simple = [slope for slope in finite if rational_value(slope) is not None]
    return _short((simple or finite or [ZERO])[0])


def _short(formula: Term) -> str:
    text = str(formula)
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]} ..."


def twice_differentiable(function: Function) -> tuple[str, ...]:
    """Those arrays in `wrt` in which an elementwise function has a second derivative that never jumps, as far as seen.

    Where what turns has a zero that is not found, such as at a parameter, there may be a jump.
    """
    if not function.elementwise:
        return ()
    arrays = (name for name in function.wrt if name in function.inputs)
    return tuple(name for name in arrays if _smooth_slope(function, name))


def _smooth_slope(function: Function, name: str) -> bool:
    study = Study(function.body, name, function.domain)
    listed = [surface for _, surface in surfaces(study.formulas[1]) if depends(surface, study.variable)]
    if any(roots(surface, study.variable)[1] for surface in listed):
        return False
    return all(study.at(place).kind == "pole" or study.value(2, place) is not None for place in study.turning)


def second_derivative(function: Function, name: str) -> tuple[Term, Mapping[Fraction, Term]]:
    """The derivative of the stated body's derivative, and its values where the formula does not say them."""
    study = Study(function.body, name, function.domain)
    return study.formulas[2], study.joints(2)


def smoothed(body: Term, name: str, domain: Domain) -> Mapping[Fraction, Term]:
    """The derivative where the body turns and yet is smooth, such as max(x, 0) + max(-x, 0) - abs(x) at 0, and where it
    is a limit, such as that of a quotient 0/0.

    What the rules say there, taking what turns one by one, is not the derivative.
    """
    return Study(body, name, domain).joints(1)


def filled(body: Term, name: str, domain: Domain) -> Mapping[Fraction, Term]:
    """The values of a body where its formula has none, and those nearby have a limit."""
    return Study(body, name, domain).joints(0)


def mismatches(form: Term, stated: Term, name: str, domain: Domain) -> Iterator[tuple[Fraction, Term, Term | None]]:
    """The places at which a form has no value (None), or, where what is stated turns, perhaps another, and both values.

    Between such places a form may be an approximation, whose value is another by right.
    """
    turning = dict.fromkeys(suspect_points(stated, name, domain))
    for place in dict.fromkeys([*suspect_points(form, name, domain), *turning]):
        with suppress(NoValue, Indeterminate):
            wanted = value_at(stated, name, term(place), domain)
            try:
                own = value_at(form, name, term(place), domain)
            except NoValue:
                yield place, wanted, None
                continue
            if place in turning and not are_equal(own, wanted, domain):
                yield place, wanted, own
