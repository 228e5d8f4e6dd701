"""What is kept of a search: its answer as an entry of a lock file, and the proof of what an entry says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import numpy as np

from derive.errors import DeriveError, FormulaError
from derive.notation.text import read_text, write_text
from derive.proof.verdict import Proof, Verdict
from derive.relations import opposite
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.spec.lock import ANSWERS, Entry, hash_of
from derive.stabilisation.branches import MAXIMUM_WEIGHT
from derive.stabilisation.fingerprint import fingerprint
from derive.stabilisation.found import Found, written
from derive.stabilisation.judge import LEAST_GAIN
from derive.stabilisation.moves import Moves
from derive.stabilisation.points import Columns
from derive.stabilisation.pool import Candidate
from derive.stabilisation.proof import Prover
from derive.stabilisation.search import find
from derive.stabilisation.series import Approximation, about_root, about_zero
from derive.stabilisation.zeros import root_between
from derive.term import Term, cases, free_symbols, rational_value, size
from derive.values.formats import FORMATS

NEAREST: Final = Fraction(1, 2**20)  # how far a zero is from the middle of its piece, relatively, at most
FOUND_BY: Final = "found_by"


@dataclass(frozen=True)
class Question:
    """What a search is asked: a formula, its hypotheses, and where its variables usually are."""

    stated: Term
    domain: Domain
    everyday: tuple[float, float] | None = None

    @cached_property
    def hypotheses(self) -> tuple[str, ...]:
        return self.domain.hypotheses(self.domain.names() & free_symbols(self.stated))

    @cached_property
    def hash(self) -> str:
        usual = "" if self.everyday is None else "{} to {}".format(*self.everyday)
        return hash_of(write_text(self.stated), *self.hypotheses, usual)

    def searched(self, accepts: Callable[[Term], bool], places: Iterable[Columns]) -> Answer:
        """The answer of a search; `accepts` and `places` as `find` takes them."""
        found = find(self.stated, self.domain, everyday=self.everyday, accepts=accepts, places=places)
        return Answer(self, _entry(self, found))

    def locked(self, entry: Entry | None) -> Answer | None:
        """The answer that an entry keeps; None where it answers another question."""
        return Answer(self, entry) if entry is not None and entry[ANSWERS] == self.hash else None


@dataclass(frozen=True)
class Part:
    """A form, the condition below which it gives way to the next (the last: None), and the steps to it.

    within: for a form that approximates, within what, and `between`: where.
    """

    form: Term
    until: Term | None
    steps: tuple[Step, ...]
    within: str
    between: tuple[Fraction, Fraction] | None


@dataclass(frozen=True)
class Answer:
    """A form in parts, as an entry of a lock file keeps it."""

    question: Question
    entry: Entry

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Raises DeriveError for an entry that is not one."""
        with self._reading():
            parts = tuple(self._part(kept) for kept in self.entry["parts"])
            *others, last = parts
            if last.until is not None or any(part.until is None for part in others):
                raise ValueError("its parts are not one below the other")
        return parts

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError, FormulaError) as problem:
            raise DeriveError(
                f"what is locked for {self.question.stated} is no entry of derive's ({problem}): "
                "delete it from the lock file beside the specs, then build again"
            ) from problem

    def _part(self, kept: dict[str, Any]) -> Part:
        steps, before = list[Step](), self.question.stated
        for rule, text in kept["steps"]:
            steps.append(Step(str(rule), before, read_text(text)))
            before = steps[-1].after
        until = read_text(kept["until"]) if kept["until"] else None
        if until is not None and (until.head != "lt" or not free_symbols(until) <= free_symbols(before)):
            raise ValueError(f"a part ends at {until}")
        low, high = map(Fraction, kept["between"]) if kept["between"] else (None, None)
        between = None if low is None or high is None else (low, high)
        if bool(kept["within"]) != (between is not None):
            raise ValueError("a part that approximates says within what, and between which numbers")
        return Part(before, until, tuple(steps), str(kept["within"]), between)

    @cached_property
    def form(self) -> Term:
        return self.joined([part.form for part in self.parts])

    @property
    def kept(self) -> Entry:
        """The entry as it is to be locked: its form is what its steps end in, whatever the file says."""
        return {**self.entry, "form": write_text(self.form)}

    def joined(self, forms: Sequence[Term]) -> Term:
        """One form for each part, each where that part is used."""
        pairs = zip(forms, self.parts, strict=True)
        listed = [(form, part.until) for form, part in pairs if part.until is not None]
        return cases(*listed, otherwise=forms[-1]) if listed else forms[-1]

    @property
    def steps(self) -> tuple[Step, ...]:
        if len(self.parts) == 1:
            return self.parts[0].steps
        return (Step("branches by measured error", self.question.stated, self.form),)

    def unless(self, locked: Answer | None) -> Answer:
        """This answer; the one that is locked, where that can be proved and this one is not better."""
        if locked is None or not locked.holds or self.cost < locked.cost - LEAST_GAIN:
            return self
        return Answer(self.question, {**locked.entry, FOUND_BY: fingerprint()})

    @property
    def cost(self) -> float:
        """What answers are compared by, in bits: means, and a little of what is worst."""
        with self._reading():
            errors = [error for strata in self.entry["bits"].values() for error in strata.values()]
            total = sum(error["mean"] + MAXIMUM_WEIGHT * error["max"] for error in errors) / len(errors)
        return float(total)

    @property
    def outdated(self) -> bool:
        """Whether what decides a form has changed since it was found."""
        return bool(self.entry.get(FOUND_BY) != fingerprint())

    def proof(self) -> Proof:
        """Whether every part equals the formula where it is used, but for what approximates it, which says so."""
        stated, domain = self.question.stated, self.question.domain
        moves = Moves(domain, stated)
        prover = Prover(stated, domain, moves)
        said: list[str] = []
        for part, condition in self._placed():
            near = _approximation(part, condition, moves)
            candidate = Candidate(part.form, part.steps, np.empty(0), size(part.form), near)
            proof = prover.proof(candidate, condition)
            if proof.verdict is not Verdict.PROVED:
                return proof
            said += [part.within] if part.within else []
        return Proof(Verdict.PROVED, hypotheses=tuple(said))

    @property
    def holds(self) -> bool:
        """Whether it is an entry that is proved, by today's rules and series."""
        try:
            return self.proof().verdict is Verdict.PROVED and self.cost >= 0
        except DeriveError:
            return False

    def _placed(self) -> Iterator[tuple[Part, Term | None]]:
        """Each part, and the condition under which it is used."""
        below: Term | None = None
        for part in self.parts:
            ends = [end for end in (below, part.until) if end is not None]
            yield part, (Term("and", tuple(ends)) if len(ends) > 1 else next(iter(ends), None))
            below = opposite(part.until) if part.until else None


