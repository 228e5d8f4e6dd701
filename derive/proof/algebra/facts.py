"""What is known where an identity is to hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.spec.domain import Domain
from derive.term import Term


@dataclass(frozen=True)
class Facts:
    """What is known where an identity is to hold: a domain, and terms known to be > 0 (1) or < 0 (-1)."""

    domain: Domain = field(default_factory=Domain)
    signs: tuple[tuple[Term, int], ...] = ()


def strict_order(relations: tuple[Term, ...]) -> list[tuple[Term, Term]]:
    """(smaller, larger) for each comparison, taken strictly: facts of the interior."""
    found = []
    for relation in relations:
        if relation.head in ("lt", "le"):
            found.append((relation.args[0], relation.args[1]))
        elif relation.head in ("gt", "ge"):
            found.append((relation.args[1], relation.args[0]))
    return found
