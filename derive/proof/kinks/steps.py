"""What floor and ceiling turn on: comparisons with a number become comparisons of their arguments, exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from derive.calculus.derivative import depends, minus, plus, times
from derive.elementary.table import KINKED, STEPPED, TABLE
from derive.proof.algebra.linear import combination
from derive.relations import FLIPPED
from derive.spec.domain import Domain
from derive.term import RELATIONS, ZERO, Term, cases, relation, subterms, term, transform
from derive.values.kinks import piece, turning

AffineStep = tuple[Term, Fraction, Fraction]  # a step s, and a, b of a*s + b


def has_steps(*roots: Term) -> bool:
    return any(node.head in STEPPED for root in roots for node in subterms(root))


def without_steps(root: Term) -> Term:
    """`root` where no sign or comparison is of one step and numbers alone: floor(u) = 3 is 3 <= u < 4."""
    return transform(root, _rewritten) if has_steps(root) else root


def _rewritten(node: Term) -> Term:
    if node.head in RELATIONS:
        return _compared(node)
    return _by_pieces(node, turning(node)) if node.head in KINKED and line(turning(node)) is not None else node


def _against_zero(head: str, gap: Term) -> Term:
    return _compared(relation(head, gap, 0))


def _by_pieces(node: Term, gap: Term) -> Term:
    above, at, below = (piece(node, sign) for sign in (1, 0, -1))
    if above is None or below is None or at is None:
        chosen = [(found, kind) for found, kind in ((above, "gt"), (at, "eq"), (below, "lt")) if found is not None]
        return Term("cases", tuple(part for found, kind in chosen for part in (found, _against_zero(kind, gap))))
    if TABLE[node.head].kink == "jump":
        return cases((above, _against_zero("gt", gap)), (at, _against_zero("ge", gap)), otherwise=below)
    return cases((above, _against_zero("ge", gap)), otherwise=below)


def _compared(node: Term) -> Term:
    found = line(node.args[0] - node.args[1])
    if found is None:
        return node
    step, slope, constant = found
    head, bound = (node.head if slope > 0 else FLIPPED[node.head]), -constant / slope
    inside = step.args[0]
    if head in ("eq", "ne"):
        # Where no integer is equal to the bound, the two parts of the condition exclude each other.
        parts = tuple(
            _bounded(step.head, side, inside, bound) for side in (("ge", "le") if head == "eq" else ("lt", "gt"))
        )
        return Term("and" if head == "eq" else "or", parts)
    return _bounded(step.head, head, inside, bound)


def _bounded(step: str, head: str, inside: Term, bound: Fraction) -> Term:
    """The comparison of a step of `inside` with a number, as one of `inside` with an integer."""
    if step == "floor":
        # floor(u) >= n where u >= n, for an integer n.
        least = ceil(bound) if head in ("ge", "lt") else floor(bound) + 1
        return _compared(relation("ge" if head in ("ge", "gt") else "lt", inside, least))
    most = floor(bound) if head in ("le", "gt") else ceil(bound) - 1
    return _compared(relation("le" if head in ("le", "lt") else "gt", inside, most))


def line(root: Term) -> AffineStep | None:
    """`root` as a*s + b, where s is one floor or ceiling; None for anything else."""
    parts = combination(root)
    steps = [part for part in parts or () if part is not None]
    if parts is None or len(steps) != 1 or steps[0].head not in STEPPED:
        return None
    return steps[0], parts[steps[0]], parts.get(None, Fraction(0))


def plainly(domain: Domain) -> Domain:
    """The same hypotheses, `floor(y) >= 2` as `y >= 2`."""
    if not has_steps(*domain.relations):
        return domain
    found = replace(domain, relations=())
    for fact in domain.relations:
        found = found.related(without_steps(fact))
    return found


def with_still_steps_opaque(root: Term, variable: Term) -> Term:
    """`root` where floors that the variable does not move are functions of which nothing is known."""

    def visit(node: Term) -> Term:
        is_still = node.head in STEPPED and not depends(node, variable)
        return Term("apply", node.args, node.head) if is_still else node

    return transform(root, visit)


def jumps_from_one_side(claim: Term, variable: Term) -> bool:
    """Whether a claim has the value of one side where a floor in it jumps, as is plain from how it is written."""
    moving = [node for node in subterms(claim) if node.head in STEPPED and depends(node, variable)]
    if not moving:
        return True
    turning = (part for node in subterms(claim) for part in node.args if node.head in (*RELATIONS, *KINKED, *STEPPED))
    alone = not any(node in set(subterms(part)) for part in turning for node in moving)
    return alone and len({(node.head, node.args[0]) for node in moving}) == 1


def plain(root: Term) -> Term:
    """`root`, a combination of terms with steps among them, with like terms put together: x - (x - floor(x)) is
    floor(x)."""
    parts = combination(root) if has_steps(root) else None
    if parts is None:
        return root
    total = ZERO
    for part, value in sorted(parts.items(), key=lambda item: item[0] is None or item[1] < 0):
        size = term(abs(value)) if part is None else times(term(abs(value)), part)
        total = plus(total, size) if value > 0 else minus(total, size)
    return total


def equation(vanishing: Term) -> str:
    """`vanishing = 0` as a person writes it: `floor(x) = 3`."""
    found = line(vanishing)
    if found is not None:
        step, slope, constant = found
        return f"{step} = {-constant / slope}"
    return f"{plain(vanishing)} = 0"
