"""Many claims at once: in order, and none lost when a worker hangs or dies."""

import codecs
import json
import sys

import pytest

from derive.proof import bulk

# The worker, with a prover that does what the claim says.
WORKER = """
import ctypes, os, sys
import derive.proof.worker as worker
from derive.proof.verdict import Proof, Verdict

def prove(body, variable, claim, domain):
    match str(claim):
        case "hang":
            while True: pass
        case "hang_in_c": ctypes.CDLL(None).sleep(1000)
        case "crash": ctypes.string_at(0)
        case "exhaust": bytearray(8 * 1024**3)
        case "abort":
            os.write(1, b"Flint exception\\n")
            os.abort()
        case "stumble": raise KeyError("a bug")
    return Proof(Verdict.PROVED)

worker.prove_terms = prove
worker.main()
"""


def claim(name, claimed="x"):
    return json.dumps({"id": name, "function": "x**2/2", "wrt": "x", "claimed_gradient": claimed})


@pytest.fixture
def treacherous(monkeypatch):
    monkeypatch.setattr(bulk, "WORKER", (sys.executable, "-c", WORKER))


HANGING = {"hang": "--timeout 2 s ended this", "hang_in_c": "--timeout 2 s ended this"}
DYING = {
    "crash": "the prover died, exit code -11",
    "exhaust": "the prover died, exit code 1: MemoryError",
    "abort": "the prover died, exit code -6",
    "stumble": "the prover died, exit code 1: KeyError: 'a bug'",
}


@pytest.mark.skipif(sys.platform != "linux", reason="exit codes and the memory's limit are Linux's")
@pytest.mark.parametrize("processes", [1, 3])
def test_a_claim_that_dies_costs_itself_alone(treacherous, processes):
    lines = [line for name in DYING for line in (claim(name, name), claim(f"after {name}"))]
    answers = list(bulk.prove_claims(lines, processes=processes))
    assert [answer["id"] for answer in answers] == [json.loads(line)["id"] for line in lines]
    for answer in answers:
        if answer["id"] in DYING:
            assert answer["verdict"] == "UNDECIDED"
            assert answer["message"].startswith(DYING[answer["id"]])
        else:
            assert answer["verdict"] == "PROVED"


@pytest.mark.skipif(sys.platform != "linux", reason="signals are POSIX's")
def test_a_claim_that_hangs_is_ended_where_a_time_is_set(treacherous):
    lines = [line for name in HANGING for line in (claim(name, name), claim(f"after {name}"))]
    answers = {answer["id"]: answer for answer in bulk.prove_claims(lines, timeout=2, processes=2)}
    assert len(answers) == len(lines)
    for name, said in HANGING.items():
        assert (answers[name]["verdict"], answers[name]["message"]) == ("UNDECIDED", said)


@pytest.mark.skipif(sys.platform != "linux", reason="signals are POSIX's")
def test_a_claim_survives_a_death_that_it_did_not_cause(tmp_path, monkeypatch):
    # The process of the first try is killed from outside, in the middle of a claim.
    mark = tmp_path / "killed"
    kill = f"""
import os, pathlib, signal
import derive.proof.worker as worker
from derive.proof.verdict import Proof, Verdict

def prove(*claim):
    mark = pathlib.Path({str(mark)!r})
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Proof(Verdict.PROVED)

worker.prove_terms = prove
worker.main()
"""
    monkeypatch.setattr(bulk, "WORKER", (sys.executable, "-c", kill))
    answers = list(bulk.prove_claims([claim("one"), claim("two")], processes=1))
    assert mark.exists()
    assert [answer["verdict"] for answer in answers] == ["PROVED", "PROVED"]


def test_a_prover_that_cannot_start_is_told_for_each_claim(monkeypatch):
    monkeypatch.setattr(bulk, "WORKER", (sys.executable, "-c", "raise SystemExit('no prover here')"))
    answers = list(bulk.prove_claims([claim("one"), claim("two")]))
    assert [answer["verdict"] for answer in answers] == ["UNDECIDED"] * 2
    assert all("no prover here" in answer["message"] for answer in answers)


def test_what_is_no_claim_is_an_error_on_its_own_line():
    lines = ["{", "", claim("one"), "[1, 2]", claim("one"), "   ", claim("long", "x" + "+x" * 500_000), '{"id": 7}']
    answers = list(bulk.prove_claims(lines, processes=2))
    told = [(answer["id"], answer["verdict"]) for answer in answers]
    assert told == [
        (None, "ERROR"), ("one", "PROVED"), (None, "ERROR"), ("one", "PROVED"), ("long", "ERROR"), (7, "ERROR"),
    ]  # fmt: skip
    assert [answer["message"].partition(":")[0] for answer in answers if answer["verdict"] == "ERROR"] == [
        "line 1", "line 4", "line 7", "line 8",
    ]  # fmt: skip
    fields = "id verdict almost_everywhere holes hypotheses witness derivative claim gap seconds message".split()
    assert all(list(answer) == fields for answer in answers)


@pytest.mark.parametrize("mark", ["\ufeff", codecs.BOM_UTF8])
def test_the_mark_that_some_editors_begin_a_file_with_is_no_part_of_a_claim(mark: str | bytes) -> None:
    claim = '{"function": "x**2", "wrt": "x", "claim": "2*x"}'
    lines = [mark + claim, claim] if isinstance(mark, str) else [mark + claim.encode(), claim.encode()]
    assert [answer["verdict"] for answer in bulk.prove_claims(lines, processes=1)] == ["PROVED", "PROVED"]


def test_no_claims_no_answers():
    assert list(bulk.prove_claims([])) == []


def test_answers_stream_and_a_reader_who_leaves_stops_the_work(treacherous):
    answers = bulk.prove_claims([claim("first"), *[claim("stuck", "hang")] * 20], processes=2)
    assert next(answers)["id"] == "first"
    answers.close()
    # This line is reached: a claim that hangs would keep it for ever.


def test_verdicts_are_the_prover_s_own():
    wrong = json.dumps({"id": 1, "function": "x**2", "wrt": "x", "claimed_gradient": "3*x", "args": [{"name": "x"}]})
    (answer,) = bulk.prove_claims([wrong])
    assert answer["verdict"] == "REFUTED"
    assert set(answer["witness"]) == {"x"}
