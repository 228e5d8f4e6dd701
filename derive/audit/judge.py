"""Verdicts on the lines of a document: by value (is it what it claims to be) and by step (does it follow)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from derive.audit.context import catalogued, declared_names, read_header
from derive.audit.documents import Document, Line
from derive.audit.guesses import plain_names
from derive.audit.meaning import Meaning
from derive.audit.notation import warnings_of
from derive.audit.questions import Claim, Prover
from derive.audit.reading import Reading, Row, Warnings, is_name, name_of, read_rows, written_terms
from derive.audit.repair import repair
from derive.audit.roles import Roles, find_roles
from derive.differentiate import depends
from derive.errors import UnsupportedError
from derive.indices import index_names
from derive.notation.latex_stream import PRIMED
from derive.prove.verdict import Proof, Verdict, Witness
from derive.term import Term, fresh, relation, symbol

ORDER: Final = {None: 0, Verdict.PROVED: 1, Verdict.UNDECIDED: 2, Verdict.REFUTED: 3}


@dataclass(frozen=True)
class Judgement:
    """What an audit says of one line. `value` and `step` are None where there is nothing to check.

    `offset` is the place in the document that the message is about. `rests_on`: guessed names of the line.
    """

    line: Line
    read: bool
    value: Verdict | None = None
    step: Verdict | None = None
    message: str = ""
    witness: Witness | None = None
    offset: int = 0
    warnings: Warnings = ()
    rests_on: frozenset[str] = frozenset()

    @property
    def verdict(self) -> Verdict | None:
        """The worse of the two."""
        return max(self.value, self.step, key=lambda verdict: ORDER[verdict])


@dataclass(frozen=True)
class Audit:
    document: Document
    judgements: tuple[Judgement, ...]
    notes: tuple[str, ...] = ()


def audit(document: Document) -> Audit:
    """A judgement of every line, in the order printed. Raises DeriveError for front matter that cannot be read."""
    header = read_header(document)
    names = declared_names([member for line in document.lines for member in line.members], header)
    rows = read_rows(document.lines, names)
    roles = find_roles(rows, header)
    judge = _Judge(roles, Prover(header.hypotheses, roles.meaning.axes), header.different)
    found = [judge.row(row) for row in rows]
    found = [replace(each, warnings=each.warnings + more) for each, more in zip(found, warnings_of(rows), strict=True)]
    notes = (*header.notes, *(f"{name} is taken for {part}" for name, part in roles.guessed.items()))
    return Audit(document, tuple(_borne_out(found)), notes)


def _borne_out(found: Sequence[Judgement]) -> list[Judgement]:
    """Without refutations that rest on a guess which no other line bears out."""
    proved = [each.rests_on for each in found if each.value is Verdict.PROVED]
    judged = []
    for each in found:
        is_proved = Verdict.PROVED in (each.value, each.step) and each.verdict is Verdict.PROVED
        if each.rests_on and not is_proved and not any(each.rests_on <= names for names in proved):
            names = ", ".join(sorted(each.rests_on))
            message = f"{names} is not defined in this document"
            each = replace(each, value=None, step=None, witness=None, message=message)
        judged.append(each)
    return judged


class _Judge:
    """Goes down the lines; `claim` is what the running chain claims to be, `before` its member so far."""

    def __init__(self, roles: Roles, prover: Prover, different: Sequence[tuple[str, str]]) -> None:
        self.roles, self.prover, self.different = roles, prover, different
        self.meaning: Meaning = roles.meaning
        self.claim: Claim | None = None
        self.before: Term | None = None
        self.before_value: Verdict | None = None
        self.condition: Term | None = None
        self.defined: set[str] = set()

    def row(self, row: Row) -> Judgement:
        found = Judgement(row.line, read=True, offset=row.line.offset, rests_on=self.guessed_in(row))
        if row.line.goes_on:
            found = replace(found, message="goes on below")
        if row.left is not None:
            self.condition = None
        self.condition = row.condition or self.condition
        if row.problem:
            return replace(found, read=False, message=row.problem)
        for reading in row.readings:
            found = self.reading(found, reading, row)
        return found

    def guessed_in(self, row: Row) -> frozenset[str]:
        return plain_names(written_terms([row])) & {*self.roles.guessed, *self.roles.unknown}

    def reading(self, found: Judgement, reading: Reading, row: Row) -> Judgement:
        if reading.written is None:
            self.forget()
            return replace(found, read=False, message=reading.problem, offset=reading.column)
        if reading.states and self.is_left(reading, row):
            return self.left(found, reading, row)
        if is_name(reading.written) and reading is not row.readings[-1] and self.is_defined_by(reading, row):
            return found
        return self.member(found, reading)

    def is_left(self, reading: Reading, row: Row) -> bool:
        return True

    def is_defined_by(self, reading: Reading, row: Row) -> bool:
        return row.left is not None and is_name(row.left.written)

    # -- left sides

    def left(self, found: Judgement, reading: Reading, row: Row) -> Judgement:
        """A statement begins: what its left side says that the rest is."""
        assert reading.written is not None
        claim = self.claimed(reading.written)
        defines = is_name(reading.written) and name_of(reading.written) not in self.defined
        if is_name(reading.written):
            self.defined.add(name_of(reading.written))
        if claim is None or claim != self.claim:
            self.forget()
        self.claim = claim
        if defines and (self.roles.function is None or name_of(reading.written) not in self.roles.main):
            # The line that defines a name is right by definition.
            self.claim = None
        return self.misnamed(found, row)

    def claimed(self, left: Term) -> Claim | None:
        try:
            entry = self.meaning.entry(left)
            if entry.head == "der":
                return self.slope_claim(*entry.args)
            closed = self.meaning.close(left)
        except UnsupportedError:
            return None
        return None if self.is_open(closed, left) else Claim(closed)

    def slope_claim(self, body: Term, variable: Term) -> Claim | None:
        """The claim to be a derivative; in a plain variable it is of the function, kinks and all."""
        der = Term("der", (body, variable))
        if variable is PRIMED:
            return self.prime_claim(body, der)
        if body.head == "der":
            return Claim(self.meaning.close(der))
        self.meaning.slope(body, variable)
        closed = self.meaning.close(body)
        plain = self.meaning.expand(variable) is variable
        if plain and not depends(closed, variable):
            # What stands there is not written in terms of the variable, so nothing is known of its derivative.
            return None
        return Claim(closed, variable) if plain else Claim(self.meaning.close(der))

    def prime_claim(self, body: Term, der: Term) -> Claim:
        argument = body.args[0] if body.head == "apply" and body.args else self.meaning.variable
        value = self.meaning.close(der)
        if argument is None or argument.head not in ("sym", "index") or body.head == "der":
            return Claim(value)
        return Claim(self.meaning.close(body), argument)

    def is_open(self, closed: Term, left: Term) -> bool:
        """Whether a left side is a name that nothing defines."""
        if closed.head in ("apply", "sym"):
            return True
        return closed is self.meaning.entry(left) and is_name(left)

    def misnamed(self, found: Judgement, row: Row) -> Judgement:
        """Whether the line gives the name of a known function to another one."""
        written = row.readings[-1].written
        for reading in row.readings[:-1]:
            name = reading.written
            if name is None or name.head != "apply" or len(name.name) < 4 or name.name not in catalogued():
                continue
            if written is None or len(name.args) != len(catalogued()[name.name].inputs):
                continue
            bare = replace(self.meaning, definitions={})
            try:
                known, body = bare.close(name), self.meaning.close(written)
            except UnsupportedError:
                continue
            proof = self.prover.same(body, known)
            if proof.verdict is Verdict.REFUTED:
                message = f"{name.name} is the name of another function, {known}"
                return replace(found, step=Verdict.REFUTED, witness=proof.witness, message=message)
        return found

    # -- members

    def forget(self) -> None:
        self.before = self.before_value = None

    def member(self, found: Judgement, reading: Reading) -> Judgement:
        written = reading.written
        assert written is not None
        try:
            closed = self.meaning.close(written)
        except UnsupportedError as problem:
            self.forget()
            return replace(found, message=found.message or str(problem))
        if reading.member.relation == "approx":
            self.forget()
            return found
        if reading.member.relation == "propto":
            return self.proportional(found, closed)
        value = self.value(closed)
        step = self.step(closed, value)
        verdict = value.verdict if value else None
        found = self.with_proof(found, "value", value, reading, closed)
        found = self.with_proof(found, "step", step, reading, closed)
        found = self.body_checked(found, written, value, reading)
        self.before, self.before_value = closed, verdict
        return found

    def value(self, closed: Term) -> Proof | None:
        return None if self.claim is None else self.prover.ask(replace(self.claim, where=self.where(closed)), closed)

    def where(self, closed: Term) -> Term | None:
        """The condition under which the running chain is claimed."""
        if self.condition is not None:
            return self.condition
        names = index_names(closed) | (index_names(self.claim.value) if self.claim else frozenset())
        apart = [relation("ne", symbol(a), symbol(b)) for a, b in self.different if {a, b} <= names]
        return None if not apart else apart[0] if len(apart) == 1 else Term("and", tuple(apart))

    def step(self, closed: Term, value: Proof | None) -> Proof | None:
        if self.before is None:
            return None
        verdicts = {self.before_value, value.verdict if value else None}
        if verdicts == {Verdict.PROVED}:
            return replace(value, witness=None) if value else None
        if verdicts == {Verdict.PROVED, Verdict.REFUTED} and value is not None:
            return self.prover.same(self.before, closed, self.where(closed))
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

    def body_checked(self, found: Judgement, written: Term, value: Proof | None, reading: Reading) -> Judgement:
        """Whether what a line differentiates is the function as defined, in every component of the variable."""
        claim = self.claim
        if claim is None or claim.variable is None or written.head != "der" or self.before is not None:
            return found
        if claim.variable.head != "index":
            return found
        body = self.meaning.expand(self.meaning.entry(written.args[0]))
        letters = {claim.variable.args[1].name}
        other = symbol(fresh(claim.variable.args[1].name, letters))
        variable = claim.variable.args[0][(other, *claim.variable.args[2:])]
        try:
            proof = self.prover.ask(Claim(claim.body, variable), Claim(body, variable).value)
        except UnsupportedError:
            return found
        if proof.verdict is not Verdict.REFUTED or (value is not None and value.verdict is Verdict.REFUTED):
            return found
        message = "what is differentiated here is not the function as it is defined"
        return replace(found, step=Verdict.REFUTED, witness=proof.witness, message=message)

    def proportional(self, found: Judgement, closed: Term) -> Judgement:
        """`\\propto`: right up to a factor in which nothing that is differentiated occurs."""
        before = self.before if self.before is not None else (self.claim.value if self.claim else None)
        variable = (self.claim.variable if self.claim else None) or self.meaning.variable
        if before is None or variable is None:
            return found
        proof = self.prover.constant(closed / before, variable)
        self.claim = Claim(closed)
        self.before, self.before_value = closed, proof.verdict
        message = found.message or ("" if proof.verdict is Verdict.PROVED else proof.message)
        return replace(found, value=proof.verdict, step=proof.verdict, witness=proof.witness, message=message)
