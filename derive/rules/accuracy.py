"""Identities by which forms gain or keep digits, a line each; the search tries them in every place.

A rule holds wherever its left side has a value and its condition is true; of PARTIAL, wherever its right side has
one too: its left side has a value at some points where the right side divides by zero. Each is proved.
"""

from __future__ import annotations

from typing import Final

from derive.elementary.table import TABLE

# What nobody would write twice; applied at once, everywhere.
TIDY: Final = """
nothing added:            a + 0 -> a
nothing subtracted:       a - 0 -> a
subtracted from nothing:  0 - a -> -a
once:                     a*1 -> a
zero times:               a*0 -> 0
divided by one:           a/1 -> a
zero divided:             0/a -> 0
first power:              a**1 -> a
the same subtracted:      a - a -> 0
the same divided:         a/a -> 1
twice negated:            -(-a) -> a
add a negative:           a + -b -> a - b
subtract a negative:      a - -b -> a + b
negative product:         a*-b -> -(a*b)
negative quotient:        (-a)/b -> -(a/b)
negative quotient:        a/(-b) -> -(a/b)
square of a negative:     (-a)**2 -> a**2
modulus of a negative:    abs(-a) -> abs(a)
even function:            cos(-a) -> cos(a)
even function:            cosh(-a) -> cosh(a)
log of an exponential:    log(exp(a)) -> a
exponential of a log:     exp(log(a)) -> a
whole and half:           2*(a/2) -> a
whole and half:           2*a/2 -> a
square of a root:         sqrt(a)**2 -> a
square of a root:         (u*(sqrt(a)/b))**2 -> u**2*(a/b**2)       ; a constant, b constant
square of a root:         (u/sqrt(a))**2 -> u**2/a                    ; a constant
one irrational factor:    a*u/b -> u*(a/b)                         ; a irrational, b constant
"""

_BY_DEFINITION: Final = "\n".join(
    f"definition:               {name}(u) -> {text}" for name, record in TABLE.items() if (text := record.definition)
)
DEFINITIONS: Final = f"""
{_BY_DEFINITION}
root as a function:       u**(1/2) -> sqrt(u)
root as a function:       u**0.5 -> sqrt(u)
root as a function:       u**(3/2) -> u*sqrt(u)
root as a function:       u**(1/3) -> cbrt(u)
root as a function:       u**(2/3) -> cbrt(u)**2
root as a function:       u**(1/4) -> sqrt(sqrt(u))
root as a function:       u**(-1/2) -> 1/sqrt(u)
root as a function:       u**(-1/3) -> 1/cbrt(u)
"""

# Functions that are accurate where their namesakes cancel; forms of rows take these as they come.
NEAR_ONE: Final = """
log near 1:               log(1 + u) -> log1p(u)
log near 1:               log(1 - u) -> log1p(-u)
exponential near 1:       exp(u) - 1 -> expm1(u)
exponential near 1:       1 - exp(u) -> -expm1(u)
"""

LOGARITHMS: Final = """
log near 1:               log(u) -> log1p(u - 1)
difference of logs:       log(a) - log(b) -> log(a/b)
difference of logs:       log(a) - log(b) -> log1p((a - b)/b)
difference of logs:       log1p(a) - log1p(b) -> log1p((a - b)/(1 + b))
sum of logs:              log(a) + log(b) -> log(a*b)
log of a quotient:        log(a/b) -> log1p((a - b)/b)
log of a quotient:        log(a/b) -> log(abs(a)) - log(abs(b))
log of a product:         log(a*b) -> log(abs(a)) + log(abs(b))
log of a reciprocal:      log(1/a) -> -log(a)
log of a square:          log(a**2) -> 2*log(abs(a))
log of a power:           log(a**b) -> b*log(a)                  ; a > 0
log of a root:            log(sqrt(a)) -> log(a)/2
odd logarithm:            log((1 + u)/(1 - u)) -> 2*atanh(u)
odd logarithm:            log((1 - u)/(1 + u)) -> -(2*atanh(u))
odd logarithm:            log1p(u) - log1p(-u) -> 2*atanh(u)
odd logarithm:            log1p(-u) - log1p(u) -> -(2*atanh(u))
log-odds:                 log(u/(1 - u)) -> log(u) - log1p(-u)
log-odds:                 log(u/(1 - u)) -> 2*atanh(2*u - 1)
inverse hyperbolic:       log(u + sqrt(u**2 + 1)) -> asinh(u)
log of a sum of e-powers: log(1 + exp(u)) -> max(u, 0) + log1p(exp(-abs(u)))
log of a sum of e-powers: log1p(exp(u)) -> max(u, 0) + log1p(exp(-abs(u)))
log of a sum of e-powers: log(exp(a) + exp(b)) -> max(a, b) + log1p(exp(-abs(a - b)))
log of 1 - e-power:       log(1 - exp(u)) -> log(-expm1(u))
log of 1 - e-power:       log1p(-exp(u)) -> log(-expm1(u))
log of 1 - e-power:       log(-expm1(u)) -> log1p(-exp(u))
"""

