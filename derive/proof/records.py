"""Claims as JSON records: one line read into Terms and a Domain, one verdict written back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from derive.errors import DeriveError, FormulaError, did_you_mean
from derive.fuel import CLAIM, fuel_given
from derive.notation.text import read_text
from derive.proof.abbreviations import with_meanings
from derive.proof.verdict import Proof, Verdict
from derive.spec.domain import PROPERTIES, Domain, read_domain, read_hypothesis_on
from derive.term import ONE, ZERO, Term, symbol, term, transform

REQUIRED: Final = {"function": str, "wrt": str, "claim": str}
OPTIONAL: Final = {
    "args": list, "assume": list, "let": list, "fuel": int, "out_index": dict, "wrt_index": dict,
}  # fmt: skip
OTHER_NAMES: Final = {"claimed_gradient": "claim", "constraints": "assume"}
OF_ARGS: Final = ("name", "assume", "domain", "shape", "values", "sample", *PROPERTIES)
MAX_DEPTH: Final = 64  # lists within lists that a record may have: it is written again from deeper in the stack


@dataclass(frozen=True)
class ClaimRecord:
    """That d body / d variable is `claim` wherever `domain` holds."""

    body: Term
    variable: Term
    claim: Term
    domain: Domain
    fuel: int = CLAIM


def parse_record(line: str) -> dict[str, Any]:
    """The JSON object on a line. Raises DeriveError for anything else."""
    try:
        record = json.loads(line)
    except RecursionError:
        raise DeriveError("not a claim: the JSON is nested too deeply") from None
    except ValueError as problem:
        raise DeriveError(f"not JSON: {problem}") from None
    if not isinstance(record, dict):
        raise DeriveError(f"a claim is a JSON object, not {type(record).__name__}")
    if _depth(record) > MAX_DEPTH:
        raise DeriveError("not a claim: the JSON is nested too deeply")
    try:
        json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # what Python reads beyond JSON, and could not print with the answer
        raise DeriveError("not JSON: it has NaN, a number beyond float64, or half of a character") from None
    return record


def _depth(value: Any) -> int:
    """How deep lists and objects lie within each other."""
    depth, level = 0, [value]
    while level := [part for whole in level if isinstance(whole, (dict, list)) for part in _parts(whole)]:
        depth += 1
    return depth


def _parts(whole: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return whole.values() if isinstance(whole, dict) else whole


def read_claim(record: Mapping[str, Any]) -> ClaimRecord:
    """The claim that a record states. Raises DeriveError, naming the field, for one that cannot be read.

    Fields: `id`, `function`, `wrt`, `claim` (or `claimed_gradient`); `assume` (or `constraints`) and `let`, a sentence
    or a list of them; `fuel`; `args` (objects with `name` and optionally `assume`, `domain`, `shape`, `values`, and a
    true value for `onehot`, `simplex`, `spd`, `posdet` or `symmetric`); `out_index` and `wrt_index` (an index and the
    size it runs over). Components count from 0. `sample` and `sizes` are examples and assume nothing; so are `values`
    beside a `domain`. A key that is spelled like a field which is missing is taken for a slip, and refused.
    """
    spelled = {meant: name for name, meant in OTHER_NAMES.items() if name in record}
    record = _plainly_named(record)
    _refuse_misspelt(record, (*REQUIRED, *OPTIONAL, *OTHER_NAMES), "a claim")
    _check_types(record)
    args = record.get("args", [])
    names = {_name(arg) for arg in args}
    domain = Domain()
    for arg in args:
        domain = _in_field(f"args, {arg['name']}", _assume, arg, domain)
    for sentence in record.get("assume", []):
        domain = _in_field(spelled.get("assume", "assume"), _constrain, sentence, domain)
    body, variable, claim = (
        _shadow(_in_field(spelled.get(field, field), read_text, record[field]), names) for field in REQUIRED
    )
    body, claim = _in_field("let", with_meanings, (body, claim), record.get("let", []), variable)
    if variable.head == "sym" and record.get("wrt_index"):
        variable = variable[tuple(map(symbol, record["wrt_index"]))]
    if variable.head not in ("sym", "index"):
        raise DeriveError(f"wrt: {variable} is not a variable")
    return ClaimRecord(body, variable, claim, domain, fuel_given(record.get("fuel", CLAIM)))


def _plainly_named(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its fields under the names that the command's options have; one sentence is a list of one."""
    for name, meant in OTHER_NAMES.items():
        if name in record and meant in record:
            raise DeriveError(f"{name} and {meant} are one field: write {meant}")
    found = {OTHER_NAMES.get(field, field): value for field, value in record.items()}
    return found | {field: [found[field]] for field in ("assume", "let") if isinstance(found.get(field), str)}


