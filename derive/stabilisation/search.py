"""The search: from a formula to the form that a machine should evaluate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain
from math import inf
from typing import Final

import numpy as np

from derive.errors import UnsupportedError
from derive.proof.verdict import Verdict
from derive.rules.engine import Step
from derive.spec.domain import Domain
from derive.stabilisation.branches import Choice, choices, cost, refined
from derive.stabilisation.found import Accuracy, Errors, Found, Piece
from derive.stabilisation.judge import Judge, gains, is_no_worse, mean_of
from derive.stabilisation.moves import BY_HALVES, Derived, Moves
from derive.stabilisation.points import Columns, edges, tails
from derive.stabilisation.pool import MAX_SIDED, Candidate, Pool, rounds
from derive.stabilisation.precise import most_precise
from derive.stabilisation.proof import Prover
from derive.stabilisation.reasons import reasons
from derive.stabilisation.samples import COUNT, EDGES, HIDDEN, TAILS, Sample, draw, with_points
from derive.stabilisation.series import Approximation, Zero, about_origin, about_zero
from derive.stabilisation.underflow import with_factored_exponential
from derive.stabilisation.zeros import neighbourhood, simple_zeros
from derive.term import Term, free_symbols, size, subterms, symbol
from derive.values.formats import FLOAT32, FLOAT64, Format

MIN_UNDECIDED_GAIN: Final = 0.2  # bits of the mean, for which a form that is not proved is preferred to one that is
MAX_JOINED: Final = 24  # candidates that branches choose from, by score, and as many for the cover
MAX_TRIED: Final = 30  # choices judged on fresh points
CHECK_COUNT: Final = 1024  # fresh points of a stratum, on which a choice is compared with the formula
MAX_SETTLED: Final = 10  # forms of a round that are asked whether they are good enough, for each of two reasons
BY_DOCUMENT: Final = "documented form"
Serves = Callable[[Term, Sequence[Sample]], bool]
LANDMARKS: Final = "named landmarks"
NEAR_ZEROS: Final = "near its zeros"  # a stratum of its own, where there are zeros
MAX_ASKED: Final = 5  # choices whose proof is tried before one that is not proved is taken


def find(
    stated: Term,
    domain: Domain,
    formats: Sequence[Format] = (FLOAT64, FLOAT32),
    everyday: tuple[float, float] | None = None,
    accepts: Callable[[Term], bool] | None = None,
    landmarks: Iterable[Columns] = (),
    serves: Serves | None = None,
    known: Iterable[Term] = (),
) -> Found:
    """One form to evaluate a formula without arrays in every one of `formats`, in none less accurate than the formula.

    everyday: the range of the variables in the second stratum. accepts: whether a form will do for a kernel, in which
    no operation may fail on the way to a number; without it, accuracy alone decides. landmarks: points that are a
    stratum of their own. serves: what is good enough at some samples: the shortest that is ends the search. known:
    forms that are equal to the formula, such as a documented one. Counts alone bound the search, so its answer is the
    same on every machine.
    Raises UnsupportedError for a formula that has sums or components, or that has a value at no point of the domain.
    """
    _refuse(stated)
    search = _Search(stated, domain, formats, everyday, accepts, tuple(landmarks), tuple(known))
    found: Found | None = None
    for number in rounds(search.pool, search.starts()):
        found = search.settled(serves) if serves and number else None  # not before a first look at what is shorter
        if found is not None:
            break
    found = found or search.choose(search.folded if search.total else stated)
    notes = tuple(reasons(stated, found.form, search.judge.samples[0]))
    return replace(found, notes=notes)


def _refuse(stated: Term) -> None:
    odd = [node for node in subterms(stated) if node.head in ("index", "sum", "product", "maximum", "delta", "apply")]
    if odd:
        raise UnsupportedError(
            f"{odd[0]}: forms are searched for formulas of numbers; write it without sums and indices"
        )
    if not free_symbols(stated):
        raise UnsupportedError(f"{stated} has no variable; there is nothing to search")


class _Search:
    """One formula: its samples, its pool of candidates, and what to make of them."""

    def __init__(
        self,
        stated: Term,
        domain: Domain,
        formats: Sequence[Format],
        everyday: tuple[float, float] | None,
        accepts: Callable[[Term], bool] | None,
        landmarks: tuple[Columns, ...],
        known: tuple[Term, ...],
    ) -> None:
        self.stated, self.domain, self.formats, self.everyday = stated, domain, tuple(formats), everyday
        self.total, self.accepts = accepts is not None, accepts or (lambda form: True)
        self.landmarks, self.known = landmarks, known
        self.moves = Moves(domain, stated)
        self.plain = self.moves.plain(stated)
        self.folded, self.folding = self.moves.folded(stated)
        self.names = sorted(free_symbols(stated))
        samples = self.drawn(COUNT, 0)
        if not all(sample.length for sample in samples):
            raise UnsupportedError(f"{stated} has no value at any point that was tried; is something to be assumed?")
        self.zeros = self.pieces_at_zeros(samples[0])
        self.choosing = Judge([self.with_extremes(sample, 0) for sample in samples], self.total)
        self.pool = Pool(self.choosing, self.moves)
        self.prover = Prover(stated, domain, self.moves)
        self.asked = set[Term]()

    @cached_property
    def judge(self) -> Judge:
        """Fresh points, on which a choice is compared with the formula."""
        return Judge([self.with_extremes(sample, 1) for sample in self.drawn(CHECK_COUNT, 1)], self.total)

    @property
    def forms(self) -> tuple[Term, ...]:
        return tuple(dict.fromkeys([self.stated, self.folded]))

    def drawn(self, count: int, series: int) -> list[Sample]:
        """A sample in each format."""
        return [draw(self.forms, self.domain, format_, self.everyday, count, series) for format_ in self.formats]

    def pieces_at_zeros(self, sample: Sample) -> dict[Zero, list[Approximation]]:
        """The simple zeros of a formula in one variable, and the power series about each."""
        if len(self.names) != 1:
            return {}
        (name,) = self.names
        found = {zero: self.pieces_at(zero, name) for zero in simple_zeros(self.plain, name, sample, self.formats)}
        return {zero: pieces for zero, pieces in found.items() if pieces}

    def pieces_at(self, zero: Zero, name: str) -> list[Approximation]:
        """Those of the form whose expansions reach the farthest."""
        forms = dict.fromkeys([self.plain, self.folded])
        found = [[*about_zero(form, name, zero, self.formats)] for form in forms]
        return max(found, key=lambda pieces: max((piece.high for piece in pieces), default=-inf))

    def with_extremes(self, sample: Sample, series: int) -> Sample:
        """With strata of the edges, and of points ever nearer to the formula's zeros, where it has some."""
        format_ = sample.format_
        sample = with_points(sample, EDGES, edges(self.names, self.domain, format_), self.forms)
        sample = with_points(
            sample, TAILS, tails(self.names, self.domain, format_, sample.length // 2, series), self.forms
        )
        given = [at for at in self.landmarks if all(column.dtype == format_.dtype for column in at.values())]
        if given:
            columns = {name: np.concatenate([at[name] for at in given]) for name in self.names}
            sample = with_points(sample, LANDMARKS, columns, self.forms)
        if not self.zeros:
            return sample
        near = np.concatenate([neighbourhood(zero, format_) for zero in self.zeros])
        return with_points(sample, NEAR_ZEROS, dict.fromkeys(self.names, near), self.forms)

    @cached_property
    def leading(self) -> dict[Term, tuple[Step, ...]]:
        """The steps to the formula itself, in functions that kernels compute, and folded."""
        found: dict[Term, tuple[Step, ...]] = {self.stated: ()}
        found.setdefault(self.plain, (Step("definition", self.stated, self.plain),))
        found.setdefault(self.folded, self.folding)
        return found

    def starts(self) -> Iterator[Derived]:
        yield from self.leading.items()
        for form in self.known:
            step = Step(BY_DOCUMENT, self.stated, form)
            for other in dict.fromkeys((self.moves.plain(form), self.moves.folded(form)[0])):
                yield other, (step, *([Step("definition", form, other)] if other != form else []))
        for form in with_factored_exponential(self.plain):
            yield form, (*self.leading[self.plain], Step(BY_HALVES, self.plain, form))

    def settled(self, serves: Serves) -> Found | None:
        """The shortest of the best forms that is good enough, with series at the formula's zeros or without; proved."""
        best = dict.fromkeys([*self.pool.best(MAX_SETTLED), *self.pool.cover(MAX_SETTLED)])
        tried = sorted((it for it in best if it.form not in self.asked), key=lambda it: it.size)
        self.asked.update(candidate.form for candidate in tried)
        for choice in (*(Choice((it,)) for it in tried), *filter(None, map(self.with_series, tried))):
            if self.accepts(choice.form) and serves(choice.form, self.choosing.samples):
                found = self.found(choice)
                if all(piece.proved for piece in found.pieces):
                    return found
        return None

    def with_series(self, candidate: Candidate) -> Choice | None:
        """A form with the widest series at each of the formula's zeros, where there are any."""
        series = sorted((pieces[-1] for pieces in self.zeros.values()), key=lambda piece: piece.low)
        if not series:
            return None
        pieces, cuts = [candidate], list[Fraction]()
        for piece in series:
            pieces += [self.approximating(piece), candidate]
            cuts += [piece.low, piece.high]
        choice = Choice(tuple(pieces), symbol(self.names[0]), tuple(cuts))
        return choice if choice.is_in_bounds() else None

    def choose(self, otherwise: Term) -> Found:
        """The best choice that is proved and nowhere worse than the formula on fresh points; where the formula will
        not do, the best that does; at worst `otherwise`."""
        judge = self.judge
        ranked = sorted(choices(self.shortlist(), self.stated, self.choosing), key=partial(cost, judge=self.choosing))
        finer = sorted((refined(choice, judge) for choice in ranked[:MAX_TRIED]), key=partial(cost, judge=judge))
        if self.total and not self.accepts(self.stated):
            found = self.first_proved(finer, self.accepts)
            if found is None and finer and cost(finer[0], judge) < cost(Choice((self.pool.found[otherwise],)), judge):
                found = self.first_proved(finer, lambda form: True)  # none will do everywhere; this one loses least
        else:
            serves, before = is_no_worse if self.total else gains, judge.errors(self.stated)
            better = (it for it in finer if it.form == self.stated or serves(before, judge.errors(it.form)))
            found = self.first_proved(better, self.accepts)
        return found or self.found(Choice((self.pool.found[otherwise],)))

    def first_proved(self, ranked: Iterable[Choice], accepts: Callable[[Term], bool]) -> Found | None:
        """The first that is proved, or one that is not where that is worth it; None where nothing will do."""
        undecided: Found | None = None
        asked = 0
        for choice in ranked:
            if undecided is not None and asked >= MAX_ASKED:
                break
            if not accepts(choice.form):
                continue
            asked += 1
            found = self.found(choice)
            if all(piece.proved for piece in found.pieces):
                worth = undecided is not None and _mean(undecided) < _mean(found) - MIN_UNDECIDED_GAIN
                return undecided if undecided is not None and worth else found
            if undecided is None and all(piece.proof.verdict is not Verdict.REFUTED for piece in found.pieces):
                undecided = found
        return undecided

    def found(self, choice: Choice) -> Found:
        code = choice.form if self.total else self.code(choice.form)
        errors = zip(self.formats, self.judge.errors(self.stated), self.judge.errors(code), strict=True)
        accuracy = tuple(Accuracy(format_.name, _shown(old), _shown(new)) for format_, old, new in errors)
        return Found(self.stated, choice.form, self.domain, accuracy, tuple(self.pieces(choice)), code=code)

    def code(self, form: Term) -> Term:
        """In pairs, where float64 alone loses too much."""
        samples = [sample for sample in self.choosing.samples if sample.format_ is FLOAT64]
        return most_precise([form], samples[0]) if samples else form

    def shortlist(self) -> list[Candidate]:
        """What choices are made of: in functions that kernels compute, where the formula itself is not."""
        pool = self.pool
        known = dict.fromkeys(
            [*pool.best(MAX_JOINED), *pool.cover(MAX_JOINED), *pool.sided(MAX_SIDED), *self.approximations()]
        )
        return [candidate for candidate in known if candidate.form != self.stated or self.plain == self.stated]

    def approximations(self) -> Iterator[Candidate]:
        if len(self.names) != 1:
            return
        (name,) = self.names
        series = [*about_origin(self.plain, name, self.formats), *chain.from_iterable(self.zeros.values())]
        yield from map(self.approximating, series)

    def approximating(self, piece: Approximation) -> Candidate:
        """The candidate that approximates the formula, and what leads to the form that was expanded."""
        steps = (*self.leading[piece.expanded], Step(piece.rule, piece.expanded, piece.form))
        return Candidate(piece.form, steps, self.choosing.bits_within(piece), size(piece.form), piece)

    def pieces(self, choice: Choice) -> Iterator[Piece]:
        for candidate, condition in choice.parts():
            form, steps, approximation = candidate.form, candidate.steps, candidate.approximation
            proof = self.prover.proof(form, steps, condition, approximation)
            yield Piece(form, condition, steps, proof, approximation)


def _shown(errors: dict[str, Errors]) -> dict[str, Errors]:
    return {name: part for name, part in errors.items() if name not in HIDDEN}


def _mean(found: Found) -> float:
    return mean_of([one.after for one in found.accuracy])
