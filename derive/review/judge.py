"""Verdicts on the lines of a document: by value (is it what it claims to be) and by step (does it follow)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.calculus.indices import index_names
from derive.errors import UnsupportedError
from derive.notation.latex_stream import Names
from derive.proof.verdict import Proof, Verdict
from derive.review.arguments import with_local_arguments
from derive.review.claims import claimed, is_at_argument
from derive.review.conditions import Condition, read_conditions
from derive.review.consistency import misdifferentiated, misnamed
from derive.review.context import declared_names
from derive.review.definitions import defined, is_pattern
from derive.review.documents import Document
from derive.review.doubts import Doubts, conditions_about
from derive.review.generic import only_at
from derive.review.header import Header, read_header
from derive.review.judgement import ORDER, Judgement, agreed, as_written
from derive.review.meaning import Meaning, reached
from derive.review.notation import warnings_of
from derive.review.prose import Prose, prose_of
from derive.review.questions import DocumentClaim, DocumentProver, turned
from derive.review.reading import FormulaRow, Reading, is_name, name_of, read_rows, written_terms
from derive.review.repair import repair
from derive.review.report import Audit
from derive.review.roles import Roles, find_roles
from derive.review.settled import is_assigned, wholes
from derive.review.source import Source, find_source
from derive.term import Term, relation, symbol


def audit(document: Document) -> Audit:
    """A judgement of every line, in the order printed. Raises DeriveError for front matter that cannot be read.

    Where the document can be read in two ways, only what both say stands.
    """
    header, prose = read_header(document), prose_of(document)
    members = [member for line in document.lines for member in line.members]
    readings = declared_names(members, header, [inline.text for inline in prose.inlines])
    first, *others = (_audited(document, header, prose, names) for names in readings)
    for other in others:
        first = replace(first, judgements=tuple(map(agreed, first.judgements, other.judgements)))
    return first


def _audited(document: Document, header: Header, prose: Prose, names: Names) -> Audit:
    arrays = names.arrays - header.names
    rows = with_local_arguments(read_rows(document.lines, names), arrays)
    inlines = with_local_arguments(read_rows([inline.line for inline in prose.inlines], names), arrays)
    source = find_source(rows, inlines, prose, header, names)
    roles = find_roles(source)
    whole = wholes(source.rows, prose, inlines, roles.meaning.definitions)
    prover = DocumentProver((*header.hypotheses, *whole), roles.meaning.axes)
    judge = _Judge(source, roles, prover, read_conditions(prose.inlines, names))
    found = [judge.row(row) for row in rows]
    found = [replace(each, warnings=each.warnings + more) for each, more in zip(found, warnings_of(rows), strict=True)]
    return Audit(document, tuple(found), header.notes)


class _Judge:
    """Goes down the lines; `claim` is what the running chain claims to be, `before` its member so far."""

    def __init__(self, source: Source, roles: Roles, prover: DocumentProver, conditions: Sequence[Condition]) -> None:
        self.source, self.roles, self.prover, self.conditions = source, roles, prover, conditions
        self.meaning: Meaning = roles.meaning
        self.claim: DocumentClaim | None = None
        self.before: Term | None = None
        self.before_value: Verdict | None = None
        self.before_written: Term | None = None
        self.condition: Term | None = None
        self.defined: dict[str, int] = {}  # names, and the section that says what they are
        self.restated = ""  # the name that a line defines once more
        self.redefined_in: dict[str, int] = {}  # names that are defined anew, and in which section
        self.left: Term | None = None  # as it is written
        self.is_argument = False  # whether a derivative is written at the function's argument
        self.unchecked = False  # whether a part of the line could not be checked

    def row(self, row: FormulaRow) -> Judgement:
        found = Judgement(row.line, read=True, offset=row.line.offset)
        self.unchecked = False
        if row.line.goes_on:
            found = replace(found, message="goes on below")
        if row.left is not None:
            self.condition = None
        self.condition = row.condition or self.condition
        if row.problem:
            self.forget()
            self.claim = None
            return replace(found, read=False, message=row.problem)
        self.doubts = self.doubts_about(row)
        for chain in row.chains:
            for reading in chain.readings:
                found = self.reading(found, reading, chain)
        if not found.read:
            problem = next(reading for reading in row.readings if reading.written is None)
            offset = problem.column
            return replace(found, value=None, step=None, witness=None, message=problem.problem, offset=offset)
        if self.unchecked and found.verdict is Verdict.PROVED:
            # Where a part could not be checked, the line as a whole is not proved.
            return replace(found, value=None, step=None)
        return as_written(found)

    def doubts_about(self, row: FormulaRow) -> Doubts:
        settled, prose = self.roles.settled, self.source.prose
        known = settled.variables if self.roles.function is not None else frozenset[str]()
        about = conditions_about(row, prose.abouts, self.conditions)
        return Doubts(self.prover, settled.open, self.source.size, self.source.sizes, about, known)

    def reading(self, found: Judgement, reading: Reading, row: FormulaRow) -> Judgement:
        if reading.written is None:
            self.forget()
            if reading.states:
                self.claim = None
            return replace(found, read=False, message=reading.problem, offset=reading.column)
        if reading.states:
            return self.begins(found, reading, row)
        if is_name(reading.written) and reading is not row.readings[-1] and self.is_defined_by(reading, row):
            return found
        return self.member(found, reading, row)

    def is_defined_by(self, reading: Reading, row: FormulaRow) -> bool:
        return row.left is not None and is_name(row.left.written)

    # -- left sides

    def begins(self, found: Judgement, reading: Reading, row: FormulaRow) -> Judgement:
        """A statement begins: what its left side says that the rest is."""
        assert reading.written is not None
        claim, why = claimed(reading.written, self.meaning, self.roles.settled)
        name = name_of(reading.written) if is_name(reading.written) else ""
        first = bool(name) and name not in self.defined
        if first:
            self.defined[name] = self.source.prose.section(row.line.offset)
        if claim is None or claim != self.claim:
            self.forget()
        self.claim = claim
        is_main = self.roles.function is not None and name in self.roles.main
        self.restated = name if name and not first and not is_main else ""
        if (first and not is_main) or (name and is_assigned(name, row)):
            # The line that defines a name is right by definition; one that assigns to it claims nothing.
            self.claim = None
            self.restated = ""
        if not is_name(reading.written):
            found = replace(found, message=found.message or why)
        self.left, self.is_argument = reading.written, is_at_argument(reading.written)
        return self.wrong_by(found, misnamed(row, self.meaning, self.prover))

    def wrong_by(self, found: Judgement, proof: Proof | None) -> Judgement:
        """Wrong beside its value, where `proof` says so and the names that it speaks of are known."""
        if proof is None:
            return found
        return replace(found, step=Verdict.REFUTED, witness=proof.witness, message=proof.message)

    # -- members

    def forget(self) -> None:
        self.before = self.before_value = None

    def member(self, found: Judgement, reading: Reading, row: FormulaRow) -> Judgement:
        written = reading.written
        assert written is not None
        try:
            closed = self.meaning.close(written)
        except UnsupportedError as problem:
            self.forget()
            self.unchecked = True
            return replace(found, message=found.message or str(problem))
        if reading.member.relation in ("approx", "to"):
            self.forget()
            return found
        if reading.member.relation == "propto":
            return self.proportional(found, closed)
        value = self.value(closed)
        step = self.step(closed, value)
        if self.restated and value is not None and value.verdict is not Verdict.PROVED:
            return self.redefined(found, reading, closed)
        value, step, why = self.supported(row, closed, value, step)
        value, step, name = self.holding_everywhere(written, value, step)
        why = why or (f"it holds only where {name} is what a line says it is" if name else "")
        found = replace(found, message=found.message or why)
        self.unchecked = self.unchecked or bool(why)
        verdict = value.verdict if value else None
        found = self.with_proof(found, "value", value, reading, closed)
        found = self.with_proof(found, "step", step, reading, closed)
        if self.before is None and self.claim is not None and (value is None or value.verdict is not Verdict.REFUTED):
            found = self.wrong_by(found, misdifferentiated(self.claim, written, self.meaning, self.prover))
        self.before, self.before_value, self.before_written = closed, verdict, written
        return found

    def holding_everywhere(
        self, written: Term, value: Proof | None, step: Proof | None
    ) -> tuple[Proof | None, Proof | None, str]:
        """Both proofs, as far as they hold for every value of the variables; else the variable's name."""
        name = other = ""
        if value is not None and value.verdict is Verdict.PROVED:
            name = only_at(self.left, None, written, self.meaning, self.roles.settled, self.prover)
        if step is not None and step.verdict is Verdict.PROVED:
            other = only_at(None, self.before_written, written, self.meaning, self.roles.settled, self.prover)
        return None if name else value, None if other else step, name or other

    def defined_twice(self, row: FormulaRow) -> str:
        """Why nothing is refuted of a line in whose formulas a name has two definitions."""
        roots = [*written_terms([row]), *filter(None, [self.left])]
        section = self.source.prose.section(row.line.offset)
        for name in sorted(reached(roots, self.meaning)):
            if self.redefined_in.get(name) == section:
                return f"{name} has two definitions in this section: say which one holds"
        return ""

    def supported(
        self, row: FormulaRow, closed: Term, value: Proof | None, step: Proof | None
    ) -> tuple[Proof | None, Proof | None, str]:
        """Both proofs, as far as the document bears them, and why it does not."""
        why = ""
        if any(proof is not None and proof.verdict is not Verdict.PROVED for proof in (value, step)):
            why = self.defined_twice(row)
        if why:
            value, step = (proof if proof and proof.verdict is Verdict.PROVED else None for proof in (value, step))
        if value is not None and self.claim is not None:
            claim = replace(self.claim, where=self.where(closed))
            if said := self.doubts.of(value, claim.value, claim, closed, self.is_argument):
                value, why = None, said
        if step is not None and self.before is not None:
            claim = DocumentClaim(self.before, where=self.where(closed))
            if said := self.doubts.of(step, self.before, claim, closed, self.is_argument):
                step, why = None, why or said
        return value, step, why

    def redefined(self, found: Judgement, reading: Reading, closed: Term) -> Judgement:
        """A name that is defined once more, otherwise: from here on the new definition holds."""
        name, self.restated = self.restated, ""
        if reading.written is not None and self.left is not None and is_pattern(self.left):
            self.meaning = defined(self.meaning, self.left, reading.written)
        section = self.source.prose.section(reading.member.offset)
        if self.defined[name] == section:
            self.redefined_in[name] = section
        self.defined[name] = section
        self.claim, self.before, self.before_value = None, closed, None
        return replace(found, message=f"{name} is defined anew: an earlier line says otherwise")

    def value(self, closed: Term) -> Proof | None:
        return None if self.claim is None else self.prover.ask(replace(self.claim, where=self.where(closed)), closed)

    def where(self, closed: Term) -> Term | None:
        """The condition under which the running chain is claimed."""
        if self.condition is not None:
            return self.condition
        names = index_names(closed) | (index_names(self.claim.value) if self.claim else frozenset())
        apart = [relation("ne", symbol(a), symbol(b)) for a, b in self.source.header.different if {a, b} <= names]
        return None if not apart else apart[0] if len(apart) == 1 else Term("and", tuple(apart))

    def step(self, closed: Term, value: Proof | None) -> Proof | None:
        if self.before is None:
            return None
        verdicts = {self.before_value, value.verdict if value else None}
        if verdicts == {Verdict.PROVED}:
            return replace(value, witness=None) if value else None
        if verdicts == {Verdict.PROVED, Verdict.REFUTED} and value is not None:
            return turned(self.prover.same(self.before, closed, self.where(closed)))
        return self.prover.same(closed, self.before, self.where(closed))

    def with_proof(self, found: Judgement, kind: str, proof: Proof | None, reading: Reading, closed: Term) -> Judgement:
        if proof is None or ORDER[proof.verdict] <= ORDER[getattr(found, kind)]:
            return found
        message = found.message
        if proof.verdict is Verdict.REFUTED and kind == "step" and found.value is Verdict.PROVED:
            message = "right, but it does not follow from the line before"
        elif proof.verdict is Verdict.REFUTED and (not message or not found.witness):
            message = self.repaired(kind, reading)
        elif not message and (proof.verdict is Verdict.UNDECIDED or proof.message.startswith("under")):
            message = proof.message
        warnings = found.warnings
        absent = [said for said in (*proof.holes, *proof.exceptions) if "no value" in said]
        if proof.verdict is Verdict.PROVED and kind == "value" and absent:
            said = absent[0]
            warnings = (*warnings, (reading.member.offset, said.split(";")[0]))
        offset = reading.member.offset if proof.verdict is Verdict.REFUTED else found.offset
        witness = found.witness or proof.witness
        found = replace(found, message=message, witness=witness, warnings=warnings, offset=offset)
        return replace(found, value=proof.verdict) if kind == "value" else replace(found, step=proof.verdict)

    def repaired(self, kind: str, reading: Reading) -> str:
        target = self.claim.value if self.claim is not None else self.before
        if target is None or reading.written is None:
            return ""
        return repair(reading.written, target, self.meaning, self.prover)

    def proportional(self, found: Judgement, closed: Term) -> Judgement:
        """`\\propto`: right up to a factor in which nothing that is differentiated occurs."""
        before = self.before if self.before is not None else (self.claim.value if self.claim else None)
        variable = (self.claim.variable if self.claim else None) or self.meaning.variable
        if before is None or variable is None:
            return found
        proof = self.prover.constant(closed / before, variable)
        if why := self.doubts.of(
            proof, before, DocumentClaim(before, where=self.where(closed)), closed, self.is_argument
        ):
            self.forget()
            return replace(found, message=found.message or why)
        self.claim = DocumentClaim(closed)
        self.before, self.before_value = closed, proof.verdict
        message = found.message or ("" if proof.verdict is Verdict.PROVED else proof.message)
        return replace(found, value=proof.verdict, step=proof.verdict, witness=proof.witness, message=message)