def _refuse_misspelt(record: Mapping[str, Any], known: Sequence[str], whole: str) -> None:
    """Raises DeriveError for a key that is like a field which is missing. Others are the writer's own, and not read."""
    missing = [field for field in known if field not in record and OTHER_NAMES.get(field) not in record]
    for key in record:
        if key not in known and (hint := did_you_mean(key, missing)):
            raise DeriveError(f"{key} is no field of {whole}{hint}")


def _check_types(record: Mapping[str, Any]) -> None:
    missing = [field for field in REQUIRED if field not in record]
    if missing:
        raise DeriveError(f"the claim has no {' and no '.join(missing)}")
    for field, kind in (REQUIRED | OPTIONAL).items():
        if field in record and (not isinstance(record[field], kind) or isinstance(record[field], bool)):
            raise DeriveError(f"{field} must be a {kind.__name__}, not {type(record[field]).__name__}")
    if not all(index.isidentifier() for field in ("out_index", "wrt_index") for index in record.get(field, {})):
        raise DeriveError('out_index and wrt_index hold names and the sizes that they run over, such as {"i": "K"}')
    if not all(isinstance(sentence, str) for sentence in record.get("let", [])):
        raise DeriveError("let holds sentences such as 's = 1/(1 + exp(-x))'")


def _name(arg: Any) -> str:
    name = arg.get("name") if isinstance(arg, dict) else None
    if not isinstance(name, str) or not name.isidentifier():
        raise DeriveError('each of args is an object with a name, such as {"name": "x", "domain": "x>0"}')
    return name


def _in_field(field: str, read: Any, *given: Any) -> Any:
    """`read(*given)`, its complaint preceded by the field that it is about."""
    try:
        return read(*given)
    except DeriveError as problem:
        raise DeriveError(f"{field}: {problem}") from problem


def _assume(arg: Mapping[str, Any], domain: Domain) -> Domain:
    name = arg["name"]
    _refuse_misspelt(arg, OF_ARGS, "args")
    if shape := arg.get("shape"):
        if not isinstance(shape, list):
            raise DeriveError('a shape is a list of sizes, such as ["K"]')
        domain = domain.with_axes(name, *((ZERO, _size(length)) for length in shape))
    for field in ("assume", "domain"):
        if field in arg:
            domain = _hypothesis(name, arg[field], domain)
    for word in PROPERTIES:
        if arg.get(word) is True:
            domain = replace(domain, properties=domain.properties | {(name, PROPERTIES[word])})
    if "values" in arg and "domain" not in arg:
        domain = replace(domain, values={**domain.values, name: _values(arg["values"])})
    return domain


def _hypothesis(name: str, sentence: Any, domain: Domain) -> Domain:
    if not isinstance(sentence, str):
        raise FormulaError(f"a hypothesis is a sentence such as 'x > 0', not {sentence!r}")
    return read_hypothesis_on(name, sentence, domain)


def _constrain(sentence: Any, domain: Domain) -> Domain:
    if not isinstance(sentence, str):
        raise FormulaError(f"a hypothesis is a sentence such as 'x != y', not {sentence!r}")
    return read_domain([sentence], domain)


def _size(length: Any) -> Term:
    """The last index of an axis that counts from 0."""
    if isinstance(length, int) and not isinstance(length, bool):
        return term(length - 1)
    if not isinstance(length, str):
        raise DeriveError(f"a size is a name or a whole number, not {length!r}")
    return read_text(length) - ONE


def _values(listed: Any) -> tuple[Fraction, ...]:
    numbers = listed if isinstance(listed, list) else []
    if not numbers or not all(type(number) in (int, float) and math.isfinite(number) for number in numbers):
        raise DeriveError("values is a list of numbers")
    # A decimal means exactly the decimal written.
    return tuple(sorted({Fraction(repr(number)) for number in numbers}))


def _shadow(formula: Term, names: set[str]) -> Term:
    """`formula` where a declared name is a variable, also one that is otherwise a constant, such as E."""
    return transform(formula, lambda node: symbol(node.name) if node.head == "const" and node.name in names else node)


def write_proof(proof: Proof) -> dict[str, Any]:
    """The fields of a verdict's line. The witness maps names to rationals as text, such as "1/2"."""
    witness = proof.witness
    return {
        "verdict": str(proof.verdict),
        "almost_everywhere": proof.almost_everywhere,
        "holes": list(proof.holes),
        "hypotheses": list(proof.hypotheses),
        "witness": None if witness is None else {name: str(value) for name, value in witness.point.items()},
        "derivative": None if witness is None else witness.derivative,
        "claim": None if witness is None else witness.claim,
        "gap": proof.gap if proof.gap is not None and math.isfinite(proof.gap) else None,
        "seconds": round(proof.seconds, 4),
        "message": "; ".join(filter(None, (*proof.exceptions, *proof.holes, proof.message))) or proof.evidence,
    }


def write_error(message: str, seconds: float) -> dict[str, Any]:
    """The fields of the line for what is no claim, and so has no verdict."""
    return {**write_proof(Proof(Verdict.UNDECIDED, message=message, seconds=seconds)), "verdict": "ERROR"}
