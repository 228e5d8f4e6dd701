"""Every path through code that branches on symbols, run one after the other and joined into one formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.code.elements import decide, refused
from derive.relations import COMPARISONS, SIGNS, decided
from derive.term import Term, cases, rational_value

MAX_PATHS: Final = 64
MAX_DECISIONS: Final = 64  # decisions


def explore(run: Callable[[], Term]) -> Term:
    """The formula of `run`, which may ask `decide` about conditions: cases over their outcomes.

    Raises UnsupportedError where there are too many paths, as in a loop whose length depends on data.
    """
    return _Explorer(run).tree(())


class _Explorer:
    def __init__(self, run: Callable[[], Term]) -> None:
        self.run, self.paths = run, 0

    def tree(self, outcomes: tuple[bool, ...]) -> Term:
        """The formula of all paths that begin with these outcomes."""
        self.paths += 1
        if self.paths > MAX_PATHS:
            raise refused(f"more than {MAX_PATHS} paths through the code")
        path = _Path(outcomes)
        token = decide.set(path.decide)
        try:
            formula = self.run()
        finally:
            decide.reset(token)
        for place in reversed(range(len(outcomes), len(path.asked))):
            other = self.tree((*(outcome for _, outcome in path.asked[:place]), False))
            formula = formula if other is formula else cases((formula, path.asked[place][0]), otherwise=other)
        return formula


class _Path:
    """One run: given outcomes first, then True for every new condition."""

    def __init__(self, outcomes: tuple[bool, ...]) -> None:
        self.outcomes = outcomes
        self.asked: list[tuple[Term, bool]] = []

    def decide(self, condition: Term) -> bool:
        known = settled(condition)
        if known is not None:
            return known
        for before, outcome in self.asked:
            if before is condition:
                return outcome
        if len(self.asked) == MAX_DECISIONS:
            raise refused("a loop whose end depends on a symbol")
        place = len(self.asked)
        outcome = self.outcomes[place] if place < len(self.outcomes) else True
        self.asked.append((condition, outcome))
        return outcome


def settled(condition: Term) -> bool | None:
    """What a condition is wherever its symbols are: a comparison of numbers, or of a thing with itself."""
    return decided(condition, _compared)


def _compared(relation: Term) -> bool | None:
    left, right = relation.args
    if left is right:
        return 0 in SIGNS[relation.head]
    values = rational_value(left), rational_value(right)
    if values[0] is None or values[1] is None:
        return None
    return COMPARISONS[relation.head](*values)