EXPONENTIALS: Final = """
definition of expm1:      expm1(u) -> exp(u) - 1
difference in an e-power: expdiff(u, v) -> exp(u - v)
product of e-powers:      exp(a)*exp(b) -> exp(a + b)
quotient of e-powers:     exp(a)/exp(b) -> exp(a - b)
quotient of e-powers:     a/exp(b) -> a*exp(-b)
power of an e-power:      exp(a)**2 -> exp(2*a)
power of an e-power:      exp(2*a) -> exp(a)**2
e-power of a sum:         exp(a + b) -> exp(a)*exp(b)
e-power of a difference:  exp(a - b) -> exp(a)/exp(b)
difference of e-powers:   exp(a) - exp(b) -> exp(b)*expm1(a - b)
difference of e-powers:   exp(a) - exp(b) -> -(exp(a)*expm1(b - a))
difference of expm1:      expm1(a) - expm1(b) -> exp(b)*expm1(a - b)
doubled exponent:         expm1(2*u) -> expm1(u)*(expm1(u) + 2)
half the exponent:        expm1(u)/a -> expm1(u/2)*((expm1(u/2) + 2)/a)
opposite exponents:       exp(a) + exp(-a) -> 2*cosh(a)
opposite exponents:       exp(a) - exp(-a) -> 2*sinh(a)
opposite exponents:       expm1(a) + expm1(-a) -> 4*sinh(a/2)**2
opposite exponents:       exp(a) - 2 + exp(-a) -> 4*sinh(a/2)**2
opposite exponents:       exp(a) + exp(-a) - 2 -> 4*sinh(a/2)**2
e over e - 1:             exp(u)/(exp(u) - 1) -> -(1/expm1(-u))
logistic swap:            1/(1 + exp(u)) -> exp(-u)/(1 + exp(-u))
logistic swap:            exp(u)/(1 + exp(u)) -> 1/(1 + exp(-u))
logistic as tanh:         (exp(u) - 1)/(exp(u) + 1) -> tanh(u/2)
"""

HYPERBOLIC: Final = """
tanh by exponentials:     tanh(u) -> expm1(2*u)/(exp(2*u) + 1)
tanh by exponentials:     tanh(u) -> -(expm1(-(2*u))/(exp(-(2*u)) + 1))
complement of tanh:       1 - tanh(u) -> 2/(exp(2*u) + 1)
complement of tanh:       1 + tanh(u) -> 2/(exp(-(2*u)) + 1)
square of tanh:           1 - tanh(u)**2 -> 1/cosh(u)**2
quotient:                 sinh(u)/cosh(u) -> tanh(u)
difference of squares:    cosh(u)**2 - sinh(u)**2 -> 1
half the argument:        cosh(u) - 1 -> 2*sinh(u/2)**2
half the argument:        2*cosh(u) - 2 -> 4*sinh(u/2)**2
difference:               cosh(u) - sinh(u) -> exp(-u)
difference:               cosh(a) - cosh(b) -> 2*(sinh((a + b)/2)*sinh((a - b)/2))
difference:               sinh(a) - sinh(b) -> 2*(cosh((a + b)/2)*sinh((a - b)/2))
difference:               tanh(a) - tanh(b) -> sinh(a - b)/(cosh(a)*cosh(b))
reflected:                atanh(a) - atanh(b) -> atanh((a - b)/(1 - a*b))
"""

ROOTS: Final = """
hypotenuse:               sqrt(a**2 + b**2) -> hypot(a, b)
hypotenuse:               sqrt(a*a + b*b) -> hypot(a, b)
hypotenuse:               sqrt(1 + a**2) -> hypot(1, a)
root of a difference:     sqrt(a**2 - b**2) -> sqrt(abs(a - b))*sqrt(abs(a + b))
root of a difference:     sqrt(a*a - b*b) -> sqrt(abs(a - b))*sqrt(abs(a + b))
root of a difference:     sqrt(a**2 - 1) -> sqrt(abs(a - 1))*sqrt(abs(a + 1))
root of a square:         sqrt(a**2) -> abs(a)
root of a square:         sqrt(a*a) -> abs(a)
root of a product:        sqrt(a*b) -> sqrt(abs(a))*sqrt(abs(b))
product of roots:         sqrt(a)*sqrt(b) -> sqrt(a*b)
quotient of roots:        sqrt(a)/sqrt(b) -> sqrt(a/b)
square of a cube root:    cbrt(a)*cbrt(a) -> cbrt(a)**2
product of cube roots:    cbrt(a)*cbrt(b) -> cbrt(a*b)
root of a product:        sqrt(abs(a*b)) -> sqrt(abs(a))*sqrt(abs(b))
"""

