"""The answer of a search as an entry of a lock file, and the proof of what an entry says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

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
from derive.stabilisation.judge import MIN_GAIN
from derive.stabilisation.moves import Moves
from derive.stabilisation.points import Columns
from derive.stabilisation.proof import Prover
from derive.stabilisation.search import Serves, find
from derive.stabilisation.series import Approximation, about_origin, about_zero
from derive.stabilisation.zeros import zero_between
from derive.term import Term, cases, free_symbols, relation
from derive.values.formats import FORMATS

MAX_DISTANCE: Final = Fraction(1, 2**20)  # of a zero from the middle of its piece, relatively
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

    def searched(
        self,
        accepts: Callable[[Term], bool],
        landmarks: Iterable[Columns],
        serves: Serves | None = None,
        known: Iterable[Term] = (),
    ) -> Answer:
        """The answer of a search; the arguments are as `find` takes them."""
        found = find(
            self.stated, self.domain, everyday=self.everyday, accepts=accepts, landmarks=landmarks, serves=serves,
            known=known,
        )  # fmt: skip
        return Answer(self, _entry(self, found))

    def locked(self, entry: Entry | None) -> Answer | None:
        """The answer that an entry states; None where it answers another question."""
        return Answer(self, entry) if entry is not None and entry[ANSWERS] == self.hash else None


@dataclass(frozen=True)
class Part:
    """A form, the condition under which it is used, and the steps to it.

    condition: None for everywhere; `until` is its upper end, which the last part does not have.
    within: for a form that approximates, within what, and `between`: where.
    """

    form: Term
    condition: Term | None
    until: Term | None
    steps: tuple[Step, ...]
    within: str
    between: tuple[Fraction, Fraction] | None


@dataclass(frozen=True)
class Answer:
    """A form in parts, as an entry of a lock file states it."""

    question: Question
    entry: Entry

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Raises DeriveError for an entry that is not one."""
        parts = list[Part]()
        with self._reading():
            for stated in self.entry["parts"]:
                if parts and parts[-1].until is None:
                    raise ValueError("its parts are not one below the other")
                parts.append(self._part(stated, parts[-1].until if parts else None))
            if not parts or parts[-1].until is not None:
                raise ValueError("its parts are not one below the other")
        return tuple(parts)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError, FormulaError) as problem:
            raise DeriveError(
                f"what is locked for {self.question.stated} is no entry of derive's ({problem}): "
                "delete it from the lock file beside the specs, then build again"
            ) from problem

    def _part(self, stated: dict[str, Any], before: Term | None) -> Part:
        """before: the condition until which the part before this one is used."""
        steps, form = list[Step](), self.question.stated
        for rule, text in stated["steps"]:
            steps.append(Step(str(rule), form, read_text(text)))
            form = steps[-1].after
        until = read_text(stated["until"]) if stated["until"] else None
        if until is not None and (until.head != "lt" or not free_symbols(until) <= free_symbols(form)):
            raise ValueError(f"a part ends at {until}")
        low, high = map(Fraction, stated["between"]) if stated["between"] else (None, None)
        between = None if low is None or high is None else (low, high)
        if bool(stated["within"]) != (between is not None):
            raise ValueError("a part that approximates says within what, and between which numbers")
        ends = tuple(end for end in (opposite(before) if before else None, until) if end is not None)
        condition = Term("and", ends) if len(ends) > 1 else next(iter(ends), None)
        return Part(form, condition, until, tuple(steps), str(stated["within"]), between)

    @cached_property
    def form(self) -> Term:
        return self.joined([part.form for part in self.parts])

    def joined(self, forms: Sequence[Term]) -> Term:
        """One form for each part, each where that part is used."""
        listed = [(form, part.until) for form, part in zip(forms, self.parts, strict=True) if part.until is not None]
        return cases(*listed, otherwise=forms[-1]) if listed else forms[-1]

    @property
    def to_lock(self) -> Entry:
        """The entry as it is to be locked: its form is what its steps end in, whatever the file says."""
        return {**self.entry, "form": write_text(self.form)}

    @property
    def steps(self) -> tuple[Step, ...]:
        if len(self.parts) == 1:
            return self.parts[0].steps
        return (Step("branches by measured error", self.question.stated, self.form),)

    def unless(self, locked: Answer | None) -> Answer:
        """This answer; the one that is locked, where that can be proved and this one is not better."""
        if locked is None or not locked.holds or self.cost < locked.cost - MIN_GAIN:
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
        for part in self.parts:
            proof = prover.proof(part.form, part.steps, part.condition, _approximation(part, moves))
            if proof.verdict is not Verdict.PROVED:
                return proof
        return Proof(Verdict.PROVED, hypotheses=tuple(part.within for part in self.parts if part.within))

    @property
    def holds(self) -> bool:
        """Whether it is an entry that is proved, by today's rules and series."""
        try:
            return self.proof().verdict is Verdict.PROVED and self.cost >= 0
        except DeriveError:
            return False


