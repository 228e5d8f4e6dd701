"""Rules that take a row to a form for machines, and those that make any form total. A line each.

`expdiff(a, b)` is e^(a - b), computed with what the subtraction rounds off. A rule holds wherever its left side is
defined and its condition is true.
"""

from __future__ import annotations

from typing import Final

# Exponentials by other names.
EXPONENTIALS: Final = """
tanh by exponentials:    tanh(u) -> (1 - exp(-2*u))/(1 + exp(-2*u))
coth by exponentials:    coth(u) -> (1 + exp(-2*u))/(1 - exp(-2*u))
sech by exponentials:    sech(u) -> 2*exp(-u)/(1 + exp(-2*u))
csch by exponentials:    csch(u) -> 2*exp(-u)/(1 - exp(-2*u))
sinh by exponentials:    sinh(u) -> (exp(u) - exp(-u))/2
cosh by exponentials:    cosh(u) -> (exp(u) + exp(-u))/2
power of e:              exp(a*log(u)) -> u**a ; a constant
power of e:              exp(-(a*log(u))) -> 1/u**a ; a constant
exponential of a log:    exp(log(u)) -> u
exponential of a log:    exp(-log(u)) -> 1/u
log of an exponential:   log(exp(u)) -> u
"""

# A row of exponentials, measured from its largest.
SHIFT: Final = """
shift by the largest:    Sum(exp(u), (k, a, b)) -> exp(Maximum(u, (k, a, b)))*Sum(expdiff(u, Maximum(u, (k, a, b))), (k, a, b)) ; u unbounded
shift by the largest:    Sum(w*exp(u), (k, a, b)) -> exp(Maximum(u, (k, a, b)))*Sum(w*expdiff(u, Maximum(u, (k, a, b))), (k, a, b)) ; u unbounded
largest first:           w*(exp(Maximum(u, (k, a, b)))*v) -> exp(Maximum(u, (k, a, b)))*(w*v)
quotient of e-powers:    exp(u)*b/(exp(u)*a) -> b/a
quotient of e-powers:    exp(u)/(exp(v)*a) -> expdiff(u, v)/a
quotient of e-powers:    exp(u)*c*w/(exp(Maximum(v, (k, a, b)))*d) -> expdiff(u, Maximum(v, (k, a, b)))*c*w/d
quotient of e-powers:    exp(u)*b/(exp(v)*a) -> expdiff(u, v)*b/a
log of a product:        log(exp(u)*a) -> u + log(a)
log of a quotient:       log(expdiff(u, v)/a) -> u - v - log(a)
largest terms apart:     log(Sum(expdiff(u, Maximum(u, (k, a, b))), (k, a, b))) -> log1p(Sum(Piecewise((expdiff(u, Maximum(u, (k, a, b))), u < Maximum(u, (k, a, b))), (0, True)), (k, a, b)) + (Sum(Piecewise((0, u < Maximum(u, (k, a, b))), (expdiff(u, Maximum(u, (k, a, b))), True)), (k, a, b)) - 1))
less the largest first:  v - (Maximum(u, (k, a, b)) + w) -> v - Maximum(u, (k, a, b)) - w
"""  # noqa: E501

# A row of squares, measured by a power of two near its largest: dividing by it rounds nothing, and no square overflows.
_LARGEST: Final = "Maximum(abs(u), (k, a, b))"
_SCALE: Final = f"exp2(floor(log2(max({_LARGEST}, 10**-150))) - 1)"
_OTHER: Final = _SCALE.replace("abs(u)", "abs(v)")
_SCALE_FROM_1: Final = f"exp2(floor(log2(max({_LARGEST}, 1))) - 1)"
SCALE: Final = f"""
scale by the largest:    sqrt(Sum(u**2, (k, a, b))) -> {_SCALE}*sqrt(Sum((u/{_SCALE})**2, (k, a, b))) ; u unbounded
scale by the largest:    sqrt(Sum(u**2, (k, a, b))/c) -> {_SCALE}*sqrt(Sum((u/{_SCALE})**2, (k, a, b))/c) ; u unbounded
scale by the largest:    sqrt(Sum(u**2, (k, a, b))/c + d) -> {_SCALE_FROM_1}*sqrt(Sum((u/{_SCALE_FROM_1})**2, (k, a, b))/c + d/{_SCALE_FROM_1}/{_SCALE_FROM_1}) ; u unbounded, d > 0
"""  # noqa: E501
SCALED: Final = f"""
scale first:             v/({_SCALE}*w) -> v/{_SCALE}/w
scale first:             v/({_SCALE_FROM_1}*w) -> v/{_SCALE_FROM_1}/w
both scales first:       Sum(u*v, (k, a, b))/({_SCALE}*c*({_OTHER}*d)) -> Sum(u/{_SCALE}*(v/{_OTHER}), (k, a, b))/(c*d)
"""

# The limit where what is 0 meets what is infinite; each place once, by the first that applies.
GUARD: Final = f"""
zero times log:          a*log(u) -> Piecewise((0, u == 1), (a, True))*log(Piecewise((1, a == 0), (u, True))) ; a unbounded, u reaches 1, u reaches 0
zero times log:          a*log(u) -> a*log(Piecewise((1, a == 0), (u, True))) ; a reaches 0, u reaches 0
zero times log:          a*log1p(u) -> a*log1p(Piecewise((0, a == 0), (u, True))) ; a reaches 0, u reaches -1
zero times infinity:     a*u -> Piecewise((0, And(a == 0, abs(u) == oo)), (a*u, True)) ; a bounded, a vanishes, u unbounded
zero times infinity:     a*(u - v) -> Piecewise((0, And(a == 0, abs(u - v) == oo)), (a*(u - v), True)) ; a >= 0, a variable, a vanishes
zero times infinity:     expdiff(u, v)/a*(c - d) -> Piecewise((0, And(expdiff(u, v) == 0, abs(c - d) == oo)), (expdiff(u, v)/a*(c - d), True))
zero times infinity:     expdiff(u, v)/a*w*(c - d) -> Piecewise((expdiff(u, v)/a*w, And(expdiff(u, v) == 0, abs(c - d) == oo)), (expdiff(u, v)/a*w*(c - d), True))
infinity by itself:      v/{_SCALE} -> Piecewise((sign(v), And(abs(v) == oo, {_LARGEST} == oo)), (v/{_SCALE}, True)) ; v variable
infinity by itself:      v/{_SCALE_FROM_1} -> Piecewise((sign(v), And(abs(v) == oo, {_LARGEST} == oo)), (v/{_SCALE_FROM_1}, True)) ; v variable
infinity from itself:    v - Maximum(u, (k, a, b)) -> Piecewise((0, And(abs(v) == oo, v == Maximum(u, (k, a, b)))), (v - Maximum(u, (k, a, b)), True))
"""  # noqa: E501