TRIGONOMETRY: Final = """
half the argument:        1 - cos(u) -> 2*sin(u/2)**2
half the argument:        cos(u) - 1 -> -(2*sin(u/2)**2)
half the argument:        (1 - cos(u))/sin(u) -> tan(u/2)
half the argument:        sin(u)/(1 + cos(u)) -> tan(u/2)
squares:                  1 - cos(u)**2 -> sin(u)**2
squares:                  1 - sin(u)**2 -> cos(u)**2
squares:                  cos(u)**2 - sin(u)**2 -> cos(2*u)
twice the argument:       sin(u)*cos(u) -> sin(2*u)/2
sum of squares:           sin(u)**2 + cos(u)**2 -> 1
quotient:                 sin(u)/cos(u) -> tan(u)
definition of tan:        tan(u) -> sin(u)/cos(u)
difference:               sin(a) - sin(b) -> 2*(cos((a + b)/2)*sin((a - b)/2))
difference:               cos(a) - cos(b) -> -(2*(sin((a + b)/2)*sin((a - b)/2)))
difference:               tan(a) - tan(b) -> sin(a - b)/(cos(a)*cos(b))
sum:                      sin(a) + sin(b) -> 2*(sin((a + b)/2)*cos((a - b)/2))
sum:                      cos(a) + cos(b) -> 2*(cos((a + b)/2)*cos((a - b)/2))
addition:                 sin(a + b) -> sin(a)*cos(b) + cos(a)*sin(b)
addition:                 sin(a - b) -> sin(a)*cos(b) - cos(a)*sin(b)
addition:                 cos(a + b) -> cos(a)*cos(b) - sin(a)*sin(b)
addition:                 cos(a - b) -> cos(a)*cos(b) + sin(a)*sin(b)
complement:               pi/2 - asin(u) -> acos(u)
"""

ERROR_FUNCTION: Final = """
complement of erf:        1 + erf(u) -> erfc(-u)
complement of erf:        1 - erf(u) -> erfc(u)
complement of erfc:       2 - erfc(u) -> erfc(-u)
complement of erfc:       1 - erfc(u) -> erf(u)
complement of erfc:       erfc(u) - 1 -> -erf(u)
erf by its complement:    erf(u) -> 1 - erfc(u)
erf by its complement:    erf(u) -> erfc(-u) - 1
"""

FRACTIONS: Final = """
one division:             a/b/c -> a/(b*c)
two divisions:            a/(b*c) -> a/b/c
two quotients:            a*b/c/c -> a/c*(b/c)
divide by each:           a/b**2 -> a/b/b
divide first:             a**2/b -> a*(a/b)
divide first:             a*b/c -> a*(b/c)
divide last:              a*(b/c) -> a*b/c
divide by a quotient:     a/(b/c) -> a*c/b
same denominator:         a/b + c/b -> (a + c)/b
same denominator:         a/b - c/b -> (a - c)/b
split numerator:          (a + b)/c -> a/c + b/c
split numerator:          (a - b)/c -> a/c - b/c
difference of fractions:  a/b - c/d -> (a*d - b*c)/(b*d)
difference from one:      a/b - 1 -> (a - b)/b
difference from one:      1 - a/b -> (b - a)/b
square of a quotient:     a**2/b**2 -> (a/b)**2
modulus of a product:     abs(a*b) -> abs(a)*abs(b)
square of a product:      (a*b)**2 -> a**2*b**2
square of a quotient:     (a/b)**2 -> a**2/b**2
"""

SUMS: Final = """
reassociate:              (a + b) + c -> a + (b + c)
reassociate:              (a + b) + c -> (a + c) + b
reassociate:              (a + b) - c -> a + (b - c)
reassociate:              (a + b) - c -> (a - c) + b
reassociate:              (a - b) + c -> (a + c) - b
reassociate:              (a - b) + c -> a - (b - c)
reassociate:              (a - b) - c -> (a - c) - b
reassociate:              (a - b) - c -> a - (b + c)
reassociate:              a - (b + c) -> (a - b) - c
reassociate:              a - (b - c) -> (a - b) + c
reassociate:              a + (b - c) -> (a + b) - c
reassociate:              (a*b)*c -> a*(b*c)
common factor:            a*b + a*c -> a*(b + c)
common factor:            a*b - a*c -> a*(b - c)
common factor:            a*b + a -> a*(b + 1)
common factor:            a*b - a -> a*(b - 1)
common factor:            a - a*b -> a*(1 - b)
distribute:               a*(b + c) -> a*b + a*c
distribute:               a*(b - c) -> a*b - a*c
difference of squares:    a**2 - b**2 -> (a - b)*(a + b)
difference of squares:    a*a - b*b -> (a - b)*(a + b)
difference of squares:    a**2 - 1 -> (a - 1)*(a + 1)
difference of squares:    1 - a**2 -> (1 - a)*(1 + a)
"""

