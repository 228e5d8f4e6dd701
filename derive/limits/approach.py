"""Limits from one side of a place, and at the ends of the line."""

from __future__ import annotations

from dataclasses import replace

from derive.fuel import Fuel
from derive.limits.asymptotics import GROWING
from derive.limits.growth import Growth
from derive.spec.domain import Domain
from derive.term import ONE, ZERO, Term, free_symbols, substitute, symbol


def one_sided(root: Term, name: str, place: Term, side: int, domain: Domain, fuel: Fuel | None = None) -> Term:
    """The limit of `root` as `name` approaches `place` from above (1) or below (-1): a formula, or an infinity.

    The other variables stand anywhere in the domain, and the limit is theirs. Raises Indeterminate where it is not
    found.
    """
    little = ONE / GROWING if side > 0 else -(ONE / GROWING)
    moved = little if place is ZERO else place + ONE / GROWING if side > 0 else place - ONE / GROWING
    return Growth(others(domain, name), fuel).limit(substitute(root, {symbol(name): moved}))


def at_end(root: Term, name: str, sign: int, domain: Domain, fuel: Fuel | None = None) -> Term:
    """The limit of `root` as `name` goes to infinity, or to minus infinity."""
    far = GROWING if sign > 0 else -GROWING
    return Growth(others(domain, name), fuel).limit(substitute(root, {symbol(name): far}))


def others(domain: Domain, name: str) -> Domain:
    """What is assumed of the other variables."""
    ranges = {other: interval for other, interval in domain.ranges.items() if other != name}
    relations = tuple(fact for fact in domain.relations if name not in free_symbols(fact))
    return replace(domain, ranges=ranges, relations=relations)