def _entry(question: Question, found: Found) -> Entry:
    """What is locked of a find: nothing that another machine would find otherwise."""
    parts = []
    for piece in found.pieces:
        ends = piece.condition.args if piece.condition and piece.condition.head == "and" else (piece.condition,)
        until = next((end for end in ends if end is not None and end.head == "lt"), None)
        series = piece.approximation
        parts.append({
            "until": write_text(until) if until else "",
            "within": piece.within,
            "between": [str(end) for end in (series.low, series.high)] if series else [],
            "steps": [[step.rule, write_text(step.after)] for step in piece.steps],
        })  # fmt: skip
    return {
        ANSWERS: question.hash,
        FOUND_BY: fingerprint(),
        "stated": write_text(question.stated),
        "assume": list(question.hypotheses),
        "form": write_text(found.form),
        "parts": parts,
        "bits": {one.dtype: written(one.after) for one in found.accuracy},
    }


def _approximation(part: Part, moves: Moves) -> Approximation | None:
    """The approximation that a part is, bounded again; None for a part that is equal to the formula.

    Raises DeriveError for one that derive would not make, that says other than its bound, or that is used beyond it.
    """
    if part.between is None:
        return None
    beyond = not _lies_between(part.condition, *part.between)
    for found in () if beyond else _approximations(part, moves, *part.between):
        if (found.form, (found.low, found.high), found.within) == (part.form, part.between, part.within):
            return found
    where = f", used {f'where {part.condition}' if part.condition else 'everywhere'}" if beyond else ""
    raise DeriveError(
        f"the form locked for {part.steps[0].before} holds a {part.within}{where}; it does not follow by this derive: "
        "run derive build --search"
    )


def _lies_between(condition: Term | None, low: Fraction, high: Fraction) -> bool:
    """Whether the variable, where a condition on it or on its magnitude holds, is between two numbers."""
    if condition is None or len(names := free_symbols(condition)) != 1:
        return False
    # abs(x) < c says that -c < x and x < c.
    ends = condition.args if condition.head == "and" else (condition,)
    sizes = [(end.args[0].args[0], end.args[1]) for end in ends if end.args[0].head == "abs" and end.head == "lt"]
    domain = Domain().related(condition)
    for inner, bound in sizes:
        domain = domain.related(relation("lt", inner, bound)).related(relation("gt", inner, -bound))
    found = domain.range(*names)
    return found.low is not None and found.high is not None and low <= found.low and found.high <= high


def _approximations(part: Part, moves: Moves, low: Fraction, high: Fraction) -> Iterator[Approximation]:
    """Those of the form before the last step that are of a kind with the part."""
    before, formats = part.steps[-1].before, FORMATS.values()
    plain, (name,) = moves.plain(before), free_symbols(before)
    if low + high:
        # A piece stands about the number next to a zero.
        middle, away = (low + high) / 2, MAX_DISTANCE * abs(low + high)
        zero = zero_between(plain, name, middle - away, middle + away, formats)
        yield from about_zero(plain, name, zero, formats) if zero else ()
    else:
        yield from about_origin(plain, name, formats)
