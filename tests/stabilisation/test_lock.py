"""What is kept of a search is proved anew from the entry alone, and an entry that was changed is not."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from derive.errors import DeriveError
from derive.notation.text import read_text
from derive.proof.verdict import Verdict
from derive.spec.domain import Domain
from derive.stabilisation.lock import Answer, Question

FORMULAS = {
    "one form": "log(1 + exp(x))",
    "a series": "expm1(x)/x - 1",
    "a root": "(1 + exp(-x) + x*exp(-x))/(1 + exp(-x))**2",
    "branches": "log(1 - exp(-abs(x)))",
}


@cache
def found(name: str) -> Answer:
    return Question(read_text(FORMULAS[name]), Domain()).searched(lambda form: True, [])


def changed(answer: Answer, **fields: Any) -> Answer:
    """The answer with other fields in its entry, by way of a file."""
    return Answer(answer.question, json.loads(json.dumps({**answer.entry, **fields})))


@pytest.mark.parametrize("name", FORMULAS)
def test_an_entry_says_all_that_its_proof_needs(name: str) -> None:
    again = changed(found(name))
    assert again.form == found(name).form == read_text(again.entry["form"])
    proof = again.proof()
    assert proof.verdict is Verdict.PROVED
    assert len(proof.hypotheses) == sum(bool(part.within) for part in again.parts)


def test_some_part_approximates() -> None:
    assert any(part.within for name in ("a series", "a root") for part in found(name).parts)


def test_a_wrong_form_is_not_proved() -> None:
    answer = found("one form")
    steps = [*answer.entry["parts"][0]["steps"], ["log near 1", "max(x, 0) + log1p(exp(-2*abs(x)))"]]
    wrong = changed(answer, parts=[{**answer.entry["parts"][0], "steps": steps}])
    assert wrong.proof().verdict is not Verdict.PROVED


def test_a_series_with_another_coefficient_is_refused() -> None:
    answer = found("a root")
    text = json.dumps(answer.entry["parts"])
    part = next(part for part in answer.parts if part.within)
    digits = next(node for node in str(part.form).replace("(", " ").replace(")", " ").split() if len(node) > 15)
    wrong = changed(answer, parts=json.loads(text.replace(digits, digits[:12] + "9" + digits[13:])))
    with pytest.raises(DeriveError, match=r"does not follow by this derive: run derive build --search"):
        wrong.proof()
    worse = {**wrong.entry["bits"], "float32": {"everyday": {"mean": -9.0, "max": 0.0}}}
    assert answer.unless(changed(wrong, bits=worse)) is answer


def test_a_part_is_used_no_farther_than_it_is_near() -> None:
    answer = found("a series")
    place = next(place for place, part in enumerate(answer.parts) if part.within)
    parts = answer.entry["parts"]
    for until in ("abs(x) < 100", "x < 1.6"):
        wider = [{**part, "until": until} if at == place else part for at, part in enumerate(parts)]
        with pytest.raises(DeriveError, match="does not follow by this derive"):
            changed(answer, parts=wider).proof()
    with pytest.raises(DeriveError, match=r"used everywhere; it does not follow"):
        changed(answer, parts=[{**parts[place], "until": ""}]).proof()


def test_what_a_part_says_of_itself_is_its_bound() -> None:
    answer = found("a series")
    boasting = [{**part, "within": part["within"] and "exact"} for part in answer.entry["parts"]]
    with pytest.raises(DeriveError, match=r"holds a exact; it does not follow|does not follow"):
        changed(answer, parts=boasting).proof()


EMPTY = {"until": "", "within": "", "between": [], "steps": []}
MALFORMED = [
    [{}],
    [1],
    [],
    [{**EMPTY, "steps": [1]}],
    [{**EMPTY, "steps": [["a", "b", "c"]]}],
    [{**EMPTY, "until": "x < 1"}],
    [EMPTY, EMPTY],
    [{**EMPTY, "until": "x > 1"}, EMPTY],
    [{**EMPTY, "until": "y < 1"}, EMPTY],
    [{**EMPTY, "until": "3"}, EMPTY],
    [{**EMPTY, "until": "x <<"}, EMPTY],
    [{**EMPTY, "between": ["a", "b"], "within": "1"}],
    [{**EMPTY, "between": ["1/0", "1"], "within": "1"}],
    [{**EMPTY, "between": ["1"], "within": "1"}],
    [{**EMPTY, "within": "1"}],
]


@pytest.mark.parametrize("parts", MALFORMED)
def test_what_is_no_entry_is_told(parts: object) -> None:
    with pytest.raises(DeriveError, match="no entry of derive"):
        _ = changed(found("one form"), parts=parts).parts


def test_only_the_same_question_is_answered() -> None:
    answer = found("one form")
    question, entry = answer.question, answer.entry
    assert question.locked(entry) is not None
    assert question.locked(None) is None
    assert replace(question, everyday=(0.0, 1.0)).locked(entry) is None
    assert Question(read_text("log(2 + exp(x))"), Domain()).locked(entry) is None


def test_a_better_answer_replaces_one_that_is_locked() -> None:
    answer = found("one form")
    worse = {
        dtype: {name: {"mean": 3.0, "max": 9.0} for name in strata} for dtype, strata in answer.entry["bits"].items()
    }
    locked = changed(answer, bits=worse, found_by="another")
    assert locked.outdated
    assert answer.unless(None) is answer
    assert answer.unless(locked) is answer
    kept = locked.unless(answer)
    assert kept.entry["bits"] == answer.entry["bits"]
    assert not kept.outdated