def _entry(question: Question, found: Found) -> Entry:
    """What is kept of a find: nothing that another machine would find otherwise."""
    return {
        ANSWERS: question.hash,
        FOUND_BY: fingerprint(),
        "stated": write_text(question.stated),
        "assume": list(question.hypotheses),
        "form": write_text(found.form),
        "parts": [
            {
                "until": write_text(until) if until else "",
                "within": piece.within,
                "between": [str(end) for end in ends],
                "steps": [[step.rule, write_text(step.after)] for step in piece.steps],
            }
            for piece in found.pieces
            for until in [_until(piece.condition)]
            for ends in [(piece.approximation.low, piece.approximation.high) if piece.approximation else ()]
        ],
        "bits": {one.dtype: written(one.after) for one in found.accuracy},
    }


def _until(condition: Term | None) -> Term | None:
    """The upper end of where a piece is used."""
    ends = condition.args if condition is not None and condition.head == "and" else (condition,)
    return next((end for end in ends if end is not None and end.head == "lt"), None)


def _approximation(part: Part, condition: Term | None, moves: Moves) -> Approximation | None:
    """The approximation that a part is, bounded anew; None for a part that is equal to the formula.

    Raises DeriveError for one that derive would not make, that says other than its bound, or that is used beyond it.
    """
    if part.between is None:
        return None
    beyond = not _lies_within(condition, *part.between)
    for found in () if beyond else _approximations(part, moves):
        if (found.form, (found.low, found.high), found.within) == (part.form, part.between, part.within):
            return found
    where = f", used {f'where {condition}' if condition else 'everywhere'}" if beyond else ""
    raise DeriveError(
        f"the form locked for {part.steps[0].before} holds a {part.within}{where}; it does not follow by this derive: "
        "run derive build --search"
    )


def _lies_within(condition: Term | None, low: Fraction, high: Fraction) -> bool:
    """Whether the variable, where a condition on it or on its magnitude holds, is between two numbers."""
    above, below = False, False
    for end in () if condition is None else condition.args if condition.head == "and" else (condition,):
        key, place = end.args[0], rational_value(end.args[1])
        magnitude = key.head == "abs"
        if place is None or (key.args[0] if magnitude else key).head != "sym":
            return False
        below |= end.head == "lt" and place <= high
        above |= (
            -place >= low if magnitude and end.head == "lt" else end.head == "ge" and not magnitude and place >= low
        )
    return above and below


def _approximations(part: Part, moves: Moves) -> Iterator[Approximation]:
    """Those of the form before the last step that are of a kind with the part."""
    before, formats = part.steps[-1].before, FORMATS.values()
    plain, (name,) = moves.plain(before), free_symbols(before)
    low, high = part.between or (Fraction(0), Fraction(0))
    if low + high:
        middle, away = (low + high) / 2, NEAREST * abs(low + high)  # a piece stands about the number next to a zero
        zero = root_between(plain, name, middle - away, middle + away, formats)
        yield from about_root(plain, name, zero, formats) if zero else ()
    else:
        yield from about_zero(plain, name, formats)