PARTIAL: Final = """
difference of roots:      sqrt(a) - sqrt(b) -> (a - b)/(sqrt(a) + sqrt(b))
difference from a root:   a - sqrt(b) -> (a**2 - b)/(a + sqrt(b))
difference from a root:   sqrt(b) - a -> (b - a**2)/(sqrt(b) + a)
sum with a root:          a + sqrt(b) -> (a**2 - b)/(a - sqrt(b))
difference of cube roots: cbrt(a) - cbrt(b) -> (a - b)/(cbrt(a)**2 + (cbrt(b)**2 + cbrt(a)*cbrt(b)))
difference of cube roots: cbrt(a) - 1 -> (a - 1)/(cbrt(a)**2 + (cbrt(a) + 1))
difference of powers:     a**c - b**c -> b**c*expm1(c*log1p((a - b)/b)) ; c fractional
difference of powers:     a**c - b**c -> b**c*expm1(c*(log(a) - log(b))) ; c fractional
power as e-power:         a**b -> exp(b*log(a)) ; b fractional
root of a quotient:       sqrt(a/b) -> sqrt(abs(a))/sqrt(abs(b))
scaled root:              sqrt(u**2 - v) -> abs(u)*sqrt(1 - v/u/u)
scaled root:              sqrt(u**2 + v) -> abs(u)*sqrt(1 + v/u/u)
scaled root:              sqrt(u*u - v) -> abs(u)*sqrt(1 - v/u/u)
tangent of a sum:         tan(a + b) -> (tan(a) + tan(b))/(1 - tan(a)*tan(b))
divided through:          a/(a + b) -> 1/(1 + b/a)
divided through:          a/(b - a) -> 1/(b/a - 1)
factor out:               a + b -> a*(1 + b/a)
factor out:               a - b -> a*(1 - b/a)
"""

# Proved otherwise than by normal forms alone: for a square and for minus a square in the place of v; where the left
# side has a value; by equal derivatives.
SIGNED: Final = """
root by sign:             sqrt(u**2 - v) -> Piecewise((hypot(u, sqrt(abs(v))), v <= 0), (sqrt(abs(abs(u) - sqrt(abs(v))))*sqrt(abs(u) + sqrt(abs(v))), True))
root by sign:             sqrt(u*u - v) -> Piecewise((hypot(u, sqrt(abs(v))), v <= 0), (sqrt(abs(abs(u) - sqrt(abs(v))))*sqrt(abs(u) + sqrt(abs(v))), True))
"""  # noqa: E501

ABOVE_ONE: Final = """
inverse of cosh:          log(u + sqrt(u**2 - 1)) -> acosh(u)
"""

ANGLES: Final = """
angle between:            atan(a) - atan(b) -> atan2(a - b, 1 + a*b)
complement by angle:      pi/2 - atan(u) -> atan2(1, u)
arc near 1:               acos(1 - u) -> 2*asin(sqrt(u/2))
arc near 1:               acosh(1 + u) -> 2*asinh(sqrt(u/2))
"""

# Branches that share what they can.
BRANCHES: Final = """
one division:             Piecewise((a/d, c), (b/d, True)) -> Piecewise((a, c), (b, True))/d
one sum:                  Piecewise((u + a, c), (a, True)) -> Piecewise((u, c), (0, True)) + a
one difference:           Piecewise((-a, c), (u - a, True)) -> Piecewise((0, c), (u, True)) - a
negative part:            Piecewise((0, u >= 0), (u, True)) -> min(u, 0)
positive part:            Piecewise((u, u >= 0), (0, True)) -> max(u, 0)
positive part:            Piecewise((0, u < 0), (u, True)) -> max(u, 0)
difference turned round:  -(u - v) -> v - u
difference turned round:  -(a*(u - v)) -> a*(v - u)
"""

PAGES: Final = (
    NEAR_ONE, LOGARITHMS, EXPONENTIALS, HYPERBOLIC, ROOTS, TRIGONOMETRY, ERROR_FUNCTION, FRACTIONS, SUMS,
    PARTIAL, SIGNED, ABOVE_ONE, ANGLES, BRANCHES,
)  # fmt: skip
