"""Whether a verdict of the prover is right: a refutation at its witness, a proof at points where it is suspect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Any, Final

from .formula import Node, UnreadableError, names, read
from .oracle import STEPS, Finding, Oracle, Question
from .pairs import UndefinedValue, UnknownValue
from .values import Env, Evaluator

UNSURE: Final = ("may ",)  # in a sentence that excepts a point at which the claim may be wrong


class Judged(StrEnum):
    RIGHT = "right"
    WRONG_PROVED = "wrong PROVED"
    WRONG_REFUTED = "wrong REFUTED"
    UNDECIDED = "undecided"
    UNKNOWN = "the oracle cannot tell"


@dataclass(frozen=True)
class Judgement:
    judged: Judged
    reason: str = ""


def judge(question: Question, proof: Any, points: Iterable[Env], special: Iterable[Env] = ()) -> Judgement:
    """Whether a verdict is right. `special`: points at which something is suspected, searched with more digits."""
    if proof.verdict == "UNDECIDED":
        return Judgement(Judged.UNDECIDED, proof.message)
    try:
        oracle = Oracle(question)
    except UnreadableError as problem:
        return Judgement(Judged.UNKNOWN, str(problem))
    if proof.verdict == "REFUTED":
        return _judge_witness(oracle, proof)
    return _judge_proved(oracle, proof, points, special)


def _judge_witness(oracle: Oracle, proof: Any) -> Judgement:
    if proof.witness is None:
        return Judgement(Judged.WRONG_REFUTED, "there is no witness")
    env = oracle.completed(arrays(proof.witness.point))
    found = oracle.at(env, STEPS)
    said = f"at {shown(env)}: {found}"
    if found in (Finding.DIFFER, Finding.NO_CLAIM):
        return Judgement(Judged.RIGHT, said)
    is_unsure = found in (Finding.UNKNOWN, Finding.NEAR)
    return Judgement(Judged.UNKNOWN if is_unsure else Judged.WRONG_REFUTED, said)


def _judge_proved(oracle: Oracle, proof: Any, points: Iterable[Env], special: Iterable[Env]) -> Judgement:
    confirmed, unsure = 0, 0
    for env, steps in [*((env, STEPS[:1]) for env in points), *((env, STEPS[:2]) for env in special)]:
        found = oracle.at(env, steps)
        said = f"at {shown(env)}: {found}"
        if found in (Finding.DIFFER, Finding.NO_CLAIM, Finding.BENT):
            fault = _fault(oracle, proof, env, found)
            if fault:
                return Judgement(Judged.WRONG_PROVED, f"{said}, {fault}")
        confirmed += found in (Finding.AGREE, Finding.NEAR, Finding.BENT, Finding.NO_CLAIM, Finding.DIFFER)
        unsure += found is Finding.UNKNOWN
    if confirmed:
        return Judgement(Judged.RIGHT)
    return Judgement(Judged.UNKNOWN, f"no point confirms it, {unsure} are unsure")


def _fault(oracle: Oracle, proof: Any, env: Env, found: Finding) -> str:
    """Why a proof is wrong with this finding at a point: it says nothing of it, or not enough; else empty."""
    sentence = _listed(proof, env)
    if sentence is None:
        return "which is not listed"
    if found is Finding.DIFFER and not any(word in sentence for word in UNSURE):
        return f"though it is said: {sentence}"
    return "and so all around" if found is not Finding.BENT and oracle.is_wide(env, found) else ""


def arrays(point: Any) -> dict[str, Any]:
    """A witness's components gathered: `x[0]` and `x[1]` to one array x."""
    found: dict[str, Any] = {}
    for name, value in point.items():
        match = re.fullmatch(r"(\w+)\[(.+)\]", name)
        if match is None:
            found[name] = Fraction(value)
        else:
            found.setdefault(match[1], {})[tuple(map(int, match[2].split(",")))] = Fraction(value)
    return found


def shown(env: Env) -> str:
    said = []
    for name, value in env.items():
        if isinstance(value, dict):
            said += [f"{name}[{', '.join(map(str, place))}] = {part}" for place, part in value.items()]
        else:
            said.append(f"{name} = {value}")
    return ", ".join(said)


def _listed(proof: Any, env: Env) -> str | None:
    """The sentence of a proof that excepts this point."""
    sentences = (*proof.exceptions, *getattr(proof, "holes", ()))
    return next((sentence for sentence in sentences if _speaks_of(sentence, env)), None)


def _speaks_of(sentence: str, env: Env) -> bool:
    place, _, said = sentence.partition(", where ")
    for name, value in re.findall(r"\((\w+) = (-?[\d/]+)\)", said):  # of a name that takes finitely many values
        if name in env and env[name] != Fraction(value):
            return False
    if match := re.fullmatch(r"integer values of (.+)", place):
        place = f"floor({match[1]}) == {match[1]}"
    place = re.sub(r"(?<![<>=!])=(?!=)", "==", place)
    try:
        condition = read(place)
        return _somewhere(condition, env)
    except (UnreadableError, UnknownValue):
        return True
    except UndefinedValue:
        return False


def _somewhere(condition: Node, env: Env) -> bool:
    """Whether a condition holds for some value of the indices that the point does not give."""
    loose = [name for name in sorted(set(names(condition))) if not name.endswith("[]") and name not in env]
    if not loose:
        return Evaluator(env, 60).holds(condition)
    size = max((place[0] + 1 for value in env.values() if isinstance(value, dict) for place in value), default=0)
    for places in product(range(size), repeat=len(loose)):
        try:
            if Evaluator({**env, **dict(zip(loose, map(Fraction, places), strict=True))}, 60).holds(condition):
                return True
        except (UndefinedValue, UnknownValue):
            continue
    return False
