"""Whatever stands on a line of claims, it costs itself alone: a verdict or a message, and no error of derive's own."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from damage import damaged, spoiled
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from derive.cli import app
from derive.errors import DeriveError
from derive.proof import bulk, worker
from derive.proof.records import OTHER_NAMES, read_claim

WHOLE = {
    "id": "whole", "function": "x**2*s + Sum(v[k], (k, 0, K-1))", "wrt": "x", "claim": "2*x*s", "assume": ["x > 0"],
    "let": ["s = 2*a"], "fuel": 2000, "out_index": {}, "wrt_index": {},
    "args": [{"name": "x", "domain": "x < 9", "values": [1, 2.5]}, {"name": "v", "shape": ["K"], "simplex": True}],
}  # fmt: skip
GOOD = json.dumps({"id": "good", "function": "x**2", "wrt": "x", "claim": "2*x"}).encode()
BEYOND = ("9" * 5000, "1e999", "NaN", "-Infinity", '"\\ud800"', "[" * 300 + "]" * 300, "[" * 100_000, "0", '"\\u0000"')


def with_token(token: str, of: str) -> str:
    """The whole claim with what JSON has and Python does not take, or the other way round, in place of a value."""
    return json.dumps({**WHOLE, of: "TOKEN"}).replace('"TOKEN"', token)


def spliced(line: bytes, at: int, other: bytes) -> bytes:
    return line[:at] + other + line[at + 1 :]


WRITTEN = st.one_of(
    damaged(WHOLE).map(json.dumps), spoiled(json.dumps(WHOLE)), st.text(max_size=8),
    st.builds(with_token, st.sampled_from(BEYOND), st.sampled_from((*WHOLE, "unknown"))),
)  # fmt: skip
ENCODED = WRITTEN.map(lambda text: text.encode("utf-8", "surrogatepass"))
LINES = st.one_of(ENCODED, st.builds(spliced, ENCODED, st.integers(0, 200), st.binary(max_size=3)))
FILES = st.lists(LINES.map(lambda line: line.replace(b"\n", b" ")), min_size=1, max_size=4)


def in_this_process(_: object, request: str, __: float | None) -> dict[str, Any]:
    """What a worker answers, without the seconds that one takes to start."""
    return dict(json.loads(json.dumps(worker.answer(*json.loads(request)))))


answered_here = mock.patch.object(bulk._Worker, "ask", in_this_process)


def strictly(line: str) -> dict[str, Any]:
    return dict(json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")))


@given(FILES, st.booleans())
@settings(derandomize=True, max_examples=80, deadline=None)
def test_a_line_costs_itself_alone(lines: list[bytes], as_json: bool) -> None:
    given_ = [part for line in lines for part in (GOOD, line)] + [GOOD]
    words = ["prove", "--claims", "-", *(["--json"] if as_json else [])]
    with answered_here:
        ended = CliRunner().invoke(app, words, input=b"\n".join(given_))
    assert isinstance(ended.exception, SystemExit | None), ended.exception
    assert ended.stdout.count("good") >= len(lines) + 1
    assert (ended.exit_code == 2) == bool(ended.stderr)
    if as_json:
        answers = [strictly(line) for line in ended.stdout.splitlines()]
        for line, answer in zip(filter(bytes.strip, given_), answers, strict=True):
            assert line is not GOOD or (answer["id"], answer["verdict"]) == ("good", "PROVED")
        verdicts = {answer["verdict"] for answer in answers}
        assert ended.exit_code == (2 if "ERROR" in verdicts else int(verdicts != {"PROVED"}))


def test_the_claim_that_is_damaged_is_right() -> None:
    assert worker.answer(1, json.dumps(WHOLE))["verdict"] == "PROVED"


def slips(word: str) -> set[str]:
    """A letter left out, twice, or before the one before it."""
    found = {word[:at] + word[at + 1 :] for at in range(len(word))} | {word[:at] + word[at - 1 :] for at in (1, 2)}
    return found | {word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] for at in range(1, len(word))}


@pytest.mark.parametrize("field", [*list(WHOLE)[1:], *OTHER_NAMES])
def test_a_misspelt_field_is_named(field: str) -> None:
    rest = {key: value for key, value in WHOLE.items() if key not in (field, OTHER_NAMES.get(field))}
    for slip in slips(field) - {field}:
        with pytest.raises(DeriveError, match=rf"^{slip} is no field of a claim \(did you mean \w+\?\)$"):
            read_claim({**rest, slip: WHOLE.get(field, "x")})


@pytest.mark.parametrize("field", ["domain", "values", "shape", "simplex", "assume"])
def test_a_misspelt_field_of_a_variable_is_named(field: str) -> None:
    for slip in slips(field) - {field}:
        with pytest.raises(DeriveError, match=rf"^args, x: {slip} is no field of args \(did you mean {field}\?\)$"):
            read_claim({**WHOLE, "args": [{"name": "x", slip: "x > 0"}]})


def test_notes_of_the_writer_s_own_are_not_read() -> None:
    notes = {"note": 1, "kind": "a", "source": "p. 7", "true_gradient": "2*x*s", "sizes": {"K": 4}, "tags": []}
    assert read_claim({**WHOLE, **notes}) == read_claim(WHOLE)
