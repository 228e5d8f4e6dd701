"""The way from one formula to an equal one: moves from both ends, until the two sides meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from derive.derivation.steps.moves import Move, recognitions, rewritings
from derive.derivation.steps.views import effort, exponentials_in, key
from derive.spec.domain import Domain
from derive.term import Term, size

MAX_DEPTH: Final = 6  # moves from either end
MAX_SHORTENING: Final = 3  # moves that a form without a goal is worth
MAX_BREADTH: Final = 24  # terms kept at each depth: the smallest
MAX_GROWTH: Final = 2.5  # a term much larger than both ends leads nowhere


@dataclass(frozen=True)
class Reached:
    """A term on the way, how it was reached (`there`), and what the move is called when made backwards."""

    here: Term
    before: Reached | None = None
    there: str = ""
    back: str = ""

    def path(self) -> list[Reached]:
        """From the start to here."""
        found = [self]
        while found[-1].before is not None:
            found.append(found[-1].before)
        return found[::-1]


def find_path(start: Term, goal: Term, domain: Domain, deepest: int = MAX_DEPTH) -> list[tuple[str, Term]] | None:
    """Names of moves, and the terms they lead to, from `start` to `goal`; None where none was found."""
    limit = MAX_GROWTH * max(size(start), size(goal)) + 10
    sides = [{key(start): Reached(start)}, {key(goal): Reached(goal)}]
    rims = [list(side.values()) for side in sides]
    for level in range(2 * deepest + 1):
        if met := [name for name in sides[0] if name in sides[1]]:
            best = min(met, key=lambda name: (len(sides[0][name].path()) + len(sides[1][name].path()), name))
            return _joined(sides[0][best].path(), sides[1][best].path())
        mine = level % 2 == 0
        side = sides[1] if mine else sides[0]
        rims[mine] = _widened(rims[mine], side, limit, domain)
    return None


def shorten(start: Term, domain: Domain) -> list[tuple[str, Term]]:
    """Names of moves, and the terms they lead to, from `start` to the shortest writing near it."""
    seen = {key(start): Reached(start)}
    rim = list(seen.values())
    for _ in range(MAX_SHORTENING):
        rim = _widened(rim, seen, 2 * size(start) + 10, domain, recognitions())
    known = exponentials_in(start)
    best = min(seen.values(), key=lambda it: (effort(it.here, known), len(it.path()), str(it.here)))
    return _folded([(step.there, step.here) for step in best.path()[1:]])


def _widened(
    rim: list[Reached], seen: dict[str, Reached], limit: float, domain: Domain, moves: Iterable[Move] = ()
) -> list[Reached]:
    """The terms one move beyond `rim`, smallest first; `seen` learns them."""
    found = []
    for reached in rim:
        for after, there, back in rewritings(reached.here, domain, moves):
            name = key(after)
            if name not in seen and size(after) <= limit:
                seen[name] = Reached(after, reached, there, back)
                found.append((size(after), name))
    return [seen[name] for _, name in sorted(found)[:MAX_BREADTH]]


def _joined(ahead: list[Reached], behind: list[Reached]) -> list[tuple[str, Term]]:
    path = [(step.there, step.here) for step in ahead[1:]]
    if path:
        # Where the sides meet, the writing that leads on to the goal is kept.
        path[-1] = (path[-1][0], behind[-1].here)
    path += [(step.back, step.before.here) for step in reversed(behind) if step.before is not None]
    return _folded(path)


def _folded(path: list[tuple[str, Term]]) -> list[tuple[str, Term]]:
    """`path` with the moves that have no name made together with the one before."""
    lines: list[tuple[str, Term]] = []
    for name, after in path:
        if lines and not name:
            name = lines.pop()[0]
        lines.append((name, after))
    return [(name or "distribute the sign", after) for name, after in lines]
