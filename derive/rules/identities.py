"""Identities between elementary functions, a line each, as a derivation uses them in either direction."""

from __future__ import annotations

from typing import Final

IDENTITIES: Final = """
    sign and modulus:             u*sign(u) -> abs(u)
    sign and modulus:             abs(u)*sign(u) -> u
    the square of a root:         sqrt(u)**2 -> u
    the square of a modulus:      abs(u)**2 -> u**2
    logarithm of an exponential:  log(exp(u)) -> u
    exponential of a logarithm:   exp(log(u)) -> u
    exponential of a logarithm:   exp(-log(u)) -> 1/u
    exponential of a logarithm:   exp(u - log(v)) -> exp(u)/v
    product of roots:             sqrt(u)*sqrt(v) -> sqrt(u*v)   ; u > 0, v > 0
    logarithm of a quotient:      log(u/v) -> log(u) - log(v)    ; u > 0, v > 0
    logarithm of a product:       log(u*v) -> log(u) + log(v)    ; u > 0, v > 0
    definition of tanh:           tanh(u) -> sinh(u)/cosh(u)
    definition of sinh:           sinh(u) -> (exp(u) - exp(-u))/2
    definition of cosh:           cosh(u) -> (exp(u) + exp(-u))/2
    definition of tan:            tan(u) -> sin(u)/cos(u)
    definition of erfc:           erfc(u) -> 1 - erf(u)
    sum of squares:               sin(u)**2 + cos(u)**2 -> 1
    difference of squares:        cosh(u)**2 - sinh(u)**2 -> 1
"""
